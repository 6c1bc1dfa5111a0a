"""How large pictures are: as results say it, where that can be, or as the original's header says it."""

from pathlib import Path

from PIL import Image

from batchdock.flows.orientation import ORIENTATION, SIDEWAYS

Size = tuple[int, int]
"""Width and height in pixels."""

_LARGEST_SIDE = 1_000_000


def honest(width: int | None, height: int | None) -> Size | None:
    """Return a size that can be one, or None."""
    if width is None or height is None or not (0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE):
        return None
    return width, height


def size_of(path: Path) -> Size | None:
    """Return the size of a picture by its header, the right way up; None where it can not be read."""
    try:
        with Image.open(path) as image:
            width, height = image.size
            turned = image.getexif().get(ORIENTATION) in SIDEWAYS
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return honest(*((height, width) if turned else (width, height)))
