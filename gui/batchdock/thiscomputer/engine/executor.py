"""Runs batches in worker processes and survives what happens to them.

One thread, *the keeper*, owns all state; everything reaches it through one queue. It hands few batches at a time to
the pool, so that a cancelled job leaves at once and so that, when a worker dies, only those few are lost. They are run
again, input by input with nothing beside them, which shows the one that kills.
"""

import os
import queue
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Future, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeVar

from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.pool import Lane, WorkerPool, usual_workers
from batchdock.thiscomputer.engine.rows import Input, Row

DEADLY = "Processing this file made the worker stop, twice. It was left out; everything else went on."

_AHEAD = 2
"""Batches in hand for every worker: one it works on, one so that it never waits."""

_TRIES_ALONE = 2
"""How often an input may end a worker that had nothing else to do, before it is given up."""

_POLL = 0.1
"""Seconds between looks at whether the engine is to stop, while one input runs alone."""


_T = TypeVar("_T")


@dataclass(slots=True, eq=False)
class _Order:
    """One submitted batch, the future its owner holds, and the one of the pool while it is in hand."""

    workflow_id: str
    inputs: tuple[Input, ...]
    options: Options
    future: Future[list[Row]] = field(default_factory=Future)
    running: Future[list[Row]] | None = None
    lane: Lane | None = None
    settled: bool = False

    def leave(self) -> None:
        """Let nobody work on it any more: what has begun ends at the worker's next look. Only the keeper calls this."""
        if self.running is not None:
            self.running.cancel()
        if self.lane is not None:
            self.lane.stop()

    def settle(self) -> bool:
        """Close the future for cancelling; return True when it still wants a result. Only the keeper calls this."""
        if self.settled:
            return False
        self.settled = True
        return self.future.set_running_or_notify_cancel()


_News = tuple[Literal["new", "done", "cancelled", "look"], _Order | None]


class NoWorkers(BrokenExecutor):
    """Worker processes can not be started on this computer."""


class _Killed(Exception):
    """The engine is to stop now."""


