"""The same numbers as a table: for the keyboard, for screen readers, and for whoever would rather read."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QWidget

from batchdock.flows.results.table import harmless
from batchdock.window.plain_text import tooltip_text
from batchdock.window.quiet_table import QuietTable
from batchdock.window.results.charts.bars import Chart, Kind
from batchdock.window.results.charts.counting import share_text, tips
from batchdock.window.theme import unit
from batchdock.window.wording import number_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_NAME, _FINDINGS, _SHARE, _PICTURES = range(4)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
SHOWN_ROWS = 8


class NumbersModel(QAbstractTableModel):
    """One row a bar."""

    def __init__(self, kind: Kind, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chart = Chart(kind)
        self._marked: frozenset[int] = frozenset()
        self._whole = 0
        self._tips: tuple[str, ...] = ()

    def show_chart(self, chart: Chart, marked: frozenset[int]) -> None:
        """Show the numbers of a chart; rows in `marked` are chosen."""
        self.beginResetModel()
        self._chart, self._marked = chart, marked
        self._whole = sum(bar.findings for bar in chart.bars)
        self._tips = tips(chart)
        self.endResetModel()

    def text(self, row: int, column: int) -> str:
        """Return what a cell says."""
        bar = self._chart.bars[row]
        if column == _NAME:
            return bar.name
        if column == _FINDINGS:
            return number_text(bar.findings)
        if column == _SHARE:
            return share_text(bar.findings, self._whole)
        return "" if bar.pictures is None else number_text(bar.pictures)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._chart.bars)

    def columnCount(self, parent: Index = _ROOT) -> int:
        if parent.isValid():
            return 0
        return 4 if any(bar.pictures is not None for bar in self._chart.bars) else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (self._first_title(), self.tr("Findings"), self.tr("Share"), self.tr("Pictures"))[section]
        return (_LEFT if section == _NAME else _RIGHT) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if index.column() == _NAME else _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text(self._tips[index.row()])
        if role == Qt.ItemDataRole.FontRole and index.row() in self._marked:
            bold = QFont(QGuiApplication.font())
            bold.setWeight(QFont.Weight.DemiBold)
            return bold
        if role == Qt.ItemDataRole.AccessibleTextRole:
            tip = self._tips[index.row()]
            return f"{tip}, {self.tr('chosen')}" if index.row() in self._marked else tip
        return None

    def _first_title(self) -> str:
        return {
            Kind.CLASSES: self.tr("Class"),
            Kind.CONFIDENCE: self.tr("Confidence"),
            Kind.FOLDERS: self.tr("Folder"),
            Kind.TIME: self.tr("Time"),
            Kind.JOBS: self.tr("Job"),
        }[self._chart.kind]


class NumbersTable(QuietTable):
    """Enter, Space and a double click choose (`chosen`: first and last row); Ctrl+C copies the selected rows."""

    chosen = Signal(int, int)

    def __init__(self, model: NumbersModel, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._numbers = model
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.horizontalHeader().setSectionsClickable(False)
        self.doubleClicked.connect(self._choose)
        model.modelReset.connect(self._fit)

    def copy(self) -> None:
        """Copy the selected rows, tab-separated."""
        columns = range(self._numbers.columnCount())
        lines = ["\t".join(str(harmless(self._numbers.text(row, each))) for each in columns) for row in self._rows()]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
        else:
            super().keyPressEvent(event)

    def _choose(self) -> None:
        rows = self._rows()
        if rows:
            self.chosen.emit(rows[0], rows[-1])

    def _rows(self) -> list[int]:
        return sorted({index.row() for index in self.selectionModel().selectedIndexes()})

    def _fit(self) -> None:
        rows = min(SHOWN_ROWS, max(1, self._numbers.rowCount()))
        self.setFixedHeight(rows * unit(self) * 8 + self.horizontalHeader().minimumHeight() + unit(self))
        sample = {_FINDINGS: "8,888,888", _SHARE: share_text(1, 1000), _PICTURES: "8,888,888"}
        self.size_columns(0, {at: text for at, text in sample.items() if at < self._numbers.columnCount()})
