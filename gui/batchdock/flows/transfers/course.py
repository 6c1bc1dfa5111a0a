"""The course of one transfer: it waits for its turn, moves, is paused, held, goes on, and ends exactly once.

    WAITING ──► MOVING ──► CHECKING ──► DONE …
       ▲          │ ▲
       │          ▼ │
       └──── HELD, PAUSED            what the person wants (`Transfer.wanted`) is another thing than what is

The work is called anew after each pause and each hold, and goes on from what is written down.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from batchdock.core.errors import BatchdockError, TransferStopped
from batchdock.core.transfer import Hold, Transfer, TransferState, Wanted
from batchdock.flows.problems import Problems
from batchdock.flows.transfers.holds import FOR_PERSON, Holds
from batchdock.flows.transfers.queue import Queue
from batchdock.flows.transfers.row import Row

_Result = TypeVar("_Result")
Work = Callable[[Row], Coroutine[Any, Any, _Result]]

LEAVE_SECONDS = 1.0
"""What was told to end may take so long to tidy up; then nobody waits for it any more."""


class _Interrupted(Exception):
    """The person wants something else now."""


class Course:
    """Takes one transfer to its end. `free` ones move no bytes over a line, and need no turn."""

    def __init__(
        self,
        row: Row,
        queue: Queue,
        holds: Holds,
        problems: Problems,
        *,
        free: bool,
        job: tuple[str, str] | None,
    ) -> None:
        self._row, self._queue, self._holds, self._problems = row, queue, holds, problems
        self._free, self._job = free, job
        self._id = row.transfer.transfer_id
        self._problem_id = f"transfer:{self._id}"
        self._holding = holds.begin(row.transfer.account_id)
        self._stopping = self._closing = False
        self._called = asyncio.Event()
        self._quiet = asyncio.Event()
        self._left: asyncio.Task[Any] | None = None
        self._told: Hold | None = None
        queued = queue.enter(self._id)
        row.change(state=TransferState.WAITING, wanted=queued.wanted, rank=queued.rank)

    async def follow(self, work: Work[_Result]) -> _Result:
        """Return what the work returns, in the end. How it ends is written into the row, and raised."""
        ended = True
        try:
            result = await self._follow(work)
        except asyncio.CancelledError:
            ended = False
            state = TransferState.PAUSED if self._wants_pause() else TransferState.WAITING
            self._show(state, message="")
            raise
        except TransferStopped:
            self._show(TransferState.STOPPED, message="")
            raise
        except BatchdockError as error:
            self._show(TransferState.FAILED, message=error.sentence())
            raise
        except Exception:
            self._show(TransferState.FAILED, message=BatchdockError().sentence())
            raise
        else:
            if not self._row.transfer.state.is_terminal:
                self._show(TransferState.DONE, message="")
            return result
        finally:
            self._row = self._row.again()
            self._queue.leave(self._id, ended=ended)
            if ended:
                self._settle()
            self._quiet.set()

    async def pause(self) -> None:
        """Let it rest until `resume`, also after a restart. Returns when nothing moves any more."""
        self._queue.want(self._id, Wanted.PAUSED)
        self._row.change(wanted=Wanted.PAUSED)
        self._called.set()
        await self._quiet.wait()

    def resume(self) -> None:
        """Go on; while it is held, look at once whether it works now."""
        self._queue.want(self._id, Wanted.RUNNING)
        self._row.change(wanted=Wanted.RUNNING)
        if self._row.transfer.state in (TransferState.PAUSED, TransferState.HELD):
            self._called.set()

    async def stop(self) -> None:
        """End it. Returns when nothing moves any more."""
        self._stopping = True
        self._called.set()
        await self._quiet.wait()

    async def close(self) -> None:
        """End it for this run of the app; the next one goes on."""
        self._closing = True
        self._called.set()
        await self._quiet.wait()

    def show_rank(self, rank: float) -> None:
        """Show its new place in the queue."""
        self._row.change(rank=rank)

    async def _follow(self, work: Work[_Result]) -> _Result:
        while True:
            self._called.clear()
            self._quiet.set()
            if self._stopping:
                raise TransferStopped(name=self._row.transfer.name)
            if self._closing:
                raise asyncio.CancelledError
            if self._wants_pause():
                self._show(TransferState.PAUSED, message="")
                self._settle()
                await self._called.wait()
                continue
            self._quiet.clear()
            try:
                return await self._go(work)
            except _Interrupted:
                continue
            except BatchdockError as error:
                if self._holds.hold_of(error) is None:
                    raise
                await self._hold(error)

    async def _go(self, work: Work[_Result]) -> _Result:
        self._show(TransferState.WAITING, message="")
        if self._left is not None:
            # Two runs over one journal would get into each other's way.
            await self._unless_called(_ended(self._left))
            self._left = None
        if self._free:
            return await self._work(work)
        try:
            await self._unless_called(self._queue.take(self._id))
            return await self._work(work)
        finally:
            self._queue.give_back(self._id)

    async def _work(self, work: Work[_Result]) -> _Result:
        self._row = self._row.again()
        self._row.change(state=TransferState.MOVING, hold=None, message="")
        calm = asyncio.get_running_loop().call_later(self._holds.looks.calm, self._calm)
        try:
            return await self._unless_called(work(self._row))
        finally:
            calm.cancel()

    async def _hold(self, error: BatchdockError) -> None:
        hold = self._holds.hold_of(error)
        self._row = self._row.again()
        self._show(TransferState.HELD, message=error.sentence(), hold=hold)
        if hold in FOR_PERSON and hold is not self._told:
            self._told = hold
            name = self._row.transfer.name
            self._problems.report(self._problem_id, name, error, job=self._job, again=self._resumed)
        try:
            await self._unless_called(self._holding.wait(error))
        except _Interrupted:
            return

    async def _resumed(self) -> None:
        self.resume()

    def _calm(self) -> None:
        self._holding.over()
        self._settle()

    def _settle(self) -> None:
        if self._told is not None:
            self._told = None
            self._problems.settle(self._problem_id)

    def _wants_pause(self) -> bool:
        return self._queue.wanted(self._id) is Wanted.PAUSED

    def _show(self, state: TransferState, **changes: Any) -> None:
        self._row.change(state=state, rate=None, seconds_left=None, **{"hold": None, **changes})

    async def _unless_called(self, doing: Coroutine[Any, Any, _Result]) -> _Result:
        """Return what `doing` returns; raise `_Interrupted` as soon as the person wants something else.

        It is told to end then, and left alone when it does not: its threads may hang on a share that has gone.
        """
        task = asyncio.create_task(doing, name=f"transfer {self._id}")
        called = asyncio.create_task(self._called.wait())
        try:
            await asyncio.wait({task, called}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        finally:
            called.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=LEAVE_SECONDS)
            if not task.done():
                self._left = task
            elif not task.cancelled():
                task.exception()  # Looked at, or asyncio would complain that nobody did.
        if task.done() and not task.cancelled() and task.exception() is None:
            return task.result()
        raise _Interrupted


async def _ended(task: asyncio.Task[Any]) -> None:
    await asyncio.wait({task})


def ranked(transfer: Transfer) -> tuple[bool, float, float]:
    """Return what to sort transfers by: those that have not ended in their order, then the newest."""
    ended = transfer.state.is_terminal
    return ended, 0.0 if ended else transfer.rank, -transfer.started.timestamp()
