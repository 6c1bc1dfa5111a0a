"""Worker processes that never outlive whoever started them.

Every worker holds one end of a pipe whose other end only the parent has: the *leash*. When the parent lets go of it,
or is killed, the pipe closes and the workers end at once. On Linux the kernel sees to it as well, for a worker that is
too busy in C code to notice.

While a batch is processed it has a *lane*: two numbers in memory that the worker shares with whoever waits, for how
far it is and for that nobody wants it any more. Looking at them costs nothing, so it is done at every frame.
"""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.capacity import lower_priority, make_idle
from batchdock.thiscomputer.engine.memory import keep_freed_memory
from batchdock.thiscomputer.engine.options import Options, Unwanted
from batchdock.thiscomputer.engine.rows import Input, Row

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_PR_SET_PDEATHSIG = 1
_NOT_BEGUN = -1.0


class Lane:
    """What is told across while one batch is processed."""

    def __init__(self, numbers: "ctypes.Array[ctypes.c_double]", place: int) -> None:
        self.place = place
        self._numbers = numbers

    def clear(self) -> None:
        """Make it ready for the next batch."""
        self._numbers[2 * self.place], self._numbers[2 * self.place + 1] = _NOT_BEGUN, 0.0

    @property
    def has_begun(self) -> bool:
        """Whether a worker has begun with the batch."""
        return self._numbers[2 * self.place] != _NOT_BEGUN

    @property
    def progress(self) -> float:
        """How much of the batch is done, 0–1."""
        return max(0.0, self._numbers[2 * self.place])

    def stop(self) -> None:
        """Say that nobody wants the batch any more: the worker leaves it at its next look."""
        self._numbers[2 * self.place + 1] = 1.0

    def look(self, progress: float) -> None:
        """The worker's side: tell how far it is, and raise `Unwanted` if it was stopped."""
        self._numbers[2 * self.place] = progress
        if self._numbers[2 * self.place + 1]:
            raise Unwanted


class WorkerPool(ProcessPoolExecutor):
    """A pool of spawned processes on a leash. Start it from a thread that lives as long as the pool: on Linux the
    kernel counts the death of the starting thread as the death of the parent.
    """

    def __init__(self, workers: int, lanes: int = 1, *, gentle: bool = False) -> None:
        context = get_context("spawn")
        self._held_by_workers, self._leash = context.Pipe(duplex=False)
        numbers = context.RawArray(ctypes.c_double, 2 * lanes)
        self.lanes = tuple(Lane(numbers, place) for place in range(lanes))
        given = (self._held_by_workers, numbers, gentle)
        super().__init__(workers, mp_context=context, initializer=begin_worker, initargs=given)

    def process(self, lane: Lane, workflow_id: str, inputs: Sequence[Input], options: Options) -> Future[list[Row]]:
        """Queue a batch that uses `lane`. Stopped on its way, it has no rows."""
        lane.clear()
        return self.submit(_process, lane.place, workflow_id, inputs, options)

    def become_gentle(self) -> None:
        """Let the workers finish what they have at the lowest priority."""
        for worker in self._workers():
            if worker.pid is not None:
                make_idle(worker.pid)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers after what they have; see `Executor.shutdown`."""
        super().shutdown(wait, cancel_futures=cancel_futures)
        self._held_by_workers.close()
        self._leash.close()

    def kill(self) -> None:
        """End the workers now. Their futures get a `BrokenProcessPool`."""
        # Public as `kill_workers` from Python 3.14 on.
        workers = self._workers()
        self._leash.close()
        for worker in workers:
            worker.kill()
        # One that was killed while it handed rows over leaves half of them in the pipe. Whoever reads it would wait for
        # the other half for ever as long as this process could write it.
        if (results := getattr(self, "_result_queue", None)) is not None:
            results._writer.close()
        self.shutdown(wait=True, cancel_futures=True)

    def _workers(self) -> list[BaseProcess]:
        return list((self._processes or {}).values())


_numbers: "ctypes.Array[ctypes.c_double]"
"""In a worker: the numbers of all lanes."""


def _process(place: int, workflow_id: str, inputs: Sequence[Input], options: Options) -> list[Row]:
    try:
        return process_batch(workflow_id, inputs, options, Lane(_numbers, place).look)
    except Unwanted:
        return []


def begin_worker(leash: Connection, numbers: "ctypes.Array[ctypes.c_double]", gentle: bool) -> None:
    """Prepare this process: at most one thread of arithmetic, low priority, no Ctrl+C, ended with its parent."""
    global _numbers
    _numbers = numbers
    for name in _ONE_THREAD:
        os.environ[name] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lower_priority(gentle=gentle)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    keep_freed_memory()
    threading.Thread(target=_end_with_parent, args=(leash,), name="leash", daemon=True).start()
    # What the first batch would wait for is loaded while nobody waits.
    import batchdock.thiscomputer.engine.processing
    import batchdock.thiscomputer.workflows.code_reading
    import batchdock.thiscomputer.workflows.measuring  # noqa: F401


def _end_with_parent(leash: Connection) -> None:
    parent = parent_process()
    wait([leash] if parent is None else [leash, parent.sentinel])
    os._exit(1)
