"""What is in a segment: files with their labels, and the sensors of a fusion dataset."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Json = Mapping[str, object]


class LabelType(StrEnum):
    """The thirteen kinds of labels (contract §4.7)."""

    CLASSIFICATION = "CLASSIFICATION"
    BOX2D = "BOX2D"
    BOX3D = "BOX3D"
    POLYGON = "POLYGON"
    POLYLINE2D = "POLYLINE2D"
    MULTI_POLYGON = "MULTI_POLYGON"
    MULTI_POLYLINE2D = "MULTI_POLYLINE2D"
    RLE = "RLE"
    KEYPOINTS2D = "KEYPOINTS2D"
    SENTENCE = "SENTENCE"
    SEMANTIC_MASK = "SEMANTIC_MASK"
    INSTANCE_MASK = "INSTANCE_MASK"
    PANOPTIC_MASK = "PANOPTIC_MASK"


MASKS = (LabelType.SEMANTIC_MASK, LabelType.INSTANCE_MASK, LabelType.PANOPTIC_MASK)
"""The kinds that are files of their own."""


@dataclass(frozen=True, slots=True)
class MaskFile:
    """A mask as it is stored: a file with a checksum (SHA-1, hex) beside the one it belongs to."""

    label_type: LabelType
    remote_path: str
    checksum: str = ""
    url: str = field(default="", repr=False)
    """Signed: a secret."""


@dataclass(frozen=True, slots=True)
class Data:
    """One file of a segment; in a fusion dataset the file of one sensor in one frame.

    `label` is the service's own JSON, by label type, without the signed addresses of masks: those are in `masks`.
    Files of a frame have the same `frame_id` and follow one another.
    """

    remote_path: str
    checksum: str = ""
    """SHA-1, hex; empty where the list does not tell."""
    url: str = field(default="", repr=False)
    """Signed: a secret. Empty where the list does not tell."""
    label: Json = field(default_factory=dict)
    masks: tuple[MaskFile, ...] = ()
    timestamp: float | None = None
    frame_id: str = ""
    sensor: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file whose bytes are at the store, as it is to be made known in a draft. `checksum` is SHA-1, hex."""

    remote_path: str
    checksum: str
    bytes: int
    label: Json = field(default_factory=dict)
    timestamp: float | None = None
    frame_id: str = ""
    sensor: str = ""


@dataclass(frozen=True, slots=True)
class Sensor:
    """What takes the files of a fusion segment. `raw` is all the service tells, calibration included."""

    name: str
    sensor_type: str = ""
    raw: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Storage:
    """Where datasets can lie. `own` tells of a bucket that is not the service's."""

    name: str
    storage_type: str = ""
    path: str = ""
    own: bool = False
