"""When pictures were taken: asked of their originals a few hundred at a time, once, when somebody wants to know."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from batchdock.flows.results.opening.answers import TimeCounts, TimeKind

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

Taken = Callable[[Sequence[Path]], Awaitable[Sequence[datetime | None]]]
"""Tells when pictures were taken, None for each that does not say."""

AT_ONCE = 256
_MOST_BINS = 60
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_STEPS = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 6 * _HOUR, _DAY, 7 * _DAY)
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600)


class Times:
    """Fills `taken`, an array over all pictures."""

    def __init__(
        self,
        taken: NDArray[numpy.datetime64],
        ask: Taken,
        originals: Callable[[int, int], Awaitable[list[tuple[int, Path]]]],
    ) -> None:
        """`originals` gives number and path of those that are there, of a range of pictures."""
        self._taken, self._ask, self._originals = taken, ask, originals
        self._asked = 0
        self._turn = asyncio.Lock()

    def forget(self) -> None:
        """Ask again: there are other originals now. What is known stays until then."""
        self._asked = 0

    async def fill(self) -> None:
        """Ask all that were not asked yet. Cancelled, it goes on where it was."""
        import numpy

        async with self._turn:
            while self._asked < len(self._taken):
                last = min(self._asked + AT_ONCE, len(self._taken))
                there = await self._originals(self._asked, last)
                told = await self._ask([path for _, path in there])
                for (number, _), moment in zip(there, told, strict=True):
                    if moment is not None:
                        self._taken[number] = numpy.datetime64(moment.replace(tzinfo=None), "s")
                self._asked = last


def by_taken(taken: NDArray[numpy.datetime64], findings: NDArray[numpy.int32]) -> TimeCounts:
    """Count pictures and their findings by the camera's clock, in steps of minutes to months, as the span asks."""
    import numpy

    known = ~numpy.isnat(taken)
    if not known.any():
        return TimeCounts(TimeKind.NONE, (), (), ())
    moments = taken[known]
    edges = _edges(moments.min().astype(datetime), moments.max().astype(datetime))
    bins = numpy.searchsorted(numpy.array(edges, "datetime64[s]"), moments, side="right") - 1
    return TimeCounts(TimeKind.TAKEN, tuple(edges), *_counted(bins, findings[known], len(edges) - 1))


def by_seconds(seconds: NDArray[numpy.float64], findings: NDArray[numpy.int32]) -> TimeCounts:
    """Count frames and their findings by their second in the video."""
    import numpy

    known = numpy.isfinite(seconds) & (seconds >= 0)
    if not known.any():
        return TimeCounts(TimeKind.NONE, (), (), ())
    span = float(seconds[known].max())
    step = next((each for each in _SECONDS if span / each < _MOST_BINS), span / _MOST_BINS)
    count = int(span // step) + 1
    edges = tuple(float(number * step) for number in range(count + 1))
    bins = numpy.minimum(seconds[known] // step, count - 1).astype(numpy.int64)
    return TimeCounts(TimeKind.SECONDS, edges, *_counted(bins, findings[known], count))


def _counted(
    bins: NDArray[numpy.int64], findings: NDArray[numpy.int32], count: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    import numpy

    pictures = numpy.bincount(bins, minlength=count)
    found = numpy.bincount(bins, weights=findings, minlength=count).astype(numpy.int64)
    return tuple(pictures.tolist()), tuple(found.tolist())


def _edges(first: datetime, last: datetime) -> list[datetime]:
    span = (last - first).total_seconds()
    for step in _STEPS:
        if span / step < _MOST_BINS:
            start = _floored(first, step)
            return [start + timedelta(seconds=step * number) for number in range(_steps(start, last, step) + 1)]
    months = 1 if span / (30 * _DAY) < _MOST_BINS else 12
    edges = [datetime(first.year, first.month if months == 1 else 1, 1)]
    while edges[-1] <= last and edges[-1].year < 9_998:
        year, month = divmod(edges[-1].month - 1 + months, 12)
        edges.append(datetime(edges[-1].year + year, month + 1, 1))
    return edges


def _floored(moment: datetime, step: int) -> datetime:
    """Return where the step begins that holds `moment`; weeks begin on Monday."""
    day = moment.replace(hour=0, minute=0, second=0)
    if step > _DAY:
        return day - timedelta(days=day.weekday())
    return day + timedelta(seconds=(moment - day).total_seconds() // step * step)


def _steps(start: datetime, last: datetime, step: int) -> int:
    return int((last - start).total_seconds() // step) + 1
