"""Rows fetched a page at a time, and forgotten again: a table of millions holds a few thousand."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchdock.bridge.background import Background
from batchdock.flows.results.opening import Opened, Selection
from batchdock.window.results.table.columns import Column
from batchdock.window.results.table.rows import Row, finding_row, picture_row

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

PAGE = 64
KEPT = 64
"""Pages."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What the table is of: a selection, with its columns. `ends` counts findings up to and with each picture where
    there is one row a finding, and is None where there is one a picture."""

    opened: Opened
    selection: Selection
    columns: tuple[Column, ...]
    ends: NDArray[numpy.int64] | None = None

    @property
    def count(self) -> int:
        """How many rows there are."""
        if self.ends is None:
            return len(self.selection.numbers)
        return int(self.ends[-1]) if len(self.ends) else 0

    def place_of(self, row: int) -> int:
        """Return the place in the selection of a row's picture."""
        return row if self.ends is None else int(self.ends.searchsorted(row, side="right"))

    def row_of(self, place: int) -> int:
        """Return the first row of the picture at a place of the selection, or of the next that has one."""
        if self.ends is None:
            return place
        return int(self.ends[place - 1]) if place else 0

    def number_of(self, row: int) -> int:
        """Return the number of a row's picture."""
        return int(self.selection.numbers[self.place_of(row)])


async def read_rows(background: Background, sheet: Sheet, first: int, last: int) -> list[Row]:
    """Return the rows from `first` to before `last`."""
    last = min(last, sheet.count)
    if first >= last:
        return []
    opened, asked = sheet.opened, sheet.selection.filter
    places = sheet.place_of(first), sheet.place_of(last - 1)
    numbers = [int(each) for each in sheet.selection.numbers[places[0] : places[1] + 1]]
    seen = await background.run(opened.seen(numbers, asked))
    if sheet.ends is None:
        cells = await background.run(opened.cells(numbers))
        return [picture_row(each, own, sheet.columns) for each, own in zip(seen, cells, strict=True)]
    names = {label.number: label.name for label in opened.labels}
    rows = [finding_row(each.picture, finding, names) for each in seen for finding in each.findings]
    skipped = first - sheet.row_of(places[0])
    return rows[skipped : skipped + last - first]


class Pages:
    """The pages of one sheet that are here."""

    def __init__(self) -> None:
        self._pages: OrderedDict[int, list[Row]] = OrderedDict()

    def row(self, number: int) -> Row | None:
        """Return a row, None where its page is not here."""
        page = self._pages.get(number // PAGE)
        place = number % PAGE
        return page[place] if page is not None and place < len(page) else None

    def has(self, page: int) -> bool:
        """Tell whether a page is here."""
        return page in self._pages

    def take(self, page: int, rows: list[Row]) -> None:
        """Keep a page, and forget the one that came first of too many."""
        self._pages[page] = rows
        self._pages.move_to_end(page)
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._pages.clear()
