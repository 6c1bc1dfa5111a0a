"""Loads modules before they are wanted, beside a window that is shown already.

Python's lock is given back in between, so the window goes on; what a module does in one piece takes 10 ms at most.
"""

import importlib
import logging
import threading
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from batchdock.bridge.garbage import keep

_log = logging.getLogger(__name__)


class LoadingAhead(QObject):
    """A thread that loads these modules, one after the other. `finished` tells that all are there, on the window's."""

    finished = Signal()

    def __init__(self, modules: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._modules = tuple(modules)
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._load, name="loading-ahead", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Load no other module, and wait for the one that is being loaded."""
        self._left.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _load(self) -> None:
        for each in self._modules:
            if self._left.is_set():
                return
            try:
                importlib.import_module(each)
                keep()
            except Exception:
                # Whoever needs it tries again, and tells the person.
                _log.warning("%s could not be loaded ahead", each, exc_info=True)
                return
        self.finished.emit()
