"""Does what may end badly in a process of its own: whatever it does to itself, the service goes on."""

import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from pathlib import Path
from threading import Lock
from typing import ParamSpec, TypeVar

from batchdock.thiscomputer.engine.pool import WorkerPool

P = ParamSpec("P")
T = TypeVar("T")


class StoppedApart(Exception):
    """The process ended before its work did, or with `slow` took longer than it may."""

    def __init__(self, *, slow: bool) -> None:
        super().__init__("It took too long." if slow else "It stopped.")
        self.slow = slow


class Apart:
    """Starts such processes, one at a time: each takes 300 MB. Safe from any thread."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._gate = Lock()
        self._pool: WorkerPool | None = None
        self._closed = False

    def done(self, patience: float, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `function` does in a new process, within `patience` seconds. Waits while another one is at work.

        Raises `StoppedApart`, `OSError` where no process can be started, and what the function raises.
        """
        with self._turn:
            pool = self._begin()
            try:
                pool.submit(_first_to_go)
                return pool.submit(function, *args, **kwargs).result(patience)
            except BrokenExecutor as error:
                raise StoppedApart(slow=False) from error
            except TimeoutError as error:
                raise StoppedApart(slow=True) from error
            finally:
                self._end()

    def close(self) -> None:
        """End what is at work, and begin nothing any more."""
        with self._gate:
            self._closed = True
        self._end()

    def _begin(self) -> WorkerPool:
        with self._gate:
            if self._closed:
                raise StoppedApart(slow=False)
            self._pool = WorkerPool(1)
            return self._pool

    def _end(self) -> None:
        with self._gate:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.kill()


def _first_to_go() -> None:
    """Where memory runs out, let the system end this process before any other."""
    if sys.platform == "linux":
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
