"""What goes over in one piece: a file, or a tar of files that is put together while it is sent.

Nothing is written to disk and never more than a few megabytes are held, whatever the size. Every file's SHA-256 is
taken as its bytes pass, for the receipt and for knowing the file again.
"""

import asyncio
import hashlib
import io
import tarfile
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from batchdock.core.errors import FileUnreadable
from batchdock.flows.transfers.row import Row
from batchdock.store import FileRow

READ_BYTES = 1024 * 1024
_BLOCK = tarfile.BLOCKSIZE
_END = b"\0" * (2 * _BLOCK)

OnHash = Callable[[FileRow, bytes], None]
"""Told the SHA-256 of a file whose bytes have all been handed over."""


@dataclass(frozen=True, slots=True)
class Sized:
    """A file with its size at this moment; `head` is what goes before it in a tar."""

    row: FileRow
    size: int
    head: bytes = b""

    @property
    def padding(self) -> int:
        """Bytes that fill the tar's last block."""
        return -self.size % _BLOCK if self.head else 0


class Body:
    """One or many files as one stream; see `core.ports.Outgoing`.

    `handed_over` tells whether the last try took all of it: only then may it have arrived.
    """

    def __init__(self, name: str, files: Sequence[Sized], row: Row, on_hash: OnHash, *, end: bytes = b"") -> None:
        self.name = name
        self.size = sum(len(each.head) + each.size + each.padding for each in files) + len(end)
        self.handed_over = False
        self._files, self._row, self._on_hash, self._end = files, row, on_hash, end
        self._counted = 0

    async def open(self) -> AsyncGenerator[bytes, None]:
        """Yield the bytes. Raise `FileUnreadable` for a file that is not what it was a moment ago."""
        self.take_back()
        self.handed_over = False
        pieces = self._pieces()
        reading = asyncio.create_task(asyncio.to_thread(next, pieces, None))
        try:
            # Read one piece ahead, so that disk and line work at the same time.
            while (piece := await asyncio.shield(reading)) is not None:
                reading = asyncio.create_task(asyncio.to_thread(next, pieces, None))
                await self._row.speed.take(len(piece))
                yield piece
                self._count(len(piece))
            self.handed_over = True
        finally:
            # Not waited for: the thread may hang on a share that has gone, and whoever stops must not.
            reading.add_done_callback(partial(_leave, pieces))

    def take_back(self) -> None:
        """Uncount what a try in vain has counted."""
        self._count(-self._counted)

    def _count(self, size: int) -> None:
        if size:
            self._counted += size
            self._row.meter.add_bytes(size)

    def _pieces(self) -> Generator[bytes, None, None]:
        """Yield pieces of about `READ_BYTES`. Runs in threads, one call at a time."""
        gathered = bytearray()
        for each in self._files:
            gathered += each.head
            digest, left = hashlib.sha256(), each.size
            with _opened(each.row) as file:
                while left:
                    read = _read(file, each.row, min(READ_BYTES, left))
                    digest.update(read)
                    gathered += read
                    left -= len(read)
                    if len(gathered) >= READ_BYTES:
                        yield bytes(gathered)
                        gathered.clear()
            gathered += bytes(each.padding)
            self._on_hash(each.row, digest.digest())
        gathered += self._end
        if gathered:
            yield bytes(gathered)


def _leave(pieces: Generator[bytes, None, None], reading: asyncio.Task[bytes | None]) -> None:
    if not reading.cancelled():
        reading.exception()  # Looked at, or asyncio would complain that nobody did.
    pieces.close()


def file_body(row: FileRow, shown: Row, on_hash: OnHash) -> Body:
    """Return the body of one file. Blocks. Raise `FileUnreadable`."""
    return Body(row.path.name, (Sized(row, _size_of(row.path)),), shown, on_hash)


def tar_body(files: Sequence[Sized], shown: Row, on_hash: OnHash) -> Body:
    """Return the body of a plain, flat tar (contract §3.7). The same files give the same bytes."""
    return Body(f"{len(files)} files", files, shown, on_hash, end=_END)


def sized(rows: Sequence[FileRow]) -> tuple[list[Sized], list[tuple[FileRow, FileUnreadable]]]:
    """Return the files with their headers in a tar, and those that can not be read any more. Blocks."""
    found, lost = [], []
    for row in rows:
        member = tarfile.TarInfo(row.wire)
        member.mode = 0o644
        try:
            member.size = _size_of(row.path)
        except FileUnreadable as error:
            lost.append((row, error))
            continue
        found.append(Sized(row, member.size, member.tobuf(tarfile.PAX_FORMAT)))
    return found, lost


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise unreadable(path, error) from None


def _opened(row: FileRow) -> BinaryIO | io.BufferedReader:
    try:
        return row.path.open("rb")
    except OSError as error:
        raise unreadable(row.path, error) from None


def _read(file: BinaryIO | io.BufferedReader, row: FileRow, size: int) -> bytes:
    try:
        piece = file.read(size)
    except OSError as error:
        raise unreadable(row.path, error) from None
    if not piece:
        raise FileUnreadable(name=row.path.name, reason="It became shorter while it was sent.")
    return piece


def unreadable(path: Path, error: OSError) -> FileUnreadable:
    """Return what a person is told when a file can not be read."""
    if isinstance(error, FileNotFoundError):
        reason = "The file is not there any more."
    elif isinstance(error, PermissionError):
        reason = "There is no permission to read the file."
    else:
        reason = error.strerror or type(error).__name__
    return FileUnreadable(name=path.name, reason=reason)
