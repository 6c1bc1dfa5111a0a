"""What processes batches, whatever it is made of."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Input, Row


class Compute(Protocol):
    """Runs `process_batch` somewhere. Safe from any thread."""

    @property
    def workers(self) -> int:
        """How many batches are processed at the same time, as far as is known now; at least one."""

    @property
    def device(self) -> str:
        """What does the work, in words for people."""

    @property
    def trouble(self) -> str:
        """A sentence on what the work waits for, empty while nothing is in its way."""

    def submit(self, workflow_id: str, inputs: Sequence[Input], options: Options) -> Future[list[Row]]:
        """Queue a batch and return its rows to come.

        The future can be cancelled until its rows are there: nobody begins with it then, and who has begun leaves it
        at the next picture or frame. Raises `RuntimeError` after `close`.
        """

    def progress(self, future: Future[list[Row]]) -> float:
        """Return how much of a batch is done, 0–1, as far as a worker has told."""

    def close(self, cancel: bool) -> None:
        """End: after all queued batches, or with `cancel` at once, cancelling them. Waits for the end."""
