"""Python's garbage, collected on the window's thread and nowhere else.

A collection runs in whichever thread happens to cross a threshold, and destroys there what it finds. For a Qt object
in a cycle (a dialog and the slots it holds) that is the wrong thread as often as not: its timers stay registered, and
Qt crashes at the next tick.
"""

import gc

from PySide6.QtCore import QObject, Qt, QTimer

LOOK_MS = 200
OBJECTS = 20_000
"""New objects that make a collection worth its time."""
YOUNG_ROUNDS = 20
OLD_ROUNDS = 50
"""So many collections of one age come before one of the next; the oldest takes 30 ms and more, a visible hitch."""


class Garbage(QObject):
    """Collects what is due a few times a second, until it is closed. Automatic collection is off meanwhile."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start(LOOK_MS)

    def collect_due(self) -> None:
        """Collect the ages whose turn it is."""
        objects, young, old = gc.get_count()
        if old > OLD_ROUNDS:
            gc.collect()
        elif young > YOUNG_ROUNDS:
            gc.collect(1)
        elif objects > OBJECTS:
            gc.collect(0)

    def close(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.enable()


def keep() -> None:
    """Leave all that there is now out of every later collection, without collecting: the window was built, or a long
    history taken in. Of what a start makes one object in two hundred is garbage, and to look for it takes a tenth of a
    second."""
    gc.freeze()
