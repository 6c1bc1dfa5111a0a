"""Which commands mean something now: it depends on the page, on what is selected there, and on the side sheet."""

from PySide6.QtCore import QObject, QPoint

from batchdock.window.actions import Actions
from batchdock.window.new_job.side import Side
from batchdock.window.pages import Pages
from batchdock.window.sidebar import Page, Sidebar
from batchdock.window.tool_bar import ToolBar

_OF_ALL_TRANSFERS = ("pause-all", "continue-all", "clear-finished")


class Availability(QObject):
    """Keeps menus and tool bar right, and opens the menus of the tables."""

    def __init__(self, actions: Actions, sidebar: Sidebar, side: Side, tools: ToolBar, pages: Pages) -> None:
        super().__init__(actions)
        self._actions, self._sidebar, self._side, self._tools = actions, sidebar, side, tools
        jobs, transfers = pages.jobs, pages.transfers
        self._pages, self._jobs, self._transfers = pages, jobs, transfers
        jobs.selection_changed.connect(self.look)
        jobs.table.menu_asked.connect(self._offer_job_menu)
        transfers.selection_changed.connect(self.look_at_transfers)
        transfers.menu_asked.connect(self._offer_transfer_menu)
        actions.columns.aboutToShow.connect(self._fill_columns)

    def look(self) -> None:
        """Look at everything anew."""
        here = self._sidebar.place().page
        possible = self._jobs.commands.possible()
        if here is not Page.JOBS:
            possible = dict.fromkeys(possible, False)
        if here is Page.RESULTS:
            possible["save-results"] = self._pages.results.can_save()
        at_jobs = {"select-all": here is Page.JOBS, "details": here is Page.JOBS}
        start = self._side.form is not None or possible["start"]
        self._actions.enable({**possible, **at_jobs, "start": start})
        self._actions.doubt(self._jobs.commands.unverified() if here is Page.JOBS else frozenset())
        self.look_at_transfers()

    def look_at_transfers(self) -> None:
        """Look at the transfers anew."""
        possible = self._transfers.commands.possible()
        self._tools.offer_transfers(pause=possible["pause-all"], resume=possible["continue-all"])
        if self._sidebar.place().page is not Page.TRANSFERS:
            possible = {key: possible[key] and key in _OF_ALL_TRANSFERS for key in possible}
        self._actions.enable(possible)

    def _offer_job_menu(self, where: QPoint) -> None:
        if self._jobs.commands.possible()["copy"]:
            self._actions.job_menu().popup(self._jobs.table.viewport().mapToGlobal(where))

    def _offer_transfer_menu(self, where: QPoint) -> None:
        if self._transfers.selected():
            self._actions.transfer_menu().popup(self._transfers.table.viewport().mapToGlobal(where))

    def _fill_columns(self) -> None:
        menu = self._actions.columns
        menu.clear()
        menu.addActions(self._jobs.table.column_actions(menu))
