"""The ways to the datasets: there only while some account keeps any."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from batchdock.core.account import Account
from batchdock.flows.news import AccountsChanged, Event
from batchdock.window.actions import Actions
from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.pages import Pages
from batchdock.window.sidebar import Page, Place, Sidebar


class DatasetsMenu(QObject):
    """Fills the menu with what can be done on the page, and shows or hides it."""

    def __init__(self, context: Context, pages: Pages, sidebar: Sidebar, actions: Actions) -> None:
        super().__init__(pages)
        self._context = context
        self._pages, self._sidebar, self._menu = pages, sidebar, actions.datasets
        self._menu.aboutToShow.connect(self._fill)
        context.inbox.arrived.connect(self._on_news)
        self._offer(context.desk.accounts.all())

    def _on_news(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, AccountsChanged):
                self._offer(event.accounts)

    def _offer(self, accounts: Sequence[Account]) -> None:
        able = self._context.desk.accounts.capabilities
        self._menu.menuAction().setVisible(any(able(each.account_id).keeps_datasets for each in accounts))

    def _fill(self) -> None:
        self._menu.clear()
        if self._sidebar.place().page is Page.BATCHES and self._pages.batches.shows_datasets:
            self._pages.batches.datasets.fill_menu(self._menu)
            self._menu.addSeparator()
        self._menu.addAction(icon("package"), self.tr("&Datasets")).triggered.connect(lambda _on=False: self._go())

    def _go(self) -> None:
        self._sidebar.go(Place(Page.BATCHES))
        self._pages.batches.show_datasets()
