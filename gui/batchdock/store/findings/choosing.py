"""Which pictures a filter lets through, and what counts in each: columns over all pictures, by number.

A picture has no gaps beside it, so what is known of all of them is an array, and sets of them are masks: 100,000 take
less than a megabyte. What is known of findings stays in the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchdock.core.finding import SURE, Filter, Share
from batchdock.store.findings.arranging import SOUGHT

if TYPE_CHECKING:
    import numpy
    from duckdb import DuckDBPyConnection as Cursor
    from numpy.typing import NDArray

    Mask = NDArray[numpy.bool_]

NO_CLASS = -1
"""Stands in `Filter.labels` for findings without a class."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What is the same under every filter: the numbers in the order of names, and which pictures are not readable."""

    in_order: NDArray[numpy.int32]
    unreadable: Mask

    @property
    def pictures(self) -> int:
        """How many there are."""
        return len(self.in_order)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What counts in each picture under the findings' part of a filter.

    `best` is the highest confidence that is known, NaN without; `certain` where one counts that has no confidence.
    """

    findings: NDArray[numpy.int32]
    best: NDArray[numpy.float32]
    certain: Mask


def counting(filter: Filter, *, table: str = "findings", labels: bool = True) -> tuple[str, list[Any]]:
    """Return the condition under which findings count, with its values; without classes on request."""
    conditions: list[str] = []
    values: list[Any] = []
    if filter.least > 0.0:
        conditions.append(f"({table}.confidence is null or {table}.confidence >= ?::float)")
        values.append(filter.least)
    if filter.most < 1.0:
        conditions.append(f"({table}.confidence is null or {table}.confidence <= ?::float)")
        values.append(filter.most)
    if labels and filter.labels is not None:
        conditions.append(f"{table}.label in (select unnest(?::integer[]))")
        values.append(sorted(filter.labels))
    return " and ".join(conditions) or "true", values


def read_columns(cursor: Cursor) -> Columns:
    """Read what never changes."""
    import numpy

    in_order = cursor.execute("select number from places order by place").fetchnumpy()["number"]
    unreadable = numpy.zeros(len(in_order), bool)
    unreadable[cursor.execute("select number from pictures where problem <> ''").fetchnumpy()["number"]] = True
    return Columns(numpy.ascontiguousarray(in_order, numpy.int32), unreadable)


def read_counts(cursor: Cursor, filter: Filter, pictures: int) -> Counts:
    """Count per picture what counts."""
    import numpy

    condition, values = counting(filter)
    found = cursor.execute(
        "select picture, count(*)::integer as findings, coalesce(max(confidence), 'nan')::float as best, "  # noqa: S608
        f"count(confidence) < count(*) as certain from findings where {condition} group by picture",
        values,
    ).fetchnumpy()
    counts = Counts(
        numpy.zeros(pictures, numpy.int32), numpy.full(pictures, numpy.nan, numpy.float32), numpy.zeros(pictures, bool)
    )
    at = found["picture"]
    counts.findings[at], counts.best[at], counts.certain[at] = found["findings"], found["best"], found["certain"]
    return counts


def asks_of_pictures(filter: Filter) -> bool:
    """Tell whether a filter says anything about the pictures themselves that the tables know."""
    return bool(filter.search or filter.folder or filter.from_second is not None or filter.to_second is not None)


def read_passing(cursor: Cursor, filter: Filter, pictures: int) -> Mask:
    """Return which pictures pass search, folder and seconds. A search is a plain piece of text, never a pattern."""
    import numpy

    conditions: list[str] = []
    values: list[Any] = []
    if filter.folder:
        conditions.append("(folder = ? or starts_with(folder, ?))")
        values += [filter.folder, f"{filter.folder}/"]
    if filter.from_second is not None:
        conditions.append("seconds >= ?")
        values.append(filter.from_second)
    if filter.to_second is not None:
        conditions.append("seconds < ?")
        values.append(filter.to_second)
    passing: Mask = numpy.ones(pictures, bool)
    if conditions:
        where = " and ".join(conditions)
        passing = _marked(cursor, f"select number from pictures where {where}", values, pictures)  # noqa: S608
    if filter.search:
        passing &= _read_found(cursor, filter.search, pictures)
    return passing


def sure(counts: Counts) -> Mask:
    """Return the pictures in which something counts that is sure."""
    import numpy

    return numpy.asarray(counts.certain | (counts.best >= numpy.float32(SURE)))


def shared(share: Share, filter: Filter, columns: Columns, counts: Counts) -> Mask | None:
    """Return which pictures a share shows, None for all. With classes left out none is shown without a finding."""
    found = counts.findings > 0
    match share:
        case Share.ALL:
            return None if filter.labels is None else found
        case Share.WITH_FINDINGS:
            return found
        case Share.NOTHING:
            return ~(found | columns.unreadable)
        case Share.UNSURE:
            return found & ~sure(counts)
        case Share.NOT_READABLE:
            return columns.unreadable


def _read_found(cursor: Cursor, search: str, pictures: int) -> Mask:
    sought = SOUGHT.format("?")
    found = _marked(cursor, f"select number from places where contains(sought, {sought})", [search], pictures)  # noqa: S608
    text = SOUGHT.format("text")
    for table in ("findings", "cells"):
        query = f"select picture as number from {table} where text <> '' and contains({text}, {sought})"  # noqa: S608
        found |= _marked(cursor, query, [search], pictures)
    return found


def _marked(cursor: Cursor, query: str, values: list[Any], pictures: int) -> Mask:
    import numpy

    mask = numpy.zeros(pictures, bool)
    mask[cursor.execute(query, values).fetchnumpy()["number"]] = True
    return mask
