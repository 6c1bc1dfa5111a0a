"""Sends what has not arrived yet of a sending, piece by piece, some at a time.

Each piece is written down as *tried* before it leaves and as *confirmed* when the service has it. A single picture, a
video or a list of references may be sent again without harm: the same name, the same ingest id. A tar may not: a
second one would double its pictures. So after a broken tar, or a crash, the service is asked which names it has before
anything is sent again.
"""

import asyncio
import math
import time
from collections.abc import Sequence

from batchdock.core.errors import BatchdockError, NotAllArrived, NothingUsable
from batchdock.core.ports import Service
from batchdock.core.text import counted
from batchdock.core.transfer import TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.intake.names import printable
from batchdock.flows.intake.plan import REFERENCES_AT_ONCE, SHARD_FILES
from batchdock.flows.patience import Patience, pause_after
from batchdock.flows.transfers.arrival import Arrival
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.ways import Carrier
from batchdock.store import FileRow, Journal, Piece, PieceState, Sending, Way

AT_ONCE = {Way.SINGLE: 8, Way.TARS: 4, Way.REFERENCES: 2, Way.VIDEOS: 2}
"""References and videos are few or large."""

_NAMED = 10
"""How many missing files an error names."""


class Sender:
    """Sends, checks, and sends again what is missing."""

    def __init__(
        self, accounts: Accounts, journal: Journal, patience: Patience, arrival: Arrival | None = None
    ) -> None:
        self.accounts = accounts
        self.sendings = journal.sendings
        self.patience = patience
        self.arrival = arrival or Arrival(patience)

    async def send(self, sending: Sending, row: Row) -> None:
        """Return when all of it is there, except files that vanished, which the journal names.

        Raises `NotAllArrived`, and what can not be mended by trying again.
        """
        run = _Run(self, sending, row)
        await run.settle_doubts()
        await run.send_planned()
        row.change(state=TransferState.CHECKING, rate=None, seconds_left=None, message="")
        await run.check()
        if lost := self.sendings.lost(sending.number):
            told = f"{counted(len(lost), 'file', 'files')} could not be read any more."
            row.change(state=TransferState.DONE_WITH_PROBLEMS, message=told)


