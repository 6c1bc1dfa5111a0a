"""What the settings ask for: this computer or a cluster, and the change from one to the other in the middle of work.

A batch keeps the future that its owner holds wherever it goes. When the place changes, what is not done is taken back
there and handed out here, so no row is lost, and none comes twice.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from threading import RLock, Thread

from batchdock.thiscomputer.engine.cluster import Cluster
from batchdock.thiscomputer.engine.compute import Compute
from batchdock.thiscomputer.engine.executor import Engine
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Input, Row
from batchdock.thiscomputer.engine.scheduler import Scheduler
from batchdock.thiscomputer.store.settings import Settings


@dataclass(slots=True, eq=False)
class _Order:
    """A batch, the future that its owner holds, and that of the place where it is now."""

    workflow_id: str
    inputs: Sequence[Input]
    options: Options
    future: Future[list[Row]] = field(default_factory=Future)
    inner: Future[list[Row]] | None = None


class Computing:
    """A `Compute` that is always the one the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._lock = RLock()
        self._scheduler = _scheduler(settings)
        self._compute = _compute(settings)
        self._orders: dict[Future[list[Row]], _Order] = {}
        self._endings: list[Thread] = []
        self._closing = False

    @property
    def workers(self) -> int:
        """How many batches are processed at the same time, as far as is known now."""
        return self._compute.workers

    @property
    def device(self) -> str:
        """What does the work, in words for people."""
        return self._compute.device

    @property
    def trouble(self) -> str:
        """A sentence on what the work waits for, empty while nothing is in its way."""
        return self._compute.trouble

    def adopt(self, settings: Settings) -> None:
        """Compute as these settings say from now on. Safe from any thread."""
        with self._lock:
            if self._closing:
                return
            scheduler = _scheduler(settings)
            if scheduler == self._scheduler:
                if isinstance(self._compute, Engine):
                    self._compute.change(settings.workers, gentle=settings.gentle)
                return
            old, self._compute, self._scheduler = self._compute, _compute(settings), scheduler
            for each in [each for each in self._orders.values() if not each.future.done()]:
                self._begin(each)
            ending = Thread(target=old.close, args=(True,), name="computing-before", daemon=True)
            self._endings = [each for each in self._endings if each.is_alive()] + [ending]
        ending.start()

    def submit(self, workflow_id: str, inputs: Sequence[Input], options: Options) -> Future[list[Row]]:
        """Queue a batch and return its rows to come; see `Compute`."""
        order = _Order(workflow_id, inputs, options)
        with self._lock:
            self._begin(order)
            self._orders[order.future] = order
        order.future.add_done_callback(self._forget)
        return order.future

    def progress(self, future: Future[list[Row]]) -> float:
        """Return how much of a batch is done, 0–1, as far as a worker has told."""
        order = self._orders.get(future)
        return 0.0 if order is None or order.inner is None else self._compute.progress(order.inner)

    def close(self, cancel: bool) -> None:
        """End; see `Compute`."""
        with self._lock:
            self._closing = True
        self._compute.close(cancel)
        for each in self._endings:
            each.join()

    def _begin(self, order: _Order) -> None:
        order.inner = self._compute.submit(order.workflow_id, order.inputs, order.options)
        order.inner.add_done_callback(partial(self._pass_on, order))

    def _pass_on(self, order: _Order, inner: Future[list[Row]]) -> None:
        with self._lock:
            if order.inner is not inner:
                return  # it is somewhere else now
        if inner.cancelled():
            order.future.cancel()
        if not order.future.set_running_or_notify_cancel():
            return
        error = inner.exception()
        if error is None:
            order.future.set_result(inner.result())
        else:
            order.future.set_exception(error)

    def _forget(self, future: Future[list[Row]]) -> None:
        with self._lock:
            order = self._orders.pop(future, None)
            inner = None if order is None else order.inner
        if inner is not None and future.cancelled():
            inner.cancel()


def _scheduler(settings: Settings) -> Scheduler | None:
    if not settings.scheduler:
        return None
    return Scheduler(settings.scheduler, settings.tls_authority, settings.tls_certificate, settings.tls_key)


def _compute(settings: Settings) -> Compute:
    scheduler = _scheduler(settings)
    return Engine(settings.workers, gentle=settings.gentle) if scheduler is None else Cluster(scheduler)
