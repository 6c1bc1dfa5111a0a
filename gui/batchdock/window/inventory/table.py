"""The table of a collection: keeps its selection and its place when the rows are laid out anew."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from batchdock.core.inventory import CellKind, Column, Item
from batchdock.window.inventory.delegate import InventoryDelegate
from batchdock.window.inventory.model import InventoryModel
from batchdock.window.jobs.ordering import ranges
from batchdock.window.quiet_table import QuietTable
from batchdock.window.theme import icon_size, unit

_KEPT = 1000
"""A selection of more rows than this is let go when the rows change their places."""
_LOOKED_AT = 50
_SAMPLES = {
    CellKind.TEXT: "Intrusion detection",
    CellKind.NUMBER: "888,888",
    CellKind.SIZE: "888.8 GB",
    CellKind.TIME: "88 min ago 8",
    CellKind.WORDS: "north, perimeter, gates, 88",
    CellKind.STATE: "Being deployed 88",
}


class InventoryTable(QuietTable):
    """`menu_asked` tells where, in the viewport; `remove_asked` that Delete was pressed."""

    menu_asked = Signal(QPoint)
    remove_asked = Signal()
    selected = Signal()

    def __init__(self, model: InventoryModel, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(accessible_name, parent)
        self._items = model
        self.setModel(model)
        self.setItemDelegate(InventoryDelegate(model, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = self.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self._widened = self._measured = False
        self._hidden: frozenset[str] = frozenset()
        self._least = unit(self) * 50
        self._kept: tuple[tuple[str, ...], str, int] = ((), "", 0)
        header.sectionResized.connect(self._on_resized)
        model.order_changes.connect(self._keep)
        model.order_changed.connect(self._restore)
        self.selectionModel().selectionChanged.connect(lambda _on, _off: self.selected.emit())

    def chosen(self) -> list[Item]:
        """Return the items that are selected, in their order."""
        pieces = sorted((each.top(), each.bottom()) for each in self.selectionModel().selection().toList())
        return [item for top, bottom in pieces for item in self._items.items(top, bottom)]

    def current_item(self) -> Item | None:
        """Return the item the keyboard is at, if it is selected."""
        current = self.currentIndex()
        if not current.isValid() or not self.selectionModel().isRowSelected(current.row()):
            return None
        return self._items.item(current.row())

    def choose(self, item_ids: Iterable[str], current: str = "") -> bool:
        """Select these and no others, as far as they are on screen, and go to the first; tell whether any was."""
        places = [(row, each) for each in item_ids if (row := self._items.row_of(each)) is not None]
        if not places:
            return False
        selection = QItemSelection()
        last = len(self._items.columns) - 1
        for top, bottom in ranges(row for row, _ in places):
            selection.select(self._items.index(top, 0), self._items.index(bottom, last))
        flags = QItemSelectionModel.SelectionFlag
        go_to = next((row for row, each in places if each == current), min(row for row, _ in places))
        index = self._items.index(go_to, 0)
        self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
        self.selectionModel().select(selection, flags.ClearAndSelect)
        if not current:
            self.scrollTo(index)
        return True

    def hide_columns(self, keys: Iterable[str]) -> None:
        """Show all columns but these."""
        self._hidden = frozenset(keys)
        for place, column in enumerate(self._items.columns):
            self.setColumnHidden(place, column.key in self._hidden)
        self._fit()

    def lay_out(self, columns: tuple[Column, ...]) -> None:
        """Give each column the room that its kind of cells wants, and the first what is left. Unsorted at first."""
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        metrics, step = self.fontMetrics(), unit(self)
        for place, column in enumerate(columns):
            heading = str(self._items.headerData(place, Qt.Orientation.Horizontal) or "")
            sample = metrics.horizontalAdvance(_SAMPLES[column.kind])
            extra = icon_size(self) + step * 2 if column.kind is CellKind.STATE else 0
            width = max(sample + extra, metrics.horizontalAdvance(heading)) + step * 7
            self.setColumnWidth(place, width)
        self._widened = self._measured = False
        self._least = step * 50
        self.hide_columns(self._hidden)

    def measure(self) -> None:
        """Give each column the room that the rows on hand want, once for each list: none is to jump."""
        if self._measured or not self._items.rowCount():
            return
        self._measured = True
        metrics, step = self.fontMetrics(), unit(self)
        for place, column in enumerate(self._items.columns):
            texts = [
                str(self._items.index(row, place).data() or "")
                for row in range(min(_LOOKED_AT, self._items.rowCount()))
            ]
            heading = str(self._items.headerData(place, Qt.Orientation.Horizontal) or "")
            widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
            extra = icon_size(self) + step * 2 if column.kind is CellKind.STATE else 0
            if column.kind is CellKind.WORDS:  # Each as a chip, which takes more room than a comma.
                extra = max(text.count(",") + 1 for text in texts) * step * 3
            wanted = max(widest + extra, metrics.horizontalAdvance(heading)) + step * 7
            if place == 0:
                self._least = max(step * 30, min(wanted, step * 60))
            else:
                self.setColumnWidth(place, min(wanted, step * 60))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        at = event.pos() if by_mouse else self.visualRect(self.currentIndex()).bottomLeft()
        self.menu_asked.emit(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and not event.isAutoRepeat():
            self.remove_asked.emit()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.FontChange and self._items.columns:
            self.lay_out(self._items.columns)
        super().changeEvent(event)

    def _fit(self) -> None:
        """Let the first column have what the others leave, and never too little to read."""
        if self._widened or not self._items.columns:
            return
        header = self.horizontalHeader()
        others = sum(header.sectionSize(place) for place in range(1, header.count()))
        header.blockSignals(True)
        header.resizeSection(0, max(self._least, self.viewport().width() - others))
        header.blockSignals(False)
        self.updateGeometries()
        self.viewport().update()

    def _on_resized(self, section: int, _before: int, _now: int) -> None:
        """Somebody who has pulled at the first column wants it like that."""
        self._widened = self._widened or (section == 0 and self.horizontalHeader().underMouse())

    def _keep(self) -> None:
        rows = sum(each.height() for each in self.selectionModel().selection().toList())
        chosen = tuple(item.item_id for item in self.chosen()) if rows <= _KEPT else ()
        current = self.current_item()
        self._kept = chosen, current.item_id if current is not None else "", self.verticalScrollBar().value()

    def _restore(self) -> None:
        chosen, current, place = self._kept
        if chosen:
            self.choose(chosen, current or chosen[0])
        self.verticalScrollBar().setValue(place)
        self.selected.emit()