class _Run:
    """One run over one sending."""

    def __init__(self, sender: Sender, sending: Sending, row: Row) -> None:
        self._accounts, self._sendings = sender.accounts, sender.sendings
        self._patience, self._arrival = sender.patience, sender.arrival
        self._sending, self._row, self._meter = sending, row, row.meter
        self._carrier = Carrier(sending, row, self._lose)
        self._troubled = False

    async def settle_doubts(self) -> None:
        """Count what earlier runs sent, and find out about pieces that may have arrived."""
        for piece in self._in_state(PieceState.CONFIRMED):
            self._meter.skip(piece.last - piece.first, piece.bytes)
        doubtful = self._in_state(PieceState.TRIED)
        if not doubtful:
            return
        if self._sending.way is not Way.TARS:
            self._mark(doubtful, PieceState.PLANNED)
            return
        await self._ask_about(doubtful)

    async def send_planned(self) -> None:
        """Send the planned pieces. Tars that broke are asked about and sent again, as long as patience lasts."""
        tries, began = 0, time.monotonic()
        while planned := self._in_state(PieceState.PLANNED):
            trouble = await self._send_all(planned)
            if trouble is None:
                continue
            tries += 1
            pause = pause_after(tries, trouble)
            if time.monotonic() + pause - began > self._patience.limit:
                raise trouble
            self._in_trouble(trouble)
            await asyncio.sleep(pause)
            await self._ask_about(self._in_state(PieceState.TRIED))

    async def _ask_about(self, doubtful: Sequence[Piece]) -> None:
        there = await self._arrival.names(self._service, self._sending.batch_id)
        for piece in doubtful:
            arrived = any(row.wire in there for row in self._rows(piece))
            self._mark([piece], PieceState.CONFIRMED if arrived else PieceState.PLANNED)
            if arrived:
                self._meter.skip(piece.last - piece.first, piece.bytes)

    async def check(self) -> None:
        """Wait until everything arrived; send what is missing once more; then raise `NotAllArrived`.

        Raises `NothingUsable` when no file was left to send: there is not even a batch then.
        """
        sending = self._sending
        expected = sending.files - len(self._sendings.lost(sending.number))
        if expected == 0:
            raise NothingUsable(count=sending.files)
        sharded = sending.way in (Way.TARS, Way.REFERENCES)
        shards = len(self._in_state(PieceState.CONFIRMED)) if sharded else 0
        count = await self._arrival.wait(self._service, sending.batch_id, expected, shards)
        if count == expected and len(self._sendings.of_batch(sending.account_id, sending.batch_id)) == 1:
            return
        # Other files in the batch, or too few: names decide.
        missing = await self._missing()
        if missing:
            more_shards = await self._send_again(missing)
            await self._arrival.wait(self._service, sending.batch_id, expected, shards + sharded * more_shards)
            missing = await self._missing()
        if missing:
            names = ", ".join(printable(row.original) for row in missing[:_NAMED])
            more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
            account = await self._accounts.find(sending.account_id)
            raise NotAllArrived(
                arrived=expected - len(missing), total=expected, service=account.name, names=names + more
            )

    async def _missing(self) -> list[FileRow]:
        there = await self._arrival.names(self._service, self._sending.batch_id)
        rows = self._sendings.every_file(self._sending.number)
        return [row for row in rows if row.lost is None and row.wire not in there]

    async def _send_again(self, missing: Sequence[FileRow]) -> int:
        """Send what is missing and return in how many pieces."""
        step = {Way.TARS: SHARD_FILES, Way.REFERENCES: REFERENCES_AT_ONCE}.get(self._sending.way, 1)
        for first in range(0, len(missing), step):
            await self._send(missing[first : first + step], f"again-{missing[first].number}")
        return math.ceil(len(missing) / step)

    async def _send_all(self, pieces: Sequence[Piece]) -> BatchdockError | None:
        """Send pieces side by side. Return the last trouble of those that are in doubt now; raise what is final."""
        waiting = iter(pieces)
        troubles: list[BatchdockError] = []

        async def worker() -> None:
            for piece in waiting:
                self._mark([piece], PieceState.TRIED)
                rows = self._rows(piece)
                try:
                    await self._send(rows, str(piece.piece))
                except BatchdockError as error:
                    if self._sending.way is not Way.TARS or not error.retryable:
                        raise
                    troubles.append(error)
                    return
                self._mark([piece], PieceState.CONFIRMED)
                self._meter.add_items(len(rows))

        workers = [asyncio.create_task(worker()) for _ in range(min(AT_ONCE[self._sending.way], len(pieces)))]
        try:
            await asyncio.gather(*workers)
        finally:
            for each in workers:
                each.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        return troubles[-1] if troubles else None

    async def _send(self, rows: Sequence[FileRow], label: str) -> None:
        async def once() -> None:
            await self._carrier.carry(await self._service(), rows, label)
            if self._troubled:
                self._troubled = False
                self._row.change(message="")

        if self._sending.way is Way.TARS:
            await once()
        else:
            await self._patience.keep(once, on_trouble=self._in_trouble)

    def _in_trouble(self, error: BatchdockError) -> None:
        self._troubled = True
        self._row.change(message=f"{error.filled(error.title)}. {error.filled(error.message)}", rate=None)

    def _lose(self, row: FileRow, reason: str) -> None:
        self._sendings.lose(self._sending.number, row.number, reason)

    def _in_state(self, state: PieceState) -> list[Piece]:
        return [piece for piece in self._sendings.pieces(self._sending.number) if piece.state is state]

    def _mark(self, pieces: Sequence[Piece], state: PieceState) -> None:
        self._sendings.mark(self._sending.number, [piece.piece for piece in pieces], state)

    def _rows(self, piece: Piece) -> list[FileRow]:
        return self._sendings.files(self._sending.number, piece.first, piece.last)

    async def _service(self) -> Service:
        # Asked anew each time: a new key or a restarted local service brings a new client.
        return await self._accounts.service(self._sending.account_id)
