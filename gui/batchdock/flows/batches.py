"""Batches of an account, and what is in them."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from batchdock.core.batch import Batch, BatchKind, Part, Shard, StagedFile
from batchdock.core.errors import NotFound
from batchdock.flows.accounts import Accounts

_PAGES_KEPT = 8
"""So many pages of addresses are kept; one of a million signed addresses would fill the memory, and they run out."""
_PAGES_SEARCHED = 10_000
"""No honest list has more."""


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


@dataclass(frozen=True, slots=True)
class Spot:
    """Where files stand: on which page of the list of a batch, or of one of its parts. "" is the first page."""

    account_id: str
    batch_id: str
    part: str | None = None
    position: str = ""


@dataclass(frozen=True, slots=True)
class FilePage:
    """A page of the list, in the service's order. The files come without their addresses: a list of 100,000 would be
    nothing but addresses, which run out. `following` is where the next page is, None at the end."""

    spot: Spot
    files: tuple[StagedFile, ...]
    following: Spot | None


class Addresses:
    """The signed addresses on the pages that were read last. They are secrets, and stay here."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._pages: OrderedDict[Spot, Mapping[tuple[str | None, str], StagedFile]] = OrderedDict()

    async def page(self, spot: Spot) -> FilePage:
        """Ask for a page, and keep its addresses."""
        service = await self._accounts.service(spot.account_id)
        files, following = await service.file_page(spot.batch_id, spot.part, spot.position)
        self._pages[spot] = {(each.shard_id, each.name): each for each in files}
        self._pages.move_to_end(spot)
        while len(self._pages) > _PAGES_KEPT:
            self._pages.popitem(last=False)
        bare = tuple([replace(each, url="") for each in files])
        return FilePage(spot, bare, replace(spot, position=following) if following else None)

    async def fresh(self, spot: Spot, file: StagedFile, *, refused: str = "") -> StagedFile:
        """Return a file of a page with an address, another one than that which was `refused`. Raise `NotFound`."""
        key = file.shard_id, file.name
        for again in (False, True):
            if again or spot not in self._pages:
                await self.page(spot)
            found = self._pages[spot].get(key)
            if found is not None and found.url != refused:
                return found
        return await self._searched(spot, key)

    async def _searched(self, spot: Spot, key: tuple[str | None, str]) -> StagedFile:
        """Return a file that is not on its page any more, because the list has changed."""
        seen: set[Spot] = set()
        following: Spot | None = replace(spot, position="")
        while following is not None and following not in seen and len(seen) < _PAGES_SEARCHED:
            seen.add(following)
            page = await self.page(following)
            found = self._pages[following].get(key)
            if found is not None:
                return found
            following = page.following
        raise NotFound(service="", reason="It is not at the service any more.")


class Batches:
    """The batches page, without the page."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self.addresses = Addresses(accounts)

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

    async def parts(self, account_id: str, batch_id: str) -> tuple[Part, ...]:
        """Return the parts of a batch, uncounted; none where it has none. Raise `NotFound`."""
        service = await self._accounts.service(account_id)
        batch = await service.batch(batch_id)
        return await service.parts(batch_id) if batch.kind is BatchKind.MULTIPART else ()

    async def count(self, spot: Spot) -> int:
        """Return how many files there are in the list that a page is of."""
        return await (await self._accounts.service(spot.account_id)).count(spot.batch_id, spot.part)

    async def page(self, spot: Spot) -> FilePage:
        """Return one page of the files of a batch, or of a part; of one with parts, the part must be named."""
        return await self.addresses.page(spot)

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
