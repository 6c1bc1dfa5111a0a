"""Measures a transfer: how much is over, how fast, how long still."""

import time
from collections import deque
from collections.abc import Callable

from batchdock.core.progress import Pace

_WINDOW = 10.0


class Meter:
    """Counts files and bytes. `on_change` is called at each count, on the caller's thread."""

    def __init__(self, items_total: int, bytes_total: int, on_change: Callable[[], None]) -> None:
        self.items_total = items_total
        self.bytes_total = bytes_total
        self.items_done = 0
        self.bytes_done = 0
        self._on_change = on_change
        self._pace = Pace()
        self._seen: deque[tuple[float, int]] = deque()

    def restart(self, items: int, size: int) -> None:
        """Begin at what was over before this run: done, but no measure of the speed."""
        self.items_done, self.bytes_done = items, size
        self._pace = Pace()
        self._seen.clear()
        self._on_change()

    def skip(self, items: int, size: int) -> None:
        """Count what turned out to be over already."""
        self.items_done += items
        self.bytes_done += size
        self._on_change()

    def add_items(self, items: int) -> None:
        """Count files that have arrived."""
        self.items_done += items
        self._measure()

    def add_bytes(self, size: int) -> None:
        """Count bytes that have gone over. Negative takes back what must go over again."""
        self.bytes_done = max(0, self.bytes_done + size)
        self._measure()

    @property
    def progress(self) -> float:
        """How much is done, 0–1: by bytes while they are told, else by files."""
        if self.bytes_total > 0:
            return min(1.0, self.bytes_done / self.bytes_total)
        return min(1.0, self.items_done / self.items_total) if self.items_total else 0.0

    @property
    def rate(self) -> float | None:
        """Bytes a second over the last ten seconds, or None while that says nothing."""
        if len(self._seen) < 2:
            return None
        (start, first), (end, last) = self._seen[0], self._seen[-1]
        return (last - first) / (end - start) if end - start >= 0.5 and last > first else None

    @property
    def seconds_left(self) -> float | None:
        """The seconds left, or None while that would be a guess."""
        return self._pace.seconds_left()

    def _measure(self) -> None:
        now = time.monotonic()
        # A sample every tenth of a second is plenty; single pictures would make thousands.
        if not self._seen or now - self._seen[-1][0] >= 0.1:
            self._seen.append((now, self.bytes_done))
            self._pace.add(now, self.progress)
            while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW:
                self._seen.popleft()
        self._on_change()
