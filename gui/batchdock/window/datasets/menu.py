"""The ways to the datasets: there only while some account keeps any."""

from PySide6.QtCore import QObject

from batchdock.window.actions import Actions
from batchdock.window.batches.page import BatchesPage
from batchdock.window.icons import icon
from batchdock.window.sidebar import Page, Place, Sidebar


class DatasetsMenu(QObject):
    """Fills the menu with what can be done on the page, and shows or hides it."""

    def __init__(self, page: BatchesPage, sidebar: Sidebar, actions: Actions) -> None:
        super().__init__(page)
        self._page, self._sidebar, self._menu = page, sidebar, actions.datasets
        self._menu.aboutToShow.connect(self._fill)
        page.datasets.offered.connect(self._menu.menuAction().setVisible)
        self._menu.menuAction().setVisible(page.datasets.is_offered)

    def _fill(self) -> None:
        self._menu.clear()
        if self._sidebar.place().page is Page.BATCHES and self._page.shows_datasets:
            self._page.datasets.fill_menu(self._menu)
            self._menu.addSeparator()
        self._menu.addAction(icon("package"), self.tr("&Datasets")).triggered.connect(lambda _on=False: self._go())

    def _go(self) -> None:
        self._sidebar.go(Place(Page.BATCHES))
        self._page.show_datasets()
