"""What was found in one video, by time: which row of the results belongs to a moment, and its findings."""

from collections import OrderedDict

import numpy
from numpy.typing import NDArray

from batchdock.core.finding import Filter
from batchdock.flows.results.opening import Frames, Opened, Seen
from batchdock.flows.results.pictures import SLACK

_AHEAD = 32
"""Rows that are asked for at a time: playing meets them next."""

_KEPT = 256


class Rows:
    """Used on the flows' loop. Results may have fewer rows than the video has frames: each holds until the next."""

    def __init__(self, opened: Opened, filter: Filter, frames: Frames, rate: float) -> None:
        """`rate` (frames a second) stands in where the results do not tell when a row was."""
        self._opened, self._filter = opened, filter
        self.seconds = known_seconds(frames, rate)
        self.numbers = frames.numbers[: len(self.seconds)]
        self.findings = frames.findings[: len(self.seconds)]
        self._kept: OrderedDict[int, Seen] = OrderedDict()

    def place(self, seconds: float) -> int | None:
        """Return which row holds at a moment; None before the first."""
        place = int(numpy.searchsorted(self.seconds, seconds + SLACK, side="right")) - 1
        return place if place >= 0 else None

    def seconds_of(self, number: int) -> float:
        """Return when the row with this number is; 0 where it has none."""
        places = numpy.nonzero(self.numbers == number)[0]
        return float(self.seconds[places[0]]) if len(places) else 0.0

    async def seen(self, seconds: float) -> Seen | None:
        """Return what was found last at a moment."""
        place = self.place(seconds)
        if place is None:
            return None
        number = int(self.numbers[place])
        if number not in self._kept:
            asked = self.numbers[place : place + _AHEAD].tolist()
            for seen in await self._opened.seen(asked, self._filter):
                self._kept[seen.picture.number] = seen
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return self._kept.get(number)


def known_seconds(frames: Frames, rate: float) -> NDArray[numpy.float64]:
    """Return when each row was, worked out of the numbers of the frames where that is told of none.

    Rows of which it is not known come last, and are left out where it is known of others.
    """
    unknown = numpy.isnan(frames.seconds)
    if not unknown.all():
        known: NDArray[numpy.float64] = frames.seconds[~unknown]
        return known
    places = frames.frames if (frames.frames >= 0).all() else numpy.arange(len(frames.frames))
    seconds: NDArray[numpy.float64] = places / max(rate, 1e-3)
    return seconds


def next_rise(findings: NDArray[numpy.int32], place: int, *, forwards: bool) -> int | None:
    """Return the nearest row behind (or before) `place` in which there is more than in the row before it.

    That is where something comes into sight. None where there is no such row.
    """
    before = numpy.concatenate((numpy.zeros(1, findings.dtype), findings[:-1]))
    rises = numpy.nonzero(findings > before)[0]
    rises = rises[rises > place] if forwards else rises[rises < place]
    if not len(rises):
        return None
    return int(rises[0] if forwards else rises[-1])
