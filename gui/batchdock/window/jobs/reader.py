"""Work over many jobs, done a little at a time between the window's other business."""

from collections.abc import Callable, Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

AHEAD_MS, AHEAD_PAUSE_MS = 4, 16
"""Reading ahead takes a quarter of the time that there is, and is never noticed."""

WAITED_FOR_MS = 25
"""What somebody waits for takes nearly all, and the window still answers."""


class Reader(QObject):
    """Goes on with `ahead` whenever it is woken, and with what is waited for before that. `went_on` comes whenever a
    little was read ahead."""

    went_on = Signal()

    def __init__(self, ahead: Callable[[], Iterator[object]], parent: QObject) -> None:
        super().__init__(parent)
        self._ahead = ahead
        self._waited_for: Iterator[object] | None = None
        self._then: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)

    def wake(self) -> None:
        """Read ahead until there is nothing left."""
        if not self._timer.isActive():
            self._timer.start(AHEAD_PAUSE_MS)

    def hurry(self, work: Iterator[object], then: Callable[[], None]) -> None:
        """Do this first, then call `then`. It takes the place of what was waited for before."""
        self._waited_for, self._then = work, then
        self._timer.start(0)

    def _turn(self) -> None:
        if self._waited_for is not None:
            if _went_through(self._waited_for, WAITED_FOR_MS):
                then, self._waited_for, self._then = self._then, None, None
                self._timer.setInterval(AHEAD_PAUSE_MS)
                if then is not None:
                    then()
            return
        if _went_through(self._ahead(), AHEAD_MS):
            self._timer.stop()
        self.went_on.emit()


def _went_through(work: Iterator[object], milliseconds: float) -> bool:
    """Do some of the work; tell whether that was all."""
    end = perf_counter() + milliseconds / 1000
    return all(perf_counter() < end for _ in work)