class Engine:
    """A pool of worker processes that starts with the first batch and stays warm. Safe from any thread."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or usual_workers()
        self._pool: WorkerPool | None = None
        self._waiting: deque[_Order] = deque()
        self._in_hand: set[_Order] = set()
        self._orders: dict[Future[list[Row]], _Order] = {}
        self._lost: list[_Order] = []
        self._broken = False
        self._news: queue.SimpleQueue[_News] = queue.SimpleQueue()
        self._keeper: threading.Thread | None = None
        self._gate = threading.Lock()
        self._closing = False
        self._killing = False

    def submit(self, workflow_id: str, inputs: Sequence[Input], options: Options) -> Future[list[Row]]:
        """Queue a batch and return its rows to come.

        The future can be cancelled until its rows are there: what no worker has begun is then never begun, and what
        one works on is left at the next picture or frame. It fails with `NoWorkers` where none can be started.
        Raises `RuntimeError` after `close`.
        """
        order = _Order(workflow_id, tuple(inputs), options)
        with self._gate:
            if self._closing:
                raise RuntimeError("The engine is closed.")
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep, name="engine", daemon=True)
                self._keeper.start()
            self._orders[order.future] = order
            self._news.put(("new", order))
        order.future.add_done_callback(partial(self._report_over, order))
        return order.future

    def progress(self, future: Future[list[Row]]) -> float:
        """Return how much of a batch is done, 0–1, as far as a worker has told. Safe from any thread."""
        order = self._orders.get(future)
        lane = None if order is None else order.lane
        return 0.0 if lane is None else lane.progress

    def _report_over(self, order: _Order, future: Future[list[Row]]) -> None:
        self._orders.pop(future, None)
        if future.cancelled():
            self._news.put(("cancelled", order))

    def close(self, cancel: bool) -> None:
        """End the workers: after all queued batches, or with `cancel` at once, cancelling them. Waits for the end."""
        with self._gate:
            self._closing = True
            self._killing = self._killing or cancel
            keeper = self._keeper
        self._news.put(("look", None))
        if keeper is not None:
            keeper.join()

    # --- the keeper's thread ------------------------------------------------------------------------------------

    def _keep(self) -> None:
        try:
            while not (self._closing and self._news.empty() and not (self._waiting or self._in_hand)):
                self._take(*self._news.get())
                self._stop_if_killed()
                if not self._in_hand and (self._broken or self._lost):
                    self._recover()
                self._hand_out()
        except _Killed:
            self._cancel_all()
        except BaseException:
            with self._gate:
                self._closing = True
            self._cancel_all()  # nobody may wait for a keeper that is gone
            raise
        if self._pool is not None:
            self._pool.shutdown()

    def _take(self, kind: str, order: _Order | None) -> None:
        if order is None:
            return
        if kind == "new":
            self._waiting.append(order)
        elif kind == "done":
            self._in_hand.discard(order)
            self._finish(order)
        else:
            order.settle()
            order.leave()

    def _hand_out(self) -> None:
        while self._waiting and not self._broken and len(self._in_hand) < self.workers * _AHEAD:
            order = self._waiting.popleft()
            if order.future.cancelled():
                order.settle()
                continue
            try:
                pool = self._ready_pool()
                lane = self._free_lane(pool)
                running = pool.process(lane, order.workflow_id, order.inputs, order.options)
            except NoWorkers as error:
                self._fail_waiting(order, error)
            except (BrokenExecutor, OSError):
                # A worker died while it had nothing to do, or the batches that it took along are about to come back;
                # or the computer refused one more process.
                self._broken = True
                self._waiting.appendleft(order)
                self._news.put(("look", None))
            else:
                order.running, order.lane = running, lane
                self._in_hand.add(order)
                running.add_done_callback(partial(self._report_done, order))

    def _free_lane(self, pool: WorkerPool) -> Lane:
        used = {each.lane for each in self._in_hand}
        return next(lane for lane in pool.lanes if lane not in used)

    def _report_done(self, order: _Order, _: Future[list[Row]]) -> None:
        self._news.put(("done", order))

    def _finish(self, order: _Order) -> None:
        running = order.running
        assert running is not None
        order.lane = None
        if running.cancelled():
            order.settle()
        elif isinstance(running.exception(), BrokenExecutor):
            self._broken = True
            self._lost.append(order)
        elif order.settle():
            error = running.exception()
            if error is None:
                order.future.set_result(running.result())
            else:
                order.future.set_exception(error)

    def _fail_waiting(self, order: _Order, error: Exception) -> None:
        for each in (order, *self._waiting):
            if each.settle():
                each.future.set_exception(error)
        self._waiting.clear()

    # --- after a worker died ------------------------------------------------------------------------------------

    def _recover(self) -> None:
        """Start a fresh pool and run what was lost, one input at a time."""
        self._drop_pool()
        self._broken = False
        while self._lost:
            self._run_alone(self._lost[0])
            del self._lost[0]

    def _run_alone(self, order: _Order) -> None:
        rows: list[Row] = []
        try:
            for item in order.inputs:
                if order.future.cancelled():
                    break
                rows += self._rows_alone(order, item)
        except _Killed:
            raise
        except Exception as error:  # whatever it is, it is the owner's to know
            if order.settle():
                order.future.set_exception(error)
        else:
            if order.settle():
                order.future.set_result(rows)

    def _rows_alone(self, order: _Order, item: Input) -> list[Row]:
        for _ in range(_TRIES_ALONE):
            try:
                pool = self._ready_pool()
                order.lane = pool.lanes[0]
                order.running = pool.process(order.lane, order.workflow_id, (item,), order.options)
                return self._awaited(order.running, order)
            except NoWorkers:
                raise
            except BrokenExecutor:
                self._drop_pool()
        return [Row(item.name, cause=DEADLY)]

    def _awaited(self, running: Future[_T], order: _Order | None = None) -> _T:
        """Return the result, or raise `_Killed` as soon as the engine is to stop. A cancelled order is left."""
        while not wait([running], timeout=_POLL).done:
            self._stop_if_killed()
            if order is not None and order.future.cancelled() and order.lane is not None:
                order.lane.stop()
        return running.result()

    # --- the pool -----------------------------------------------------------------------------------------------

    def _ready_pool(self) -> WorkerPool:
        """Return a pool that has shown that it can start a worker. Raises `NoWorkers`."""
        if self._pool is None:
            try:
                self._pool = WorkerPool(self.workers, lanes=self.workers * _AHEAD)
                self._awaited(self._pool.submit(os.getpid))
            except (BrokenExecutor, OSError) as error:
                self._drop_pool()
                raise NoWorkers("Worker processes can not be started on this computer.") from error
        return self._pool

    def _drop_pool(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.kill()

    def _stop_if_killed(self) -> None:
        if self._killing:
            raise _Killed

    def _cancel_all(self) -> None:
        while not self._news.empty():
            kind, order = self._news.get()
            if kind == "new" and order is not None:
                self._waiting.append(order)
        for each in (*self._waiting, *self._in_hand, *self._lost):
            each.future.cancel()
            each.settle()
        self._drop_pool()
