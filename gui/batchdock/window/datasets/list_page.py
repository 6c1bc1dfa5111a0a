"""The datasets of one account, searched at the service."""

from collections.abc import AsyncGenerator
from enum import Enum

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from batchdock.core.account import Account
from batchdock.core.datasets.dataset import Dataset
from batchdock.core.datasets.pattern import contains, exact
from batchdock.core.inventory import Item
from batchdock.window.context import Context
from batchdock.window.datasets.kinds import DATASETS, HIDDEN_AT_FIRST, LEFT_OUT_WHERE_NARROW
from batchdock.window.datasets.list_pane import ListPane
from batchdock.window.datasets.rows import dataset_row, in_pages, things
from batchdock.window.icon_button import IconButton
from batchdock.window.inventory.form_fields import said_by_service
from batchdock.window.inventory.reading import Pages
from batchdock.window.search_field import SearchField
from batchdock.window.theme import unit

_NARROW = 150
"""In steps of `theme.unit`."""


class SearchMode(Enum):
    """How a name is compared with what is searched."""

    CONTAINS = "contains"
    EXACT = "exact"
    PATTERN = "pattern"


class DatasetsList(QWidget):
    """`acted` carries an `Action` and datasets, `opened` one of them; `all_asked`: everything is to be taken out."""

    acted = Signal(object, list)
    opened = Signal(object)
    all_asked = Signal()
    account_chosen = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._left_out: set[str] = set()
        """The keys of columns that are not shown."""
        self._ticked: dict[str, bool] = {}
        self.accounts = QComboBox()
        self.accounts.setAccessibleName(self.tr("Show datasets of"))
        self.search = SearchField()
        self.search.name(self.tr("Search names at the service"))
        self.mode = QComboBox()
        self.mode.setAccessibleName(self.tr("How names are compared"))
        for text, told, mode in (
            (
                self.tr("Contains"),
                self.tr("The text is anywhere in the name; % and _ are letters"),
                SearchMode.CONTAINS,
            ),
            (self.tr("Exactly"), self.tr("The whole name, letter by letter"), SearchMode.EXACT),
            (
                self.tr("Pattern"),
                self.tr("As the service reads it: % is any text, _ one letter, \\ takes the meaning from the next one"),
                SearchMode.PATTERN,
            ),
        ):
            self.mode.addItem(text, mode)
            self.mode.setItemData(self.mode.count() - 1, told, Qt.ItemDataRole.ToolTipRole)
        self.all_button = IconButton("download", self.tr("Take everything out…"))
        self.all_button.setAccessibleName(self.tr("Take all datasets of this account out"))
        self.all_button.clicked.connect(lambda _checked=False: self.all_asked.emit())
        self.list = ListPane(context, DATASETS)
        header = self.list.table.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._offer_columns)
        self._lay_out()
        self.search.searched.connect(lambda _text: self._ask())
        self.mode.currentIndexChanged.connect(lambda _place: self._on_mode())
        self.accounts.currentIndexChanged.connect(lambda _place: self._on_account())
        self.list.acted.connect(lambda action, items: self.acted.emit(action, things(Dataset, items)))
        self.list.opened.connect(self._on_opened)
        self.list.listing.all_asked.connect(self.search.clear)
        self._hide_columns()

    @property
    def account_id(self) -> str:
        """Whose datasets are shown; empty where there is no account that keeps some."""
        account_id = self.accounts.currentData()
        return account_id if isinstance(account_id, str) else ""

    def take_accounts(self, accounts: list[Account]) -> None:
        """Offer these; the one that is shown stays."""
        before = self.account_id
        self.accounts.blockSignals(True)
        self.accounts.clear()
        for account in accounts:
            self.accounts.addItem(account.name, account.account_id)
        self.accounts.setCurrentIndex(max(0, self.accounts.findData(before)))
        self.accounts.blockSignals(False)
        self.accounts.setVisible(len(accounts) > 1)
        if self.account_id != before:
            self._on_account()

    def go(self, account_id: str) -> None:
        """Show the datasets of this account."""
        self.accounts.setCurrentIndex(max(0, self.accounts.findData(account_id)))

    def dataset_at(self, where: QPoint) -> Dataset | None:
        """Return the dataset in the row at a place of the screen, else the one that is chosen."""
        table = self.list.table
        row = table.indexAt(table.viewport().mapFromGlobal(where)).row()
        item = self.list.listing.model.item(row)
        found = things(Dataset, [item] if item is not None else self.list.chosen())
        return found[0] if len(found) == 1 else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < unit(self) * _NARROW
        self.all_button.setText("" if narrow else self.tr("Take everything out…"))
        self.all_button.setToolTip(self.all_button.accessibleName() if narrow else "")
        self._hide_columns()

    # --- inside

    def _lay_out(self) -> None:
        step = unit(self)
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        row.addWidget(self.accounts)
        row.addWidget(self.search, 1)
        row.addWidget(self.mode)
        row.addWidget(self.all_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 3)
        layout.addLayout(row)
        layout.addWidget(self.list, 1)

    def _on_account(self) -> None:
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.all_button.setEnabled(bool(self.account_id))
        self.list.show_pages(self._pages() if self.account_id else None)
        self.account_chosen.emit(self.account_id)

    def _on_mode(self) -> None:
        if self.search.text():
            self._ask()

    def _ask(self) -> None:
        if self.account_id:
            self.list.ask_others(self._pages(), narrowed=bool(self.search.text()))

    def _pages(self) -> Pages:
        account_id, text, mode = self.account_id, self.search.text(), self.mode.currentData()
        pattern = text
        if text and mode is SearchMode.CONTAINS:
            pattern = contains(text)
        elif text and mode is SearchMode.EXACT:
            pattern = exact(text)

        async def pages() -> AsyncGenerator[tuple[Item, ...], None]:
            service = await self._context.desk.datasets.of(account_id)
            async for page in in_pages(service.datasets(pattern), dataset_row):
                # No pattern finds one name only: it is compared besides.
                found = tuple(each for each in page if not text or mode is not SearchMode.EXACT or each.name == text)
                if found:
                    yield found

        return pages

    def _on_opened(self, item: Item) -> None:
        for dataset in things(Dataset, [item]):
            self.opened.emit(dataset)

    def _hide_columns(self) -> None:
        narrow = self.width() < unit(self) * _NARROW
        left_out = HIDDEN_AT_FIRST | (LEFT_OUT_WHERE_NARROW if narrow else frozenset())
        hidden = {each.key for each in DATASETS.columns if not self._ticked.get(each.key, each.key not in left_out)}
        if hidden != self._left_out:
            self._left_out = hidden
            self.list.table.hide_columns(hidden)

    def _offer_columns(self, where: QPoint) -> None:
        menu = QMenu(self)
        for column in DATASETS.columns[1:]:
            entry = menu.addAction(said_by_service(column.title))
            entry.setCheckable(True)
            entry.setChecked(column.key not in self._left_out)
            entry.toggled.connect(lambda shown, key=column.key: self._tick(key, shown))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.list.table.horizontalHeader().mapToGlobal(where))

    def _tick(self, key: str, shown: bool) -> None:
        self._ticked[key] = shown
        self._hide_columns()
