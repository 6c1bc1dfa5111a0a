"""What goes over in one piece: a file, or a tar of files that is put together while it is sent.

Nothing is written to disk and never more than a few megabytes are held, whatever the size. Every file's SHA-256 is
taken as its bytes pass, for the receipt and for knowing the file again.
"""

import asyncio
import hashlib
import os
import tarfile
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from io import BufferedReader

from batchdock.core.errors import FileUnreadable, SourceGone
from batchdock.flows.transfers.reading import READERS
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.sources import FileChanged, source_error
from batchdock.store import FileRow

READ_BYTES = 1024 * 1024
_SMOOTH = 0.1
"""Seconds' worth of a speed limit that go over at once."""
_LEAST_BYTES = 16 * 1024
_BLOCK = tarfile.BLOCKSIZE
_END = b"\0" * (2 * _BLOCK)


@dataclass(frozen=True, slots=True)
class Sized:
    """A file with its size in bytes and time of change at this moment; `head` is what goes before it in a tar.

    A small file that goes alone is read at once: `data` and its SHA-256.
    """

    row: FileRow
    size: int
    modified: float
    head: bytes = b""
    data: bytes = b""
    digest: bytes = b""

    @property
    def padding(self) -> int:
        """Bytes that fill the tar's last block."""
        return -self.size % _BLOCK if self.head else 0


class Body:
    """One or many files as one stream, for one try; see `core.ports.Outgoing`.

    `handed_over` tells whether all of it may have left: only then may it have arrived. `broken` is the file that ended
    the try, and why. `digests` are the SHA-256 of the files that were read whole, by their number.
    """

    def __init__(self, name: str, files: Sequence[Sized], row: Row, *, end: bytes = b"") -> None:
        self.name = name
        self.files = tuple(files)
        self.size = sum(len(each.head) + each.size + each.padding for each in files) + len(end)
        self.handed_over = False
        self.broken: tuple[FileRow, FileUnreadable | SourceGone] | None = None
        self.digests = {each.row.number: each.digest for each in files if each.digest}
        self._row, self._end = row, end
        self._contents_bytes = sum(each.size for each in files)
        self._given = self._counted = 0

    async def open(self) -> AsyncGenerator[bytes, None]:
        """Yield the bytes. Raise `FileUnreadable` for a file that is not what it was a moment ago, or `SourceGone`."""
        self.take_back()
        self.handed_over = False
        async with aclosing(self._read_ahead()) as pieces:
            async for piece in pieces:
                for part in self._in_parts(piece):
                    await self._row.speed.take(len(part))
                    self._given += len(part)
                    # Before it leaves, not after: nobody says when the last bytes have gone.
                    self.handed_over = self._given == self.size
                    yield part
                    # What a tar adds is not counted: nobody dropped it.
                    self._count(min(self._given, self._contents_bytes))

    def take_back(self) -> None:
        """Uncount what a try in vain has counted."""
        self._given = 0
        self._count(0)

    def _count(self, counted: int) -> None:
        if counted != self._counted:
            self._row.meter.add_bytes(counted - self._counted)
            self._counted = counted

    def _in_parts(self, piece: bytes) -> Sequence[bytes]:
        """Return a piece in parts that a speed limit lets through smoothly."""
        limit = self._row.speed.bytes_a_second
        size = len(piece) if limit is None else max(_LEAST_BYTES, int(limit * _SMOOTH))
        return [piece] if len(piece) <= size else [piece[at : at + size] for at in range(0, len(piece), size)]

    async def _read_ahead(self) -> AsyncGenerator[bytes, None]:
        """Yield what is read, one piece ahead, so that disk and line work at the same time."""
        if len(self.files) == 1 and self.files[0].digest:
            yield self.files[0].data
            return
        pieces = self._pieces()
        left = self.size
        reading = asyncio.create_task(READERS.run(next, pieces, b""))
        try:
            while left > 0:
                piece = await reading
                left -= len(piece)
                if left > 0:
                    reading = asyncio.create_task(READERS.run(next, pieces, b""))
                yield piece
        finally:
            if reading.done() and not reading.cancelled():
                reading.exception()  # Looked at, or asyncio would complain that nobody did.
                pieces.close()
            else:
                # Not waited for: the thread may hang on a share that has gone. The open file goes when it does.
                reading.cancel()

    def _pieces(self) -> Generator[bytes, None, None]:
        """Yield pieces of about `READ_BYTES`. Runs in threads, one call at a time."""
        gathered = bytearray()
        for each in self.files:
            gathered += each.head
            try:
                yield from self._contents(each, gathered)
            except OSError as error:
                raise self._noted(each.row, source_error(each.row.path, error)) from None
            except FileUnreadable as error:
                raise self._noted(each.row, error) from None
            gathered += bytes(each.padding)
        if gathered:
            yield bytes(gathered)
        if self._end:
            # Alone: as long as it has not left, no server can take the tar for whole.
            yield self._end

    def _contents(self, each: Sized, gathered: bytearray) -> Generator[bytes, None, None]:
        """Add a file to what is gathered, and yield that whenever there is enough."""
        digest, left = hashlib.sha256(), each.size
        with each.row.path.open("rb") as file:
            self._compare(file, each)
            while left:
                if len(gathered) >= READ_BYTES:
                    yield bytes(gathered)
                    gathered.clear()
                read = file.read(min(READ_BYTES, left))
                if not read:
                    raise FileChanged(name=each.row.path.name, reason="It became shorter while it was sent.")
                digest.update(read)
                gathered += read
                left -= len(read)
            # Before its last bytes leave: half of one file and half of another must not arrive.
            self._compare(file, each)
        self.digests[each.row.number] = digest.digest()

    @staticmethod
    def _compare(file: BufferedReader, each: Sized) -> None:
        now = os.fstat(file.fileno())
        if (now.st_size, now.st_mtime) != (each.size, each.modified):
            raise FileChanged(name=each.row.path.name, reason="It keeps changing while it is sent.")

    def _noted(self, row: FileRow, error: FileUnreadable | SourceGone) -> FileUnreadable | SourceGone:
        self.broken = (row, error)
        return error


