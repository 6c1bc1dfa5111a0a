"""The order of the rows on screen: by a value, equal ones newest first, those without a value last."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from batchdock.window.jobs.columns import Column
from batchdock.window.jobs.look import Look
from batchdock.window.jobs.roster import Row, age_of

_value_of: Callable[[Row], Any] = attrgetter("value")


def valued(rows: Iterable[Row], column: Column, look: Look) -> None:
    """Write into each row what it sorts by."""
    if column.by_text:
        text, number = column.text, look.alphabet.number
        for row in rows:
            said = text(row.job, look)
            row.value = number(said) if said else None
        return
    by = column.order
    for row in rows:
        row.value = by(row.job, look)


def in_order(aged: list[Row], descending: bool) -> list[Row]:
    """Return rows that come newest first in the order of their values. (Sorting is stable.)"""
    known = [row for row in aged if row.value is not None]
    known.sort(key=_value_of, reverse=descending)
    if len(known) < len(aged):
        known += [row for row in aged if row.value is None]
    return known


def merged(rows: list[Row], others: Iterable[Row], descending: bool) -> list[Row]:
    """Return `rows`, which are in order, with others at their places: much less work than to sort all. Each row knows
    its place then."""
    aged = sorted(others, key=age_of)
    first_blank = bisect_left(rows, True, key=_is_blank)
    known, blank = rows[:first_blank], rows[first_blank:]
    known += [row for row in aged if row.value is not None]
    known.sort(key=_value_of, reverse=descending)  # Two runs, which is what Python's sort is best at.
    if blanks := [row for row in aged if row.value is None]:
        blank = sorted(blank + blanks, key=age_of)
    known += blank
    number(known)
    for row in aged:
        _mend(known, row)
    return known


def number(rows: list[Row], first: int = 0) -> None:
    """Tell rows their places."""
    for place, row in enumerate(rows, first):
        row.place = place


def _is_blank(row: Row) -> bool:
    return row.value is None


def _mend(rows: list[Row], row: Row) -> None:
    """Put the rows that have the same value as this one newest first: it has come after the others."""
    value, first = row.value, row.place
    if value is None or not first or rows[first - 1].value != value or rows[first - 1].age < row.age:
        return
    last = first + 1
    while first and rows[first - 1].value == value:
        first -= 1
    while last < len(rows) and rows[last].value == value:
        last += 1
    rows[first:last] = sorted(rows[first:last], key=age_of)
    number(rows[first:last], first)


def place_for(row: Row, rows: list[Row], descending: bool) -> int:
    """Return where in `rows`, which are in order, another one belongs."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        if _comes_before(row, rows[middle], descending):
            high = middle
        else:
            low = middle + 1
    return low


def _comes_before(one: Row, other: Row, descending: bool) -> bool:
    first: Any = one.value
    second: Any = other.value
    if first is None or second is None:
        return one.age < other.age if first is second else second is None
    if first == second:
        return one.age < other.age
    return bool(first > second if descending else first < second)


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the runs of consecutive numbers as (first, last), in order."""
    ordered = sorted(set(numbers))
    if ordered and ordered[-1] - ordered[0] == len(ordered) - 1:
        return [(ordered[0], ordered[-1])]  # All of them, most of the time.
    runs: list[tuple[int, int]] = []
    for number in ordered:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
