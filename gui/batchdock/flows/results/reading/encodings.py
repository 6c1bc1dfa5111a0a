"""How the text of a file is written down."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LONGEST_LINE = 64 * 1024 * 1024
"""In bytes: a picture with very many masks."""
_LOOKED_AT = 64 * 1024


def encoding_of(file: BinaryIO) -> tuple[str, int]:
    """Return the encoding of a file and how many bytes its mark has. Text of no kind of Unicode is taken for cp1252.

    The file is left behind its mark.
    """
    head = file.read(_LOOKED_AT)
    encoding, mark = _told_by_mark(head) or (_guessed(head), 0)
    file.seek(mark)
    return encoding, mark


def lines_in(file: BinaryIO, encoding: str) -> Iterator[tuple[bytes, int]]:
    """Yield each line as bytes that can be searched for ASCII (UTF-8 or cp1252), with its length in the file.

    Of one that is longer than `LONGEST_LINE` there is the beginning.
    """
    return _narrow_lines(file) if is_narrow(encoding) else _wide_lines(file, encoding)


def is_narrow(encoding: str) -> bool:
    """Tell whether ASCII is in a file as it is."""
    return encoding in ("utf-8", "cp1252")


def _told_by_mark(head: bytes) -> tuple[str, int] | None:
    return next(((encoding, len(mark)) for mark, encoding in _MARKS if head.startswith(mark)), None)


def _guessed(head: bytes) -> str:
    if head[1:2] == b"\0" and head[:1] != b"\0":
        return "utf-16-le"
    if head[:1] == b"\0" and head[1:2] not in (b"", b"\0"):
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError as error:
        # Half a file may be broken in one place; one of another encoding is so at the first letter of its own.
        return "utf-8" if any(byte >= 0xC2 for byte in head[: error.start]) or b"\0" in head else "cp1252"
    return "utf-8"


def _narrow_lines(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield each line with its length. Of one that is longer than a row may be there is the beginning."""
    read = file.readline
    while line := read(LONGEST_LINE):
        length = len(line)
        if length == LONGEST_LINE and not line.endswith(b"\n"):
            while more := read(LONGEST_LINE):
                length += len(more)
                if more.endswith(b"\n"):
                    break
        yield line, length


def _wide_lines(file: BinaryIO, encoding: str) -> Iterator[tuple[bytes, int]]:
    """Yield each line as UTF-8, with its length in the file."""
    end = "\n".encode(encoding)
    wide = len(end)
    kept = b""
    while piece := file.read(1024 * 1024 * wide):
        kept += piece
        begin = 0
        while (found := _find(kept, end, begin, wide)) >= 0:
            yield _narrow(kept[begin : found + wide], encoding), found + wide - begin
            begin = found + wide
        kept = kept[begin:]
        if len(kept) > LONGEST_LINE:
            yield b"", len(kept)
            kept = b""
    if kept:
        yield _narrow(kept, encoding), len(kept)


def _find(text: bytes, wanted: bytes, begin: int, wide: int) -> int:
    found = text.find(wanted, begin)
    while found >= 0 and (found - begin) % wide:
        found = text.find(wanted, found + 1)
    return found


def _narrow(line: bytes, encoding: str) -> bytes:
    return line.decode(encoding, "replace").encode()
