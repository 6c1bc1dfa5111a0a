"""Runs batches on a Dask cluster: the same function, on whatever workers there are.

One thread with a loop of its own keeps the connection to the scheduler and sees every batch through. Workers may join,
leave and die: Dask gives what they had to others. When the scheduler is gone, everything that is not done waits until
one answers at that address, and is handed to it. A file that takes several workers along is found by running its batch
input by input.
"""

import asyncio
import logging
import pickle
from collections.abc import Awaitable, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from batchdock.thiscomputer.engine.executor import DEADLY
from batchdock.thiscomputer.engine.lending import Lender
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.remote import PROGRESS, Build, NotFetched, Parcel
from batchdock.thiscomputer.engine.rows import Input, Row
from batchdock.thiscomputer.engine.scheduler import Scheduler, Unreachable, part

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as Remote

_log = logging.getLogger(__name__)

_RETRY = 3.0
"""Seconds before what did not work is tried again."""

_GLANCE = 1.0
"""Seconds between looks at who works there."""

_PATIENCE = 10.0
"""Seconds that the scheduler or a worker has to answer."""

_WAITS = " The work waits and goes on by itself; you can also let this computer do it."


@dataclass(slots=True, eq=False)
class _Order:
    """A batch, the future that its owner holds, and the task that sees it through."""

    workflow_id: str
    inputs: tuple[Input, ...]
    options: Options
    future: Future[list[Row]] = field(default_factory=Future)
    task: "asyncio.Task[None] | None" = None
    progress: float = 0.0


@dataclass(frozen=True, slots=True)
class _Visit:
    """One connection to a scheduler, from its beginning to its end."""

    client: "Client"
    lender: Lender


class _Again(Exception):
    """The batch has to be handed out anew."""


