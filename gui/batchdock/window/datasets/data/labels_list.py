"""The labels of one file, as a list."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from batchdock.core.finding import Label
from batchdock.window.datasets.data.looking import Looked
from batchdock.window.datasets.data.words import attributes_text, class_text, label_type_word
from batchdock.window.plain_text import tooltip_text
from batchdock.window.quiet_table import QuietTable
from batchdock.window.results.colours import colour_of
from batchdock.window.results.large.findings_list import dot
from batchdock.window.theme import unit

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_CLASS, _KIND, _SAID = range(3)
_SHOWN = 200
_TOOLTIP_SHOWN = 2_000
"""Characters."""


class LabelsModel(QAbstractTableModel):
    """In the order of the service: kind by kind. A row is a finding."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looked: Looked | None = None
        self._labels: tuple[Label, ...] = ()

    def show_labels(self, looked: Looked | None, labels: tuple[Label, ...]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._looked, self._labels = looked, labels
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() or self._looked is None else len(self._looked.seen.findings)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Class"), self.tr("Kind"), self.tr("Says"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._looked is None:
            return None
        if role == Qt.ItemDataRole.DecorationRole and index.column() == _CLASS:
            return dot(colour_of(self._looked.seen.findings[index.row()].label))
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        text = self._text(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text(text[:_TOOLTIP_SHOWN])
        return " ".join(text[:_SHOWN].split())

    def _text(self, row: int, column: int) -> str:
        assert self._looked is not None
        finding, detail = self._looked.seen.findings[row], self._looked.details[row]
        if column == _CLASS:
            return class_text(finding, self._labels)
        if column == _KIND:
            return label_type_word(detail.kind)
        instance = f"#{detail.instance}" if detail.instance else ""
        return " · ".join(filter(None, (finding.text, instance, attributes_text(detail.attributes))))


class LabelsList(QuietTable):
    """Up and down choose a label; left and right are for the view around, which turns to the next file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Labels of this file"), parent)
        self.labels = LabelsModel(self)
        self.setModel(self.labels)
        self.size_columns(_SAID, {_KIND: "Semantic mask"})
        self.horizontalHeader().setSectionResizeMode(_CLASS, QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().resizeSection(_CLASS, unit(self) * 24)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
            event.ignore()
            return
        super().keyPressEvent(event)
