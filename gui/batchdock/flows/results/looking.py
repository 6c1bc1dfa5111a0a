"""Looks into results without saving them: fetched and unpacked once, into a cache."""

import asyncio
import hashlib
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.batch import StagedFile
from batchdock.core.errors import ArchiveDamaged, BatchdockError, FolderNotWritable, NotFound
from batchdock.core.ports import Service
from batchdock.flows.accounts import Accounts
from batchdock.flows.patience import Patience
from batchdock.flows.results.listing import Listed, Listing
from batchdock.flows.results.unpack import Refused, members
from batchdock.flows.transfers.pace import SpeedLimit
from batchdock.flows.transfers.receive import receive

CACHED_SECONDS = 7 * 24 * 3600
"""Batches expire after a week (contract §1.7); what was looked at need not be kept longer."""

_INDEX = "index.json"


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside an archive; `size` in bytes. `name` is the path inside, which `Results.read` takes.

    `reach`: how many bytes of the archive have to be fetched to have it. `at`: where it begins in one that is not
    compressed, None in others, which are read from their beginning.
    """

    name: str
    size: int
    reach: int = 0
    at: int | None = None


class Looking:
    """Gives files of batches, and members of archives. `cache` is a folder for what was looked at."""

    def __init__(self, accounts: Accounts, speed: SpeedLimit, cache: Path, patience: Patience) -> None:
        self._accounts, self._speed, self._cache, self._patience = accounts, speed, cache, patience
        self._turns: dict[Path, asyncio.Lock] = {}

    async def members(self, account_id: str, batch_id: str, file: StagedFile) -> tuple[Member, ...]:
        """Return what is inside an archive; it is fetched and unpacked once, into a cache.

        Raises `ArchiveDamaged` and what keeps it from being fetched.
        """
        folder = await self._unpacked(account_id, batch_id, file)
        return tuple(Member(name, size) for name, size in await asyncio.to_thread(_index, folder))

    async def read(self, account_id: str, batch_id: str, file: StagedFile, member: str | None = None) -> bytes:
        """Return the bytes of a file, or of one member of an archive."""
        if member is None:
            return await asyncio.to_thread((await self._fetched(account_id, batch_id, file)).read_bytes)
        folder = await self._unpacked(account_id, batch_id, file)
        names = [name for name, _ in await asyncio.to_thread(_index, folder)]
        if member not in names:
            raise ArchiveDamaged(name=file.name, reason=f"There is no {member} in it.")
        return await asyncio.to_thread((folder / str(names.index(member))).read_bytes)

    def forget_old(self) -> None:
        """Remove from the cache what was looked at long ago. Blocks."""
        oldest = time.time() - CACHED_SECONDS
        for entry in self._cache.glob("*/*"):
            if entry.stat().st_mtime < oldest:
                shutil.rmtree(entry, ignore_errors=True)

    async def _fetched(self, account_id: str, batch_id: str, file: StagedFile) -> Path:
        key = "\0".join((batch_id, file.part or "", file.shard_id or "", file.name))
        folder = self._cache / account_id / hashlib.sha256(key.encode()).hexdigest()[:24]
        target = folder / "file"
        async with self._turns.setdefault(folder, asyncio.Lock()):
            if not target.exists():
                try:
                    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
                except OSError as error:
                    raise FolderNotWritable(folder=self._cache, reason=error.strerror or str(error)) from error
                await self._fetch(account_id, Listed(batch_id, file), target)
        return target

    async def _fetch(self, account_id: str, listed: Listed, target: Path) -> None:
        async def reach() -> Service:
            return await self._accounts.service(account_id)

        async def never(error: BatchdockError, tries: int) -> None:
            raise error

        listing = Listing(reach, never, (listed.batch_id,), None)

        async def once() -> None:
            nonlocal listed
            service = await reach()
            try:
                await receive(service, listed.file, target, self._speed, lambda size: None)
            except NotFound:
                # The address has run out, or the file is gone: the list knows (contract §3.12).
                listed = await listing.renewed(listed, time.monotonic())
                await receive(service, listed.file, target, self._speed, lambda size: None)

        await self._patience.keep(once)

    async def _unpacked(self, account_id: str, batch_id: str, file: StagedFile) -> Path:
        archive = await self._fetched(account_id, batch_id, file)
        folder = archive.parent / "members"
        async with self._turns.setdefault(folder, asyncio.Lock()):
            if not (folder / _INDEX).exists():
                await asyncio.to_thread(_unpack, archive, folder, file.name)
        return folder


def _unpack(archive: Path, folder: Path, name: str) -> None:
    """Unpack under numbers, so that no name of the archive ever is a path; the index comes last."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        index: list[tuple[str, int]] = []
        for found in members(archive, name):
            if isinstance(found, Refused):
                continue  # Named when the results are saved; nothing of it can be looked at.
            with (folder / str(len(index))).open("wb") as file:
                for piece in found.pieces():
                    file.write(piece)
            index.append(("/".join(found.parts), found.size))
        (folder / _INDEX).write_text(json.dumps(index), encoding="utf-8")
    except BatchdockError:
        archive.unlink(missing_ok=True)
        raise
    except OSError as error:
        raise FolderNotWritable(folder=folder.parent, reason=error.strerror or str(error)) from error


def _index(folder: Path) -> list[tuple[str, int]]:
    entries = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
    return [(str(name), int(size)) for name, size in entries]
