"""Decodes pictures: all of a picture or none, upright, as RGB.

Files are read in Python (`opening`) and decoded from memory, so that no name ever reaches a C library (which on
Windows would read it in another encoding).
"""

import io
import warnings
from typing import Any

import numpy
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from batchdock.core.intake import PICTURE_LIMIT_PIXELS
from batchdock.thiscomputer.engine.picture import NotProcessable, Picture

Image.init()

# Only formats that Pillow decodes itself: EPS and the like would start other programs. Which ones it can depends on
# how it was built.
FORMATS = tuple(
    each
    for each in ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "DIB", "TIFF", "JPEG2000", "PPM", "ICO", "QOI")
    if each in Image.OPEN
)

# Pillow's own limit warns and raises for sizes that are allowed here; `open_picture` looks at the size itself.
Image.MAX_IMAGE_PIXELS = None

_SIDEWAYS = frozenset({5, 6, 7, 8})


def check_size(width: int, height: int) -> None:
    """Raise `NotProcessable` for more pixels than can be decoded without filling the memory."""
    if width * height > PICTURE_LIMIT_PIXELS:
        most = PICTURE_LIMIT_PIXELS // 1_000_000
        raise NotProcessable(f"{width:,} × {height:,} pixels; at most {most} megapixels can be processed here.")


def open_picture(data: bytes, enough_side: int | None = None) -> Picture:
    """Decode `data`; of an animation the first frame. Raises `NotProcessable` for anything but a whole picture.

    With `enough_side` a large JPEG may be decoded to a smaller size, both sides still at least that long: several
    times faster.
    """
    with warnings.catch_warnings():
        # A warning here is about the file of a person who can not see it; what matters is whether it decodes.
        warnings.simplefilter("ignore")
        try:
            return _open(data, enough_side)
        except NotProcessable:
            raise
        except UnidentifiedImageError as error:
            raise NotProcessable("This is not a picture that can be read here.") from error
        except MemoryError as error:
            raise NotProcessable("Decoding this picture needs more memory than this computer has free.") from error
        except Exception as error:  # Pillow's decoders raise what they like: SyntaxError, struct.error, EOFError, …
            if "truncated" in str(error).lower():
                raise NotProcessable("The file is incomplete: the picture stops half-way.") from error
            raise NotProcessable("The picture is damaged and can not be decoded.") from error


def _open(data: bytes, enough_side: int | None) -> Picture:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        width, height = image.size
        check_size(width, height)
        if enough_side is not None:
            image.draft(None, (enough_side, enough_side))
        # Before the EXIF block is asked for: a PNG is decoded for that too, and what is wrong with the picture must
        # not be taken for a broken EXIF block.
        image.load()
        orientation = _orientation(image)
        upright = ImageOps.exif_transpose(image) if orientation != 1 else image
        if orientation in _SIDEWAYS:
            width, height = height, width
        return Picture(_as_rgb(upright), width, height, data)


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:
        return 1  # a broken EXIF block; the picture itself may be fine
    return value if isinstance(value, int) else 1


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_as_eight_bits(numpy.asarray(image), image.mode)).convert("RGB")
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _as_eight_bits(values: NDArray[Any], mode: str) -> NDArray[numpy.uint8]:
    """Bring grey values of 16 or 32 bits, or floating-point ones, to 0–255 (Pillow would cut them off at 255)."""
    if mode.startswith("I;16"):
        return (values >> 8).astype(numpy.uint8)
    numbers = numpy.nan_to_num(values.astype(numpy.float32))
    low, high = float(numbers.min()), float(numbers.max())
    if mode == "I" and low >= 0 and high <= 65535:
        low, high = 0.0, 255.0 if high <= 255 else 65535.0
    return ((numbers - low) * (255.0 / ((high - low) or 1.0))).astype(numpy.uint8)
