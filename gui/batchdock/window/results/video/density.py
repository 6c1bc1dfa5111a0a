"""How much was found when: what the timeline shows, worked out in a thread."""

from dataclasses import dataclass, replace

import numpy
from numpy.typing import NDArray

from batchdock.core.finding import Filter
from batchdock.flows.results.opening import Opened

BINS = 2_000
MOST_CLASSES = 8
NO_CLASS = -1


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """Findings in sight in each of `BINS` equal pieces of a video: a row a class, and for `NO_CLASS` all the rest."""

    labels: tuple[int, ...]
    counts: NDArray[numpy.int32]


def binned(seconds: NDArray[numpy.float64], findings: NDArray[numpy.int32], duration: float) -> NDArray[numpy.int32]:
    """Return the most findings in sight in each bin. A row holds until the next, but not over a long gap."""
    if not len(seconds) or duration <= 0:
        return numpy.zeros(BINS, numpy.int32)
    edges = numpy.arange(BINS) * (duration / BINS)
    last = numpy.searchsorted(seconds, edges, side="right") - 1
    apart = float(numpy.median(numpy.diff(seconds))) if len(seconds) > 1 else duration
    held = numpy.where((last >= 0) & (edges - seconds[last] <= max(apart * 1.5, 1e-9)), findings[last], 0)
    counts = held.astype(numpy.int32)
    inside = numpy.clip((seconds / duration * BINS).astype(numpy.int64), 0, BINS - 1)
    numpy.maximum.at(counts, inside, findings.astype(numpy.int32))
    return counts


async def density_of(
    opened: Opened, name: str, filter: Filter, seconds: NDArray[numpy.float64], duration: float
) -> Density:
    """Return the density of one video: the commonest classes that count, and the rest. Runs with the flows."""
    wanted = [each.number for each in opened.labels if filter.labels is None or each.number in filter.labels]
    labels = wanted[:MOST_CLASSES]
    counts = []
    for label in labels:
        frames = await opened.frames(name, replace(filter, labels=frozenset({label})))
        counts.append(binned(seconds, frames.findings[: len(seconds)], duration))
    every = await opened.frames(name, filter)
    rest = binned(seconds, every.findings[: len(seconds)], duration) - sum(counts, numpy.zeros(BINS, numpy.int32))
    if (rest > 0).any():
        labels, counts = [*labels, NO_CLASS], [*counts, numpy.maximum(rest, 0)]
    return Density(tuple(labels), numpy.array(counts).reshape(len(labels), BINS))
