"""The rows of one place in the browser: all of them, or as many as have come of a long list."""

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from batchdock.core.batch import StagedFile
from batchdock.flows.batches import FilePage
from batchdock.window.batches.browser.entries import Entry, Kind
from batchdock.window.batches.browser.rows import Rows, fits, folded
from batchdock.window.batches.browser.ticks import Ticks
from batchdock.window.icons import icon
from batchdock.window.plain_text import tooltip_text
from batchdock.window.theme import Tint
from batchdock.window.wording import size_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

NAME, HOW_MUCH, SAVED = range(3)

_ICONS = {
    Kind.BATCH: "layers",
    Kind.PART: "folder",
    Kind.ARCHIVE: "archive",
    Kind.PICTURE: "image",
    Kind.VIDEO: "film",
    Kind.TABLE: "table",
    Kind.TEXT: "file-text",
    Kind.OTHER: "file",
}

IsSaved = Callable[[StagedFile], bool]


class EntriesModel(QAbstractTableModel):
    """Rows are counted from the top of the list (`place`), which with a search is not the row on screen.

    Of a long list as many rows are shown as there will be; those that have not come yet are empty.
    """

    ticks_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        self._rows: Rows | None = None
        self._expected = 0
        self._found: list[int] | None = None
        self._word = ""
        self._ticks: Ticks | None = None
        self._is_saved: IsSaved | None = None
        self._icons = {kind: icon(name) for kind, name in _ICONS.items()}
        self._saved_icon = icon("circle-check", Tint.GOOD)

    # --- what there is

    def show_entries(self, entries: list[Entry], ticks: Ticks | None = None) -> None:
        """Replace all rows. With `ticks` they can be ticked."""
        self.beginResetModel()
        self._entries, self._rows, self._found, self._ticks = entries, None, None, ticks
        self._expected = len(entries)
        self._word = ""
        self.endResetModel()

    def show_rows(self, rows: Rows, expected: int, ticks: Ticks) -> None:
        """Show a list of which not all has come; there will be `expected` rows."""
        self.beginResetModel()
        self._entries, self._rows, self._found, self._ticks = [], rows, None, ticks
        self._expected = max(expected, rows.count)
        self._word = ""
        self.endResetModel()

    def add_page(self, page: FilePage, *, is_last: bool) -> None:
        """Take in the next page of the list that is shown."""
        assert self._rows is not None
        first, last = self._rows.count, self._rows.count + len(page.files)
        if self._found is not None:
            matching = [first + n for n, file in enumerate(page.files) if fits(file.name, self._word)]
            self._rows.add(page)
            self._expected = last if is_last else max(self._expected, last)
            if matching:
                self.beginInsertRows(_ROOT, len(self._found), len(self._found) + len(matching) - 1)
                self._found += matching
                self.endInsertRows()
        else:
            expected = last if is_last else max(self._expected, last)
            self._grow(expected, page)
            if last > first:
                self.dataChanged.emit(self.index(first, 0), self.index(last - 1, self.columnCount() - 1))
        self.ticks_changed.emit()

    def expect(self, total: int) -> None:
        """There will be so many rows, if no fewer have come."""
        assert self._rows is not None
        if self._found is None:
            self._grow(max(total, self._rows.count), None)
        else:
            self._expected = max(total, self._rows.count)
        self.ticks_changed.emit()

    def _grow(self, expected: int, page: FilePage | None) -> None:
        assert self._rows is not None
        if expected > self._expected:
            self.beginInsertRows(_ROOT, self._expected, expected - 1)
            if page is not None:
                self._rows.add(page)
            self._expected = expected
            self.endInsertRows()
            return
        if page is not None:
            self._rows.add(page)
        if expected < self._expected:
            self.beginRemoveRows(_ROOT, expected, self._expected - 1)
            self._expected = expected
            self.endRemoveRows()

    @property
    def total(self) -> int:
        """How many rows there are, or will be, without the search."""
        return self._expected

    @property
    def come(self) -> int:
        """How many of them have come."""
        return self._expected if self._rows is None else self._rows.count

    def entry(self, row: int) -> Entry | None:
        """Return the entry in a row on screen, None outside and where it has not come."""
        return self._entry(self._place(row)) if 0 <= row < self.rowCount() else None

    # --- searching

    def search(self, text: str) -> None:
        """Show only rows with `text` in their titles, all with an empty one."""
        word = folded(text.strip())
        if word == self._word:
            return
        self.beginResetModel()
        self._word = word
        self._found = list(self._matching(word)) if word else None
        self.endResetModel()
        self.ticks_changed.emit()

    @property
    def is_searching(self) -> bool:
        """True while only some rows are shown."""
        return self._found is not None

    def _matching(self, word: str) -> Iterable[int]:
        if self._rows is not None:
            return (row for row, file in self._rows.files() if fits(file.name, word))
        return (row for row, each in enumerate(self._entries) if fits(each.title, word) or fits(each.name, word))

    # --- ticks and marks

    @property
    def can_tick(self) -> bool:
        """True where rows can be ticked."""
        return self._ticks is not None

    def tick(self, rows: Iterable[int], *, ticked: bool) -> None:
        """Tick rows on screen, or take their ticks away; what has not come yet can not be ticked by itself."""
        if self._ticks is not None:
            places = [self._place(row) for row in rows]
            self._ticks.put([place for place in places if place < self.come], ticked=ticked)
            self._tell_ticks()

    def tick_all(self, *, ticked: bool) -> None:
        """Tick everything, with a search all that is found; or take all these ticks away."""
        if self._ticks is None:
            return
        if self._found is None:
            self._ticks.put_all(ticked=ticked)
        else:
            self._ticks.put(self._found, ticked=ticked)
        self._tell_ticks()

    def invert_ticks(self) -> None:
        """Tick what is not, and the other way round; with a search only of what is found."""
        if self._ticks is None:
            return
        if self._found is None:
            self._ticks.invert()
        else:
            on = [place for place in self._found if self._ticks.has(place)]
            off = [place for place in self._found if not self._ticks.has(place)]
            self._ticks.put(on, ticked=False)
            self._ticks.put(off, ticked=True)
        self._tell_ticks()

    def is_ticked(self, row: int) -> bool:
        """Tell whether a row on screen is ticked."""
        return self._ticks is not None and self._ticks.has(self._place(row))

    def ticked(self) -> int:
        """Return how many rows are ticked in all, on screen or not."""
        return 0 if self._ticks is None else self._ticks.count(self._expected)

    def shown_ticks(self) -> Qt.CheckState:
        """Return whether all rows on screen are ticked, none, or some."""
        if self._ticks is None or not self.rowCount():
            return Qt.CheckState.Unchecked
        on = self.ticked() if self._found is None else sum(map(self._ticks.has, self._found))
        if not on:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.Checked if on == self.rowCount() else Qt.CheckState.PartiallyChecked

    def mark_saved(self, is_saved: IsSaved | None) -> None:
        """Mark the files of which `is_saved` says so; None: nothing was saved."""
        self._is_saved = is_saved
        if self.rowCount():
            self.dataChanged.emit(self.index(0, SAVED), self.index(self.rowCount() - 1, SAVED))

    def _tell_ticks(self) -> None:
        if self.rowCount():
            role = [Qt.ItemDataRole.CheckStateRole]
            self.dataChanged.emit(self.index(0, NAME), self.index(self.rowCount() - 1, NAME), role)
        self.ticks_changed.emit()

    def _saved(self, entry: Entry) -> bool:
        return self._is_saved is not None and entry.file is not None and self._is_saved(entry.file)

    # --- what Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        if parent.isValid():
            return 0
        return self._expected if self._found is None else len(self._found)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Name"), self.tr("Size"), self.tr("Saved"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == HOW_MUCH:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return usual | Qt.ItemFlag.ItemIsUserCheckable if self._ticks is not None and index.column() == NAME else usual

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        place, column = self._place(index.row()), index.column()
        if role == Qt.ItemDataRole.CheckStateRole and column == NAME and self._ticks is not None:
            return Qt.CheckState.Checked if self._ticks.has(place) else Qt.CheckState.Unchecked
        entry = self._entry(place)
        if entry is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole and column == NAME else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(entry, column)
        if role == Qt.ItemDataRole.DecorationRole:
            if column == NAME:
                return self._icons[entry.kind]
            return self._saved_icon if column == SAVED and self._saved(entry) else None
        if role == Qt.ItemDataRole.TextAlignmentRole and column == HOW_MUCH:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text(entry.name)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == NAME:
            return ", ".join(filter(None, (entry.title, _how_much(entry), self._text(entry, SAVED))))
        return None

    def _text(self, entry: Entry, column: int) -> str:
        if column == NAME:
            return entry.title
        if column == HOW_MUCH:
            return _how_much(entry)
        return self.tr("saved") if self._saved(entry) else ""

    def _place(self, row: int) -> int:
        return row if self._found is None else self._found[row]

    def _entry(self, place: int) -> Entry | None:
        if self._rows is not None:
            return self._rows.entry(place)
        return self._entries[place] if 0 <= place < len(self._entries) else None


def _how_much(entry: Entry) -> str:
    return "" if entry.size is None else size_text(entry.size)
