"""Decodes pictures: upright, as RGB, no larger than needed. Blocks, and holds Python's lock as little as Pillow does.

Files are opened in Python, so that no name ever reaches a C library (which on Windows would read it in another
encoding), and only in formats that Pillow decodes itself: EPS and the like would start other programs.
"""

import io
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import PIL.Image
from PIL import ExifTags, Image, UnidentifiedImageError

from batchdock.core.errors import FileUnreadable
from batchdock.core.intake import PICTURE_LIMIT_PIXELS
from batchdock.core.pixels import Pixels
from batchdock.flows.orientation import SIDEWAYS, UPRIGHT

MOST_PIXELS = 60_000_000
"""Of a whole picture; a larger one is scaled down to so many."""

_WANTED_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "DIB", "TIFF", "JPEG2000", "PPM", "ICO", "QOI")
_WITH_EXIF_IN_FRONT = frozenset({"JPEG", "MPO", "WEBP", "TIFF", "AVIF"})
"""A PNG is decoded as a whole to find its EXIF."""

_MOST_AGAIN = 256 * 1024 * 1024
"""Bytes of a JPEG that is read once more because it stops half-way."""

_SHARPER = 1.5
"""How many times as large as needed a JPEG is at least decoded before it is scaled: less would look coarse."""

_EXIF_HEAD = b"Exif\0\0"
_SAME_SHAPE = 0.02

PIL.Image.MAX_IMAGE_PIXELS = None  # The limit is our own: Pillow's warns and raises for sizes that are allowed here.


def decoded(path: Path, edge: int | None, *, previews: bool = False) -> Pixels:
    """Return the picture in a file, its longer side at most `edge` pixels; None: all of it, up to `MOST_PIXELS`.

    A JPEG that stops half-way is shown as far as it goes. With `previews` the small picture that cameras put into
    the EXIF block stands for it, where it is large enough and seems to show the same. Raises `FileUnreadable`.
    """
    try:
        with path.open("rb") as file:
            return _pixels(*_upright(file, path.name, edge, previews=previews))
    except FileUnreadable:
        raise
    except UnidentifiedImageError as error:
        raise _unreadable(path, "It is no picture that can be read here.") from error
    except MemoryError as error:
        raise _unreadable(path, "Decoding it needs more memory than is free.") from error
    except OSError as error:
        if error.errno is not None:
            raise _unreadable(path, error.strerror or str(error)) from error
        return _as_far_as_it_goes(path, edge, error)
    except Exception as error:  # Pillow's decoders raise what they like: SyntaxError, struct.error, EOFError, …
        raise _unreadable(path, "The picture is damaged.") from error


