"""The files that are ready, as a table that does not mind a million of them."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.core.batch import Content
from batchdock.core.intake import Item
from batchdock.window.icons import icon
from batchdock.window.wording import content_word, size_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

NAME, SIZE = range(2)


class ReadyModel(QAbstractTableModel):
    """Rows in the order of finding. Grows in batches; no view asks for more than it shows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: list[Item] = []
        self._icons = {Content.IMAGES: icon("image"), Content.VIDEOS: icon("film")}

    def add(self, items: list[Item]) -> None:
        """Append `items`."""
        if not items:
            return
        first = len(self._items)
        self.beginInsertRows(_ROOT, first, first + len(items) - 1)
        self._items.extend(items)
        self.endInsertRows()

    def put(self, items: list[Item]) -> None:
        """Show these items and no others."""
        self.beginResetModel()
        self._items = list(items)
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("File"), self.tr("Size"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == SIZE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self._items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.relative if index.column() == NAME else size_text(item.size)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == NAME:
            return self._icons.get(item.content)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == SIZE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(item.path)
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == NAME:
            return f"{item.relative}, {content_word(item.content)}, {size_text(item.size)}"
        return None
