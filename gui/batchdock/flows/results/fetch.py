"""Fetches files from a batch: listed, four at a time, listed again when an address has run out."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.batch import BatchKind, Content, StagedFile
from batchdock.core.errors import NotFound
from batchdock.core.ports import Service
from batchdock.flows.accounts import Accounts
from batchdock.flows.patience import Patience
from batchdock.flows.transfers.pace import SpeedLimit
from batchdock.flows.transfers.receive import OnBytes, check_room, receive

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a batch, with what its part holds (None outside multipart batches)."""

    batch_id: str
    file: StagedFile
    nested: Content | None = None


class Fetcher:
    """Fetches the files of one account."""

    def __init__(self, accounts: Accounts, account_id: str, patience: Patience, speed: SpeedLimit) -> None:
        self._accounts = accounts
        self._account_id = account_id
        self._patience = patience
        self._speed = speed

    async def listed(self, batch_id: str, parts: Sequence[str] | None = None) -> list[Listed]:
        """Return the files of a batch, or of some of its parts. Raise `NotFound`."""
        return await self._patience.keep(lambda: self._list(batch_id, parts))

    async def fetch(self, listed: Listed, target: Path, on_bytes: OnBytes = lambda size: None) -> None:
        """Fetch one file to `target`. Raise `DiskFull`, `NotFound` (gone for good), and connection problems."""
        check_room(target.parent)
        file = listed.file

        async def once() -> None:
            nonlocal file
            service = await self._service()
            try:
                await receive(service, file, target, self._speed, on_bytes)
            except NotFound:
                # The address has run out, or the file is gone: the list knows (contract §3.12).
                file = await self._fresh(listed)
                await receive(await self._service(), file, target, self._speed, on_bytes)

        await self._patience.keep(once)

    async def in_order(
        self, files: Sequence[Listed], folder: Path, on_bytes: OnBytes = lambda size: None
    ) -> AsyncIterator[tuple[Listed, Path | Exception]]:
        """Yield each file with where it was fetched to, or why it could not be; up to four are on their way.

        In the given order, so that two runs save the same thing. Whoever takes a file removes it.
        """
        waiting: list[asyncio.Task[Path]] = []
        try:
            for number, listed in enumerate(files):
                for ahead in range(number + len(waiting), min(number + AT_ONCE, len(files))):
                    target = folder / str(ahead)
                    waiting.append(asyncio.create_task(self._to(files[ahead], target, on_bytes)))
                task = waiting.pop(0)
                await asyncio.wait({task})
                error = task.exception()
                if error is None:
                    yield listed, task.result()
                elif isinstance(error, NotFound):
                    yield listed, error
                else:
                    raise error
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _to(self, listed: Listed, target: Path, on_bytes: OnBytes) -> Path:
        await self.fetch(listed, target, on_bytes)
        return target

    async def _list(self, batch_id: str, parts: Sequence[str] | None) -> list[Listed]:
        service = await self._service()
        batch = await service.batch(batch_id)
        if batch.kind is not BatchKind.MULTIPART:
            return [Listed(batch_id, file) async for file in service.files(batch_id)]
        found: list[Listed] = []
        for part in await service.parts(batch_id):
            if parts is None or part.name in parts:
                found += [
                    Listed(batch_id, file, file.nested_content or part.nested_content)
                    async for file in service.files(batch_id, part.name)
                ]
        return found

    async def _fresh(self, listed: Listed) -> StagedFile:
        service, before = await self._service(), listed.file
        async with aclosing(service.files(listed.batch_id, before.part)) as files:  # type: ignore[type-var]
            async for file in files:
                if (file.name, file.part, file.shard_id) == (before.name, before.part, before.shard_id):
                    return file
        raise NotFound(service=service.account.name, reason=f"{before.name} is not there any more.")

    async def _service(self) -> Service:
        return await self._accounts.service(self._account_id)
