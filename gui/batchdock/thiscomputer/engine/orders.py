"""A batch on its way through the engine."""

import time
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field

from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.pool import Lane, WorkerPool
from batchdock.thiscomputer.engine.rows import Input, Row

GRACE = 1.5
"""Seconds that a worker has to leave what nobody wants any more. One that is deep in C code is ended."""


@dataclass(slots=True, eq=False)
class Order:
    """One submitted batch, the future its owner holds, and the one of the pool while it is in hand.

    Only the engine's keeper touches it.
    """

    workflow_id: str
    inputs: tuple[Input, ...]
    options: Options
    future: Future[list[Row]] = field(default_factory=Future)
    running: Future[list[Row]] | None = None
    lane: Lane | None = None
    pool: WorkerPool | None = None
    settled: bool = False
    called_back: bool = False
    left: float | None = None

    def leave(self) -> None:
        """Let nobody work on it any more: what has begun ends at the worker's next look."""
        self.left = time.monotonic()
        if self.running is not None:
            self.running.cancel()
        if self.lane is not None:
            self.lane.stop()

    def call_back(self) -> None:
        """Take it from the pool unless a worker has begun with it."""
        self.called_back = True
        if self.running is not None and not self.running.cancel() and self.lane and not self.lane.has_begun:
            self.lane.stop()

    def is_stuck(self, now: float) -> bool:
        """Return whether a worker has had the time to leave it, and did not."""
        return self.left is not None and now >= self.left + GRACE

    @property
    def is_video(self) -> bool:
        """Whether much work is lost when it has to begin again."""
        return any(each.content == "videos" for each in self.inputs)

    def has_no_rows(self) -> bool:
        """Return whether it came back unprocessed: taken back in time, or its worker was ended."""
        assert self.running is not None
        if self.running.cancelled():
            return True
        error = self.running.exception()
        return isinstance(error, BrokenExecutor) if error is not None else not self.running.result()

    def settle(self) -> bool:
        """Close the future for cancelling; return True when it still wants a result."""
        if self.settled:
            return False
        self.settled = True
        return self.future.set_running_or_notify_cancel()
