"""The table on screen: which rows are looked at, what is selected, what is copied."""

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QWidget

from batchdock.window.context import Context
from batchdock.window.quiet_table import QuietTable
from batchdock.window.results.table.delegate import SheetDelegate
from batchdock.window.results.table.header import SheetHeader
from batchdock.window.results.table.model import SheetModel
from batchdock.window.theme import unit

Index = QModelIndex | QPersistentModelIndex


class SheetTable(QuietTable):
    """`opened_wanted` and `copy_wanted` tell of keys, `went` the row that became the current one by hand."""

    opened_wanted = Signal(int)
    copy_wanted = Signal()
    went = Signal(int)
    _delegate: SheetDelegate | None = None  # Qt sends events while the table is still being made

    def __init__(self, context: Context, model: SheetModel, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Results as a table"))
        self._sheet = model
        self._by_hand = True
        self.setModel(model)
        self._delegate = SheetDelegate(model, self)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.heading = SheetHeader(context.settings, self)
        self.setHorizontalHeader(self.heading)
        self.heading.setStretchLastSection(True)
        self.heading.setMinimumSectionSize(unit(self) * 6)
        self.doubleClicked.connect(self._on_double_clicked)

    def go_to(self, row: int) -> None:
        """Make a row the current and the selected one, and bring it into sight."""
        if row == self.currentIndex().row() or not 0 <= row < self._sheet.rowCount():
            return
        self._by_hand = False
        try:
            flags = QItemSelectionModel.SelectionFlag
            index = self._sheet.index(row, max(0, self.currentIndex().column()))
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        finally:
            self._by_hand = True

    def shown_rows(self) -> tuple[int, int]:
        """Return the first and the last row on screen; the last is before the first where there is none."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return max(0, first), last if last >= 0 else self._sheet.rowCount() - 1

    def selected_rows(self) -> list[range]:
        """Return the selected rows as ranges (`selectedRows` takes seconds on a long table), from top to bottom."""
        chosen = self.selectionModel().selection()
        found = sorted({(each.top(), each.bottom() + 1) for each in (chosen.at(at) for at in range(chosen.count()))})
        return [range(top, bottom) for top, bottom in found]

    # --- Qt

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self._by_hand and current.isValid() and current.row() != previous.row():
            self.went.emit(current.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        ):
            if self.currentIndex().isValid():
                self.opened_wanted.emit(self.currentIndex().row())
        elif event.text().isprintable() and event.text() and not event.modifiers():
            event.ignore()  # Letters and digits mean something to the views around.
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and self._delegate is not None:
            self._delegate.measure()

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.opened_wanted.emit(index.row())
