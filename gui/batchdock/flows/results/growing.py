"""The hidden folder in which results grow, beside the place where they will appear.

Whoever saves holds a lock in it for as long as the process lives. So the next one that saves in the same place can tell
what a killed process left from what is growing at this moment, and sweeps it away.
"""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

_PREFIX = ".batchdock-"
_LOCK = "lock"
_LOCKLESS = (OSError, NotImplementedError)
"""What a disk answers that knows no locks: a share of the network, mostly. There nothing is swept away."""


class GrowingFolder:
    """A new hidden folder at `path`, until `end`."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def begin(cls, parent: Path) -> Self:
        """Make one in `parent`, and sweep away what killed processes left there. Blocks. Raise `OSError`."""
        sweep(parent)
        while True:
            path = Path(tempfile.mkdtemp(dir=parent, prefix=_PREFIX))
            lock = _lock_of(path)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue  # Somebody sweeps in this very moment, and takes the folder for an old one.
            except _LOCKLESS:
                pass
            return cls(path, lock)

    def end(self) -> None:
        """Remove it with all that is left in it. Blocks, never raises."""
        with suppress(*_LOCKLESS):
            self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Remove the hidden folders whose process is gone. Blocks, never raises."""
    for left in parent.glob(f"{_PREFIX}*"):
        # Without the file it is only just being made.
        if not (left / _LOCK).exists():
            continue
        lock = _lock_of(left)
        with suppress(Timeout, *_LOCKLESS):
            lock.acquire(timeout=0)
            lock.release()
            shutil.rmtree(left, ignore_errors=True)


def _lock_of(folder: Path) -> FileLock:
    # Taken and given back in whatever thread has time.
    return FileLock(folder / _LOCK, thread_local=False)
