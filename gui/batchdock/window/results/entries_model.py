"""The rows of one place in the browser."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.window.icons import icon
from batchdock.window.results.entries import Entry, Kind
from batchdock.window.wording import files_text, size_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

NAME, HOW_MUCH = range(2)

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


class EntriesModel(QAbstractTableModel):
    """Replaced as a whole when one goes somewhere else; the list is built on the other thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        self._icons = {kind: icon(name) for kind, name in _ICONS.items()}

    def show_entries(self, entries: list[Entry]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        """Return the entry in `row`, or None outside."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Name"), self.tr("Size"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == HOW_MUCH:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title if index.column() == NAME else _how_much(entry)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == NAME:
            return self._icons[entry.kind]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == HOW_MUCH:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.name
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == NAME:
            return ", ".join(part for part in (entry.title, _how_much(entry)) if part)
        return None


def _how_much(entry: Entry) -> str:
    if entry.count is not None:
        return files_text(entry.count)
    return "" if entry.size is None else size_text(entry.size)
