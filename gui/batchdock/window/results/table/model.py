"""The table's model. It asks for pages that are looked at, and shows their rows when they arrive."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from batchdock.window.plain_text import tooltip_text
from batchdock.window.results.table.columns import Column
from batchdock.window.results.table.pages import PAGE, Pages, Sheet
from batchdock.window.results.table.rows import Row

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class SheetModel(QAbstractTableModel):
    """Rows that are not here yet are empty; `page_wanted` tells that somebody looks at one of them."""

    page_wanted = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sheet: Sheet | None = None
        self._pages = Pages()
        self._columns: tuple[Column, ...] = ()
        self._count = 0

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in the model's order."""
        return self._columns

    def show_sheet(self, sheet: Sheet | None, first: int = 0, pages: list[list[Row]] | None = None) -> None:
        """Show a sheet, of which `pages` from the one numbered `first` on are here already."""
        self.beginResetModel()
        self.sheet = sheet
        self._pages.clear()
        self._columns = sheet.columns if sheet is not None else ()
        self._count = sheet.count if sheet is not None else 0
        for place, rows in enumerate(pages or []):
            self._pages.take(first + place, rows)
        self.endResetModel()

    def take_page(self, page: int, rows: list[Row]) -> None:
        """Show the rows of a page that has arrived."""
        self._pages.take(page, rows)
        last = min(self._count, (page + 1) * PAGE) - 1
        self.dataChanged.emit(self.createIndex(page * PAGE, 0), self.createIndex(last, len(self._columns) - 1))

    def has_page(self, page: int) -> bool:
        """Tell whether the rows of a page are here."""
        return self._pages.has(page)

    def row(self, number: int) -> Row | None:
        """Return what is in a row; None, and ask for it, where it is not here yet."""
        row = self._pages.row(number)
        if row is None:
            self.page_wanted.emit(number // PAGE)
        return row

    # --- Qt's questions

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.number else _LEFT
        return tooltip_text(column.title) if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # The delegate asks for the row itself: what is left are questions of the mouse and of screen readers.
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self._pages.row(index.row())
        if row is None:
            return "" if role == Qt.ItemDataRole.DisplayRole else self.tr("Being read…")
        text = row.texts[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text(text)
        if index.column():
            return f"{self._columns[index.column()].title}: {text or '–'}"
        said = zip(self._columns[1:], row.texts[1:], strict=True)
        return ", ".join([text, *(f"{column.title}: {each}" for column, each in said if each)])
