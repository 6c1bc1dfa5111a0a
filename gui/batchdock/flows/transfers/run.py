"""One run over one sending: what is in doubt is asked about, what is planned is sent, and then it is looked whether all
of it is there.

The journal and the names in the batch decide what is sent, never what this run believes to remember. A tar of which
not every byte was handed over has not arrived and goes again at once. Everything else that broke may have arrived, so
the service is asked for its names first, after the shards have come to rest.
"""

import asyncio
import hashlib
from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from batchdock.core.errors import BatchGone, NotAllArrived, NotFound, NothingUsable
from batchdock.core.ports import Service
from batchdock.core.transfer import TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.intake.names import printable
from batchdock.flows.patience import Patience
from batchdock.flows.transfers.arrival import Arrival, Batch, Found
from batchdock.flows.transfers.delivery import Delivery, Load
from batchdock.flows.transfers.ledger import Ledger
from batchdock.flows.transfers.loads import missing_loads, planned_loads
from batchdock.flows.transfers.pace import Lanes
from batchdock.flows.transfers.reading import READERS
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.trouble import Trouble
from batchdock.store import FileRow, Piece, PieceState, Sending, Way
from batchdock.store.sendings import Sendings

AT_ONCE = {Way.SINGLE: (16, 64), Way.TARS: (3, 8), Way.REFERENCES: (2, 2), Way.VIDEOS: (2, 2)}
"""How many pieces go side by side, at first and at the most. References and videos are few or large."""

_AT_ONCE_THERE = 2.0
"""Seconds in which a single picture or a video shows up that arrived although its answer did not."""
_NAMED = 10
"""How many missing files an error names."""
_STARTED = datetime.now(UTC)
_OLD = timedelta(hours=1)
"""What was confirmed so long ago has long been indexed; a batch that is not there by then is there no more."""


