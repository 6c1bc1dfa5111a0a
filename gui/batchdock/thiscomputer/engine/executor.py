"""Runs batches in worker processes and survives what happens to them.

One thread, *the keeper*, owns all state; everything reaches it through one queue. It hands few batches at a time to
the pool, so that a cancelled job leaves at once and so that, when a worker dies, only those few are lost. They are run
again, input by input with nothing beside them, which shows the one that kills.

When the number of workers or their priority is to be another one, what has begun is finished by the old pool, and all
else comes to a new one.
"""

import os
import queue
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Future, wait
from functools import partial
from typing import Literal, TypeVar

from batchdock.thiscomputer.engine.capacity import workers_for
from batchdock.thiscomputer.engine.device import device_text
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.orders import GRACE, Order
from batchdock.thiscomputer.engine.pool import Lane, WorkerPool
from batchdock.thiscomputer.engine.rows import Input, Row

DEADLY = "Processing this file made the worker stop, twice. It was left out; everything else went on."

_AHEAD = 2
"""Batches in hand for every worker: one it works on, one so that it never waits."""

_TRIES_ALONE = 2
"""How often an input may end a worker that had nothing else to do, before it is given up."""

_POLL = 0.1
"""Seconds between looks at whether the engine is to stop, while one input runs alone."""

_T = TypeVar("_T")


_News = tuple[Literal["new", "done", "cancelled", "look"], Order | None]


class NoWorkers(BrokenExecutor):
    """Worker processes can not be started on this computer."""


class _Killed(Exception):
    """The engine is to stop now."""


class Engine:
    """A pool of worker processes that starts with the first batch and stays warm. Safe from any thread."""

    trouble = ""

    def __init__(self, workers: int | None = None, *, gentle: bool = False) -> None:
        self.workers = workers_for(workers, gentle=gentle)
        self._wanted = self._taken = (workers, gentle)
        self._pool: WorkerPool | None = None
        self._retired: list[WorkerPool] = []
        self._waiting: deque[Order] = deque()
        self._in_hand: set[Order] = set()
        self._orders: dict[Future[list[Row]], Order] = {}
        self._lost: list[Order] = []
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
        order = Order(workflow_id, tuple(inputs), options)
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

    @property
    def device(self) -> str:
        """What does the work, in words for people."""
        return device_text(self.workers)

    def change(self, workers: int | None, *, gentle: bool) -> None:
        """Go on with another number of workers (None: as many as fit), or at another priority. Nothing is lost."""
        with self._gate:
            self._wanted = (workers, gentle)
            self.workers = workers_for(workers, gentle=gentle)
        self._news.put(("look", None))

    def _report_over(self, order: Order, future: Future[list[Row]]) -> None:
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
                self._take(*self._next_news())
                self._stop_if_killed()
                self._adapt()
                self._end_stuck()
                self._clear_away()
                if not self._is_any_in_hand_of(self._pool) and (self._broken or self._lost):
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
        self._clear_away()

    def _next_news(self) -> _News:
        """Wait for news, or until a worker has had the time to leave what it was to leave."""
        left = [each.left for each in self._in_hand if each.left is not None]
        try:
            return self._news.get(timeout=max(0.0, min(left) + GRACE - time.monotonic()) if left else None)
        except queue.Empty:
            return "look", None

    def _take(self, kind: str, order: Order | None) -> None:
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
                order.running, order.lane, order.pool = running, lane, pool
                order.called_back = False
                self._in_hand.add(order)
                running.add_done_callback(partial(self._report_done, order))

    def _free_lane(self, pool: WorkerPool) -> Lane:
        used = {each.lane for each in self._in_hand}
        return next(lane for lane in pool.lanes if lane not in used)

    def _report_done(self, order: Order, _: Future[list[Row]]) -> None:
        self._news.put(("done", order))

    def _finish(self, order: Order) -> None:
        running = order.running
        assert running is not None
        order.lane = None
        if order.future.cancelled():
            order.settle()
        elif order.called_back and order.has_no_rows():
            self._waiting.appendleft(order)
        elif isinstance(running.exception(), BrokenExecutor):
            self._broken = True
            self._lost.append(order)
        elif order.settle():
            error = running.exception()
            if error is None:
                order.future.set_result(running.result())
            else:
                order.future.set_exception(error)

    # --- other workers, and none that work for nobody -----------------------------------------------------------

    def _adapt(self) -> None:
        """Let go of the pool when other workers are wanted: it finishes what it has begun."""
        if self._wanted == self._taken:
            return
        self._taken = self._wanted
        if self._pool is None:
            return
        if self._taken[1]:
            self._pool.become_gentle()
        for each in self._in_hand:
            each.call_back()
        self._retired.append(self._pool)
        self._pool = None

    def _end_stuck(self) -> None:
        """End workers that go on with what nobody wants, unless a video that somebody wants would begin anew."""
        now = time.monotonic()
        for pool in {each.pool for each in self._in_hand if each.is_stuck(now)}:
            orders = [each for each in self._in_hand if each.pool is pool]
            if pool is None or any(each.is_video and not each.future.cancelled() for each in orders):
                for each in orders:
                    each.left = None  # it is left when the worker comes to it
                continue
            for each in orders:
                each.left, each.called_back = None, True
            pool.kill()
            if pool is self._pool:
                self._pool = None

    def _clear_away(self) -> None:
        for pool in [each for each in self._retired if not self._is_any_in_hand_of(each)]:
            self._retired.remove(pool)
            pool.kill()

    def _is_any_in_hand_of(self, pool: WorkerPool | None) -> bool:
        return any(each.pool is pool for each in self._in_hand)

    def _fail_waiting(self, order: Order, error: Exception) -> None:
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

    def _run_alone(self, order: Order) -> None:
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

    def _rows_alone(self, order: Order, item: Input) -> list[Row]:
        for _ in range(_TRIES_ALONE):
            if order.future.cancelled():
                return []
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

    def _awaited(self, running: Future[_T], order: Order | None = None) -> _T:
        """Return the result, or raise `_Killed` as soon as the engine is to stop. A cancelled order is left."""
        while not wait([running], timeout=_POLL).done:
            self._stop_if_killed()
            if order is not None and order.future.cancelled():
                if order.left is None:
                    order.leave()
                elif order.is_stuck(time.monotonic()):
                    self._drop_pool()
        return running.result()

    # --- the pool -----------------------------------------------------------------------------------------------

    def _ready_pool(self) -> WorkerPool:
        """Return a pool that has shown that it can start a worker. Raises `NoWorkers`."""
        if self._pool is None:
            wanted, gentle = self._taken = self._wanted
            count = self.workers = workers_for(wanted, gentle=gentle)
            try:
                self._pool = WorkerPool(count, lanes=count * _AHEAD, gentle=gentle)
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
        for pool in self._retired:
            pool.kill()
        self._drop_pool()
