"""The hidden folder in which results grow, beside the place where they will appear.

Whoever saves holds a lock in it for as long as the process lives. So another process can tell what is growing at this
moment from what a killed one left, goes on with that, or sweeps it away when nobody will.
"""

import shutil
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

PREFIX = ".batchdock-"
_LOCK = "lock"
_NOTE = "note.jsonl"
_LOCKLESS = (OSError, NotImplementedError)
"""What a disk answers that knows no locks: a share of the network, mostly. There nothing is swept away."""
_KEPT_SECONDS = 8 * 24 * 3600
"""A batch expires a week after it was made (contract §1.7): what has not grown for longer will never be whole."""


class GrowingFolder:
    """The hidden folder at `path`, of this process alone until `leave` or `end`."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        self.path = path
        self.incoming = path / "incoming"
        self.tables = path / "tables"
        self.done = path / "done"
        self.early = path / "early"
        self.note = path / _NOTE
        self._lock = lock

    @classmethod
    def take(cls, path: Path) -> Self | None:
        """Make the folder, or go on with the one that is there; None while another process has it. Blocks.

        Raises `OSError` for what the disk refuses.
        """
        path.mkdir(mode=0o700, exist_ok=True)
        lock = _lock_of(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        except _LOCKLESS:
            pass
        folder = cls(path, lock)
        for each in (folder.incoming, folder.tables):
            each.mkdir(exist_ok=True)
        return folder

    def leave(self) -> None:
        """Leave it as it is, for whoever goes on. Never raises."""
        with suppress(*_LOCKLESS):
            self._lock.release()

    def clear(self) -> None:
        """Remove what is left in it, except for the note. Blocks, never raises."""
        for each in (self.incoming, self.tables, self.done, self.early):
            shutil.rmtree(each, ignore_errors=True)

    def end(self) -> None:
        """Remove it with all that is left in it. Blocks, never raises."""
        # The lock last, so that nobody takes up what is just being removed.
        self.clear()
        self.leave()
        shutil.rmtree(self.path, ignore_errors=True)


def sweep(parent: Path, kept: Collection[Path]) -> None:
    """Remove the hidden folders in which nothing will grow any more. Blocks, never raises.

    `kept` are those that this home goes on with. What another home began is left to it for as long as it may go on.
    """
    for left in parent.glob(f"{PREFIX}*"):
        # Without the lock's file it is only just being made.
        if left in kept or not (left / _LOCK).exists() or _may_go_on(left / _NOTE):
            continue
        remove(left)


def remove(left: Path) -> None:
    """Remove a hidden folder unless a living process has it. Blocks, never raises."""
    lock = _lock_of(left)
    with suppress(Timeout, *_LOCKLESS):
        if (left / _LOCK).exists():
            lock.acquire(timeout=0)
            lock.release()
        shutil.rmtree(left, ignore_errors=True)


def _may_go_on(note: Path) -> bool:
    try:
        return time.time() - note.stat().st_mtime < _KEPT_SECONDS
    except OSError:
        return False


def _lock_of(folder: Path) -> FileLock:
    # Taken and given back in whatever thread has time.
    return FileLock(folder / _LOCK, thread_local=False)
