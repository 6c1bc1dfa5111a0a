"""A decoded picture, what was found in it, and what stands in the way of decoding one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchdock.thiscomputer.engine.rows import IMAGE_PLACEHOLDER

if TYPE_CHECKING:
    from PIL.Image import Image


class NotProcessable(Exception):
    """An input can not be processed. The text is a sentence for the person whose file it is."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Where in which video a frame is. `video` is another one each time a video is begun; `rate` is that of the video
    as filmed, in frames a second, and `number` counts all of them.
    """

    video: str
    number: int
    seconds: float
    rate: float


@dataclass(frozen=True, slots=True)
class Picture:
    """An upright RGB picture.

    `width` and `height` are those of the file, in pixels, upright; `image` may be smaller where the workflow said
    that less is enough. `data` is the whole file, or None for a frame of a video, which has a `moment` instead.
    """

    image: "Image"
    width: int
    height: int
    data: bytes | None = field(default=None, repr=False)
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a workflow found in one picture: outputs ready for JSON, and drawings for its image outputs."""

    outputs: dict[str, object]
    drawings: dict[str, "Image"] = field(default_factory=dict)

    def in_order(self, names: Sequence[str], pictures: Collection[str]) -> dict[str, object]:
        """Return every output of a workflow in its order, with a placeholder for each that is a picture."""
        return {name: self._shown(name, pictures) for name in names}

    def _shown(self, name: str, pictures: Collection[str]) -> object:
        # Where there are several, their placeholders are an output like others.
        return self.outputs.get(name, IMAGE_PLACEHOLDER) if name in pictures else self.outputs[name]
