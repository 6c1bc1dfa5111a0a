"""What the desktop asks the running program to open: on macOS *Open with* and the Dock say it with an event of Qt.

Elsewhere the paths are arguments, of the first start or of a later one (`single_instance.py`).
"""

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtGui import QFileOpenEvent

BY_EVENT = sys.platform == "darwin"
"""Whether the desktop asks so. Where it does not, nobody should look at every event there is."""


class OpenWith(QObject):
    """Hears what to open from the moment it is made, and keeps it until somebody listens.

    macOS sends what a start is about before there is a window, and one event for each file of a selection: what comes
    together is handed on together.
    """

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        self._application = application
        self._heard: list[Path] = []
        self._tell: Callable[[list[Path]], None] | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._hand_on)
        application.installEventFilter(self)

    def listen(self, tell: Callable[[list[Path]], None]) -> None:
        """Hand on to `tell` what was heard already, if anything, and what comes later."""
        self._tell = tell
        if self._heard:
            self._soon.start()

    def close(self) -> None:
        """Hear nothing more."""
        self._application.removeEventFilter(self)
        self._soon.stop()
        self._tell = None
        self._heard.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the events that name a file. An address of the web is none and goes its way."""
        if not isinstance(event, QFileOpenEvent) or not event.file():
            return False
        self._heard.append(Path(event.file()))
        if self._tell is not None:
            self._soon.start()
        return True

    def _hand_on(self) -> None:
        heard, self._heard = self._heard, []
        if self._tell is not None and heard:
            self._tell(heard)
