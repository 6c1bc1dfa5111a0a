"""Who carries an order out: one process at a time, of all that have the same home folder."""

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from batchdock.flows.jobs.board import JobKey


class Claims:
    """A lock for each order, which the system gives back when its process ends in whatever way."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[JobKey, FileLock] = {}

    def take(self, key: JobKey) -> bool:
        """Claim an order. Return False while somebody else carries it out."""
        if key in self._held:
            return True
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._folder / f"{key[0]}.{key[1]}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        self._held[key] = lock
        return True

    def give_back(self, key: JobKey) -> None:
        """Let somebody else carry the order out."""
        lock = self._held.pop(key, None)
        if lock is not None:
            # Before the lock is given back: whoever waits for this very file gets it, and sees what was done.
            with suppress(OSError):
                Path(lock.lock_file).unlink()
            lock.release()
