"""How fast a job goes, and how long it will take: measured, never hoped."""

from collections import deque
from threading import Lock

WINDOW = 30.0
"""Seconds that the moving rate looks back."""

_SETTLE = 2.0
"""Seconds between the first items and the last before a rate is told."""

_STEADY = 4.0
"""How many times the first items the others have to be, so that what it takes to get going can be left out."""


class Meter:
    """Measures one job. Times are those of one clock that only goes forward, in seconds. Safe from any thread.

    What is measured are items; one under way counts by its part. The rate looks back over a window from the first
    items that are done, so that what it takes to get going is no part of it.
    """

    def __init__(self, left: float, usual: float | None, now: float) -> None:
        """`left` items are to be done; `usual` is the rate of earlier runs, where there were any."""
        self._lock = Lock()
        self._begun = now
        self._left = left
        self._usual = usual
        self._done = 0.0
        self._marks: deque[tuple[float, float]] = deque()
        self._first: tuple[float, float] | None = None
        self._shared = False
        self._pixels = 0
        self._pictures = 0

    def add(
        self,
        items: float,
        now: float,
        *,
        under_way: float = 0.0,
        pixels: int = 0,
        pictures: int = 0,
        shared: bool = False,
    ) -> None:
        """Take in items that have an outcome, `pictures` of them with `pixels` together; others are still `under_way`.

        `shared`: other jobs had a part of the computer, so the rate says nothing of another time.
        """
        with self._lock:
            self._done += items
            self._pixels += pixels
            self._pictures += pictures
            self._shared = self._shared or shared
            self._mark(now, self._done + under_way)

    def look(self, under_way: float, now: float) -> None:
        """Take in how much of the items under way is done, all together."""
        with self._lock:
            if under_way > 0.0:
                self._mark(now, self._done + under_way)

    def read(self, now: float) -> tuple[float | None, float | None]:
        """Return (items a second, seconds left), each None while nobody can know."""
        with self._lock:
            rate = self._rate(now)
            reached = self._marks[-1][1] if self._marks else 0.0
            expected = self._usual if rate is None else rate
            left = max(0.0, self._left - reached)
        return rate, left / expected if expected else None

    @property
    def whole(self) -> float | None:
        """Items a second over the whole job so far, with all that it took to get going."""
        with self._lock:
            return self._speed((self._begun, 0.0))

    @property
    def lesson(self) -> tuple[float, float] | None:
        """What can be learnt for other runs: (items, seconds). None where nothing can."""
        with self._lock:
            if self._first is None or self._shared:
                return None
            last = self._marks[-1]
            steady = last[1] - self._first[1] >= _STEADY * self._first[1]
            start = self._first if steady else (self._begun, 0.0)
            items, seconds = last[1] - start[1], last[0] - start[0]
            return (items, seconds) if items > 0.0 and seconds > 0.0 else None

    @property
    def megapixels(self) -> float | None:
        """The size of the pictures, to one digit that counts (0.3, 1, 2, 10); None where nobody told it."""
        with self._lock:
            mean = self._pixels / self._pictures / 1e6 if self._pictures else 0.0
        return float(f"{mean:.1g}") if mean else None

    def _mark(self, now: float, reached: float) -> None:
        mark = (now, reached)
        self._first = self._first or mark
        self._marks.append(mark)
        while len(self._marks) > 2 and now - self._marks[1][0] >= WINDOW:
            self._marks.popleft()

    def _rate(self, now: float) -> float | None:
        if len(self._marks) < 2:
            return None
        (start, first), (end, last) = self._marks[0], self._marks[-1]
        usual_pause = (end - start) / (len(self._marks) - 1)
        if now - end > 2 * usual_pause:
            end = now  # it stalls: the rate sinks
        if end - start < _SETTLE or last <= first:
            return None
        return (last - first) / (end - start)

    def _speed(self, start: tuple[float, float]) -> float | None:
        if not self._marks:
            return None
        items, seconds = self._marks[-1][1] - start[1], self._marks[-1][0] - start[0]
        return items / seconds if items > 0.0 and seconds > 0.0 else None
