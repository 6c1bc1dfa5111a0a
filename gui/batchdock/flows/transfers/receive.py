"""Receives one file, going on where an earlier try stopped.

    target.part         what has arrived
    target.part.json    which version of the file that was, without which going on would be a guess

The finished file appears under its name in one step. A small one need not touch the disk at all.
"""

import asyncio
import errno
import json
import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from batchdock.core.batch import StagedFile
from batchdock.core.errors import BatchdockError, ConnectionProblem, DiskFull, FolderNotWritable, VersionGone
from batchdock.core.ports import Service
from batchdock.core.streams import FileVersion, Incoming
from batchdock.flows.transfers.pace import SpeedLimit

RESERVE_BYTES = 64 * 1024 * 1024
"""A disk with less room than this is called full before it is."""
WRITE_BYTES = 1024 * 1024
"""What is gathered before it is written; what is not more than this may stay in memory."""
_WORTH_KEEPING = 64 * 1024

_Result = TypeVar("_Result")

Opening = Callable[[int, FileVersion], AbstractAsyncContextManager[Incoming]]
OnBytes = Callable[[int], None]
"""Told how many bytes more have arrived; negative when some must come again."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is here: its bytes where they could stay in memory (`content`), else at the target.

    `told` is False where the service did not say how long it is, so that only the file itself can prove its end.
    """

    size: int
    told: bool
    content: bytes | None = None


class _Part:
    """The file on its way. Everything here blocks, and raises `OSError`."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = target.with_name(f"{target.name}.part")
        self._note = target.with_name(f"{target.name}.part.json")
        self._sink: BinaryIO | None = None

    def state(self) -> tuple[int, FileVersion]:
        """Return how many bytes can be gone on from, and of which version."""
        try:
            version = FileVersion(**json.loads(self._note.read_text(encoding="utf-8")))
            return self._path.stat().st_size, version
        except (OSError, ValueError, TypeError):
            return 0, FileVersion()

    def write(self, data: bytes, start: int, version: FileVersion, expected: int) -> None:
        """Append `data`. With `start` 0 the first one forgets what has arrived: it is another file, or begins anew.

        `expected` is how many bytes more there will be as far as anybody knows. Raises `DiskFull` for too little room.
        """
        check_room(self._target.parent, expected)
        if self._sink is None:
            if not start:
                self._note.unlink(missing_ok=True)
            self._sink = self._path.open("r+b" if start else "wb", buffering=0)
            self._sink.seek(start)
            self._sink.truncate()
            if not start:
                self._note.write_text(json.dumps(asdict(version)), encoding="utf-8")
        view = memoryview(data)
        while view:
            view = view[self._sink.write(view) :]

    def finish(self) -> None:
        """Let the file appear."""
        self.close()
        self._path.replace(self._target)
        self._note.unlink(missing_ok=True)

    def forget(self) -> None:
        """What has arrived is of no use any more."""
        self.close()
        self._note.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; what has arrived stays."""
        if self._sink is not None:
            self._sink.close()
            self._sink = None


async def receive(
    service: Service,
    file: StagedFile,
    target: Path,
    speed: SpeedLimit,
    on_bytes: OnBytes,
    *,
    anew: bool = False,
    in_memory: int = 0,
) -> Received:
    """Fetch `file` to `target`, or into memory up to `in_memory` bytes (at most `WRITE_BYTES`): one try.

    What has arrived stays for the next try, whose `on_bytes` counts it again; with `anew` nobody has tried before.
    Raises `NotFound` (list again for a fresh address), `DiskFull`, `FolderNotWritable` and connection problems.
    """

    def opened(start: int, version: FileVersion) -> AbstractAsyncContextManager[Incoming]:
        return service.receive(file, start=start, version=version)

    return await receive_from(opened, file.name, target, speed, on_bytes, anew=anew, in_memory=in_memory)


async def receive_from(
    opened: Opening,
    name: str,
    target: Path,
    speed: SpeedLimit,
    on_bytes: OnBytes,
    *,
    anew: bool = False,
    in_memory: int = 0,
) -> Received:
    """The same for what `opened` opens: from a byte on where it still is that version, else from its beginning."""
    part = _Part(target)
    have, version = (0, FileVersion()) if anew else await asyncio.to_thread(part.state)
    counted = 0

    def count(size: int) -> None:
        nonlocal counted
        counted += size
        on_bytes(size)

    try:
        if have and have == version.size:
            count(have)
            await asyncio.to_thread(part.finish)
            return Received(have, told=True)
        async with opened(have, version) as incoming:
            if incoming.start:
                count(incoming.start)
            return await _taken(incoming, part, name, speed, count, in_memory)
    except VersionGone:
        on_bytes(-counted)
        await asyncio.to_thread(part.forget)
        raise
    except OSError as error:
        on_bytes(-counted)
        raise unwritable(target.parent, error) from error
    except BatchdockError:
        on_bytes(-counted)
        raise
    finally:
        part.close()


async def _taken(
    incoming: Incoming, part: _Part, name: str, speed: SpeedLimit, count: OnBytes, in_memory: int
) -> Received:
    """Take what comes, to its end."""
    start, version = incoming.start, incoming.version
    size = version.size
    waiting, arrived = bytearray(), start

    def write() -> None:
        # Emptied first: what is cancelled half-way must not be written twice.
        nonlocal waiting
        full, waiting = bytes(waiting), bytearray()
        part.write(full, start, version, len(full) + max(0, (size or 0) - arrived))

    try:
        async for piece in incoming.pieces():
            if speed.bytes_a_second is not None:
                await speed.take(len(piece))
            waiting += piece
            arrived += len(piece)
            count(len(piece))
            if len(waiting) >= WRITE_BYTES:
                await in_thread(write)
        if size is not None and arrived != size:
            raise ConnectionProblem(host="", details=f"{name}: {arrived} of {size} bytes arrived")
    except BaseException:
        if len(waiting) >= _WORTH_KEEPING:
            with suppress(OSError, BatchdockError):
                write()
        raise
    if in_memory and not start and len(waiting) == arrived <= in_memory:
        return Received(arrived, size is not None, bytes(waiting))

    def finish() -> None:
        write()
        part.finish()

    await in_thread(finish)
    return Received(arrived, size is not None)


async def in_thread(work: Callable[[], _Result], stop: Callable[[], None] = lambda: None) -> _Result:
    """Do `work` in a thread, and be back only when it is over, also when cancelled: nobody else touches its files.

    `stop` asks it to come to its end.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stop()
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # Looked at, or asyncio would complain that nobody did.
        raise


def check_room(folder: Path, needed: int = 0) -> None:
    """Raise `DiskFull` when the disk of `folder` has no room for `needed` bytes and a little more."""
    free = shutil.disk_usage(folder).free
    if free < needed + RESERVE_BYTES:
        shown = f"{(needed + RESERVE_BYTES) / 1024 / 1024:,.0f} MB"
        raise DiskFull(folder=folder, needed=shown, bytes=needed)


def unwritable(folder: Path, error: OSError) -> BatchdockError:
    """Return what a person is told when a file can not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(folder=folder, needed="these files")
    return FolderNotWritable(folder=folder, reason=error.strerror or type(error).__name__)
