"""The findings of the picture in hand, as a list: what, how sure, and what was read."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QHeaderView, QWidget

from batchdock.core.finding import Finding, Label, Shape
from batchdock.window.plain_text import tooltip_text
from batchdock.window.quiet_table import QuietTable
from batchdock.window.results.colours import colour_of
from batchdock.window.results.drawing import certainty, sureness_text
from batchdock.window.theme import unit

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_TO_THE_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_tr = QCoreApplication.translate

_CELL_SHOWN = 200
"""Characters; the tooltip has more."""

_TOOLTIP_SHOWN = 2_000


class FindingsModel(QAbstractTableModel):
    """One row a finding, the surest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._findings: tuple[Finding, ...] = ()
        self._labels: tuple[Label, ...] = ()

    def show_findings(self, findings: tuple[Finding, ...], labels: tuple[Label, ...]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._findings = tuple(sorted(findings, key=certainty, reverse=True))
        self._labels = labels
        self.endResetModel()

    def finding(self, row: int) -> Finding:
        """Return the finding of a row."""
        return self._findings[row]

    def row_of(self, number: int | None) -> int | None:
        """Return the row of a finding; None where it is not shown."""
        return next((row for row, each in enumerate(self._findings) if each.number == number), None)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._findings)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 1:
            return _TO_THE_RIGHT
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Finding"), self.tr("Sure"), self.tr("Text"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        finding = self._findings[index.row()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return dot(colour_of(finding.label))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return _TO_THE_RIGHT
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        text = self._text(finding, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text(text[:_TOOLTIP_SHOWN])
        return " ".join(text[:_CELL_SHOWN].split())

    def _text(self, finding: Finding, column: int) -> str:
        if column == 0:
            return class_text(finding, self._labels)
        if column == 1:
            return sureness_text(finding)
        return finding.text


class FindingsList(QuietTable):
    """Up and down choose a finding; every other arrow is for the view around, which turns to the next picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Findings of this picture"), parent)
        self.findings = FindingsModel(self)
        self.setModel(self.findings)
        self.size_columns(0, {1: "100 %"})
        self.show_texts(False)

    def show_texts(self, shown: bool) -> None:
        """Give the room to what was read, where anything was."""
        self.setColumnHidden(2, not shown)
        columns, modes = self.horizontalHeader(), QHeaderView.ResizeMode
        columns.setSectionResizeMode(0, modes.Interactive if shown else modes.Stretch)
        columns.setSectionResizeMode(2, modes.Stretch)
        if shown:
            columns.resizeSection(0, unit(self) * 26)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
            event.ignore()
            return
        super().keyPressEvent(event)


def class_text(finding: Finding, labels: tuple[Label, ...]) -> str:
    """Return the name of a finding's class, or what it is where it has none."""
    if 0 <= finding.label < len(labels):
        return labels[finding.label].name
    if finding.shape is Shape.TEXT:
        return _tr("large", "Text")
    return _tr("large", "Code") if finding.shape is Shape.CODE else _tr("large", "Without a class")


def dot(colour: QColor) -> QPixmap:
    """Return a round spot of one colour, as it stands beside the name of a class."""
    spot = QPixmap(20, 20)
    spot.fill(Qt.GlobalColor.transparent)
    painter = QPainter(spot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(3, 3, 14, 14)
    painter.end()
    return spot
