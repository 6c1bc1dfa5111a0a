"""The two lists of the problems tab: causes, and what the chosen one stopped."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.window.job_details.causes import Cause
from batchdock.window.wording import number_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class CausesModel(QAbstractTableModel):
    """A row a cause: how often, and what."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._causes: tuple[Cause, ...] = ()

    def show_causes(self, causes: tuple[Cause, ...]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._causes = causes
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._causes)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Count"), self.tr("Cause"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cause = self._causes[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cause.text.replace("\n", " ") if index.column() else number_text(len(cause.names))
        if role == Qt.ItemDataRole.ToolTipRole:
            return cause.text
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{number_text(len(cause.names))} × {cause.text}"
        return None


class NamesModel(QAbstractTableModel):
    """What one cause has stopped."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()

    def show_names(self, names: tuple[str, ...]) -> None:
        """Replace all rows, unless they are these already."""
        if names is not self._names:
            self.beginResetModel()
            self._names = names
            self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._names)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.tr("Files and parts")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._names[index.row()]
        return None
