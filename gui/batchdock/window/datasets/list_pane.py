"""A list with what can be done to its rows: as buttons above, in the menu of a row, and by keys."""

from collections.abc import AsyncGenerator, Callable, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from batchdock.core.inventory import Action, Collection, Item
from batchdock.window.context import Context
from batchdock.window.icon_button import IconButton
from batchdock.window.icons import icon
from batchdock.window.inventory.action_bar import ActionBar
from batchdock.window.inventory.listing import Listing
from batchdock.window.inventory.offering import fits
from batchdock.window.inventory.reading import Pages
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel

Allows = Callable[[Action, list[Item]], bool]


class ListPane(QWidget):
    """Nothing is asked before somebody looks. `acted` carries an `Action` and the items that are chosen, `opened` the
    item that was opened by a double click or Return, `looked` that others are chosen."""

    acted = Signal(object, list)
    opened = Signal(object)
    looked = Signal()

    def __init__(
        self,
        context: Context,
        collection: Collection,
        *,
        allows: Allows = lambda _action, _items: True,
        above: Sequence[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`allows` may refuse an action that fits. `above` stand in a row over the list."""
        super().__init__(parent)
        self.collection = collection
        self._allows = allows
        self._pages: Pages | None = None
        self._narrowed = False
        self._unread = self._stale = False
        """The list has not been begun; it is to be read again."""
        self._made = ""
        self.bar = ActionBar(self._act)
        self.listing = Listing(context)
        self.table = self.listing.table
        self.said = TintedLabel()
        self.refresh_button = IconButton("refresh-cw", "")
        self.refresh_button.setAccessibleName(self.tr("Read the list again"))
        self.refresh_button.setToolTip(self.refresh_button.accessibleName())
        self.refresh_button.clicked.connect(lambda _checked=False: self.refresh())
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(0)
        self._looking.timeout.connect(self._look)
        self._lay_out(above)
        self.bar.show_actions(collection.actions)
        self.listing.changed.connect(lambda: self.said.setText(self.listing.said()))
        self.listing.ended.connect(self._choose_made)
        self.listing.make_asked.connect(self._act)
        self.table.selected.connect(self._looking.start)
        self.listing.model.modelReset.connect(self._looking.start)
        self.table.menu_asked.connect(self._offer_menu)
        self.table.remove_asked.connect(self._remove)
        self.table.activated.connect(self._open)
        self._look()

    def show_pages(self, pages: Pages | None, *, narrowed: bool = False) -> None:
        """Show another list, or none. `narrowed` tells that it is not all there is."""
        self._pages, self._narrowed = pages, narrowed
        self._unread, self._stale = True, False
        self.listing.stop()
        if self.isVisible() or pages is None:
            self._begin()

    def ask_others(self, pages: Pages, *, narrowed: bool = False, anew: bool = True) -> None:
        """Ask for others of the same kind: columns and order stay; without `anew` the rows, too, till they are read."""
        self._pages, self._narrowed = pages, narrowed
        if not self._unread:
            self._stale = False
            self.listing.ask_others(pages, narrowed=narrowed, anew=anew)

    def refresh(self) -> None:
        """Read the list again; at once where it is seen, else when it is."""
        if self.isVisible() and not self._unread and self._pages is not None:
            self._stale = False
            self.listing.refresh()
        else:
            self._stale = True

    def choose(self, item_id: str) -> None:
        """Select this item as soon as it is there."""
        self._made = item_id
        if not self.listing.is_reading:
            self._choose_made()

    def chosen(self) -> list[Item]:
        """Return the items that are selected."""
        return self.table.chosen()

    def fill_menu(self, menu: QMenu) -> None:
        """Put what can be done now into a menu."""
        fitting = self._fitting(self.chosen())
        self.bar.offer(fitting)
        self.bar.fill(menu, [each for each in self.collection.actions if each.key in fitting or each.closed])

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

    def _lay_out(self, above: Sequence[QWidget]) -> None:
        step = unit(self)
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        for each in above:
            row.addWidget(each)
        self.said.setWordWrap(False)
        row.addWidget(self.bar, 1)
        if not self.collection.actions:
            row.addStretch(1)
        row.addWidget(self.said)
        row.addWidget(self.refresh_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(row)
        layout.addWidget(self.listing, 1)

    def _begin(self) -> None:
        self._unread = self._stale = False
        if self._pages is None:
            self.listing.show_pages(None, _none)
        else:
            self.listing.show_pages(self.collection, self._pages, narrowed=self._narrowed)
        self._look()

    def _look(self) -> None:
        self.bar.offer(self._fitting(self.chosen()))
        self.looked.emit()

    def _fitting(self, items: list[Item]) -> frozenset[str]:
        states = [""] * len(items)
        return frozenset(
            each.key for each in self.collection.actions if fits(each, states) and self._allows(each, items)
        )

    def _act(self, action: Action) -> None:
        self.acted.emit(action, self.chosen())

    def _open(self) -> None:
        if (item := self.table.current_item()) is not None:
            self.opened.emit(item)

    def _remove(self) -> None:
        """Delete means the one action that destroys something, where there is just one."""
        fitting = self._fitting(self.chosen())
        destructive = [each for each in self.collection.actions if each.destructive and each.key in fitting]
        if len(destructive) == 1:
            self._act(destructive[0])

    def _choose_made(self) -> None:
        if self._made and self.table.choose([self._made]):
            self._made = ""

    def _offer_menu(self, where: QPoint) -> None:
        items = self.chosen()
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
        menu.popup(self.table.viewport().mapToGlobal(where))

    def focus(self) -> None:
        """Give the keyboard to the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)


async def _none() -> AsyncGenerator[tuple[Item, ...], None]:
    """Yield nothing."""
    return
    yield ()