class Cluster:
    """A `Compute` whose workers are those of a Dask scheduler. Nothing runs on this computer."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._trouble = f"The scheduler at {scheduler.address} is being looked for."
        self._not_fetched = ""
        self._threads: dict[str, int] = {}
        self._objections: dict[str, str] = {}
        self._asked: set[str] = set()
        self._visit: _Visit | None = None
        self._news = asyncio.Condition()
        self._alone = asyncio.Lock()
        self._orders: dict[Future[list[Row]], _Order] = {}
        self._tried: dict[str, _Order] = {}
        self._chores: set[asyncio.Future[Any]] = set()
        self._gate = Lock()
        self._closing = False
        self._loop = asyncio.new_event_loop()
        self._life: asyncio.Task[None] | None = None
        self._ending = False
        self._thread = Thread(target=self._run, name="cluster", daemon=True)
        self._thread.start()

    @property
    def workers(self) -> int:
        """How many batches the cluster processes at the same time, as far as is known now; at least one."""
        return max(1, sum(self._fit.values()))

    @property
    def device(self) -> str:
        """What does the work, in words for people."""
        count = sum(self._fit.values())
        return f"Dask cluster at {self._scheduler.address}, {count} worker{'s' if count != 1 else ''}"

    @property
    def trouble(self) -> str:
        """A sentence on what the work waits for, empty while nothing is in its way."""
        fit, unfit = self._fit, self._unfit
        if self._trouble:
            return self._trouble + _WAITS
        if unfit:
            others = "" if fit else _WAITS
            of = len(fit) + len(unfit)
            return f"{len(unfit)} of {of} workers can not be used: {next(iter(unfit.values()))}{others}"
        if not fit:
            return f"The cluster at {self._scheduler.address} has no workers at the moment." + _WAITS
        return self._not_fetched + _WAITS if self._not_fetched else ""

    @property
    def _fit(self) -> dict[str, int]:
        """Workers that can do this computer's work, and how many batches each takes at a time."""
        return {each: count for each, count in self._threads.items() if self._objections.get(each) == ""}

    @property
    def _unfit(self) -> dict[str, str]:
        """Workers that can not, and why."""
        return {each: self._objections[each] for each in self._threads if self._objections.get(each)}

    def submit(self, workflow_id: str, inputs: Sequence[Input], options: Options) -> Future[list[Row]]:
        """Queue a batch and return its rows to come; see `Compute`."""
        order = _Order(workflow_id, tuple(inputs), options)
        with self._gate:
            if self._closing:
                raise RuntimeError("The cluster is closed.")
            self._loop.call_soon_threadsafe(self._begin, order)
        order.future.add_done_callback(lambda future: self._report_over(order, future))
        return order.future

    def progress(self, future: Future[list[Row]]) -> float:
        """Return how much of a batch is done, 0–1, as far as a worker has told."""
        order = self._orders.get(future)
        return 0.0 if order is None else order.progress

    def close(self, cancel: bool) -> None:
        """End the connection: after all queued batches, or with `cancel` at once. The cluster itself goes on."""
        with self._gate:
            if not self._closing:
                self._closing = True
                self._loop.call_soon_threadsafe(self._end, cancel)
        self._thread.join()

    def _report_over(self, order: _Order, future: Future[list[Row]]) -> None:
        if future.cancelled():
            with suppress(RuntimeError):  # everything may have ended meanwhile
                self._loop.call_soon_threadsafe(self._drop, order)

    # --- the loop's thread --------------------------------------------------------------------------------------

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._live())

    async def _live(self) -> None:
        self._life = asyncio.current_task()
        try:
            while not self._ending:
                try:
                    await self._visit_once()
                except Unreachable as error:
                    self._trouble = str(error)
                except Exception as error:
                    _log.warning("The cluster: %s", type(error).__name__)
                    self._trouble = f"The connection to {self._scheduler.address} ended ({type(error).__name__})."
                if not self._ending:
                    await asyncio.sleep(_RETRY)
        except asyncio.CancelledError:
            pass
        finally:
            orders = list(self._orders.values())
            for each in orders:
                each.future.cancel()
                self._drop(each)
            await asyncio.gather(*(each.task for each in orders if each.task), return_exceptions=True)

    def _end(self, cancel: bool) -> None:
        async def after_all() -> None:
            while not cancel and self._orders:
                await asyncio.wait([each.task for each in self._orders.values() if each.task])
            # Both: inside of Dask a cancellation may be lost, as when a worker that is asked has just died.
            self._ending = True
            if self._life is not None:
                self._life.cancel()

        self._keep(after_all())

    def _begin(self, order: _Order) -> None:
        self._orders[order.future] = order
        order.task = self._loop.create_task(self._see_through(order))

    def _drop(self, order: _Order) -> None:
        if order.task is not None:
            order.task.cancel()

    def _keep(self, chore: Awaitable[Any]) -> None:
        """Let something run to its end that nobody waits for."""
        future = asyncio.ensure_future(chore)
        self._chores.add(future)
        future.add_done_callback(self._chores.discard)

    # --- the connection -----------------------------------------------------------------------------------------

    async def _visit_once(self) -> None:
        """Connect, and stay until the scheduler is gone. Raises `Unreachable`."""
        own_address = await self._scheduler.knock()
        async with AsyncExitStack() as stack:
            lender = Lender()
            stack.push_async_callback(lender.close)
            await lender.open(own_address, self._scheduler.server_context())
            client = await self._scheduler.connect()
            stack.push_async_callback(part, client)
            client.subscribe_topic(PROGRESS, self._note_progress)
            self._visit = _Visit(client, lender)
            try:
                self._trouble = ""
                while client.status == "running" and not self._ending:
                    await self._look_at_workers(client)
                    async with self._news:
                        self._news.notify_all()
                    await asyncio.sleep(_GLANCE)
            finally:
                self._visit = None
                self._threads, self._objections = {}, {}
        raise Unreachable(f"The scheduler at {self._scheduler.address} is gone.")

    async def _look_at_workers(self, client: "Client") -> None:
        async with asyncio.timeout(_PATIENCE):
            threads: dict[str, int] = await client.nthreads()
        for each in threads.keys() - self._objections.keys() - self._asked:
            self._asked.add(each)
            self._keep(self._ask(client, each))
        self._threads = threads

    async def _ask(self, client: "Client", address: str) -> None:
        """Ask a new worker what it is. One that does not answer is asked again, and meanwhile gets nothing."""
        try:
            async with asyncio.timeout(_PATIENCE):
                said = await client.run(Build.here, workers=[address], nanny=False, on_error="return")
            self._objections[address] = Build.here().objection(said[address])
        except (OSError, TimeoutError, LookupError, ValueError) as error:
            _log.info("A worker did not answer (%s)", type(error).__name__)  # it is gone, or busy with itself
        finally:
            self._asked.discard(address)
        async with self._news:
            self._news.notify_all()

    # --- one batch ----------------------------------------------------------------------------------------------

    async def _see_through(self, order: _Order) -> None:
        try:
            rows = await self._rows(order)
        except asyncio.CancelledError:
            order.future.cancel()
            order.future.set_running_or_notify_cancel()
        except Exception as error:
            if order.future.set_running_or_notify_cancel():
                order.future.set_exception(error)
        else:
            if order.future.set_running_or_notify_cancel():
                order.future.set_result(rows)
        finally:
            self._orders.pop(order.future, None)

    async def _rows(self, order: _Order) -> list[Row]:
        from distributed.scheduler import KilledWorker

        try:
            return await self._processed(order, order.inputs)
        except KilledWorker:
            pass
        rows: list[Row] = []
        for each in order.inputs:
            async with self._alone:  # what is beside it would be accused with it
                try:
                    rows += await self._processed(order, (each,))
                except KilledWorker:
                    rows.append(Row(each.name, cause=DEADLY))
        return rows

    async def _processed(self, order: _Order, inputs: Sequence[Input]) -> list[Row]:
        """Hand out until there are rows. Raises `KilledWorker`, and what `process_batch` raises."""
        while True:
            visit = await self._ready()
            try:
                return await self._attempt(visit, order, inputs)
            except _Again:
                await asyncio.sleep(_GLANCE)

    async def _ready(self) -> _Visit:
        async with self._news:
            while self._visit is None or not self._fit:
                await self._news.wait()
            return self._visit

    async def _attempt(self, visit: _Visit, order: _Order, inputs: Sequence[Input]) -> list[Row]:
        lent = visit.lender.lend(inputs)
        models = visit.lender.lend_models(order.options.own.models if order.options.own else ())
        parcel = Parcel(order.workflow_id, lent, models, order.options, visit.lender.desk).packed()
        # Only where somebody could do it wrong are workers named: named ones are waited for when they are gone.
        fit = list(self._fit)
        allowed = None if len(fit) == len(self._threads) else fit
        remote: Remote[Any] = visit.client.submit(pickle.loads, parcel, workers=allowed, pure=False)
        self._tried[str(remote.key)] = order
        try:
            rows: list[Row] | NotFetched = await self._unless_gone(visit, remote, allowed)
        except (CancelledError, ImportError, AttributeError) as error:
            # The scheduler is gone; or a worker that has just joined has no Batchdock, or another one.
            raise _Again from error
        finally:
            self._tried.pop(str(remote.key), None)
            visit.lender.take_back((*lent, *models))
            if not remote.done():
                self._keep(_given_up(remote))
        if isinstance(rows, NotFetched):
            self._not_fetched = (
                f"Workers of the cluster can not fetch files from this computer ({rows.reason}). "
                f"Let them through to {visit.lender.desk.host}, and name the scheduler by an address they know."
            )
            raise _Again
        self._not_fetched = ""
        return rows

    def _note_progress(self, event: tuple[float, tuple[str, float]]) -> None:
        key, progress = event[1]
        order = self._tried.get(key)
        if order is not None:
            order.progress = progress

    async def _unless_gone(self, visit: _Visit, remote: "Remote[Any]", allowed: Sequence[str] | None) -> Any:
        """Return the result. Raises `_Again` when nobody is left who could bring it."""
        waiting = asyncio.ensure_future(_result(remote))
        try:
            while not (await asyncio.wait([waiting], timeout=_GLANCE))[0]:
                if self._visit is not visit or (allowed is not None and not self._fit.keys() & set(allowed)):
                    raise _Again
            return waiting.result()
        finally:
            waiting.cancel()


async def _result(remote: "Remote[Any]") -> Any:
    return await remote


async def _given_up(remote: "Remote[Any]") -> None:
    with suppress(Exception):
        await remote.cancel(reason="nobody waits for it any more")
