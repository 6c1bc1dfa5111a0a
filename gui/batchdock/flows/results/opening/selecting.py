"""Works out which pictures a filter shows and in which order. What it counted is kept for the next wish, which mostly
differs in one thing only."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from batchdock.core.finding import Filter, Share, SortBy
from batchdock.flows.results.opening.answers import LabelCount, Selection
from batchdock.store.findings.choosing import (
    Columns,
    Counts,
    asks_of_pictures,
    read_columns,
    read_counts,
    read_passing,
    shared,
)
from batchdock.store.findings.telling import count_labels

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from batchdock.store.findings.asking import Cursor

    Mask = NDArray[numpy.bool_]
    Numbers = NDArray[numpy.int32]

_Value = TypeVar("_Value")

_KEPT = 4
_LARGE = 1_000_000
"""With more pictures than these only the last answer is kept."""


class _Memory:
    """The last few answers. Safe from any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[object, object] = OrderedDict()
        self._turn = threading.Lock()

    def get(self, key: object, make: Callable[[], _Value]) -> _Value:
        """Return what is kept under `key`, or make it."""
        with self._turn:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[return-value]
        value = make()
        with self._turn:
            self._kept[key] = value
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return value


class Selecting:
    """Asks with a cursor, in a thread. `taken` is when each picture was, NaT where nobody knows (yet)."""

    def __init__(self, columns: Columns, taken: NDArray[numpy.datetime64]) -> None:
        self._columns, self._taken = columns, taken
        most = _KEPT if columns.pictures <= _LARGE else 1
        self._counts, self._passing, self._labels = _Memory(2 * most), _Memory(most), _Memory(most)

    @classmethod
    def begin(cls, cursor: Cursor) -> Selecting:
        """Read what is the same under every filter."""
        import numpy

        columns = read_columns(cursor)
        return cls(columns, numpy.full(columns.pictures, numpy.datetime64("NaT"), "datetime64[s]"))

    @property
    def taken(self) -> NDArray[numpy.datetime64]:
        """When each picture was taken, to be filled in."""
        return self._taken

    def select(self, cursor: Cursor, filter: Filter, by: SortBy, descending: bool) -> Selection:
        """See `Opened.select`."""
        import numpy

        counts, passing = self.counts(cursor, filter), self._passes(cursor, filter)
        shares = {}
        for share in Share:
            mask = _both(passing, shared(share, filter, self._columns, counts))
            shares[share] = self._columns.pictures if mask is None else int(numpy.count_nonzero(mask))
        numbers = self._ordered(self.mask(cursor, filter), counts, by, descending)
        return Selection(
            filter=filter,
            by=by,
            descending=descending,
            numbers=numbers,
            shares=shares,
            labels=self._label_counts(cursor, filter),
            findings=int(counts.findings[numbers].sum(dtype=numpy.int64)),
        )

    def counts(self, cursor: Cursor, filter: Filter) -> Counts:
        """Return what counts in each picture."""
        key = (filter.labels, filter.least, filter.most)
        return self._counts.get(key, lambda: read_counts(cursor, filter, self._columns.pictures))

    def mask(self, cursor: Cursor, filter: Filter) -> Mask | None:
        """Return which pictures are shown, None for all."""
        passing = self._passes(cursor, filter)
        return _both(passing, shared(filter.share, filter, self._columns, self.counts(cursor, filter)))

    def chosen(self, cursor: Cursor, filter: Filter) -> Numbers | None:
        """Return the numbers of the pictures that are shown, None for all."""
        mask = self.mask(cursor, filter)
        return None if mask is None else _numbers(mask)

    def numbers(self, cursor: Cursor, filter: Filter) -> Numbers:
        """Return the numbers of the pictures that are shown, the lowest first."""
        import numpy

        chosen = self.chosen(cursor, filter)
        return numpy.arange(self._columns.pictures, dtype=numpy.int32) if chosen is None else chosen

    def _passes(self, cursor: Cursor, filter: Filter) -> Mask | None:
        passing: Mask | None = None
        if asks_of_pictures(filter):
            key = (filter.search, filter.folder, filter.from_second, filter.to_second)
            passing = self._passing.get(key, lambda: read_passing(cursor, filter, self._columns.pictures))
        if filter.since is not None:
            passing = _both(passing, self._taken >= _moment(filter.since))
        if filter.until is not None:
            passing = _both(passing, self._taken < _moment(filter.until))
        return passing

    def _label_counts(self, cursor: Cursor, filter: Filter) -> dict[int, LabelCount]:
        without = replace(filter, labels=None)

        def make() -> dict[int, LabelCount]:
            found = count_labels(cursor, without, self.chosen(cursor, without))
            return {label: LabelCount(*counted) for label, counted in found.items()}

        if filter.since is not None or filter.until is not None:
            return make()  # More may be known of their times by now.
        return self._labels.get(without, make)

    def _ordered(self, mask: Mask | None, counts: Counts, by: SortBy, descending: bool) -> Numbers:
        """Return the numbers in their order. What can not be compared comes last, equals in the order of names."""
        import numpy

        numbers = self._columns.in_order
        if mask is not None:
            numbers = numbers[mask[numbers]]
        match by:
            case SortBy.FINDINGS:
                key = counts.findings[numbers].astype(numpy.float64)
            case SortBy.BEST:
                key = counts.best[numbers].astype(numpy.float64)
            case SortBy.TAKEN:
                taken = self._taken[numbers]
                key = taken.astype(numpy.int64).astype(numpy.float64)
                key[numpy.isnat(taken)] = numpy.nan
            case _:
                return numpy.ascontiguousarray(numbers[::-1] if descending else numbers)
        return numbers[numpy.argsort(-key if descending else key, kind="stable")]


def _both(one: Mask | None, other: Mask | None) -> Mask | None:
    if one is None:
        return other
    return one if other is None else one & other


def _numbers(mask: Mask) -> Numbers:
    import numpy

    return numpy.flatnonzero(mask).astype(numpy.int32)


def _moment(time: object) -> numpy.datetime64:
    import numpy

    return numpy.datetime64(time, "s")  # type: ignore[call-overload, no-any-return]
