"""Takes apart multipart/form-data. Bytes stay bytes: the standard library reads it as a mail, with its line ends."""

from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser

MOST_PARTS = 200
_HEAD_BYTES = 8_192


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form."""

    name: str
    content: bytes = field(repr=False)


def parts_of(content: bytes, media_type: str) -> list[Part]:
    """Return the fields of a form, in their order. Raise `ValueError` where the body is none."""
    about = Message()
    about["Content-Type"] = media_type
    boundary = about.get_boundary()
    if not boundary or len(boundary) > 200:
        raise ValueError("no boundary")
    line = b"\r\n--" + boundary.encode("utf-8", "replace")
    pieces = (b"\r\n" + content).split(line, MOST_PARTS + 2)
    if len(pieces) > MOST_PARTS + 2:
        raise ValueError("too many parts")
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise ValueError("no end")
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Part:
    head, found, content = piece.partition(b"\r\n\r\n")
    if not found or len(head) > _HEAD_BYTES:
        raise ValueError("no head")
    headers = BytesHeaderParser().parsebytes(head.lstrip(b"\r\n") + b"\r\n\r\n")
    name = headers.get_param("name", "", "content-disposition")
    return Part(name if isinstance(name, str) else "", content)
