"""The inventory page: what each service keeps besides jobs and batches of files, made of its own description."""

from dataclasses import replace

from PySide6.QtCore import QPoint, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QMenu, QSplitter, QVBoxLayout, QWidget

from batchdock.bridge.dialogs import ask
from batchdock.core.account import Account
from batchdock.core.inventory import Action, Collection, Field, FieldKind, Item, Where
from batchdock.flows.news import AccountsChanged, Event, InventoryChanged
from batchdock.window.context import Context
from batchdock.window.heading import heading
from batchdock.window.icon_button import IconButton
from batchdock.window.icons import icon
from batchdock.window.inventory.acting import Acting
from batchdock.window.inventory.action_bar import ActionBar
from batchdock.window.inventory.collections_list import CollectionsList, Spot
from batchdock.window.inventory.details import ItemDetails
from batchdock.window.inventory.filter_row import FilterRow, as_where
from batchdock.window.inventory.form_dialog import FormDialog
from batchdock.window.inventory.form_fields import said_by_service
from batchdock.window.inventory.listing import Listing
from batchdock.window.inventory.offering import fits
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel


class InventoryPage(QWidget):
    """Collections at the left, the one that is chosen in the middle, and what is chosen of it at the right."""

    offered = Signal(bool)
    """Whether any account keeps anything, each time the accounts have changed."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._spot: Spot | None = None
        self._collection: Collection | None = None
        self._wheres: dict[Spot, Where] = {}
        self._stale = self._unread = False
        """The list is to be read again; it has not been begun."""
        self._made: tuple[str, ...] = ()
        self.list = CollectionsList()
        self.filters = FilterRow()
        self.acting = Acting(context, self)
        self.bar = ActionBar(self._start)
        self.listing = Listing(context)
        self.details = ItemDetails(context)
        self.refresh_button = IconButton("refresh-cw", "")
        self.refresh_button.setAccessibleName(self.tr("Read the list again"))
        self.refresh_button.setToolTip(self.refresh_button.accessibleName())
        self._title, self._about = QLabel(), TintedLabel()
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(0)
        self._looking.timeout.connect(self._look)
        self._lay_out()
        self._connect()
        self.take_accounts(context.desk.accounts.all())

    @property
    def is_offered(self) -> bool:
        """Whether any account keeps anything."""
        return bool(self.list.spots())

    def regions(self) -> list[QWidget]:
        """Return what F6 goes through."""
        return [self.list, self._middle, self.details]

    def take_accounts(self, accounts: tuple[Account, ...]) -> None:
        """Offer what these accounts keep."""
        kept = [(each, self._context.desk.inventory.collections(each.account_id)) for each in accounts]
        kept = [(account, collections) for account, collections in kept if collections]
        self.list.show_collections(kept)
        self.list.setVisible(len(self.list.spots()) > 1)
        if not kept:
            self._go(None)
        self.offered.emit(bool(kept))

    def refresh(self) -> None:
        """Read the list again."""
        self._stale = False
        self.listing.refresh()

    def fill_menu(self, menu: QMenu) -> None:
        """Put what can be done now into a menu: what makes something new, and what fits the selection."""
        actions = self._collection.actions if self._collection is not None else ()
        fitting = self._fitting(self.listing.table.chosen())
        self.bar.fill(menu, [action for action in actions if action.key in fitting or action.closed])

    def save_state(self, settings: QSettings) -> None:
        """Remember where we were."""
        settings.setValue("inventory/splitter", self._splitter.saveState())
        settings.setValue("inventory/spot", list(self._spot or ()))

    def restore_state(self, settings: QSettings) -> None:
        """Go back to where we were."""
        if (state := settings.value("inventory/splitter")) is not None:
            self._splitter.restoreState(state)
        spot = settings.value("inventory/spot")
        if isinstance(spot, list | tuple) and len(spot) == 2:
            self.list.go((str(spot[0]), str(spot[1])))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._unread:
            self._begin()
        elif self._stale:
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        if self.listing.is_reading:
            # Nobody looks at it: whoever comes back gets a fresh one.
            self.listing.stop()
            self._stale = True
        super().hideEvent(event)

    # --- inside

    def _lay_out(self) -> None:
        step = unit(self)
        buttons = QHBoxLayout()
        buttons.setSpacing(step * 2)
        buttons.addWidget(self.bar, 1)
        buttons.addWidget(self.refresh_button, 0, Qt.AlignmentFlag.AlignRight)
        self._middle = QWidget()
        middle = QVBoxLayout(self._middle)
        middle.setContentsMargins(step * 2, 0, 0, 0)
        middle.setSpacing(step * 3)
        middle.addLayout(heading(self._title, self._about))
        middle.addLayout(buttons)
        middle.addWidget(self.filters)
        middle.addWidget(self.listing, 1)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(step * 2)
        for each in (self.list, self._middle, self.details):
            self._splitter.addWidget(each)
        self.list.setMinimumWidth(step * 26)
        self._middle.setMinimumWidth(step * 70)
        self.details.setMinimumWidth(step * 50)
        self._splitter.setCollapsible(1, False)
        for place, share in enumerate((0, 3, 1)):
            self._splitter.setStretchFactor(place, share)
        self._splitter.setSizes([step * 38, step * 150, step * 75])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 4, step * 4, step * 4, step * 4)
        layout.addWidget(self._splitter)

    def _connect(self) -> None:
        self._context.inbox.arrived.connect(self._on_news)
        self.list.went.connect(self._go)
        self.refresh_button.clicked.connect(lambda _checked=False: self.refresh())
        self.filters.chosen.connect(self._narrow)
        self.filters.asked.connect(self._ask_filter)
        self.filters.search.searched.connect(self.listing.search)
        self.listing.changed.connect(lambda: self._about.setText(self.listing.said()))
        self.listing.ended.connect(self._choose_made)
        self.listing.make_asked.connect(self._start)
        self.listing.all_asked.connect(self._show_all)
        self.listing.table.selected.connect(self._looking.start)
        self.listing.model.modelReset.connect(self._looking.start)
        self.listing.table.menu_asked.connect(self._offer_menu)
        self.listing.table.remove_asked.connect(self._remove)
        self.acting.made.connect(self._on_made)
        self.acting.busy.connect(lambda _busy: self._look())

    def _on_news(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, AccountsChanged):
                self.take_accounts(event.accounts)
            elif isinstance(event, InventoryChanged) and (event.account_id, event.collection) == self._spot:
                self._stale = True
        if self._stale and self.isVisible():
            self.refresh()

    def _go(self, spot: Spot | None) -> None:
        """Show a collection."""
        known = self._context.desk.inventory.collections(spot[0]) if spot is not None else ()
        collection = next((each for each in known if spot is not None and each.key == spot[1]), None)
        if spot == self._spot and collection == self._collection:
            return
        self._spot, self._collection = spot, collection
        self._made = ()
        self._title.setText(said_by_service(self._collection.title) if self._collection is not None else "")
        self.bar.show_actions(self._collection.actions if self._collection is not None else ())
        self.filters.search.clear()
        self.filters.show_collection(self._collection)
        if spot is not None:
            self.filters.put(self._wheres.get(spot, {}))
        self._unread = True
        self.listing.stop()
        if self.isVisible() or spot is None:
            self._begin()

    def _begin(self) -> None:
        self._stale = self._unread = False
        account_id = self._spot[0] if self._spot is not None else ""
        self.listing.show_collection(account_id, self._collection, self.filters.where)
        if self.filters.search.text():
            self.listing.search(self.filters.search.text())
        self._look()

    def _narrow(self, where: Where) -> None:
        if self._spot is not None:
            self._wheres[self._spot] = where
        self.listing.narrow(where)

    def _show_all(self) -> None:
        self.filters.search.clear()
        if self.filters.where:
            self.filters.put({})
            self._narrow({})
        self.listing.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_filter(self, field: Field) -> None:
        self._context.tasks.start(self._fill_in(field))

    async def _fill_in(self, field: Field) -> None:
        if self._spot is None:
            return
        before = self.filters.where.get(field.key, ())
        value: object = before if field.kind is FieldKind.SEVERAL else (before[0] if before else None)
        filled = replace(field, required=False, value=value)
        dialog = FormDialog(
            self._context,
            self._spot[0],
            (filled,),
            title=self.tr("Filter"),
            action_title=self.tr("Show"),
            parent=self,
        )
        try:
            if await ask(dialog) == QDialog.DialogCode.Accepted and field.key in dialog.values():
                values = as_where(dialog.values()[field.key])
                self.filters.put({**self.filters.where, field.key: values}, dialog.names(field.key))
                self._narrow(self.filters.where)
        finally:
            dialog.deleteLater()

    def _look(self) -> None:
        """Look at what is chosen: which actions fit, and what the details tell."""
        table = self.listing.table
        self.bar.offer(self._fitting(table.chosen()))
        account_id = self._spot[0] if self._spot is not None else ""
        self.details.show_item(account_id, self._collection, table.current_item())
        self.details.setVisible(table.current_item() is not None)

    def _fitting(self, items: list[Item]) -> frozenset[str]:
        if self._collection is None or self.acting.at_work:
            return frozenset()
        states = self.listing.model.states_of(items)
        return frozenset(action.key for action in self._collection.actions if fits(action, states))

    def _start(self, action: Action) -> None:
        if self._spot is not None:
            self.acting.start(*self._spot, action, self.listing.table.chosen())

    def _remove(self) -> None:
        """Delete means the one action that destroys something, where there is just one."""
        fitting = self._fitting(self.listing.table.chosen())
        actions = self._collection.actions if self._collection is not None else ()
        destructive = [action for action in actions if action.destructive and action.key in fitting]
        if len(destructive) == 1:
            self._start(destructive[0])

    def _on_made(self, account_id: str, collection: str, made: tuple[str, ...]) -> None:
        if (account_id, collection) == self._spot and made:
            self._made = made
            if not self.listing.is_reading:
                self._choose_made()

    def _choose_made(self) -> None:
        """Select what was just made, once it is in the list."""
        model = self.listing.model
        if not any(model.knows(each) for each in self._made):
            return
        if not any(model.row_of(each) is not None for each in self._made):
            self.filters.search.clear()
        if self.listing.table.choose(self._made):
            self._made = ()

    def _offer_menu(self, where: QPoint) -> None:
        items = self.listing.table.chosen()
        if not items:
            return
        menu = QMenu(self)
        self.fill_menu(menu)
        menu.addSeparator()
        for title, texts in (
            (self.tr("Copy &name"), [item.name for item in items]),
            (self.tr("Copy &ID"), [item.item_id for item in items]),
        ):
            copy = menu.addAction(icon("copy"), title)
            copy.triggered.connect(lambda _on=False, texts=texts: QGuiApplication.clipboard().setText("\n".join(texts)))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.listing.table.viewport().mapToGlobal(where))
