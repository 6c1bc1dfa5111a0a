"""What services keep besides jobs and batches of files: reading it, and doing something to it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence

from batchdock.core.facts import Facts
from batchdock.core.inventory import Collection, Done, Field, Item, Where
from batchdock.flows.accounts import Accounts
from batchdock.flows.news import InventoryChanged, News

PAGE = 500
"""So many items are handed on at once at most, however many a service sends in one answer."""


class Inventory:
    """The collections of every account. What was done to one is told as `InventoryChanged`."""

    def __init__(self, accounts: Accounts, news: News) -> None:
        self._accounts = accounts
        self._news = news

    def collections(self, account_id: str) -> tuple[Collection, ...]:
        """Return what the account's service keeps; asks nobody. Safe from any thread."""
        return self._accounts.capabilities(account_id).collections

    async def items(
        self, account_id: str, collection: str, where: Where | None = None
    ) -> AsyncGenerator[tuple[Item, ...], None]:
        """Yield what is in a collection, page by page, each as soon as it is there. To be closed by who leaves early.

        The error that breaks a list off is raised after all that was read before it.
        """
        service = await self._accounts.service(account_id)
        pages: asyncio.Queue[tuple[Item, ...] | None] = asyncio.Queue()
        reading = asyncio.create_task(_gather(service.items(collection, where or {}), pages))
        try:
            while (page := await pages.get()) is not None:
                yield page
            await reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def facts(self, account_id: str, collection: str, item_id: str) -> Facts:
        """Return all that the service tells of an item. Raise `NotFound`."""
        return await (await self._accounts.service(account_id)).facts(collection, item_id)

    async def form(self, account_id: str, collection: str, action: str, item_id: str = "") -> tuple[Field, ...]:
        """Return the form of an action, filled with how the item is now. Raise `NotFound`."""
        return await (await self._accounts.service(account_id)).form(collection, action, item_id)

    async def act(
        self, account_id: str, collection: str, action: str, item_ids: Sequence[str], values: Mapping[str, object]
    ) -> Done:
        """Do something to items, or make new ones, see `core.ports.Service.act`."""
        service = await self._accounts.service(account_id)
        try:
            return await service.act(collection, action, item_ids, values)
        finally:
            # Whoever was cut off or refused halfway may have changed something all the same.
            self._news.publish(InventoryChanged(account_id, collection))


async def _gather(items: AsyncIterator[Item], pages: asyncio.Queue[tuple[Item, ...] | None]) -> None:
    """Put items into `pages` as they come, those of one answer together, and None at the end."""
    loop = asyncio.get_running_loop()
    gathered: list[Item] = []

    def hand_on() -> None:
        if gathered:
            pages.put_nowait(tuple(gathered))
            gathered.clear()

    try:
        async for item in items:
            if not gathered:
                # The loop comes to this when the next item has to be waited for: the answer is at its end.
                loop.call_soon(hand_on)
            gathered.append(item)
            if len(gathered) >= PAGE:
                hand_on()
    finally:
        hand_on()
        pages.put_nowait(None)
