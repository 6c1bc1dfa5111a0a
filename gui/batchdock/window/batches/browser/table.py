"""The list of the browser: rows that can be ticked by mouse and keyboard, one or many."""

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from batchdock.window.batches.browser.entries_model import NAME, EntriesModel
from batchdock.window.quiet_table import QuietTable, RowDelegate
from batchdock.window.theme import blend, unit

Index = QModelIndex | QPersistentModelIndex


class BrowserTable(QuietTable):
    """Arrows to both sides move too: one looks through pictures as through a book.

    Space ticks the selected rows, a click on a box one, with Shift all from the last one; Ctrl+A all of them, Ctrl+I
    the others.
    """

    wants_back = Signal()

    def __init__(self, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(accessible_name, parent)
        self._anchor = -1
        self.setItemDelegate(_TickDelegate(self))

    def tick_at(self, row: int, *, to_anchor: bool = False) -> None:
        """Tick a row or take its tick away; `to_anchor`: the same for all from the one that was clicked before."""
        model = self._entries()
        ticked = not model.is_ticked(row)
        first = self._anchor if to_anchor and self._anchor >= 0 else row
        if to_anchor and self._anchor >= 0:
            ticked = model.is_ticked(self._anchor)
        model.tick(range(min(first, row), max(first, row) + 1), ticked=ticked)
        self._anchor = row

    def tick_selected(self) -> None:
        """Tick the selected rows; where the current one is ticked, take their ticks away."""
        model, current = self._entries(), self.currentIndex().row()
        if current < 0:
            return
        ticked = not model.is_ticked(current)
        # Ranges, because a selection of 100,000 rows as single ones would take seconds.
        selected = self.selectionModel().selection()
        ranges = [selected.at(number) for number in range(selected.count())]
        rows = [row for each in ranges for row in range(each.top(), each.bottom() + 1)]
        model.tick(rows or [current], ticked=ticked)
        self._anchor = current

    def forget_anchor(self) -> None:
        """The rows are others now."""
        self._anchor = -1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        model = self._entries()
        if event.key() == Qt.Key.Key_Backspace:
            self.wants_back.emit()
        elif step is not None:
            row = self.currentIndex().row() + step
            if 0 <= row < self.model().rowCount():
                self.setCurrentIndex(self.model().index(row, 0))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.activated.emit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Space and model.can_tick:
            self.tick_selected()
        elif event.matches(QKeySequence.StandardKey.SelectAll) and model.can_tick:
            model.tick_all(ticked=model.shown_ticks() is not Qt.CheckState.Checked)
        elif event.key() == Qt.Key.Key_I and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            model.invert_ticks()
        else:
            super().keyPressEvent(event)

    def _entries(self) -> EntriesModel:
        model = self.model()
        assert isinstance(model, EntriesModel)
        return model


class _TickDelegate(RowDelegate):
    """Takes a click anywhere about the box for one on it: it is small. And draws its frame: that of Fusion can not be
    seen on a dark ground."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if index.column() != NAME or index.data(Qt.ItemDataRole.CheckStateRole) is None:
            return
        drawn = QStyleOptionViewItem(option)
        self.initStyleOption(drawn, index)
        step = unit(drawn.widget)
        drawn.rect = drawn.rect.adjusted(step + step // 2, 0, 0, 0)
        style = drawn.widget.style()
        box = style.subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, drawn, drawn.widget)
        painter.save()
        painter.setPen(blend(drawn.palette.text().color(), drawn.palette.base().color(), 0.5))
        painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.restore()

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        table = self.parent()
        if (
            not isinstance(event, QMouseEvent)
            or not isinstance(table, BrowserTable)
            or index.column() != NAME
            or index.data(Qt.ItemDataRole.CheckStateRole) is None
        ):
            return False
        side = table.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth, option, table)
        if event.position().x() > option.rect.left() + side + unit(table) * 3:
            return False
        if event.type() == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
            table.tick_at(index.row(), to_anchor=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        return event.type() in (QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick)
