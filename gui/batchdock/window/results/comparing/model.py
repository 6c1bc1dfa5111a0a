"""The pictures that two runs share, those that changed most first."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.flows.results.comparing import Comparison
from batchdock.window.plain_text import tooltip_text
from batchdock.window.wording import number_text, percent_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_TO_THE_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ChangesModel(QAbstractTableModel):
    """One row a picture."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._comparison: Comparison | None = None
        self._names = ("", "")

    def show_comparison(self, comparison: Comparison | None, names: tuple[str, str]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._comparison, self._names = comparison, names
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() or self._comparison is None else len(self._comparison.names)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _TO_THE_RIGHT if section else None
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Picture"), self.tr("Same"), self.tr("Only left"), self.tr("Only right"))[section]
        if role == Qt.ItemDataRole.ToolTipRole and section in (2, 3):
            text = self.tr("Findings that only “%1” has")
            return tooltip_text(text.replace("%1", self._names[section - 2]))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        comparison, row, column = self._comparison, index.row(), index.column()
        if comparison is None:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return _TO_THE_RIGHT
        if role == Qt.ItemDataRole.ToolTipRole and column == 0:
            return tooltip_text(comparison.names[row])
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if column == 0:
            return comparison.names[row].rpartition("/")[2] or comparison.names[row]
        if column == 1:
            return percent_text(comparison.agreement_of(row))
        count = int((comparison.only_one if column == 2 else comparison.only_other)[row])
        return number_text(count) if count else ""
