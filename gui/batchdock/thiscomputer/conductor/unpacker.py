"""The thread that unpacks bulk uploads, one after another."""

from collections.abc import Callable
from pathlib import Path

from batchdock.core.errors import StorageProblem
from batchdock.thiscomputer.conductor.chore import Chore
from batchdock.thiscomputer.conductor.tars import TarDamaged, unpack
from batchdock.thiscomputer.refusal import Refusal
from batchdock.thiscomputer.store.batches import Batches
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.records import ShardRecord
from batchdock.thiscomputer.store.trouble import storage_problem

_TRY_AGAIN = 10.0
"""Seconds before a disk that refused is asked again."""


class Unpacker(Chore):
    """Works through the shards whose tar waits; what a killed process left half-way is done again from the start."""

    def __init__(self, batches: Batches, files: FileStore, data: Path, on_ready: Callable[[], None]) -> None:
        super().__init__("unpacker")
        self._batches = batches
        self._files = files
        self._data = data
        self._on_ready = on_ready

    def work(self) -> float | None:
        """Unpack every tar that waits."""
        for shard in self._batches.waiting_shards():
            if self.is_closing:
                return None
            try:
                self._unpack(shard)
            except InterruptedError:
                return None
            except (StorageProblem, OSError) as error:
                problem = error if isinstance(error, StorageProblem) else storage_problem(error, self._data)
                if problem is None:
                    raise
                self._batches.note_shard(shard, f"waiting: {problem.filled(problem.title)}")
                return _TRY_AGAIN
            self._on_ready()
        return None

    def _unpack(self, shard: ShardRecord) -> None:
        assert shard.archive is not None  # that is what makes it wait
        path = self._files.path(shard.archive)
        try:
            unpacked = unpack(path, self._files, stopped=self._closing.is_set, in_part=bool(shard.part))
        except TarDamaged as damaged:
            self._batches.fail_shard(shard, str(damaged), damaged.told)
        except FileNotFoundError:
            self._batches.fail_shard(shard, "The archive is not there any more.")
        else:
            left_out = [{"type": kind, "fileName": name, "reason": why} for name, kind, why in unpacked.left_out]
            detail: dict[str, object] | None = {"failedFiles": left_out} if left_out else None
            try:
                self._batches.finish_shard(shard, unpacked.arrivals, detail, unpacked.told)
            except Refusal as refusal:
                self._batches.fail_shard(shard, refusal.message, unpacked.told)
            finally:
                self._files.let_go(each.file_id for each in unpacked.arrivals if each.file_id is not None)
        self._files.remove([shard.archive])
