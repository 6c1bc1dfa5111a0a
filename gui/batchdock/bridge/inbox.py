"""News from the other thread, gathered and delivered a few times a second."""

from collections import deque
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

_Event = TypeVar("_Event")

INTERVAL_MS = 100


class Inbox(QObject, Generic[_Event]):
    """`put` may be called from any thread; `arrived` delivers a list on the window's thread, at most ten a second.

    No signal per event: with thousands of files that alone costs half as much again (measured).
    """

    arrived = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[_Event] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.deliver)
        self._timer.start()

    def put(self, event: _Event) -> None:
        """Leave `event` for the window."""
        self._waiting.append(event)

    def deliver(self) -> None:
        """Deliver what waits, now."""
        if not self._waiting:
            return
        events = []
        while self._waiting:
            events.append(self._waiting.popleft())
        self.arrived.emit(events)

    def close(self) -> None:
        """Stop delivering."""
        self._timer.stop()
