"""The thread that clears away: what killed processes left, and what has expired."""

import logging

from batchdock.core.text import counted
from batchdock.thiscomputer.conductor.chore import Chore
from batchdock.thiscomputer.store.clock import Clock
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.storage import Storage

_log = logging.getLogger(__name__)

_EVERY = 600.0
"""Seconds between looks at what has expired."""


class Sweeper(Chore):
    """Looks at its start, then every few minutes, and at once when it is woken."""

    def __init__(self, storage: Storage, files: FileStore, clock: Clock) -> None:
        super().__init__("sweeper")
        self._storage = storage
        self._files = files
        self._clock = clock
        self._swept = False

    def work(self) -> float:
        """Remove what may go; look again in a while."""
        self._clock.tick()
        removed = self._storage.expire()
        if removed:
            _log.warning("Removed what has expired: %s", counted(removed, "batch", "batches"))
        if not self._swept:
            self._files.sweep()
            self._swept = True
        return _EVERY
