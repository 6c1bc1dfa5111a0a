"""Reads a tar, believing nothing it says of itself.

Our own and not `tarfile`, which takes what extended headers claim for the size of a read, and gives up a whole archive
for one bad header; as fast as that. What is not plain is told apart, not judged: that is unpack.py's part.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from batchdock.flows.results.inflating import CutOff, Inflating

BLOCK = 512
_ZEROS = bytes(BLOCK)
_NOTE_LIMIT = 64 * 1024
"""A longer name or extended header is no honest one."""

_FIELDS = struct.Struct("100s8x8x8x12s12x8sc100x8s32x32x8x8x155s12x")
_SIGNED = struct.Struct("148b8x356b")
_SPARSE_GOES_ON, _SPARSE_GOES_FURTHER = 482, 504


class Kind(Enum):
    """What an entry is."""

    FILE = auto()
    FOLDER = auto()
    LINK = auto()
    DEVICE = auto()
    PIPE = auto()
    SPARSE = auto()
    NOTE = auto()
    """A header that would change all others."""
    GARBLED = auto()
    """Its header makes no sense."""
    OTHER = auto()


_KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    b"7": Kind.FILE,
    b"1": Kind.LINK,
    b"2": Kind.LINK,
    b"3": Kind.DEVICE,
    b"4": Kind.DEVICE,
    b"5": Kind.FOLDER,
    b"6": Kind.PIPE,
    b"S": Kind.SPARSE,
    b"g": Kind.NOTE,
}
_WITHOUT_CONTENT = frozenset({Kind.FOLDER, Kind.LINK, Kind.DEVICE, Kind.PIPE})


class NoTar(Exception):
    """This is something else from its first byte on; the text says what."""


@dataclass(slots=True)
class Entry:
    """One entry; `left` of its `size` bytes have not been read yet. To be read before the next one is asked for."""

    name: str
    kind: Kind
    size: int
    left: int
    _source: Inflating
    at: int | None = None
    """Where its content begins in an archive that is not compressed, None in others."""

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes of the content, none at its end. Raise `CutOff` where the archive breaks off."""
        wanted = min(size, self.left)
        found = self._source.read(wanted)
        self.left -= len(found)
        if len(found) < wanted:
            raise CutOff
        return found


@dataclass(slots=True)
class _Ahead:
    """What extended headers say of the entry behind them."""

    name: str | None = None
    size: int | None = None
    sparse: bool = False
    garbled: bool = False


def entries(source: Inflating) -> Iterator[Entry]:
    """Yield every entry, also of several tars in a row. Raise `NoTar`, `CutOff`, and what `source` raises."""
    ahead, first, lost, ended = _Ahead(), True, False, False
    while block := source.read(BLOCK):
        if block == _ZEROS:
            ended, first = True, False
            continue
        if len(block) < BLOCK:
            if first:
                raise NoTar(_what_else(block))
            raise CutOff
        header = _header(block)
        if header is None:
            if first and block[257:262] != b"ustar":
                raise NoTar(_what_else(block))
            if not lost:
                yield Entry("", Kind.GARBLED, 0, 0, source)
            first, lost, ahead = False, True, _Ahead()
            continue
        name, size, code = header
        if lost and block[257:262] != b"ustar":
            continue
        first = lost = ended = False
        if code in (b"x", b"X", b"L", b"K"):
            _look_ahead(source, code, size, ahead)
            continue
        entry = _entry(source, block, name, size, code, ahead)
        ahead = _Ahead()
        yield entry
        padding = -entry.size % BLOCK
        if source.skip(entry.left + padding) < entry.left:
            raise CutOff
    if not ended and not source.compressed:
        # A plain tar has nothing else to prove that this is its end; a compressed one has its checksum.
        raise CutOff


def _entry(source: Inflating, block: bytes, name: str, size: int, code: bytes, ahead: _Ahead) -> Entry:
    kind = _KINDS.get(code, Kind.OTHER)
    name = name if ahead.name is None else ahead.name
    size = size if ahead.size is None else ahead.size
    if kind is Kind.SPARSE:
        goes_on = block[_SPARSE_GOES_ON]
        while goes_on:
            more = source.read(BLOCK)
            if len(more) < BLOCK:
                raise CutOff
            goes_on = more[_SPARSE_GOES_FURTHER]
    if kind is Kind.FILE:
        if name.endswith("/"):
            kind = Kind.FOLDER
        elif ahead.sparse:
            kind = Kind.SPARSE
    if kind in _WITHOUT_CONTENT:
        size = 0
    at = None if source.compressed else source.position
    return Entry(name, Kind.GARBLED if ahead.garbled else kind, size, size, source, at)


def _header(block: bytes) -> tuple[str, int, bytes] | None:
    """Return name, size in bytes and kind of entry, or None when this is no header."""
    name, size, checksum, code, magic, prefix = _FIELDS.unpack(block)
    wanted = _number(checksum)
    if wanted is None:
        return None
    unsigned = 256 + sum(block[:148]) + sum(block[156:])
    if wanted != unsigned and wanted != 256 + sum(_SIGNED.unpack(block)):
        return None
    found = _number(size)
    if found is None:
        return None
    path = _text(name)
    if magic.startswith(b"ustar\0") and prefix[0]:
        path = f"{_text(prefix)}/{path}"
    return path, found, code


def _number(field: bytes) -> int | None:
    """Read a number: octal digits, or base 256 where they do not suffice."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.partition(b"\0")[0].strip()
    if not digits:
        return 0
    try:
        return int(digits, 8) if digits.isdigit() else None
    except ValueError:
        return None


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _look_ahead(source: Inflating, code: bytes, size: int, ahead: _Ahead) -> None:
    if size > _NOTE_LIMIT:
        ahead.garbled = True
        if source.skip(size + -size % BLOCK) < size:
            raise CutOff
        return
    content = source.read(size + -size % BLOCK)[:size]
    if len(content) < size:
        raise CutOff
    if code == b"L":
        ahead.name = _text(content)
    elif code in (b"x", b"X"):
        records = _records(content)
        if records is None:
            ahead.garbled = True
            return
        for key, value in records:
            if key == b"path":
                ahead.name = value.decode("utf-8", "surrogateescape")
            elif key == b"size":
                ahead.size = int(value) if value.isdigit() and len(value) < 20 else None
                ahead.garbled = ahead.garbled or ahead.size is None
            elif key.startswith(b"GNU.sparse."):
                ahead.sparse = True


def _records(content: bytes) -> list[tuple[bytes, bytes]] | None:
    """Read `length key=value` lines of an extended header; None when they make no sense."""
    found, at = [], 0
    while at < len(content):
        length, space, _ = content[at : at + 8].partition(b" ")
        end = at + int(length) if space and length.isdigit() else at
        key, equals, value = content[at + len(length) + 1 : end - 1].partition(b"=")
        if end > len(content) or not equals or content[end - 1 : end] != b"\n":
            return None
        found.append((key, value))
        at = end
    return found


def _what_else(block: bytes) -> str:
    if block.startswith(b"PK"):
        return "It is a zip archive, not a tar."
    if block.startswith(b"\x1f\x8b"):
        return "It was compressed twice."
    if block.lstrip()[:1] in (b"<", b"{"):
        return "It is a text, not an archive."
    return "It is not a tar archive."
