"""What by others comes along, as rows: the name, and below it version and licence."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.flows.bundled import Bundled
from batchdock.window.two_lines import SECOND_LINE_ROLE

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class BundledModel(QAbstractListModel):
    """In the order in which they are given."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Bundled, ...] = ()

    def show_bundled(self, rows: Iterable[Bundled]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def bundled(self, row: int) -> Bundled | None:
        """Return what stands in `row`, or None outside."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        each = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return each.name
        if role == SECOND_LINE_ROLE:
            return self._second_line(each)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{each.name}, {self._second_line(each)}"
        return None

    def _second_line(self, each: Bundled) -> str:
        return " · ".join(part for part in (each.version, each.licence or self.tr("licence not told")) if part)
