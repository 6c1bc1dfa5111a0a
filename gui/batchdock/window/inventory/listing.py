"""The list of a collection while it is read, when it has been, and when it could not be."""

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from batchdock.bridge.garbage import keep
from batchdock.core.errors import BatchdockError
from batchdock.core.inventory import Action, Collection, Item, On, Where
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.expiry import TICK_MS
from batchdock.window.inventory.form_fields import said_by_service
from batchdock.window.inventory.model import InventoryModel
from batchdock.window.inventory.offering import action_text
from batchdock.window.inventory.reading import Pages, Reading
from batchdock.window.inventory.table import InventoryTable
from batchdock.window.inventory.trouble import Trouble
from batchdock.window.theme import unit
from batchdock.window.wording import grouped, number_text

_LONG = 5000
"""To walk over so many more items at each collection of garbage would be felt."""


class Listing(QWidget):
    """`changed` says that `said` has other words, `ended` that the list has been read."""

    changed = Signal()
    ended = Signal()
    make_asked = Signal(object)
    """An `Action` that makes something new is asked for where there is nothing yet."""
    all_asked = Signal()
    """The filters and the search hide everything, and are to go."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._collection: Collection | None = None
        self._where: Where = {}
        self._pages: Pages | None = None
        self._narrowed = False
        self._search = ""
        self._reading: Reading | None = None
        self._complete = False
        self.model = InventoryModel(self)
        self.table = InventoryTable(self.model, self.tr("List"))
        self.trouble = Trouble()
        self.trouble.again.clicked.connect(lambda _checked=False: self.refresh())
        self._nothing = EmptyState("search", self.tr("Nothing matches."))
        self._nothing.add_button(self.tr("Show all"), self.all_asked.emit)
        self._empty: EmptyState | None = None
        self._waiting = EmptyState("hourglass", self.tr("Reading…"))
        self._stack = QStackedWidget()
        for each in (self.table, self._nothing, self._waiting):
            self._stack.addWidget(each)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        layout.addWidget(self.trouble)
        layout.addWidget(self._stack, 1)
        self.model.order_changed.connect(self._write)
        self._ticking = QTimer(self)
        self._ticking.setInterval(TICK_MS)
        self._ticking.timeout.connect(self.model.tell_time)

    @property
    def is_reading(self) -> bool:
        """Whether the service is being asked."""
        return self._reading is not None

    def show_collection(self, account_id: str, collection: Collection | None, where: Where) -> None:
        """Read a collection, and show it page by page."""
        inventory = self._context.desk.inventory
        self._where = where
        key = collection.key if collection is not None else ""
        self.show_pages(collection, lambda: inventory.items(account_id, key, self._where), narrowed=bool(where))

    def show_pages(self, collection: Collection | None, pages: Pages, *, narrowed: bool = False) -> None:
        """Read a list from `pages`, and show it as `collection` says; `narrowed` tells that it is not all there is."""
        self.stop()
        self._collection, self._pages, self._narrowed, self._search = collection, pages, narrowed, ""
        self.model.show_collection(collection)
        self._complete = False
        if self._empty is not None:
            self._stack.removeWidget(self._empty)
            self._empty.deleteLater()
            self._empty = None
        if collection is None:
            return
        title = said_by_service(collection.title)
        self.table.setAccessibleName(title)
        self.table.lay_out(collection.columns)
        self._empty = self._make_empty(collection)
        self._stack.addWidget(self._empty)
        self.refresh()

    def narrow(self, where: Where) -> None:
        """Ask the service only for some."""
        self._where, self._narrowed = where, bool(where)
        self._read(anew=True)

    def ask_others(self, pages: Pages, *, narrowed: bool, anew: bool = True) -> None:
        """Ask for others of the same kind; without `anew` what is there and what is selected stays until then."""
        self._pages, self._narrowed = pages, narrowed
        self._read(anew=anew)

    def refresh(self) -> None:
        """Read the list again. What is there stays until then."""
        self._read(anew=False)

    def search(self, text: str) -> None:
        """Show only what has this text in it, of what has been read."""
        self._search = text
        self.model.search(text)

    def stop(self) -> None:
        """Read no further."""
        if self._reading is not None:
            self._reading.stop()
            self._reading.deleteLater()
            self._reading = None

    def said(self) -> str:
        """Return how many there are, as far as is known."""
        model = self.model
        if self._reading is not None:
            count = model.arriving
            return self.tr("Reading… %1 so far").replace("%1", number_text(count)) if count else self.tr("Reading…")
        if not self._complete and not model.count:
            return ""
        if model.rowCount() != model.count:
            return (
                self.tr("%1 of %2").replace("%2", number_text(model.count)).replace("%1", number_text(model.rowCount()))
            )
        return grouped(self.tr("%n item(s)", None, model.count), model.count)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.tell_time()
        self._ticking.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._ticking.stop()
        super().hideEvent(event)

    # --- inside

    def _make_empty(self, collection: Collection) -> EmptyState:
        sentence = said_by_service(collection.empty) or self.tr("There is nothing here yet.")
        empty = EmptyState(collection.icon, sentence)
        making = [each for each in collection.actions if each.on is On.NOTHING and not each.closed]
        for action in making[:2]:
            empty.add_button(action_text(action), partial(self._ask_to_make, action))
        return empty

    def _ask_to_make(self, action: Action) -> None:
        self.make_asked.emit(action)

    def _read(self, *, anew: bool) -> None:
        if self._collection is None or self._pages is None:
            return
        self.stop()
        self.trouble.clear()
        self._complete = self._complete and not anew
        self.model.begin(anew=anew)
        reading = self._reading = Reading(self._context, self._pages, self)
        reading.came.connect(self._on_came)
        reading.ended.connect(self._on_ended)
        reading.start()
        self._write()

    def _on_came(self, items: tuple[Item, ...]) -> None:
        before = self.model.arriving
        self.model.take(items)
        if self.model.arriving // _LONG > before // _LONG:
            keep()
        self.table.measure()
        self._write()

    def _on_ended(self, error: BatchdockError | None) -> None:
        if self._reading is not None:
            self._reading.deleteLater()
        self._reading = None
        self._complete = error is None
        arrived = self.model.arriving
        self.model.finish(complete=error is None)
        if error is not None:
            broke_off = self.tr("The list broke off after %1.").replace("%1", number_text(arrived)) if arrived else ""
            self.trouble.say(error, broke_off)
        self._write()
        self.ended.emit()

    def _write(self) -> None:
        model = self.model
        shown: QWidget = self.table
        if not model.rowCount() and not model.is_arranging:
            if model.count or (self._complete and (self._narrowed or self._search)):
                shown = self._nothing
            elif self._reading is not None:
                shown = self._waiting
            elif self._complete and self._empty is not None:
                shown = self._empty
        if self._stack.currentWidget() is not shown:
            self._stack.setCurrentWidget(shown)
        self.changed.emit()