def from_jpeg(data: bytes, full_width: int, full_height: int) -> Pixels | None:
    """Return the pixels of a small JPEG that was made here; None where it is none any more."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            return _pixels(image.convert("RGB"), (full_width, full_height))
    except Exception:
        return None


def as_jpeg(pixels: Pixels) -> bytes:
    """Return the pixels as a JPEG to keep."""
    out = io.BytesIO()
    Image.frombuffer("RGB", (pixels.width, pixels.height), pixels.data, "raw", "RGB", 0, 1).save(
        out, "JPEG", quality=85
    )
    return out.getvalue()


def taken(path: Path) -> datetime | None:
    """Return when a picture was taken, by the camera's clock. Only the head of the file is read."""
    try:
        with path.open("rb") as file, Image.open(file, formats=_formats()) as image:
            if image.format not in _WITH_EXIF_IN_FRONT:
                return None
            said = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
            return datetime.strptime(str(said).strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S")
    except Exception:  # no such file, no picture, no EXIF, no date in it: nobody knows when
        return None


@cache
def _formats() -> tuple[str, ...]:
    Image.init()
    return tuple(each for each in _WANTED_FORMATS if each in Image.OPEN)


def _upright(file: BinaryIO, name: str, edge: int | None, *, previews: bool) -> tuple[Image.Image, tuple[int, int]]:
    """Return the picture upright, as RGB, and its whole size."""
    with Image.open(file, formats=_formats()) as image:
        full = image.size
        if full[0] * full[1] > PICTURE_LIMIT_PIXELS:
            megapixels = full[0] * full[1] // 1_000_000
            raise FileUnreadable(name=name, reason=f"It has {megapixels:,} megapixels, more than can be shown.")
        is_jpeg = image.format in ("JPEG", "MPO")
        if not is_jpeg:
            image.load()  # before the EXIF block is asked for: what is wrong with the picture is not wrong with that
        orientation = _orientation(image)
        if orientation in SIDEWAYS:
            full = full[1], full[0]
        if previews and is_jpeg and edge is not None and (preview := _preview(image, edge)) is not None:
            small = preview
        else:
            small = _scaled(image, edge, by_decoder=is_jpeg)
        upright = _as_rgb(small)
        return upright.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else upright, full


def _scaled(image: Image.Image, edge: int | None, *, by_decoder: bool) -> Image.Image:
    width, height = image.size
    if edge is None:
        share = min(1.0, (MOST_PIXELS / (width * height)) ** 0.5)
        edge = max(1, int(max(width, height) * share))
    if by_decoder:
        image.thumbnail((edge, edge), Image.Resampling.BICUBIC, reducing_gap=_SHARPER)
        image.load()
        return image
    whole = _as_rgb(image)
    if max(width, height) > edge:
        whole.thumbnail((edge, edge), Image.Resampling.BICUBIC, reducing_gap=_SHARPER)
    return whole


def _preview(image: Image.Image, edge: int) -> Image.Image | None:
    """Return the small picture in the EXIF block, if it is large enough and shows the same picture.

    It does not where its sides have another proportion (some cameras add black bars), or where the block speaks of
    another size than the picture has: a program has cropped or scaled that, and left the block alone.
    """
    try:
        exif = image.getexif()
        small = exif.get_ifd(ExifTags.IFD.IFD1)
        about = exif.get_ifd(ExifTags.IFD.Exif)
        begin, length = int(small.get(0x0201, 0)), int(small.get(0x0202, 0))
        said = about.get(ExifTags.Base.ExifImageWidth), about.get(ExifTags.Base.ExifImageHeight)
        block = image.info.get("exif", b"")
        data = block[len(_EXIF_HEAD) + begin :][:length] if block.startswith(_EXIF_HEAD) else b""
        if not begin or len(data) < length or not _is_size(said, image.size):
            return None
        preview = Image.open(io.BytesIO(data), formats=("JPEG",))
        width, height = preview.size
        proportion = (width / height) / (image.size[0] / image.size[1])
        if max(width, height) < edge or max(width, height) > 4 * edge or abs(proportion - 1) > _SAME_SHAPE:
            return None
        preview.thumbnail((edge, edge), Image.Resampling.BICUBIC)
        preview.load()
    except Exception:  # a broken EXIF block; the picture itself may be fine
        return None
    return preview


def _is_size(said: tuple[Any, Any], size: tuple[int, int]) -> bool:
    """Tell whether an EXIF block means a picture of this size, or says nothing about it."""
    return None in said or sorted(map(int, said)) == sorted(size)


def _as_far_as_it_goes(path: Path, edge: int | None, error: OSError) -> Pixels:
    """Return what there is of a JPEG without an end: with one, the decoder fills the rest with grey."""
    reason = "The file is incomplete." if "truncated" in str(error).lower() else "The picture is damaged."
    try:
        if path.stat().st_size > _MOST_AGAIN:
            raise _unreadable(path, reason) from error
        with io.BytesIO(path.read_bytes() + b"\xff\xd9") as file:
            if bytes(file.getbuffer()[:2]) != b"\xff\xd8":
                raise _unreadable(path, reason) from error
            return _pixels(*_upright(file, path.name, edge, previews=False))
    except FileUnreadable:
        raise
    except Exception as again:
        raise _unreadable(path, reason) from again


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:
        return 1  # a broken EXIF block; the picture itself may be fine
    return value if isinstance(value, int) else 1


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return _as_eight_bits(image).convert("RGB")
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _as_eight_bits(image: Image.Image) -> Image.Image:
    """Bring grey values of 16 or 32 bits, or floating-point ones, to 0–255 (Pillow would cut them off at 255)."""
    # Here, because few pictures need it, and it takes long to load.
    import numpy

    values = numpy.asarray(image)
    if image.mode.startswith("I;16"):
        return Image.fromarray((values >> 8).astype(numpy.uint8))
    numbers = numpy.nan_to_num(values.astype(numpy.float32))
    low, high = float(numbers.min()), float(numbers.max())
    if image.mode == "I" and low >= 0 and high <= 65535:
        low, high = 0.0, 255.0 if high <= 255 else 65535.0
    return Image.fromarray(((numbers - low) * (255.0 / ((high - low) or 1.0))).astype(numpy.uint8))


def _pixels(image: Image.Image, full: tuple[int, int]) -> Pixels:
    return Pixels(image.width, image.height, image.tobytes(), *full)


def _unreadable(path: Path, reason: str) -> FileUnreadable:
    return FileUnreadable(name=path.name, reason=reason)
