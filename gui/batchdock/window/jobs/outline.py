"""Two-level lists of the details panel: stages and their tasks, causes and their files, log lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from batchdock.window.icons import icon
from batchdock.window.jobs.delegate import row_height
from batchdock.window.theme import Tint, unit

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it says, a short remark at the right, and what is below it."""

    text: str
    remark: str = ""
    icon: tuple[str, Tint] | None = None
    tooltip: str = ""
    below: tuple["Line", ...] = ()


class OutlineModel(QAbstractItemModel):
    """Lines and the lines below them. Lines of unchanged shape are replaced in place, so that nothing folds up."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self.line_height = 0
        """In pixels; the view sets it from its font."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines."""
        new = tuple(lines)
        if new == self._lines:
            return
        if _shape(new) != _shape(self._lines):
            self.beginResetModel()
            self._lines = new
            self.endResetModel()
            return
        old, self._lines = self._lines, new
        for row, (before, after) in enumerate(zip(old, new, strict=True)):
            if before != after:
                top = self.index(row, 0)
                self.dataChanged.emit(top, self.index(row, 1))
                if after.below:
                    self.dataChanged.emit(self.index(0, 0, top), self.index(len(after.below) - 1, 1, top))

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        # The id of a top line is 0; that of a line below is the row of its parent plus one.
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        above = index.internalId() if index.isValid() else 0
        return self.createIndex(above - 1, 0, 0) if above else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._lines)
        return 0 if parent.internalId() or parent.column() else len(self._lines[parent.row()].below)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        above = index.internalId()
        line = self._lines[above - 1].below[index.row()] if above else self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.remark if index.column() else line.text
        if role == Qt.ItemDataRole.DecorationRole and not index.column() and line.icon is not None:
            return icon(*line.icon)
        if role == Qt.ItemDataRole.ToolTipRole:
            return line.tooltip or line.text
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, self.line_height)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (line.text, line.remark) if part)
        return None


class Outline(QTreeView):
    """Shows an `OutlineModel` quietly."""

    def __init__(self, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = OutlineModel(self)
        self.lines.line_height = self.fontMetrics().height() + unit(self) * 2
        self.setModel(self.lines)
        self.setAccessibleName(accessible_name)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        side = unit(self) * 4
        self.setIconSize(QSize(side, side))
        self.setIndentation(unit(self) * 4)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, header.ResizeMode.Stretch)
        header.setSectionResizeMode(1, header.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(0)  # Those on screen: a log may have a hundred thousand lines.
        self.setMinimumHeight(row_height(self) * 3)


def _shape(lines: tuple[Line, ...]) -> list[tuple[str, int]]:
    return [(line.text, len(line.below)) for line in lines]
