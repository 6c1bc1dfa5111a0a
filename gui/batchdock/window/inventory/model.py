"""A collection as a table: grows while it is read, sorts and narrows by itself, without a proxy."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from batchdock.core.inventory import Cell, CellKind, Collection, Column, Item
from batchdock.window.inventory.cells import (
    cell_text,
    cell_tooltip,
    haystack,
    order_of,
    size_cell,
    sorts_by_text,
    titles_of,
)
from batchdock.window.inventory.ordering import in_order
from batchdock.window.jobs.alphabet import Alphabet
from batchdock.window.jobs.reader import Reader
from batchdock.window.plain_text import tooltip_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_AT_ONCE = 1000
"""So many are sorted and searched in one go; of more, a little at a time."""
_BITE = 500

_NUMBERS = frozenset({CellKind.NUMBER, CellKind.SIZE})
_ALIGN_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ALIGN_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class InventoryModel(QAbstractTableModel):
    """The items of one collection. In the service's order, until a heading is clicked.

    `begin`, `take` page by page, and `finish`: what stood there before stays until the list has been read again.
    Between `order_changes` and `order_changed` the rows are laid out anew; the page keeps the selection across that.
    """

    order_changes = Signal()
    order_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[Column, ...] = ()
        self._titles: dict[str, dict[str, str]] = {}
        self._all: dict[str, Item] = {}
        self._hay: dict[str, str] = {}
        self._next: dict[str, Item] | None = None
        self._rows: list[Item] = []
        self._row_of: dict[str, int] = {}
        self._column, self._descending = -1, False
        self._search = ""
        self._alphabet = Alphabet()
        self._now = datetime.now(UTC)
        self._old: list[dict[str, Any] | list[Item]] = []
        """Lists that are gone: to let go of a few hundred thousand items at once would be felt."""
        self._busy = Reader(self._letting_go, self)
        self._arranging = False
        self._edition = 0
        """Goes up whenever the rows are emptied: what was being arranged until then is not wanted any more."""

    # --- what it holds

    @property
    def count(self) -> int:
        """How many items are known, found by the search or not."""
        return len(self._all)

    @property
    def arriving(self) -> int:
        """How many have been read so far."""
        return len(self._all if self._next is None else self._next)

    @property
    def is_arranging(self) -> bool:
        """Whether the rows are about to be laid out in another way."""
        return self._arranging

    def item(self, row: int) -> Item | None:
        """Return the item in `row`, or None outside."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def items(self, first: int, last: int) -> list[Item]:
        """Return the items in the rows from `first` to `last`."""
        return self._rows[first : last + 1]

    def row_of(self, item_id: str) -> int | None:
        """Return the row of an item, or None while it is not on screen."""
        return self._row_of.get(item_id)

    def knows(self, item_id: str) -> bool:
        """Tell whether an item was read, whatever is searched for."""
        return item_id in self._all

    def states_of(self, items: Sequence[Item]) -> list[str]:
        """Return the service's words for the states of items, empty where there is none."""
        key = next((column.key for column in self.columns if column.kind is CellKind.STATE), None)
        return [""] * len(items) if key is None else [str(item.cells.get(key) or "") for item in items]

    # --- what changes it

    def show_collection(self, collection: Collection | None) -> None:
        """Take over the columns of a collection, with nothing in it yet."""
        self.beginResetModel()
        self.columns = collection.columns if collection is not None else ()
        self._titles = titles_of(collection) if collection is not None else {}
        self._empty()
        self._next = None
        self._column, self._descending = -1, False
        self._search = ""
        self.endResetModel()

    def begin(self, *, anew: bool) -> None:
        """Get ready for a list. With `anew` what is there is another list, and goes at once."""
        if anew and self._all:
            self.beginResetModel()
            self._empty()
            self.endResetModel()
        self._now = datetime.now(UTC)
        self._next = {} if self._all else None

    def take(self, items: Sequence[Item]) -> None:
        """Take in a page of the list."""
        if self._next is not None:
            self._next.update((item.item_id, item) for item in items)
            return
        fresh: list[Item] = []
        for item in items:
            known = item.item_id in self._all
            self._all[item.item_id] = item
            if self._search or item.item_id in self._hay:
                self._hay[item.item_id] = haystack(item)
            if known:
                self._replace(item)
            elif not self._arranging and self._finds(item):
                fresh.append(item)
        if fresh:
            first = len(self._rows)
            self.beginInsertRows(_ROOT, first, first + len(fresh) - 1)
            self._row_of.update((item.item_id, row) for row, item in enumerate(fresh, first))
            self._rows.extend(fresh)
            self.endInsertRows()

    def finish(self, *, complete: bool) -> None:
        """Lay out what was read. Of a list that broke off, what stood there before stays where nothing newer came."""
        if self._next is not None:
            fresh, self._next = self._next, None
            if complete:
                self._let_go(self._all)
                self._all = fresh
            else:
                self._all.update(fresh)
            self._let_go(self._hay)
            self._hay = {}
            self._arrange()
        elif self._column >= 0:
            self._arrange()

    def search(self, text: str) -> None:
        """Show only what has this text in its name, id or words."""
        self._search = text.strip().casefold()
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is the service's own order."""
        wanted = column if column < len(self.columns) else -1, order is Qt.SortOrder.DescendingOrder
        if wanted != (self._column, self._descending):
            self._column, self._descending = wanted
            self._arrange()

    def tell_time(self) -> None:
        """Let everything that depends on the time be written anew."""
        self._now = datetime.now(UTC)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))

    # --- Qt

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return QCoreApplication.translate("service", column.title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_ALIGN_NUMBER if column.kind in _NUMBERS else _ALIGN_TEXT)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole and column.kind is CellKind.SIZE:
            return size_cell(self.cell(index))
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(self.cell(index), self._titles.get(column.key, {}), self._now)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text(cell_tooltip(column, self.cell(index)))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_ALIGN_NUMBER if column.kind in _NUMBERS else _ALIGN_TEXT)
        return None

    def cell(self, index: Index) -> Cell:
        """Return what is in a cell, as the service's adapter read it."""
        return _cell(self._rows[index.row()], self.columns[index.column()])

    # --- inside

    def _finds(self, item: Item) -> bool:
        if not self._search:
            return True
        hay = self._hay.get(item.item_id)
        if hay is None:
            hay = self._hay[item.item_id] = haystack(item)
        return self._search in hay

    def _replace(self, item: Item) -> None:
        row = self._row_of.get(item.item_id)
        if row is not None:
            self._rows[row] = item
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))

    def _empty(self) -> None:
        self._let_go(self._all, self._rows, self._row_of, self._hay)
        self._all, self._rows, self._row_of, self._hay = {}, [], {}, {}
        self._arranging = False
        self._edition += 1

    def _let_go(self, *lists: dict[str, Any] | list[Item]) -> None:
        """Forget lists, a little at a time."""
        self._old.extend(each for each in lists if each)
        if self._old:
            self._busy.wake()

    def _letting_go(self) -> Iterator[None]:
        while self._old:
            last = self._old[-1]
            if isinstance(last, list):
                del last[-_BITE:]
            else:
                for _ in range(min(_BITE, len(last))):
                    last.popitem()
            if not last:
                self._old.pop()
            yield

    def _arrange(self) -> None:
        """Choose and order the rows: at once where there are few, else in steps, with the old rows there until then."""
        taken = list(self._all.values())
        arranged: list[Item] = []
        places: dict[str, int] = {}
        edition = self._edition

        def lay_out() -> None:
            if edition != self._edition:
                return
            late = [item for item in islice(self._all.values(), len(taken), None) if self._finds(item)]
            places.update((item.item_id, row) for row, item in enumerate(late, len(arranged)))
            arranged.extend(late)
            self._arranging = False
            self.order_changes.emit()
            self.beginResetModel()
            self._let_go(self._rows, self._row_of)
            self._rows, self._row_of = arranged, places
            self.endResetModel()
            self.order_changed.emit()

        self._arranging = True
        work = self._steps(taken, arranged, places)
        if len(taken) <= _AT_ONCE:
            for _ in work:
                pass
            lay_out()
        else:
            self._busy.hurry(work, lay_out)

    def _steps(self, taken: list[Item], arranged: list[Item], places: dict[str, int]) -> Iterator[None]:
        column, descending = self._column, self._descending
        found: list[Item] = []
        for first in range(0, len(taken), _BITE):
            found.extend(item for item in taken[first : first + _BITE] if self._finds(item))
            yield
        order: Sequence[int] = range(len(found))
        if column >= 0:
            values: list[float | None] = []
            for first in range(0, len(found), _BITE):
                values.extend(self._order_of(item, self.columns[column]) for item in found[first : first + _BITE])
                yield
            order = yield from in_order(values, descending)
        for first in range(0, len(found), _BITE):
            rows = [found[place] for place in order[first : first + _BITE]]
            places.update((item.item_id, row) for row, item in enumerate(rows, first))
            arranged.extend(rows)
            yield

    def _order_of(self, item: Item, column: Column) -> float | None:
        value = _cell(item, column)
        number = order_of(column, value)
        if number is not None or not sorts_by_text(column, value):
            return number
        text = cell_text(value, self._titles.get(column.key, {}))
        return self._alphabet.number(text) if text else None


def _cell(item: Item, column: Column) -> Cell:
    """Return what is in a cell. A name stands in its item."""
    return item.cells.get(column.key, item.name if column.key == "name" else None)
