"""Tells what a file is from its first bytes. Names lie; a text file called .jpg is not a picture."""

from dataclasses import dataclass

from batchdock.core.batch import Content
from batchdock.core.reference import PICTURE_EXTENSIONS, VIDEO_EXTENSIONS

HEAD_BYTES = 64

# Files are sent under one of these whatever the name said.
__all__ = ["HEAD_BYTES", "OTHER_PICTURE_EXTENSIONS", "PICTURE_EXTENSIONS", "VIDEO_EXTENSIONS", "Format", "format_of"]

OTHER_PICTURE_EXTENSIONS = frozenset({".gif", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl", ".psd"})
"""Pictures too, but no service takes them."""


@dataclass(frozen=True, slots=True)
class Format:
    """What the bytes are. `content` is UNKNOWN for what can be told but not processed; `extension` fits the bytes."""

    name: str
    content: Content
    extension: str = ""
    is_picture: bool = False
    """It is a picture, though not one that can be processed."""


def format_of(head: bytes) -> Format | None:
    """Return the format that begins with `head`, or None for bytes that look like no picture and no video."""
    for offset, magic, found in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return found
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _still_or_video(head)
    return None


def _still_or_video(head: bytes) -> Format:
    brand = head[8:12]
    if brand in (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"):
        return Format("HEIC", Content.UNKNOWN, is_picture=True)
    if brand in (b"avif", b"avis"):
        return Format("AVIF", Content.UNKNOWN, is_picture=True)
    if brand == b"qt  ":
        return Format("QuickTime", Content.VIDEOS, ".mov")
    if brand[:3] == b"3gp":
        return Format("3GP", Content.VIDEOS, ".3gp")
    return Format("MP4", Content.VIDEOS, ".mp4")


_RIFF = {b"WEBP": Format("WebP", Content.IMAGES, ".webp"), b"AVI ": Format("AVI", Content.VIDEOS, ".avi")}

_MAGIC: tuple[tuple[int, bytes, Format], ...] = (
    (0, b"\xff\xd8\xff", Format("JPEG", Content.IMAGES, ".jpg")),
    (0, b"\x89PNG\r\n\x1a\n", Format("PNG", Content.IMAGES, ".png")),
    (0, b"BM", Format("BMP", Content.IMAGES, ".bmp")),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", Format("JPEG 2000", Content.IMAGES, ".jp2")),
    (0, b"GIF8", Format("GIF", Content.UNKNOWN, is_picture=True)),
    (0, b"II*\x00", Format("TIFF", Content.UNKNOWN, is_picture=True)),
    (0, b"MM\x00*", Format("TIFF", Content.UNKNOWN, is_picture=True)),
    (0, b"\xff\x0a", Format("JPEG XL", Content.UNKNOWN, is_picture=True)),
    (0, b"\x00\x00\x00\x0cJXL ", Format("JPEG XL", Content.UNKNOWN, is_picture=True)),
    (0, b"II+\x00", Format("BigTIFF", Content.UNKNOWN, is_picture=True)),
    (0, b"8BPS", Format("Photoshop", Content.UNKNOWN, is_picture=True)),
    (0, b"%PDF", Format("PDF", Content.UNKNOWN)),
    (0, b"PK\x03\x04", Format("ZIP", Content.UNKNOWN)),
    (0, b"\x1aE\xdf\xa3", Format("Matroska", Content.VIDEOS, ".mkv")),
    (0, b"FLV\x01", Format("Flash video", Content.VIDEOS, ".flv")),
    (0, b"0&\xb2u\x8ef\xcf\x11", Format("Windows Media", Content.VIDEOS, ".wmv")),
    (0, b"\x00\x00\x01\xba", Format("MPEG", Content.VIDEOS, ".mpg")),
    (0, b"\x00\x00\x01\xb3", Format("MPEG", Content.VIDEOS, ".mpg")),
    (0, b"OggS", Format("Ogg", Content.VIDEOS, ".ogg")),
    (4, b"moov", Format("QuickTime", Content.VIDEOS, ".mov")),
    (4, b"mdat", Format("QuickTime", Content.VIDEOS, ".mov")),
)
