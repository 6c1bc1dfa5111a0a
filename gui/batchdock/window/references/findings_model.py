"""The lines that are left out: as many as there are, of which only those that are looked at are read."""

from collections import OrderedDict
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from batchdock.core.reference import LineFinding
from batchdock.window.plain_text import tooltip_text
from batchdock.window.references.causes import cause_sentence, finding_text
from batchdock.window.wording import number_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

LINE, NAME, CAUSE = range(3)
PAGE = 200
_PAGES_KEPT = 50


class FindingsModel(QAbstractTableModel):
    """Asks for a page (`wanted`) when a row of it is to be drawn, and gets it by `put`."""

    wanted = Signal(int)
    """A page: its rows begin at `PAGE` times its number."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._pages: OrderedDict[int, list[LineFinding]] = OrderedDict()
        self._asked: set[int] = set()

    def begin(self, count: int) -> None:
        """Have so many rows, of which nothing is known yet."""
        self.beginResetModel()
        self._count = count
        self._pages.clear()
        self._asked.clear()
        self.endResetModel()

    def put(self, page: int, findings: list[LineFinding]) -> None:
        """Show what was read."""
        self._asked.discard(page)
        self._pages[page] = findings
        while len(self._pages) > _PAGES_KEPT:
            self._pages.popitem(last=False)
        first = page * PAGE
        last = min(self._count, first + PAGE) - 1
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, CAUSE))

    def give_up(self, page: int) -> None:
        """Ask again later for a page that could not be read."""
        self._asked.discard(page)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Line"), self.tr("Name"), self.tr("Why it is left out"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == LINE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        found = self._at(index.row())
        if found is None:
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == LINE:
            return self.tr("Line %1").replace("%1", number_text(found.line))
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == CAUSE:
            return tooltip_text(f"{finding_text(found)}. {cause_sentence(found.cause)}")
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text(found.name) if index.column() == NAME else None
        return (number_text(found.line), found.name, finding_text(found))[index.column()]

    def _at(self, row: int) -> LineFinding | None:
        page = row // PAGE
        found = self._pages.get(page)
        if found is None:
            if page not in self._asked:
                self._asked.add(page)
                self.wanted.emit(page)
            return None
        return found[row % PAGE] if row % PAGE < len(found) else None
