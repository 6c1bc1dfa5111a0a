"""A heart for event loops: how long they stand still."""

import asyncio
import time
from collections.abc import Awaitable

from PySide6.QtCore import QElapsedTimer, Qt, QTimer

BEAT_MS = 5


class Heartbeat:
    """Remembers the times between two beats, the longest of them, and the most that this thread has computed between
    two, all in milliseconds."""

    def __init__(self) -> None:
        self._clock = QElapsedTimer()
        self._clock.start()
        self.longest = 0.0
        self.computing = 0.0
        self._gaps: list[float] = []
        self._computed: list[float] = []
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
        self._gaps, self._computed = [], []

    def below(self, share: float) -> tuple[float, float]:
        """Return the gap, and the computing between two beats, that this share (0–1) of all does not exceed."""
        return _below(self._gaps, share), _below(self._computed, share)

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()

    def _beat(self) -> None:
        spent = time.thread_time()
        gap = self._clock.nsecsElapsed() / 1e6
        self._gaps.append(gap)
        self.longest = max(self.longest, gap)
        self._computed.append((spent - self._spent) * 1e3)
        self.computing = max(self.computing, self._computed[-1])
        self._clock.restart()
        self._spent = spent


class Measuring:
    """Prints how long a loop stood still while something was done, and how much of that it computed.

    `worst_gap` and `worst_computed` are the largest p99 of what `scrolls`, in milliseconds.
    """

    def __init__(self) -> None:
        self._heart = Heartbeat()
        self.worst_gap = self.worst_computed = 0.0

    async def measure(self, name: str, work: Awaitable[None], *, scrolls: bool = False) -> None:
        """Do it, and print."""
        await asyncio.sleep(0.5)
        self._heart.reset()
        began = time.perf_counter()
        await work
        took = time.perf_counter() - began
        gap, computed = self._heart.below(0.99)
        if scrolls:
            self.worst_gap, self.worst_computed = max(self.worst_gap, gap), max(self.worst_computed, computed)
        print(
            f"{name:<44}{took * 1e3:9.0f} ms   p99 {gap:6.1f} ({computed:5.1f} computed)   "
            f"longest {self._heart.longest:6.1f} ({self._heart.computing:5.1f})",
            flush=True,
        )

    def stop(self) -> None:
        """Beat no more."""
        self._heart.stop()


def _below(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
