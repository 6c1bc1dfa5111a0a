"""Receives one file, going on where an earlier try stopped.

    target.part         what has arrived
    target.part.json    which version of the file that was, without which going on would be a guess

The finished file appears under its name in one step.
"""

import asyncio
import errno
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from batchdock.core.batch import StagedFile
from batchdock.core.errors import BatchdockError, ConnectionProblem, DiskFull, FolderNotWritable
from batchdock.core.ports import Incoming, Service, Version
from batchdock.flows.transfers.pace import SpeedLimit

RESERVE_BYTES = 64 * 1024 * 1024
"""A disk with less room than this is called full before it is."""
_WRITE_BYTES = 1024 * 1024

OnBytes = Callable[[int], None]
"""Told how many bytes more have arrived; negative when some must come again."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The file on its way. Everything here blocks."""

    target: Path

    @property
    def path(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def note(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part.json")

    def state(self) -> tuple[int, Version]:
        """Return how many bytes can be gone on from, and of which version."""
        try:
            version = Version(**json.loads(self.note.read_text(encoding="utf-8")))
            return self.path.stat().st_size, version
        except (OSError, ValueError, TypeError):
            return 0, Version()

    def begin(self, version: Version) -> None:
        """Forget what has arrived: this is another file, or the same from its start."""
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(b"")
        self.note.write_text(json.dumps(asdict(version)), encoding="utf-8")

    def finish(self) -> None:
        self.path.replace(self.target)
        self.note.unlink(missing_ok=True)


async def receive(service: Service, file: StagedFile, target: Path, speed: SpeedLimit, on_bytes: OnBytes) -> None:
    """Fetch `file` to `target`: one try. What has arrived stays for the next one, whose `on_bytes` counts it again.

    Raises `NotFound` (list again for a fresh address), `DiskFull`, `FolderNotWritable` and connection problems.
    """
    part, folder = _Part(target), target.parent
    have, version = await asyncio.to_thread(part.state)
    counted = 0

    def count(size: int) -> None:
        nonlocal counted
        counted += size
        on_bytes(size)

    try:
        if not have or have != version.size:
            async with service.receive(file, start=have, version=version) as incoming:
                if incoming.start == 0:
                    await asyncio.to_thread(part.begin, incoming.version)
                await asyncio.to_thread(check_room, folder, (incoming.version.size or 0) - incoming.start)
                count(incoming.start)
                arrived = incoming.start + await _write(incoming, part.path, folder, speed, count)
                size = incoming.version.size
                if size is not None and arrived != size:
                    raise ConnectionProblem(host="", details=f"{file.name}: {arrived} of {size} bytes arrived")
        else:
            count(have)
        await asyncio.to_thread(part.finish)
    except OSError as error:
        raise unwritable(folder, error) from error
    except BatchdockError:
        on_bytes(-counted)
        if have and counted <= have:
            # Going on from there came to nothing: the next try begins anew.
            await asyncio.to_thread(part.note.unlink, missing_ok=True)
        raise


async def _write(incoming: Incoming, path: Path, folder: Path, speed: SpeedLimit, count: OnBytes) -> int:
    """Append what comes and return how many bytes that were."""
    sink = await asyncio.to_thread(path.open, "ab")
    waiting, total = bytearray(), 0
    try:
        async for piece in incoming.pieces():
            await speed.take(len(piece))
            waiting += piece
            total += len(piece)
            count(len(piece))
            if len(waiting) >= _WRITE_BYTES:
                # Emptied first: what is cancelled half-way must not be written twice.
                full, waiting = bytes(waiting), bytearray()
                await asyncio.to_thread(sink.write, full)
                await asyncio.to_thread(check_room, folder)
    finally:
        with sink:
            sink.write(waiting)
    return total


def check_room(folder: Path, needed: int = 0) -> None:
    """Raise `DiskFull` when the disk of `folder` has no room for `needed` bytes and a little more."""
    free = shutil.disk_usage(folder).free
    if free < needed + RESERVE_BYTES:
        raise DiskFull(folder=folder, needed=f"{(needed + RESERVE_BYTES) / 1024 / 1024:,.0f} MB")


def unwritable(folder: Path, error: OSError) -> BatchdockError:
    """Return what a person is told when a file can not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(folder=folder, needed="these files")
    return FolderNotWritable(folder=folder, reason=error.strerror or type(error).__name__)
