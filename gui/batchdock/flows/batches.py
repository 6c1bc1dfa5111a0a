"""Batches of an account, and what is in them."""

from dataclasses import dataclass

from batchdock.core.batch import Batch, BatchKind, Part, Shard, StagedFile
from batchdock.flows.accounts import Accounts


@dataclass(frozen=True, slots=True)
class PartDetail:
    """A part with how many files it holds."""

    part: Part
    count: int


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """A batch with its count, its parts (multipart only) and its shards (sharded only)."""

    batch: Batch
    count: int
    parts: tuple[PartDetail, ...]
    shards: tuple[Shard, ...]


class Batches:
    """The batches page, without the page."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def all(self, account_id: str) -> tuple[Batch, ...]:
        """Return all batches of the account, inputs and results alike."""
        service = await self._accounts.service(account_id)
        return tuple([batch async for batch in service.batches()])

    async def describe(self, account_id: str, batch_id: str) -> BatchDetail:
        """Return a batch with its numbers. Raise `NotFound`."""
        service = await self._accounts.service(account_id)
        batch = await service.batch(batch_id)
        parts: tuple[PartDetail, ...] = ()
        shards: tuple[Shard, ...] = ()
        if batch.kind is BatchKind.MULTIPART:
            # The count of a multipart batch is only defined part by part (contract §3.3).
            parts = tuple(
                [PartDetail(part, await service.count(batch_id, part.name)) for part in await service.parts(batch_id)]
            )
            count = sum(part.count for part in parts)
        else:
            count = await service.count(batch_id)
        if batch.kind is BatchKind.SHARDED:
            shards = tuple([shard async for shard in service.shards(batch_id)])
        return BatchDetail(batch, count, parts, shards)

    async def files(self, account_id: str, batch_id: str, part: str | None = None) -> tuple[StagedFile, ...]:
        """Return the files of a batch or of one part. Without a part, all parts of a multipart batch."""
        service = await self._accounts.service(account_id)
        if part is not None:
            return tuple([file async for file in service.files(batch_id, part)])
        batch = await service.batch(batch_id)
        if batch.kind is not BatchKind.MULTIPART:
            return tuple([file async for file in service.files(batch_id)])
        found: list[StagedFile] = []
        for each in await service.parts(batch_id):
            found.extend([file async for file in service.files(batch_id, each.name)])
        return tuple(found)
