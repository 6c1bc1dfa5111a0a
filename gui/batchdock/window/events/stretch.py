"""A stretch of time that is looked at: arithmetic in milliseconds since 1970, without a window."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST = 1_000
"""No stretch is shorter."""
_STEPS = (
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200),
    *(86_400, 2 * 86_400, 7 * 86_400, 14 * 86_400, 30 * 86_400, 91 * 86_400, 365 * 86_400),
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begin` up to `end`, which is not in it."""

    begin: int
    end: int

    @property
    def length(self) -> int:
        """In milliseconds."""
        return self.end - self.begin

    def by(self, factor: float, at: float, whole: "Stretch") -> "Stretch":
        """Return what is seen after zooming in (`factor` above 1) around `at` (0-1 of what is seen now)."""
        length = min(max(_LEAST, round(self.length / factor)), max(_LEAST, whole.length))
        begin = round(self.begin + self.length * at - length * at)
        return Stretch(begin, begin + length).within(whole)

    def moved(self, share: float, whole: "Stretch") -> "Stretch":
        """Return what is seen after moving by a share of the length."""
        by = round(self.length * share)
        return Stretch(self.begin + by, self.end + by).within(whole)

    def within(self, whole: "Stretch") -> "Stretch":
        """Return this, moved so that it lies in `whole`, as far as it is not longer."""
        if self.length >= whole.length:
            return whole
        begin = min(max(self.begin, whole.begin), whole.end - self.length)
        return Stretch(begin, begin + self.length)

    def at(self, share: float) -> int:
        """Return the moment at a share of the length, 0-1."""
        return self.begin + round(self.length * min(1.0, max(0.0, share)))

    def share(self, moment: int) -> float:
        """Return where a moment is: 0 at the begin, 1 at the end, beyond these outside."""
        return (moment - self.begin) / max(1, self.length)

    def ticks(self, most: int, offset: int) -> tuple[int, list[int]]:
        """Return round moments in it, at most so many, and their distance in seconds. `offset`: local time less UTC."""
        step = next((each for each in _STEPS if self.length / 1000 / each <= most), _STEPS[-1])
        first = -(-(self.begin + offset) // (step * 1000)) * step * 1000 - offset
        return step, list(range(first, self.end, step * 1000))


def stamp(moment: datetime) -> int:
    """Return milliseconds since 1970."""
    return (moment - _BEGINNING) // timedelta(milliseconds=1)


def moment(milliseconds: int) -> datetime:
    """Undo `stamp`."""
    return _BEGINNING + timedelta(milliseconds=milliseconds)
