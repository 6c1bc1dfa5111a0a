"""All that a service tells of one item, beside the table."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.core.facts import Fact, Facts
from batchdock.core.inventory import Collection, Item
from batchdock.window.context import Context
from batchdock.window.heading import heading
from batchdock.window.icons import icon
from batchdock.window.inventory.trouble import Trouble
from batchdock.window.job_details.facts_view import FactsView
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel

_PAUSE_MS = 200
"""Whoever walks through a list with the arrow keys does not ask the service at every step."""


class ItemDetails(QWidget):
    """What the row of the table says, until the service has told more."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._account_id = ""
        self._collection: Collection | None = None
        self._item: Item | None = None
        self._name = QLabel()
        self._id = TintedLabel()
        self._id.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy = QToolButton(autoRaise=True)
        self.copy.setIcon(icon("copy"))
        self.copy.setAccessibleName(self.tr("Copy the ID"))
        self.copy.setToolTip(self.copy.accessibleName())
        self.copy.clicked.connect(self._on_copy)
        self._state = TintedLabel()
        self.trouble = Trouble()
        self.trouble.again.clicked.connect(lambda _checked=False: self._read())
        self.facts = FactsView()
        step = unit(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 4, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(heading(self._name, self._id, self.copy))
        layout.addWidget(self.trouble)
        layout.addWidget(self.facts, 1)
        layout.addWidget(self._state)
        self.setAccessibleName(self.tr("Details"))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._read)

    @property
    def item(self) -> Item | None:
        """What is shown."""
        return self._item

    def show_item(self, account_id: str, collection: Collection | None, item: Item | None) -> None:
        """Show an item; the service is asked for more as soon as it stays for a moment."""
        same = item is not None and item == self._item and account_id == self._account_id
        self._account_id, self._collection, self._item = account_id, collection, item
        if same:
            return
        self._pause.stop()
        self.trouble.clear()
        self._state.hide()
        if item is None or collection is None:
            self._name.clear()
            self._id.clear()
            self.facts.show_facts(Facts())
            return
        self._name.setText(item.name or item.item_id)
        self._id.setText(item.item_id)
        self.facts.show_facts(_of_row(collection, item))
        if self._context.desk.accounts.capabilities(account_id).tells_facts:
            self._say(self.tr("Reading…"))
            self._pause.start()

    def _read(self) -> None:
        if (item := self._item) is None:
            return
        self.trouble.clear()
        self._say(self.tr("Reading…"))
        self._context.tasks.start(self._ask(self._account_id, item), on_error=lambda error: self._on_error(item, error))

    async def _ask(self, account_id: str, item: Item) -> None:
        desk = self._context.desk
        facts = await self._context.background.run(desk.inventory.facts(account_id, item.collection, item.item_id))
        if item is self._item:
            self._say("")
            self.facts.show_facts(facts)

    def _on_error(self, item: Item, error: BatchdockError) -> None:
        if item is self._item:
            self._say("")
            self.trouble.say(error)

    def _say(self, text: str) -> None:
        self._state.setText(text)
        self._state.setVisible(bool(text))

    def _on_copy(self, _checked: bool = False) -> None:
        if self._item is not None:
            QGuiApplication.clipboard().setText(self._item.item_id)


def _of_row(collection: Collection, item: Item) -> Facts:
    """Return what the row of an item says as facts."""
    told = []
    for column in collection.columns:
        value = item.cells.get(column.key)
        if isinstance(value, tuple):
            below = tuple(Fact(name="", value=str(each)) for each in value)
            told.append(Fact(name=column.key, title=column.title, below=below))
        elif value is not None:
            told.append(Fact(name=column.key, title=column.title, value=value))
    return Facts(facts=tuple(told))
