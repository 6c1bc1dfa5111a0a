"""The grid itself: equal cells, as many as there are, of which only those on screen cost anything."""

from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPaintEvent, QRegion, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from batchdock.window.results.grid.lattice import Lattice
from batchdock.window.results.grid.model import GridModel
from batchdock.window.results.grid.painting import CellPainter
from batchdock.window.results.grid.thumbnails import Thumbnails
from batchdock.window.results.viewing import NOTHING_CURRENT, Viewing
from batchdock.window.theme import unit

Index = QModelIndex | QPersistentModelIndex

SMALLEST, LARGEST, USUAL = 24, 96, 36
"""Widths of a picture, in steps of `theme.unit`."""

_ZOOM = 4
_WISH_MS = 25
"""How long scrolling may gather before pictures are asked for anew."""

_REST_MS = 80
"""How long it rests where it goes so fast that every screen is another one: nothing is read that is gone again."""

_ANCHORS = 8


class GridView(QListView):
    """Follows the state: what is current here is what is current there.

    To screen readers it is a list, as a `QListView` is; nothing of that view's layout, which walks over all rows, is
    left in it.
    """

    opened = Signal()
    """The picture in hand is to be shown large."""
    menu_asked = Signal(QPoint)
    """Tells where on the screen."""
    size_changed = Signal(int)
    """The width of a picture, in steps."""

    def __init__(self, state: Viewing, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._thumbnails = thumbnails
        self._grid_model = GridModel(state, thumbnails, self)
        self._steps = USUAL
        self._lattice = Lattice.over(0, 1, 1, 1, 1)
        self._painter = CellPainter(self, state)
        self._order: object = None
        self._wishing = QTimer(self)
        self._wishing.setSingleShot(True)
        self._wishing.timeout.connect(self._wish)
        self._going_down = True
        self._moved = 0
        """How far it was scrolled since pictures were asked for."""
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setDragEnabled(False)
        self.setAccessibleName(self.tr("Pictures"))
        self.setModel(self._grid_model)
        self.doubleClicked.connect(self._on_double_clicked)
        thumbnails.ready.connect(self._on_ready)
        state.opened_changed.connect(self._on_selection)
        state.selection_changed.connect(self._on_selection)
        state.current_changed.connect(self._on_current)
        state.looks_changed.connect(self.wish_soon)
        state.originals_moved.connect(self.wish_soon)

    # --- what others ask for

    @property
    def steps(self) -> int:
        """How wide a picture is at least, in steps."""
        return self._steps

    def set_steps(self, steps: int) -> None:
        """Make pictures larger or smaller; what is in the upper left corner, or in hand, stays in sight."""
        steps = min(max(SMALLEST, steps), LARGEST)
        if steps != self._steps:
            self._steps = steps
            self._rearrange()
            self.size_changed.emit(steps)

    def wish_soon(self) -> None:
        """Ask for what is on screen before long."""
        if not self._wishing.isActive():
            self._wishing.start(_WISH_MS)

    def shown_places(self) -> range:
        """Return the places of which something is on screen."""
        top = self.verticalOffset() - self._pad
        return self._lattice.between(top, top + self.viewport().height() - 1)

    # --- QAbstractItemView: where things are

    def visualRect(self, index: Index) -> QRect:
        return self._cell(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        place = self._lattice.place_at(point - QPoint(self._pad, self._pad - self.verticalOffset()))
        return QModelIndex() if place is None else self._grid_model.index(place)

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        cell, bar = self._cell(index.row()), self.verticalScrollBar()
        room = self.viewport().height()
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + cell.center().y() - room // 2)
        elif cell.top() < self._pad:
            bar.setValue(bar.value() + cell.top() - self._pad)
        elif cell.bottom() > room - self._pad:
            bar.setValue(bar.value() + min(cell.top() - self._pad, cell.bottom() - room + self._pad))

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        for index in selection.indexes():
            region += self.visualRect(index)
        return region

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        self.selectionModel().select(self.currentIndex(), command)

    def moveCursor(self, cursorAction: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        action, count = QAbstractItemView.CursorAction, self._grid_model.rowCount()
        if not count:
            return QModelIndex()
        here = self.currentIndex().row()
        if here < 0:
            return self._grid_model.index(self.shown_places().start)
        columns = self._lattice.columns
        page = max(1, self.viewport().height() // self._lattice.pitch) * columns
        steps = {
            action.MoveLeft: -1,
            action.MovePrevious: -1,
            action.MoveRight: 1,
            action.MoveNext: 1,
            action.MoveUp: -columns,
            action.MoveDown: columns,
            action.MovePageUp: -page,
            action.MovePageDown: page,
            action.MoveHome: -count,
            action.MoveEnd: count,
        }
        there = here + steps.get(cursorAction, 0)
        if abs(steps.get(cursorAction, 0)) == columns and not 0 <= there < count:
            # Up from the first row stays; down from the row before a short last one goes to its end.
            is_last_row = here // columns == (count - 1) // columns
            there = here if there < 0 or is_last_row else count - 1
        return self._grid_model.index(min(max(0, there), count - 1))

    # --- Qt

    def updateGeometries(self) -> None:
        QAbstractItemView.updateGeometries(self)
        self._arrange()

    def doItemsLayout(self) -> None:
        """Lay out anew, when Qt finds it is time."""
        self._arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._going_down = dy <= 0
        self.viewport().scroll(0, dy)
        self._moved += abs(dy)
        if self._moved > self.viewport().height():
            self._wishing.start(_REST_MS)
        else:
            self.wish_soon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        QAbstractItemView.resizeEvent(self, event)
        self._rearrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        top = event.rect().top() + self.verticalOffset() - self._pad
        current = self.currentIndex().row()
        model, lattice = self._grid_model, self._lattice
        with self._painter.begun(self.viewport(), event.rect(), lattice) as painter:
            for place in lattice.between(top, top + event.rect().height() - 1):
                thumbnail = self._thumbnails.get(model.number(place))
                painter.paint(self._cell(place), thumbnail, is_current=place == current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif control and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.set_steps(self._steps + _ZOOM)
        elif control and key == Qt.Key.Key_Minus:
            self.set_steps(self._steps - _ZOOM)
        elif control and key == Qt.Key.Key_0:
            self.set_steps(USUAL)
        elif event.text().isprintable() and event.text() and not control:
            event.ignore()  # letters and digits are keys of the viewer
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            turned = event.angleDelta().y()
            self.set_steps(self._steps + (_ZOOM if turned > 0 else -_ZOOM if turned < 0 else 0))
            event.accept()
        else:
            super().wheelEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid():
            self.setCurrentIndex(index)
            where = event.pos() if by_mouse else self.visualRect(index).center()
            self.menu_asked.emit(self.viewport().mapToGlobal(where))

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.DevicePixelRatioChange, QEvent.Type.Show):
            self.wish_soon()
        elif event.type() is QEvent.Type.Hide:
            self._wishing.stop()
            self._thumbnails.rest()
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.FontChange:
            self._rearrange()
        elif event.type() is QEvent.Type.PaletteChange:
            self.viewport().update()
        super().changeEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        for index in (current, previous):
            self.viewport().update(self.visualRect(index).adjusted(-self._pad, -self._pad, self._pad, self._pad))
        if current.isValid():
            self._state.go_to_place(current.row())

    # --- inside

    @property
    def _pad(self) -> int:
        return unit(self) * 3

    def _cell(self, place: int) -> QRect:
        return self._lattice.rect(place).translated(self._pad, self._pad - self.verticalOffset())

    def _arrange(self) -> None:
        step, room = unit(self), self.viewport().size()
        words = self.fontMetrics().height() + step * 2
        width = max(1, room.width() - 2 * self._pad)
        count = self._grid_model.rowCount()
        self._lattice = lattice = Lattice.over(count, width, step * self._steps, words, step * 2, self._state.columns)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, lattice.height + 2 * self._pad - room.height()))
        bar.setSingleStep(max(1, lattice.pitch // 3))
        bar.setPageStep(max(1, room.height() // lattice.pitch * lattice.pitch))

    def _rearrange(self) -> None:
        """Lay out anew; what is in hand, or on top, stays on screen."""
        shown = self.shown_places()
        here = self.currentIndex().row()
        kept = here if here in shown else shown.start
        below = self._cell(kept).top()
        self._arrange()
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self._cell(kept).top() - below)
        if here == kept:
            self.scrollTo(self.currentIndex())
        self.viewport().update()
        self.wish_soon()

    def _on_selection(self) -> None:
        state, bar = self._state, self.verticalScrollBar()
        anchors = self._anchors()
        order = state.order
        if order != self._order:
            self._order, anchors = order, {number: top for number, top in anchors.items() if number == state.current}
        self._grid_model.take_selection()
        self._arrange()
        bar.setValue(self._offset(anchors))
        if state.selection is not None and state.current != NOTHING_CURRENT:
            self._on_current(state.current)
        self.viewport().update()
        self.wish_soon()

    def _anchors(self) -> dict[int, int]:
        """Return pictures on screen, with how far from the top they are: first the one in hand."""
        shown = self.shown_places()
        here = self.currentIndex().row()
        places = [*([here] if here in shown else []), *shown[:_ANCHORS]]
        return {self._grid_model.number(place): self._cell(place).top() for place in places}

    def _offset(self, anchors: dict[int, int]) -> int:
        """Return where to scroll to, so that the first of these that is still there stays where it was."""
        for number, top in anchors.items():
            place = self._state.place_of(number)
            if place is not None:
                return self._lattice.rect(place).top() + self._pad - top
        return 0

    def _on_current(self, number: int) -> None:
        place, count = self._state.place, self._grid_model.rowCount()
        if number == NOTHING_CURRENT or place >= count or self._grid_model.number(place) != number:
            return
        if self.currentIndex().row() != place:
            self.setCurrentIndex(self._grid_model.index(place))

    def _on_ready(self, numbers: list[int]) -> None:
        """Paint what has arrived, where it is on screen, and let screen readers hear of the one in hand."""
        fresh, model = set(numbers), self._grid_model
        for place in self.shown_places():
            if model.number(place) in fresh:
                self.viewport().update(self._cell(place))
        current = self.currentIndex()
        if current.isValid() and model.number(current.row()) in fresh:
            model.dataChanged.emit(current, current)

    def _wish(self) -> None:
        """Ask for what is on screen, then for the screen after it."""
        self._moved = 0
        if not self.isVisible() or not self._grid_model.rowCount():
            return
        shown, count = self.shown_places(), self._grid_model.rowCount()
        ahead = range(shown.stop, min(count, shown.stop + len(shown)))
        if not self._going_down:
            ahead = range(shown.start - 1, max(-1, shown.start - 1 - len(shown)), -1)
        ratio = self.devicePixelRatioF()
        room = QSize(round(self._lattice.cell * ratio), round(self._lattice.tile * ratio))
        numbers = [self._grid_model.number(place) for place in (*shown, *ahead)]
        self._thumbnails.wish(numbers, room, ratio)

    def _open(self) -> None:
        if not self.currentIndex().isValid() and self._grid_model.rowCount():
            self.setCurrentIndex(self._grid_model.index(self.shown_places().start))
        if self.currentIndex().isValid():
            self.opened.emit()

    def _on_double_clicked(self, _index: Any) -> None:
        self._open()
