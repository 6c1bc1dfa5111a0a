"""The frames of a video that is not there: when, and how much was found. Shown in place of it."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QListView, QWidget

from batchdock.window.results.grid.words import findings_text, moment_text
from batchdock.window.results.video.rows import Rows

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class FramesModel(QAbstractListModel):
    """A row a frame. Nothing is asked for a row, so that a million cost as much as a screenful."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Rows | None = None

    def show_rows(self, rows: Rows | None) -> None:
        """Replace everything."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() or self.rows is None else len(self.rows.numbers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or self.rows is None:
            return None
        count = int(self.rows.findings[index.row()])
        found = findings_text(count) if count else self.tr("nothing found")
        return f"{moment_text(float(self.rows.seconds[index.row()]))}   {found}"


class FramesList(QListView):
    """All frames that were looked at. `stood` tells the moment and number of the one that it stands at."""

    stood = Signal(float, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frames = FramesModel(self)
        self.setModel(self.frames)
        self.setUniformItemSizes(True)
        self.setAccessibleName(self.tr("Frames of this video"))
        self.selectionModel().currentChanged.connect(self._on_current)

    def go(self, seconds: float) -> None:
        """Stand at the frame that holds at a moment."""
        rows = self.frames.rows
        place = rows.place(seconds) if rows is not None else None
        if place is not None:
            self.setCurrentIndex(self.frames.index(place))
            self.scrollTo(self.frames.index(place), QListView.ScrollHint.PositionAtCenter)

    def _on_current(self, current: QModelIndex) -> None:
        rows = self.frames.rows
        if rows is not None and current.isValid():
            self.stood.emit(float(rows.seconds[current.row()]), int(rows.numbers[current.row()]))
