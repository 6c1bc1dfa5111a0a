"""Hands the references of one sending over, chunk by chunk, and waits until the service has taken them in."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from batchdock.core.batch import Content, StagedFile
from batchdock.core.errors import ListChanged, NotFound
from batchdock.core.reference import Ingest, Reference
from batchdock.core.transfer import TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.patience import Patience
from batchdock.flows.references.sources import Source
from batchdock.flows.references.wishes import HandedOver
from batchdock.flows.transfers.arrival import Arrival, Batch, Found
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.trouble import Trouble
from batchdock.store.references import Chunk, ChunkState, ReferenceSending, ReferenceSendings

NAMED = 1_000
"""So many of those that were not taken in are named."""


class HandingOver:
    """One go at it. Called again it goes on from the journal: what was taken is not handed over again."""

    def __init__(
        self,
        accounts: Accounts,
        journal: ReferenceSendings,
        patience: Patience,
        arrival: Arrival,
        sending: ReferenceSending,
        source: Source,
        row: Row,
    ) -> None:
        self._accounts, self._journal, self._arrival = accounts, journal, arrival
        self._sending, self._source, self._row = sending, source, row
        self._trouble = Trouble(row, patience)
        self._shards: set[str] = set()

    async def go(self) -> HandedOver:
        """Return when all was taken in, or nothing more comes. Raise what keeps it from being handed over."""
        sending, row = self._sending, self._row
        chunks = await asyncio.to_thread(self._journal.chunks, sending.transfer_id)
        row.meter.restart(0, 0)
        taken = sum(each.state is ChunkState.TAKEN for each in chunks)
        row.change(state=TransferState.MOVING, message="", pieces_done=taken, pieces_total=len(chunks))
        service = await self._accounts.service(sending.account_id)
        if not service.capabilities.uploads_leave_the_computer:
            # The service of this computer ends with the app, and forgets what it was to fetch: it is told again.
            # What it has already it knows by the ingest id.
            chunks, taken = [replace(each, state=ChunkState.TRIED) for each in chunks], 0
        for chunk in chunks:
            if chunk.state is not ChunkState.TAKEN:
                await self._hand_over(chunk)
                taken += 1
                row.change(pieces_done=taken)
        row.change(state=TransferState.CHECKING)
        return await self._until_taken_in(len(chunks))

    async def _hand_over(self, chunk: Chunk) -> None:
        sending = self._sending
        address = await self._source.address(sending.content)
        if address is not None:
            handed: Sequence[Reference] | str = address
            digest = hashlib.blake2b(address.encode(), digest_size=16).digest()
        else:
            handed = await self._source.some(sending.content, chunk.first, chunk.files)
            digest = await asyncio.to_thread(digest_of, handed)
        if chunk.digest not in (None, digest) and self._must_be_the_same(address):
            # Under an ingest id that may have been taken already nothing else may go over: it would be lost.
            raise ListChanged(name=sending.name)
        note = self._journal.mark
        await asyncio.to_thread(note, sending.transfer_id, chunk.chunk, ChunkState.TRIED, digest)
        said = await self._trouble.keep(lambda: self._ask(handed, chunk.ingest_id))
        self._shards.update(said.shards)
        await asyncio.to_thread(note, sending.transfer_id, chunk.chunk, ChunkState.TAKEN)

    def _must_be_the_same(self, address: str | None) -> bool:
        """Where addresses are signed anew for each go, only the names stay the same; whoever signs looks after that."""
        return address is None and not self._sending.origin.get("signed_anew")

    async def _ask(self, handed: Sequence[Reference] | str, ingest_id: str) -> Ingest:
        sending = self._sending
        service = await self._accounts.service(sending.account_id)
        if isinstance(handed, str):
            return await service.add_reference_list(
                sending.batch_id,
                sending.content,
                handed,
                batch_name=sending.name,
                ingest_id=ingest_id,
                notice=sending.notice,
            )
        return await service.add_references(
            sending.batch_id,
            sending.content,
            [(each.name, each.url) for each in handed],
            batch_name=sending.name,
            ingest_id=ingest_id,
            notice=sending.notice,
        )

    async def _until_taken_in(self, chunks: int) -> HandedOver:
        sending, meter = self._sending, self._row.meter
        batch = Batch(
            lambda: self._accounts.service(sending.account_id), sending.batch_id, sharded=True, trouble=self._trouble
        )

        def show(found: Found) -> None:
            if (more := min(found.count, sending.files) - meter.items_done) > 0:
                meter.add_items(more)

        # Videos may be taken in without any shard.
        expected = max(chunks, len(self._shards)) if sending.content is Content.IMAGES else 0
        found = await self._arrival.rest(batch.look, shards=expected, enough=sending.files, on_look=show)
        if found.count >= sending.files:
            return HandedOver(found.count, sending.files)
        _, missing = await self._source.missing(sending.content, self._listed(), NAMED)
        causes = dict(found.failures)
        return HandedOver(found.count, sending.files, tuple((name, causes.get(name, "")) for name in missing))

    async def _listed(self) -> AsyncIterator[Sequence[str]]:
        """Yield the names that the service has, some at once."""
        position = ""
        while True:
            page, position = await self._trouble.keep(lambda at=position: self._page(at))  # type: ignore[misc]
            yield [each.name for each in page]
            if not position:
                return

    async def _page(self, position: str) -> tuple[tuple[StagedFile, ...], str]:
        service = await self._accounts.service(self._sending.account_id)
        try:
            return await service.file_page(self._sending.batch_id, None, position)
        except NotFound:
            return (), ""


def digest_of(references: Sequence[Reference]) -> bytes:
    """Return what tells these references from all others. Blocks for a moment."""
    digest = hashlib.blake2b(digest_size=16)
    for each in references:
        digest.update(f"{each.name}\0{each.url}\n".encode("utf-8", "surrogatepass"))
    return digest.digest()
