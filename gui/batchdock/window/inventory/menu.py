"""The ways to the inventory: there only while some account keeps something."""

from PySide6.QtCore import QObject

from batchdock.window.actions import Actions
from batchdock.window.inventory.page import InventoryPage
from batchdock.window.sidebar import INVENTORY, Page, Sidebar


class InventoryMenu(QObject):
    """Fills the menu with what can be done on the page, and shows or hides all ways there."""

    def __init__(self, page: InventoryPage, sidebar: Sidebar, actions: Actions) -> None:
        super().__init__(page)
        self._page, self._sidebar = page, sidebar
        self._menu, self._command = actions.inventory, actions["show-inventory"]
        self._menu.aboutToShow.connect(self._fill)
        page.offered.connect(self.offer)
        self.offer(page.is_offered)

    def offer(self, offered: bool) -> None:
        """Let people go there, or not."""
        self._sidebar.show_place(INVENTORY, offered)
        self._command.setVisible(offered)
        self._command.setEnabled(offered)
        self._menu.menuAction().setVisible(offered)

    def _fill(self) -> None:
        self._menu.clear()
        if self._sidebar.place().page is Page.INVENTORY:
            self._page.fill_menu(self._menu)
            self._menu.addSeparator()
        self._menu.addAction(self._command)
