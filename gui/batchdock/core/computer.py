"""What this computer alone can be told and asked: workflows and models of one's own, settings, room, rates."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from batchdock.core.batch import Content


class ModelKind(StrEnum):
    """What a model does with a picture."""

    DETECTOR = "object-detection"
    CLASSIFIER = "classification"
    SEGMENTER = "instance-segmentation"


@dataclass(frozen=True, slots=True)
class ModelLook:
    """What a look into a model file showed. `look_id` names it for a trial and for saving, until the service ends.

    `family` is what people call it (“YOLOv8”). `side` is (width, height) in pixels, None where the model takes any size
    and one has to be chosen. `class_names` are `class_count` names; `named` is False where they are numbers.
    """

    look_id: str
    kind: ModelKind
    family: str
    class_count: int
    class_names: tuple[str, ...]
    named: bool
    side: tuple[int, int] | None
    size: int


@dataclass(frozen=True, slots=True)
class ModelAnswers:
    """What a person said about a model: names for its classes, and a size where it takes any."""

    class_names: tuple[str, ...] = ()
    side: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a model found in one picture: lines like “dog 87 %”, the picture with it drawn in (JPEG), and seconds."""

    findings: tuple[str, ...]
    picture: bytes = field(repr=False)
    seconds: float


@dataclass(frozen=True, slots=True)
class Model:
    """A model on this computer. `built_in` ones came with the app and stay; `workflow_id` runs it alone."""

    model_id: str
    name: str
    kind: ModelKind | None
    class_names: tuple[str, ...]
    size: int
    workflow_id: str | None = None
    built_in: bool = False
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class ComputerSettings:
    """How this computer works; see the service's own settings for units."""

    workers: int | None = None
    gentle: bool = False
    scheduler: str = ""
    tls_authority: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    disk_limit_gb: float | None = None
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Computing:
    """What does the work at the moment: `device` in words (“Intel N100, 3 processes”); `trouble` is a sentence when a
    cluster can not be reached, and the work waits for it.
    """

    device: str
    workers: int
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Storage:
    """What this computer holds, in bytes: copies of `inputs`, `results`, own `models`; `expired` of them may go.

    `limit` is None where only the disk limits it; `free` is what the disk has.
    """

    inputs: int
    results: int
    models: int
    expired: int
    free: int
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast this computer was: of a workflow, for one kind of content and, of pictures, about one size of them.

    `items` is from how many it is known.
    """

    workflow_id: str
    content: Content
    megapixels: float | None
    items_per_second: float
    items: int
