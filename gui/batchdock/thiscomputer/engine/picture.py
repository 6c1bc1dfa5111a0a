"""A decoded picture, what was found in it, and what stands in the way of decoding one."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


class NotProcessable(Exception):
    """An input can not be processed. The text is a sentence for the person whose file it is."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An upright RGB picture.

    `width` and `height` are those of the file, in pixels, upright; `image` may be smaller where the workflow said
    that less is enough. `data` is the whole file, or None for a frame of a video.
    """

    image: "Image"
    width: int
    height: int
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What a workflow found in one picture: outputs ready for JSON, and drawings for its image outputs."""

    outputs: dict[str, object]
    drawings: dict[str, "Image"] = field(default_factory=dict)
