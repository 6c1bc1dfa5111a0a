"""Finds pictures in texts: base64, with or without what browsers write before it, told by its first bytes."""

import base64
import binascii
import re
from dataclasses import dataclass, field

MOST_BYTES = 24 * 1024 * 1024
"""No picture of a camera is larger."""
_LEAST_CHARACTERS = 40
_HEAD_CHARACTERS = 64
_DATA = re.compile(r"data:[\w.+-]+/[\w.+-]+(;[\w=.+-]+)*;base64,", re.ASCII)
_URL_SAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it came. `suffix` is that of a file of its kind, with the dot."""

    suffix: str
    content: bytes = field(repr=False)


def suffix_of(content: bytes) -> str:
    """Return what a picture's file is called after its dot, told by its first bytes; empty for what is none."""
    if content[:3] == b"\xff\xd8\xff":
        return ".jpg"
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return ".png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return ".webp"
    if content[:2] == b"BM" and content[6:10] == b"\0\0\0\0" and len(content) > 26:
        return ".bmp"
    return ""


def picture_in(text: str) -> Picture | None:
    """Return the picture that a text is, or None. What only looks like one to its end is none."""
    if len(text) < _LEAST_CHARACTERS or len(text) > MOST_BYTES * 3 // 2:
        return None
    found = _DATA.match(text)
    begin = found.end() if found is not None else 0
    if not suffix_of(_decoded(text[begin : begin + _HEAD_CHARACTERS].rstrip("=\r\n "), whole=False)):
        return None
    content = _decoded(text[begin:], whole=True)
    suffix = suffix_of(content)
    return Picture(suffix, content) if suffix and len(content) <= MOST_BYTES else None


def _decoded(text: str, *, whole: bool) -> bytes:
    """Return what base64 says, with either alphabet, lines and missing ends; nothing where it is none."""
    if not text.isascii():
        return b""
    plain = "".join(text.split()).translate(_URL_SAFE).rstrip("=")
    plain = plain if whole else plain[: len(plain) // 4 * 4]
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
