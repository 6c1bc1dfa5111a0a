"""Has a service put what a RoboQL query finds in its library into a batch, and waits until it has (contract §3.10)."""

import asyncio

from batchdock.core.batch import Content
from batchdock.core.errors import NotFound, QueryEmpty
from batchdock.core.transfer import TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.patience import Patience
from batchdock.flows.references.wishes import HandedOver
from batchdock.flows.transfers.arrival import Arrival, Found
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.trouble import Trouble
from batchdock.store.references import ChunkState, ReferenceSending, ReferenceSendings


class Querying:
    """One go at it. Asked again under the same ingest id, it is the same ingest."""

    def __init__(
        self,
        accounts: Accounts,
        journal: ReferenceSendings,
        patience: Patience,
        arrival: Arrival,
        sending: ReferenceSending,
        row: Row,
    ) -> None:
        self._accounts, self._journal, self._arrival = accounts, journal, arrival
        self._sending, self._row = sending, row
        self._trouble = Trouble(row, patience)

    async def go(self) -> HandedOver:
        """Return when nothing more comes. Raise `QueryEmpty` where nothing came at all."""
        sending, row = self._sending, self._row
        (chunk,) = await asyncio.to_thread(self._journal.chunks, sending.transfer_id)
        row.meter.restart(0, 0)
        if chunk.state is not ChunkState.TAKEN:
            row.change(state=TransferState.MOVING, message="")
            mark = self._journal.mark
            await asyncio.to_thread(mark, sending.transfer_id, chunk.chunk, ChunkState.TRIED)
            await self._trouble.keep(lambda: self._ask(chunk.ingest_id))
            await asyncio.to_thread(mark, sending.transfer_id, chunk.chunk, ChunkState.TAKEN)
        row.change(state=TransferState.CHECKING)

        def show(found: Found) -> None:
            if found.count > row.meter.items_done:
                row.meter.items_total = found.count
                row.meter.add_items(found.count - row.meter.items_done)

        # Nobody says how many there will be: it is over when nothing more comes.
        found = await self._arrival.rest(lambda: self._trouble.keep(self._look), shards=1, enough=None, on_look=show)
        if not found.count:
            account = await self._accounts.find(sending.account_id)
            raise QueryEmpty(service=account.name)
        return HandedOver(found.count, found.count)

    async def parts(self) -> tuple[str | None, str | None]:
        """Return the part with the pictures, and the one with what is known of each; None where there are none."""
        service = await self._accounts.service(self._sending.account_id)
        found = await self._trouble.keep(lambda: service.parts(self._sending.batch_id))
        kinds = {each.nested_content or each.content: each.name for each in reversed(found)}
        return kinds.get(Content.IMAGES), kinds.get(Content.METADATA)

    async def _ask(self, ingest_id: str) -> None:
        sending = self._sending
        service = await self._accounts.service(sending.account_id)
        await service.ingest_query(
            sending.batch_id,
            sending.origin["query"],
            batch_name=sending.name,
            ingest_id=ingest_id,
            notice=sending.notice,
        )

    async def _look(self) -> Found:
        service = await self._accounts.service(self._sending.account_id)
        batch_id = self._sending.batch_id
        try:
            parts = [each for each in await service.parts(batch_id) if _pictures(each.nested_content or each.content)]
            if parts:
                counts = [await service.count(batch_id, each.name) for each in parts]
                return Found(True, sum(counts), len(counts) if sum(counts) else 0)
            count = await service.count(batch_id)
        except NotFound:
            return Found(False)
        return Found(True, count, 1 if count else 0)


def _pictures(content: Content) -> bool:
    return content is Content.IMAGES
