"""The pictures of a selection as a list that views and screen readers can walk."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.flows.results.opening import Selection
from batchdock.window.plain_text import tooltip_text
from batchdock.window.results.grid.thumbnails import Thumbnails
from batchdock.window.results.grid.words import name_of
from batchdock.window.results.viewing import Viewing
from batchdock.window.wording import number_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class GridModel(QAbstractListModel):
    """A row a picture. Nothing is asked for a row: what is not loaded has only its place as a name."""

    def __init__(self, state: Viewing, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._thumbnails = thumbnails
        self._selection: Selection | None = None

    def take_selection(self) -> None:
        """Show what is selected now."""
        self.beginResetModel()
        self._selection = self._state.selection
        self.endResetModel()

    def number(self, row: int) -> int:
        """Return the number of the picture in a row."""
        assert self._selection is not None
        return int(self._selection.numbers[row])

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() or self._selection is None else len(self._selection.numbers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        words = (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        )
        if role not in words:
            return None
        seen = self._thumbnails.seen(self.number(index.row()))
        if seen is None:
            return self.tr("Picture %1").replace("%1", number_text(index.row() + 1))
        if role == Qt.ItemDataRole.DisplayRole:
            return name_of(seen)
        said = self._state.spoken(seen)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return said
        folder = seen.picture.name.rpartition("/")[0]
        return tooltip_text(f"{said}\n{folder}" if folder else said)
