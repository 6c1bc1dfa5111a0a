"""The bytes inside an archive as they come, decompressed on the way, and never more than was agreed.

zlib itself and not gzip: what comes out of one step is limited here, so that no bomb gets into memory.
"""

import io
import sys
import zlib
from pathlib import Path
from typing import Protocol

_RAW_BYTES = 256 * 1024
_STEP_BYTES = 1024 * 1024
_LEAP_BYTES = 256 * 1024
"""What is shorter is read on the way: asking for another part of a file costs more."""
_GZIP = b"\x1f\x8b"
_GZIP_FRAME = 31


class Source(Protocol):
    """What is read from; `seek` only where there are leaps."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""
        ...

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Stand somewhere else."""
        ...


class CutOff(Exception):
    """The bytes end in the middle, or do not fit their checksum."""


class TooMuch(Exception):
    """More comes out than was agreed."""


class Inflating:
    """Reads `file`, gzip (also several in a row) or plain, from where it stands; at most `limit` bytes come out.

    With `leaps` what is passed over in a plain one is not read where it is long; whether it is there shows later.
    Everything raises `CutOff` and `TooMuch`, and `OSError` for what the disk refuses.
    """

    def __init__(self, file: Source, limit: int, *, leaps: bool = False) -> None:
        self._file = file
        self._limit = limit
        self._leaps = leaps
        self._raw = file.read(_RAW_BYTES)
        self.compressed = self._raw.startswith(_GZIP)
        self._inflater = zlib.decompressobj(_GZIP_FRAME) if self.compressed else None
        self._have, self._at = b"", 0
        self._given = 0
        self.litter = False
        """True when something that belongs to nothing stands behind the end."""

    def read(self, size: int) -> bytes:
        """Return `size` bytes, fewer only at the end."""
        end = self._at + size
        if end <= len(self._have):
            found, self._at = self._have[self._at : end], end
            return found
        pieces, missing = [self._have[self._at :]], end - len(self._have)
        self._have, self._at = b"", 0
        while missing > 0 and (piece := self._step()):
            pieces.append(piece[:missing])
            if len(piece) > missing:
                self._have, self._at = piece, missing
            missing -= len(piece)
        return b"".join(pieces)

    def skip(self, size: int) -> int:
        """Pass over `size` bytes and return how many there were."""
        left = size
        if self._leaps and not self.compressed and left > len(self._have) - self._at + len(self._raw) + _LEAP_BYTES:
            left -= len(self._have) - self._at + len(self._raw)
            self._given += len(self._raw) + left
            self._have, self._at, self._raw = b"", 0, b""
            self._file.seek(left, 1)
            return size
        while left > 0 and (passed := len(self.read(min(left, _STEP_BYTES)))):
            left -= passed
        return size - left

    @property
    def position(self) -> int:
        """How many bytes have come out, or were passed over."""
        return self._given - (len(self._have) - self._at)

    def _step(self) -> bytes:
        piece = self._inflated() if self.compressed else self._plain()
        self._given += len(piece)
        if self._given > self._limit and not (self._leaps and not self.compressed):
            raise TooMuch
        return piece

    def _plain(self) -> bytes:
        piece, self._raw = self._raw or self._file.read(_RAW_BYTES), b""
        return piece

    def _inflated(self) -> bytes:
        while self._inflater is not None:
            if self._inflater.eof:
                self._next_frame(self._inflater.unused_data)
                continue
            if not self._raw:
                self._raw = self._file.read(_RAW_BYTES)
                if not self._raw:
                    raise CutOff
            try:
                piece = self._inflater.decompress(self._raw, _STEP_BYTES)
            except zlib.error as error:
                raise CutOff(str(error)) from None
            self._raw = self._inflater.unconsumed_tail
            if piece:
                return piece
        return b""

    def _next_frame(self, rest: bytes) -> None:
        """Go on with the next gzip stream behind the one that ended; zeros up to the end are padding."""
        self._raw = b""
        rest = rest.lstrip(b"\0")
        while not rest or rest == _GZIP[:1]:
            more = self._file.read(_RAW_BYTES)
            if not more:
                break
            rest = rest + more if rest else more.lstrip(b"\0")
        if rest.startswith(_GZIP):
            self._raw, self._inflater = rest, zlib.decompressobj(_GZIP_FRAME)
        else:
            self.litter = bool(rest)
            self._inflater = None


def whole(archive: Path | bytes) -> bool:
    """Tell whether an archive reaches its own end, where nobody told how long it is. Blocks."""
    with io.BytesIO(archive) if isinstance(archive, bytes) else archive.open("rb", buffering=0) as file:
        source = Inflating(file, sys.maxsize)
        last = b""
        try:
            while piece := source.read(_STEP_BYTES):
                last = piece
        except CutOff:
            return False
        return source.compressed or not last.rstrip(b"\0") or last.endswith(bytes(1024))