def file_body(row: FileRow, shown: Row) -> Body:
    """Return the body of one file; a small one is read here. Blocks. Raise `FileUnreadable` or `SourceGone`."""
    try:
        with row.path.open("rb") as file:
            found = os.fstat(file.fileno())
            data = file.read(READ_BYTES + 1) if found.st_size <= READ_BYTES else b""
            after = os.fstat(file.fileno())
    except OSError as error:
        raise source_error(row.path, error) from None
    if (found.st_size, found.st_mtime) != (after.st_size, after.st_mtime):
        raise FileChanged(name=row.path.name, reason="It keeps changing while it is sent.")
    if len(data) != found.st_size:
        return Body(row.path.name, (Sized(row, found.st_size, found.st_mtime),), shown)
    digest = hashlib.sha256(data).digest()
    return Body(row.path.name, (Sized(row, found.st_size, found.st_mtime, data=data, digest=digest),), shown)


def tar_body(files: Sequence[Sized], shown: Row) -> Body:
    """Return the body of a plain, flat tar (contract §3.7). The same files give the same bytes."""
    return Body(f"{len(files)} files", files, shown, end=_END)


def sized(rows: Sequence[FileRow]) -> tuple[list[Sized], list[tuple[FileRow, FileUnreadable]]]:
    """Return the files with their headers in a tar, and those that can not be read any more.

    Blocks. Raise `SourceGone` when it is the folder and not the file.
    """
    found: list[Sized] = []
    lost: list[tuple[FileRow, FileUnreadable]] = []
    for row in rows:
        try:
            about = row.path.stat()
        except OSError as error:
            why = source_error(row.path, error)
            if isinstance(why, SourceGone):
                raise why from None
            lost.append((row, why))
            continue
        member = tarfile.TarInfo(row.wire)
        member.mode = 0o644
        member.size = about.st_size
        found.append(Sized(row, about.st_size, about.st_mtime, member.tobuf(tarfile.PAX_FORMAT)))
    return found, lost
