"""The thread that unpacks bulk uploads, one after another, and sweeps up after earlier processes."""

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from batchdock.core.errors import StorageProblem
from batchdock.thiscomputer.conductor.tars import TarDamaged, unpack
from batchdock.thiscomputer.store.batches import Batches
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.records import ShardRecord
from batchdock.thiscomputer.store.trouble import storage_problem

_log = logging.getLogger(__name__)
_TRY_AGAIN = 10.0
"""Seconds before a disk that refused is asked again."""


class Unpacker:
    """Works through the shards whose tar waits; what a killed process left half-way is done again from the start."""

    def __init__(self, batches: Batches, files: FileStore, data: Path, on_ready: Callable[[], None]) -> None:
        self._batches = batches
        self._files = files
        self._data = data
        self._on_ready = on_ready
        self._wake = Event()
        self._closing = Event()
        self._thread = Thread(target=self._run, name="unpacker", daemon=True)

    def start(self) -> None:
        """Begin with what an earlier process left."""
        self._thread.start()

    def wake(self) -> None:
        """Say that a tar has arrived. Safe from any thread."""
        self._wake.set()

    def close(self) -> None:
        """Stop after the current file."""
        self._closing.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        pause: float | None = 0.0
        swept = False
        while not self._closing.is_set():
            self._wake.wait(pause)
            self._wake.clear()
            try:
                pause = None if self._unpack_all() else _TRY_AGAIN
                if not swept:
                    self._files.sweep(self._batches.files_in_use)
                    swept = True
            except (StorageProblem, OSError) as problem:
                _log.warning("The data folder can not be used: %s", problem)
                pause = _TRY_AGAIN

    def _unpack_all(self) -> bool:
        for shard in self._batches.waiting_shards():
            if self._closing.is_set():
                return True
            try:
                self._unpack(shard)
            except InterruptedError:
                return True
            except OSError as error:
                problem = storage_problem(error, self._data)
                if problem is None:
                    raise
                self._batches.note_shard(shard, f"waiting: {problem.filled(problem.title)}")
                return False
            self._on_ready()
        return True

    def _unpack(self, shard: ShardRecord) -> None:
        assert shard.archive is not None  # that is what makes it wait
        try:
            unpacked = unpack(self._files.path(shard.archive), self._files, stopped=self._closing.is_set)
        except (TarDamaged, FileNotFoundError) as error:
            reason = str(error) if isinstance(error, TarDamaged) else "The archive is not there any more."
            self._batches.fail_shard(shard, reason)
        else:
            left_out = [{"type": kind, "fileName": name, "reason": why} for name, kind, why in unpacked.left_out]
            self._batches.finish_shard(shard, unpacked.arrivals, {"failedFiles": left_out} if left_out else None)
        self._files.remove([shard.archive])
