"""Takes loads to the batch, some at a time, and knows what to do about each that does not get there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from batchdock.core.errors import (
    BadRequest,
    BatchdockError,
    FileTooLarge,
    FileUnreadable,
    ShardTooLarge,
    SourceGone,
)
from batchdock.core.ports import Service
from batchdock.flows.transfers.bodies import Body
from batchdock.flows.transfers.ledger import Ledger
from batchdock.flows.transfers.pace import Lanes
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.sources import FileChanged
from batchdock.flows.transfers.trouble import Trouble
from batchdock.flows.transfers.verdict import Action, verdict
from batchdock.flows.transfers.ways import Carrier
from batchdock.store import FileRow, Piece, PieceState, Sending, Way

LOOKS = 3
"""How often a file that changes while it is read is looked at."""
_LOOK_AGAIN = 1.0
_REFUSALS = 8
"""So many refused files before one was taken: it is not about the files."""


@dataclass(frozen=True, slots=True)
class Load:
    """The files of one request. `piece` is None for files that are sent once more, out of their order."""

    rows: tuple[FileRow, ...]
    label: str
    piece: Piece | None = None

    @property
    def bytes(self) -> int:
        """The sum of the sizes."""
        return sum(row.size for row in self.rows)


class Delivery:
    """One run's way out. `doubts` are the bodies of pieces that may have arrived, `too_large` what a service said."""

    def __init__(
        self,
        sending: Sending,
        row: Row,
        *,
        lanes: Lanes,
        ledger: Ledger,
        trouble: Trouble,
        service: Callable[[], Awaitable[Service]],
    ) -> None:
        self._way, self._row = sending.way, row
        self._lanes, self._ledger, self._trouble, self._service = lanes, ledger, trouble, service
        self._carrier = Carrier(sending, row)
        self._changes: dict[int, int] = {}
        self._refused: list[tuple[Load, BatchdockError]] = []
        self.lost: set[int] = set()
        self.doubts: dict[int, Body] = {}
        self.doubted = False
        self.too_large: ShardTooLarge | None = None
        self.confirmed = False

    async def deliver(self, loads: AsyncIterator[Load], at_once: int) -> None:
        """Return when every load is confirmed, lost, in doubt or too large. Raise what can not be mended by trying."""
        self.doubted, self.too_large = False, None
        taking = asyncio.Lock()

        async def take() -> Load | None:
            async with taking:
                return await anext(loads, None) if self.too_large is None else None

        async def work() -> None:
            while (load := await take()) is not None:
                await self._deliver(load)

        workers = [asyncio.create_task(work()) for _ in range(at_once)]
        try:
            await asyncio.gather(*workers)
        finally:
            for each in workers:
                each.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        self._settle_refusals()

    def confirm(self, load: Load, body: Body | None, items: int) -> None:
        """Note that a load is there, with what is known of the files that went over."""
        if body is not None:
            for each in body.files:
                if (each.size, each.modified) != (each.row.size, each.row.modified):
                    self._ledger.change(each.row, each.size, each.modified)
        digests = {} if body is None else body.digests
        if load.piece is None:
            self._ledger.hash(digests)
        else:
            self._ledger.arrive(load.piece, digests)
            self._row.change(pieces_done=self._row.transfer.pieces_done + 1)
        if items:
            self._row.meter.add_items(items)
            self.confirmed = True
            self._trouble.moved()

    def lose(self, row: FileRow, error: BatchdockError) -> None:
        """Note that a file can not be sent at all, and why."""
        self.lost.add(row.number)
        self._ledger.lose(row, error.filled("{reason}") if isinstance(error, FileUnreadable) else error.sentence())
        self._row.change(failed=self._row.transfer.failed + 1)

    async def _deliver(self, load: Load) -> None:
        tries = 0
        while True:
            async with self._lanes.lane(load.bytes, again=tries > 0):
                error = await (self._refer(load) if self._way is Way.REFERENCES else self._try(load))
            if error is None:
                return
            tries += 1
            if isinstance(error, FileChanged):
                await asyncio.sleep(_LOOK_AGAIN)
            elif not isinstance(error, FileUnreadable):
                await self._trouble.after(error, tries)

    async def _try(self, load: Load) -> BatchdockError | None:
        """Send a load once. Return what is to be tried again for, knowing that nothing has arrived."""
        rows = self._left(load)
        body: Body | None = None
        try:
            if rows:
                body, lost = await self._carrier.body(rows)
                for row, error in lost:
                    self.lose(row, error)
        except FileChanged as error:
            return self._changed(rows[0], error)
        if body is None or not body.files:
            self.confirm(load, None, 0)
            return None
        if load.piece is not None:
            self._ledger.note(load.piece, PieceState.TRIED)
            if self._way is not Way.SINGLE:
                await self._ledger.written()
        try:
            await self._carrier.send(await self._service(), body)
        except BaseException as error:
            body.take_back()
            if load.piece is not None and (not body.handed_over or _is_refusal(error)):
                self._ledger.note(load.piece, PieceState.PLANNED)
            if not isinstance(error, BatchdockError):
                raise
            if body.broken is not None:
                return self._broken(*body.broken)
            return self._failed(load, body, error)
        self._lanes.arrived(body.size)
        self.confirm(load, body, len(body.files))
        return None

    async def _refer(self, load: Load) -> BatchdockError | None:
        """Hand over a list of references; the same one again is harmless."""
        rows = self._left(load)
        try:
            lost = await self._carrier.refer(await self._service(), rows, load.label)
        except BatchdockError as error:
            if verdict(error).action is not Action.AGAIN:
                raise
            return error
        for row, why in lost:
            self.lose(row, why)
        self.confirm(load, None, len(rows) - len(lost))
        return None

    def _broken(self, row: FileRow, error: FileUnreadable | SourceGone) -> BatchdockError:
        if isinstance(error, SourceGone):
            raise error
        if isinstance(error, FileChanged):
            return self._changed(row, error)
        self.lose(row, error)
        return error

    def _changed(self, row: FileRow, error: FileChanged) -> BatchdockError:
        self._changes[row.number] = self._changes.get(row.number, 0) + 1
        if self._changes[row.number] >= LOOKS:
            self.lose(row, error)
        return error

    def _failed(self, load: Load, body: Body, error: BatchdockError) -> BatchdockError | None:
        """Return what is to be tried again for, None for what is settled for now; raise what is final."""
        if isinstance(error, ShardTooLarge) and len(body.files) > 1:
            self.too_large = error
            return None
        if isinstance(error, ShardTooLarge | FileTooLarge):
            (each,) = body.files
            self.lose(each.row, _too_large(error, each.row, each.size))
            self.confirm(load, None, 0)
            return None
        if isinstance(error, BadRequest) and self._way in (Way.SINGLE, Way.VIDEOS):
            self._refused.append((load, error))
            if len(self._refused) >= _REFUSALS and not self.confirmed:
                raise error
            return None
        if verdict(error).action is not Action.AGAIN:
            raise error
        self._lanes.pushed_back(error)
        if not body.handed_over or _is_refusal(error):
            return error
        if load.piece is not None:
            self.doubts[load.piece.piece] = body
        self.doubted = True
        self._trouble.bear(error)
        return None

    def _settle_refusals(self) -> None:
        """Take refused files for lost where others were taken; else it is about all of them."""
        refused, self._refused = self._refused, []
        if refused and not self.confirmed:
            raise refused[0][1]
        for load, error in refused:
            for row in load.rows:
                self.lose(row, error)
            self.confirm(load, None, 0)

    def _left(self, load: Load) -> Sequence[FileRow]:
        return [row for row in load.rows if row.lost is None and row.number not in self.lost]


def _is_refusal(error: BaseException) -> bool:
    """Tell whether a service said that it has not taken what it got: then it may go again without a question."""
    if isinstance(error, ShardTooLarge | FileTooLarge):
        return True
    status = error.values.get("status") if isinstance(error, BatchdockError) else None
    return isinstance(status, int) and 400 <= status < 500 and status != 408


def _too_large(error: ShardTooLarge | FileTooLarge, row: FileRow, size: int) -> FileTooLarge:
    if isinstance(error, FileTooLarge):
        return error
    limit = "–" if error.bytes is None else f"{error.bytes:,}"
    return FileTooLarge(name=row.path.name, service=error.values.get("service"), size=f"{size:,}", limit=limit)
