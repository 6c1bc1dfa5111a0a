"""Brings single originals from their batch at a service, for results whose originals are not on this computer."""

import asyncio
import hashlib
import os
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import aclosing, suppress
from pathlib import Path

from batchdock.core.batch import BatchKind, StagedFile
from batchdock.core.errors import FolderNotWritable, NotFound
from batchdock.core.ports import Service
from batchdock.flows.accounts import Accounts
from batchdock.flows.patience import Patience
from batchdock.flows.results.opening.originals import Originals
from batchdock.flows.transfers.pace import SpeedLimit
from batchdock.flows.transfers.receive import receive

MOST_BYTES = 2 * 1024**3
"""What is kept of them, unless one alone is larger."""
_LISTED = 5_000
"""So many files that were passed in the list are remembered: the next one asked for is mostly beside."""
_YOUNG_SECONDS = 600.0


class Fetching:
    """Brings originals into `folder`."""

    def __init__(self, accounts: Accounts, patience: Patience, speed: SpeedLimit, folder: Path) -> None:
        self._accounts, self._patience, self._speed, self._folder = accounts, patience, speed, folder
        self._turns: dict[Path, asyncio.Lock] = {}
        self._listed: OrderedDict[tuple[str, str, str], tuple[StagedFile, float]] = OrderedDict()

    async def fetch(self, batches: Sequence[tuple[str, str]], originals: Originals, name: str) -> Path | None:
        """Return the original called `name`, fetched once; None where no batch has it. `batches`: account and batch.

        Raises `DiskFull`, `FolderNotWritable` and what keeps files from being fetched.
        """
        sent = await asyncio.to_thread(originals.wire, name)
        # What others sent has there the name that its results have.
        wanted = [sent] if sent is not None else [(*batch, name.rpartition("/")[2]) for batch in batches]
        for account_id, batch_id, wire in wanted:
            target = self._target(account_id, batch_id, wire)
            async with self._turns.setdefault(target, asyncio.Lock()):
                if await asyncio.to_thread(_is_there, target):
                    return target
                if await self._receive(account_id, batch_id, wire, target):
                    await asyncio.to_thread(self._forget_oldest, target)
                    return target
        return None

    async def _receive(self, account_id: str, batch_id: str, wire: str, target: Path) -> bool:
        try:
            await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise FolderNotWritable(folder=self._folder, reason=error.strerror or str(error)) from error

        async def once() -> bool:
            service = await self._accounts.service(account_id)
            try:
                for anew in (False, True):
                    file = await self._file(service, account_id, batch_id, wire, anew=anew)
                    if file is None:
                        return False
                    with suppress(NotFound):  # Its address has run out (contract §3.12): once more with a new one.
                        await receive(service, file, target, self._speed, _count_not)
                        return True
            except NotFound:
                pass  # The batch is gone.
            return False

        return await self._patience.keep(once)

    async def _file(
        self, service: Service, account_id: str, batch_id: str, wire: str, *, anew: bool
    ) -> StagedFile | None:
        """Return a file of a batch by its name. It is looked for from the beginning of the list."""
        known = self._listed.get((account_id, batch_id, wire))
        if known is not None and not anew and time.monotonic() - known[1] < _YOUNG_SECONDS:
            return known[0]
        parts: list[str | None] = [None]
        if (await service.batch(batch_id)).kind is BatchKind.MULTIPART:
            parts = [part.name for part in await service.parts(batch_id)]
        for part in parts:
            async with aclosing(service.files(batch_id, part)) as files:  # type: ignore[type-var]
                async for file in files:
                    self._listed[account_id, batch_id, file.name] = (file, time.monotonic())
                    if len(self._listed) > _LISTED:
                        self._listed.popitem(last=False)
                    if file.name == wire:
                        return file
        return None

    def _target(self, account_id: str, batch_id: str, wire: str) -> Path:
        key = hashlib.sha256("\0".join((account_id, batch_id, wire)).encode("utf-8", "surrogatepass")).hexdigest()
        _, dot, ending = wire.rpartition(".")
        # Who reads videos looks at the ending.
        return self._folder / f"{key[:32]}{f'.{ending}' if dot and ending.isalnum() and len(ending) < 6 else ''}"

    def _forget_oldest(self, kept: Path) -> None:
        found = []
        for path in self._folder.iterdir():
            with suppress(OSError):
                state = path.stat()
                found.append((state.st_mtime, state.st_size, path))
        size = sum(each for _, each, _ in found)
        for _, each, path in sorted(found):
            if size <= MOST_BYTES:
                break
            if path != kept:
                with suppress(OSError):
                    path.unlink()
                    size -= each


def _is_there(target: Path) -> bool:
    try:
        os.utime(target)  # The oldest goes first.
    except OSError:
        return False
    return True


def _count_not(size: int) -> None:
    """It is one file for one person who waits; no transfer shows it."""
