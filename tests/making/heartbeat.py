"""A heart for event loops: how long they stand still."""

import time

from PySide6.QtCore import QElapsedTimer, Qt, QTimer

BEAT_MS = 5


class Heartbeat:
    """Remembers the longest time between two beats, and the most that this thread has computed between two, both in
    milliseconds."""

    def __init__(self) -> None:
        self._clock = QElapsedTimer()
        self._clock.start()
        self.longest = 0.0
        self.computing = 0.0
        self._spent = time.thread_time()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def reset(self) -> None:
        """Forget what was."""
        self._clock.restart()
        self._spent = time.thread_time()
        self.longest = self.computing = 0.0

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()

    def _beat(self) -> None:
        spent = time.thread_time()
        self.longest = max(self.longest, self._clock.nsecsElapsed() / 1e6)
        self.computing = max(self.computing, (spent - self._spent) * 1e3)
        self._clock.restart()
        self._spent = spent