class Run:
    """Made anew for each try at a sending, on the loop."""

    def __init__(
        self, accounts: Accounts, sendings: Sendings, patience: Patience, arrival: Arrival, sending: Sending, row: Row
    ) -> None:
        self._accounts, self._sendings, self._arrival = accounts, sendings, arrival
        self._sending, self._row = sending, row
        self._sharded = sending.way in (Way.TARS, Way.REFERENCES)
        start, self._most = AT_ONCE[sending.way]
        self._trouble = Trouble(row, patience)
        self._ledger = Ledger(sendings, sending.number)
        self._batch = Batch(self._service, sending.batch_id, sharded=self._sharded, trouble=self._trouble)
        self._delivery = Delivery(
            sending,
            row,
            lanes=Lanes(start=start, most=self._most),
            ledger=self._ledger,
            trouble=self._trouble,
            service=self._service,
        )
        self._before: Found | None = None
        self._seen = False  # Whether the batch was ever there: one that never was may just be late.
        self._limits: tuple[int | None, int | None] = (None, None)
        self._cuts = 0

    async def go(self) -> None:
        """Return when all of it is there, except files that are lost, which the journal names."""
        try:
            await self._take_up()
            await self._send_planned()
            self._row.change(state=TransferState.CHECKING, rate=None, seconds_left=None, message="", hold=None)
            await self._check()
        except NotFound as error:
            if isinstance(error, BatchGone) or not (self._seen or self._delivery.confirmed):
                raise
            raise await self._gone() from None
        finally:
            await self._ledger.written()

    async def _take_up(self) -> None:
        """Count what earlier runs brought over, and find out about what may have arrived beyond that."""
        number, way = self._sending.number, self._sending.way
        pieces = await asyncio.to_thread(self._sendings.pieces, number)
        lost = await asyncio.to_thread(self._sendings.lost, number)
        confirmed = [piece for piece in pieces if piece.state is PieceState.CONFIRMED]
        self._delivery.confirmed = bool(confirmed)
        self._seen = bool(confirmed) and datetime.now(UTC) - self._sending.started > _OLD
        missed = _count_within(confirmed, lost)
        self._row.meter.restart(
            sum(piece.last - piece.first for piece in confirmed) - missed, sum(piece.bytes for piece in confirmed)
        )
        self._row.change(pieces_total=len(pieces), pieces_done=len(confirmed), failed=len(lost))
        if all(piece.state is PieceState.PLANNED for piece in pieces) and self._sending.started > _STARTED:
            self._before = await self._batch.look()
            return
        if way is Way.REFERENCES:
            return  # The same list again is harmless.
        # A tar is down as tried before it leaves. What is small is written down in groups, and some of it never.
        doubtful = [
            piece
            for piece in pieces
            if piece.state is PieceState.TRIED or (way is not Way.TARS and piece.state is PieceState.PLANNED)
        ]
        if doubtful:
            await self._ask_about(doubtful, len(confirmed))

    async def _send_planned(self) -> None:
        number = self._sending.number
        while True:
            await self._ledger.written()
            pieces = await asyncio.to_thread(self._sendings.pieces, number)
            self._row.change(pieces_total=len(pieces))
            doubtful = [piece for piece in pieces if piece.state is PieceState.TRIED]
            planned = [piece for piece in pieces if piece.state is PieceState.PLANNED]
            if planned:
                await self._deliver(planned_loads(self._sendings, number, planned), len(planned))
                continue
            if not doubtful:
                return
            await self._ask_about(doubtful, len(pieces) - len(doubtful))

    async def _deliver(self, loads: AsyncIterator[Load], count: int) -> None:
        await self._delivery.deliver(loads, min(self._most, count))
        if self._delivery.too_large is not None:
            error = self._delivery.too_large
            # A little less each time: the service may count what a tar adds in another way.
            size = None if error.bytes is None else int(error.bytes * 0.9**self._cuts)
            self._cuts += 1
            self._limits = (error.files, size)
            await self._ledger.written()
            await asyncio.to_thread(self._sendings.replan, self._sending.number, files=error.files, bytes=size)

    async def _ask_about(self, doubtful: Sequence[Piece], confirmed: int) -> None:
        """Confirm the pieces whose names are there; plan the others anew."""
        there = await self._names_of(doubtful, confirmed)
        async for load in planned_loads(self._sendings, self._sending.number, doubtful):
            assert load.piece is not None
            body = self._delivery.doubts.pop(load.piece.piece, None)
            present = [row for row in load.rows if row.wire in there]
            if not present:
                self._ledger.note(load.piece, PieceState.PLANNED)
                continue
            self._delivery.confirm(load, body, len(present))
            self._row.meter.add_bytes(sum(row.size for row in present))
            if body is None:
                self._ledger.hash(await READERS.run(_hashed, present))
        await self._ledger.written()

    async def _names_of(self, doubtful: Sequence[Piece], confirmed: int) -> set[str]:
        """Return the names that are there, after they had the time to get there."""
        arrival = self._arrival
        if not self._sharded:
            arrival = replace(arrival, settle=min(arrival.settle, _AT_ONCE_THERE))
        shards = confirmed + self._shards_before if self._sharded else 0
        enough = self._files_before + self._row.meter.items_done + sum(piece.last - piece.first for piece in doubtful)
        found = await arrival.rest(self._look, shards=shards, enough=enough)
        if found.count >= enough:
            there = await self._batch.names()
            loads = [load async for load in planned_loads(self._sendings, self._sending.number, doubtful)]
            if all(any(row.wire in there for row in load.rows) for load in loads):
                return there
            # Enough, but not of ours. Nothing is concluded from what is not there before it was quiet for a while.
            await arrival.rest(self._look, shards=shards, enough=None)
        return await self._batch.names()

    async def _check(self) -> None:
        """Wait until everything arrived; send what is missing once more; then raise `NotAllArrived`."""
        sending = self._sending
        pieces = await asyncio.to_thread(self._sendings.pieces, sending.number)
        earlier = await asyncio.to_thread(self._sendings.of_batch, sending.account_id, sending.batch_id)
        shards = len(pieces) + self._shards_before if self._sharded else 0
        sent_again = False
        while True:
            lost = len(await asyncio.to_thread(self._sendings.lost, sending.number))
            expected = sending.files - lost
            if expected == 0:
                raise NothingUsable(count=sending.files)
            enough = self._files_before + expected
            found = await self._arrival.rest(self._look, shards=shards, enough=enough)
            if found.count == enough and (self._before is not None or len(earlier) == 1):
                return
            # Other files in the batch, or too few: names decide.
            missing = await self._missing()
            if missing and found.count >= enough:
                # There were enough, but not of ours: ours may be on their way still.
                found = await self._arrival.rest(self._look, shards=shards, enough=None)
                missing = await self._missing()
            if not missing:
                return
            if sent_again:
                raise await self._not_all(missing, expected, found)
            files, size = self._limits
            loads = [load async for load in missing_loads(missing, sending.way, files=files, bytes=size)]
            self._row.meter.add_items(-len(missing))
            await self._deliver(_each(loads), len(loads))
            shards += len(loads) if self._sharded else 0
            # What broke on its way is no answer yet to whether the service keeps what it gets.
            sent_again = not self._delivery.doubted and self._delivery.too_large is None

    async def _missing(self) -> list[FileRow]:
        there = await self._batch.names()

        def look() -> list[FileRow]:
            rows = self._sendings.every_file(self._sending.number)
            return [row for row in rows if row.lost is None and row.wire not in there]

        return await asyncio.to_thread(look)

    async def _look(self) -> Found:
        found = await self._batch.look()
        if self._seen and not found.there:
            raise await self._gone()
        self._seen |= found.there
        return found

    @property
    def _files_before(self) -> int:
        return 0 if self._before is None else self._before.count

    @property
    def _shards_before(self) -> int:
        return 0 if self._before is None else self._before.shards

    async def _gone(self) -> BatchGone:
        account = await self._accounts.find(self._sending.account_id)
        return BatchGone(service=account.name, name=self._sending.batch_name)

    async def _not_all(self, missing: Sequence[FileRow], expected: int, found: Found) -> NotAllArrived:
        names = ", ".join(printable(row.original) for row in missing[:_NAMED])
        more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
        account = await self._accounts.find(self._sending.account_id)
        return NotAllArrived(
            arrived=expected - len(missing),
            total=expected,
            service=account.name,
            names=names + more,
            details=f"Shards that were not taken in: {', '.join(found.failed)}" if found.failed else "",
        )

    async def _service(self) -> Service:
        # Asked anew each time: a new key or a restarted local service brings a new client.
        return await self._accounts.service(self._sending.account_id)


def _count_within(pieces: Sequence[Piece], rows: Sequence[FileRow]) -> int:
    """Return how many of the files belong to one of the pieces, which are in order."""
    firsts = [piece.first for piece in pieces]
    before = ((row, bisect_right(firsts, row.number) - 1) for row in rows)
    return sum(index >= 0 and row.number < pieces[index].last for row, index in before)


async def _each(loads: Sequence[Load]) -> AsyncIterator[Load]:
    for load in loads:
        yield load


def _hashed(rows: Sequence[FileRow]) -> dict[int, bytes]:
    """Return the SHA-256 of the files that are still what was sent."""
    found = {}
    for row in rows:
        try:
            about = row.path.stat()
            if (about.st_size, about.st_mtime) == (row.size, row.modified):
                with row.path.open("rb") as file:
                    found[row.number] = hashlib.file_digest(file, "sha256").digest()
        except OSError:
            continue  # It has arrived; that nobody can say what it was, is all that is lost.
    return found
