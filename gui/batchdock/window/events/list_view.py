"""The list of events: fetches what is in sight, and keeps it in its place while new ones come above."""

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QWidget

from batchdock.flows.events.events import Index as Numbers
from batchdock.window.events.delegate import EventDelegate, row_height
from batchdock.window.events.model import EventsModel
from batchdock.window.events.shelf import EventShelf
from batchdock.window.quiet_table import QuietTable

Index = QModelIndex | QPersistentModelIndex
_AROUND = 6
"""So many rows above and below are fetched too."""


class EventsList(QuietTable):
    """`opened` tells the row of an event that a person wants to see large.

    A table of one column: Qt's list views lay out all their rows whenever one of them has changed.
    """

    opened = Signal(int)
    current_changed = Signal(int)
    """The row of the one that is chosen; -1: none."""

    def __init__(self, shelf: EventShelf, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("events", "Events"), parent)
        self.events = EventsModel(shelf, self)
        self._shelf = shelf
        self.setModel(self.events)
        self.setItemDelegate(EventDelegate(self.events, shelf))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.row_height = row_height(self)
        self.verticalHeader().setDefaultSectionSize(self.row_height)
        self.verticalScrollBar().setSingleStep(self.row_height // 3)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(30)
        self._soon.timeout.connect(self._look)
        self.verticalScrollBar().valueChanged.connect(self._look_soon)
        self.activated.connect(lambda index: self.opened.emit(index.row()))

    def show_events(self, found: Numbers) -> None:
        """Show these events from the newest on."""
        self.events.show(found)
        self.scrollToTop()
        self._look_soon()

    def add_events(self, found: Numbers) -> int:
        """Put events where they belong. Return how many are above what is seen, out of sight."""
        bar = self.verticalScrollBar()
        top = self.indexAt(self.viewport().rect().topLeft()).row()
        before, is_scrolled = bar.value(), bar.value() > 0
        rows = self.events.add(found)
        above = 0
        if is_scrolled and top >= 0:
            for row in rows:
                above += row <= top + above
            self.updateGeometries()  # Now: the place to scroll to is not there before.
            bar.setValue(before + above * self.row_height)
        self._look_soon()
        return above

    def choose_row(self, row: int) -> None:
        """Go to an event."""
        self.setCurrentIndex(self.events.index(row))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit(current.row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look_soon()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens on every system, on some Qt would begin to edit; Home and End are those of a list."""
        key, last = Qt.Key(event.key()), self.events.rowCount() - 1
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and last >= 0:
            self.choose_row(0 if key is Qt.Key.Key_Home else last)
        else:
            super().keyPressEvent(event)

    def _look_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _look(self) -> None:
        """Ask for what is in sight, from the top down, and then for what is around it."""
        count = self.events.rowCount()
        if not count:
            return
        room = self.viewport().rect()
        first = max(0, self.indexAt(room.topLeft()).row())
        last = self.indexAt(room.bottomLeft()).row()
        last = count - 1 if last < 0 else last
        seen = list(range(first, last + 1))
        around = [*range(last + 1, min(count, last + 1 + _AROUND)), *range(max(0, first - _AROUND), first)]
        self._shelf.wish([self.events.number(row) for row in (*seen, *around)])
