"""A table that reads like a list: whole rows, no grid, one line a row, Tab leaves it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from batchdock.window.flat_header import FlatHeader
from batchdock.window.theme import icon_size, unit

Index = QModelIndex | QPersistentModelIndex

LINE_BREAK = "\N{LINE SEPARATOR}"


class QuietTable(QTableView):
    """Settings only. Nothing in it walks over the rows, so that a million of them cost as much as a screenful."""

    def __init__(self, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(accessible_name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIconSize(QSize(icon_size(self), icon_size(self)))
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(unit(self) * 8)
        self.setItemDelegate(RowDelegate(self))
        # A header of one's own: a style sheet would keep yesterday's colours when the palette changes.
        columns = FlatHeader(self)
        self.setHorizontalHeader(columns)
        columns.setMinimumSectionSize(unit(self) * 8)

    def size_columns(self, stretched: int, samples: dict[int, str]) -> None:
        """Give `stretched` the room that is left, and each other column that of its sample text or its heading."""
        columns = self.horizontalHeader()
        metrics = self.fontMetrics()
        for column, sample in samples.items():
            heading = str(self.model().headerData(column, Qt.Orientation.Horizontal) or "")
            width = max(metrics.horizontalAdvance(sample), metrics.horizontalAdvance(heading))
            self.setColumnWidth(column, width + unit(self) * 7)
        columns.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)


class RowDelegate(QStyledItemDelegate):
    """Leaves room on both sides of a cell, and draws no frame around the one that is current: the row is the unit."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        drawn = QStyleOptionViewItem(option)
        self.initStyleOption(drawn, index)
        drawn.state &= ~QStyle.StateFlag.State_HasFocus
        style = drawn.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, drawn, painter, drawn.widget)
        padding = unit(drawn.widget) + unit(drawn.widget) // 2
        drawn.rect = drawn.rect.adjusted(padding, 0, -padding, 0)
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, drawn, painter, drawn.widget)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        # A file's name may hold a line break; a row has one line, and the tooltip shows the name as it is. (Qt writes
        # its own sign for it. What is no text at all stays with Qt, which draws a question mark.)
        if LINE_BREAK in option.text:
            option.text = option.text.replace(LINE_BREAK, " ")

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + unit(option.widget) * 3, hint.height())
