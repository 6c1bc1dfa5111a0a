"""What the menus do that concerns the window as a whole."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from batchdock.bridge.dialogs import ask, choose
from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.job import Job
from batchdock.core.resources import resource
from batchdock.flows.preferences import TRAY_ON_CLOSE
from batchdock.window.about import AboutDialog
from batchdock.window.accounts.connect_dialog import ConnectDialog
from batchdock.window.accounts.dialog import AccountsDialog
from batchdock.window.buckets.saving import ask_and_save_to_bucket
from batchdock.window.computer.dialog import ComputerDialog
from batchdock.window.context import Context
from batchdock.window.costs.budget_dialog import BudgetDialog
from batchdock.window.diagnostics import ReportDialog
from batchdock.window.jobs.roster import Key
from batchdock.window.quitting import Answer, ask_to_quit, unfinished
from batchdock.window.references.addresses_dialog import AddressesDialog
from batchdock.window.settings.dialog import PreferencesDialog
from batchdock.window.sidebar import EVENTS, INVENTORY, PLACES, Page, Place
from batchdock.window.workflows.shelf_dialog import ShelfDialog

if TYPE_CHECKING:
    from batchdock.window.main_window import MainWindow


class WindowCommands(QObject):
    """The slots of the menu bar. Dialogs are opened and awaited, never executed."""

    def __init__(self, context: Context, window: "MainWindow", home: Path) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._home = home

    def slots(self) -> dict[str, Callable[[], None]]:
        """Return what each command does, by its key."""
        window = self._window
        places: dict[str, Callable[[], None]] = {
            f"show-{place.key}": partial(window.go, place) for place in (*PLACES, EVENTS, INVENTORY)
        }
        return {
            **places,
            **window.jobs.commands.slots(),
            **window.transfers.commands.slots(),
            "new-job": self.new_job,
            "add-files": self.choose_files,
            "add-folder": self.choose_folder,
            "from-addresses": self.ask_for_addresses,
            "from-bucket": lambda: window.side.open_bucket(),
            "from-query": self.ask_for_query,
            "use-samples": self.use_samples,
            "add-own": window.own_files.choose,
            "shelf": self.show_shelf,
            "open-results-folder": self.open_results_folder,
            "save-results": self.save_results,
            "close": self._close,
            "quit": window.close_asked.emit,
            "undo": self._undo,
            "paste": window.paste,
            "select-all": window.jobs.table.selectAll,
            "find": window.go_to_search,
            "preferences": self.show_preferences,
            "refresh": self._refresh,
            "details": lambda: window.jobs.show_details(window.actions_["details"].isChecked()),
            "status-bar": lambda: window.status.setVisible(window.actions_["status-bar"].isChecked()),
            "full-screen": lambda: window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen),
            "start": self._start,
            "connect": self.connect_service,
            "accounts": self.manage_accounts,
            "budget": self.look_after_budget,
            "computer": self.look_after_computer,
            "log-folder": self._show_logs,
            "updates": window.updates.look_now,
            "report": self._report,
            "about": self._about,
        }

    def new_job(self) -> None:
        """Ask what a new job is to be over."""
        self._window.side.ask_what()

    def choose_files(self) -> None:
        """Ask for files, and look at them."""
        dialog = QFileDialog(self._window, self.tr("Add files"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._context.tasks.start(self._choose(dialog))

    def choose_folder(self) -> None:
        """Ask for a folder, and look at what is in it."""
        dialog = QFileDialog(self._window, self.tr("Add folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._context.tasks.start(self._choose(dialog))

    def ask_for_addresses(self) -> None:
        """Ask where a list of addresses is, and look at it."""
        self._context.tasks.start(self._ask_for_addresses())

    def ask_for_query(self) -> None:
        """Make a job over what a query finds, at the first account that has a library."""
        accounts = self._context.desk.accounts
        able = [each for each in accounts.all() if accounts.capabilities(each.account_id).queries]
        if able:
            self._window.side.open_query(able[0].account_id)
            return
        text = self.tr("Queries look into the library of a Roboflow workspace. None is connected yet.")
        self._context.messages.info(text, button_text=self.tr("Connect…"), on_click=self.connect_service)

    async def _ask_for_addresses(self) -> None:
        dialog = AddressesDialog(self._context, self._window)
        try:
            if await ask(dialog) == AddressesDialog.DialogCode.Accepted:
                self._window.side.open_list(dialog.source())
        finally:
            dialog.deleteLater()

    def use_samples(self) -> None:
        """Look at the pictures that come with the app."""
        samples = resource("samples").iterdir()
        self._window.add_paths(sorted(each for each in samples if each.suffix != ".txt"))

    def open_results_folder(self) -> None:
        """Ask for a folder of results and look at them."""
        self._window.go(Place(Page.RESULTS))
        self._window.results.ask_for_folder()

    def save_results(self) -> None:
        """Save the results of the job that is selected or shown."""
        if self._window.sidebar.place().page is Page.RESULTS:
            self._window.results.ask_and_save()
        else:
            self._window.jobs.commands.save_results()

    def save_results_of(self, key: Key) -> None:
        """Show the results of a job and ask where to save them."""
        self._window.show_results(key)
        self._window.results.ask_and_save()

    def save_to_bucket(self, job: Job) -> None:
        """Ask in which bucket to save the results of a job, and save them there."""
        self._context.tasks.start(ask_and_save_to_bucket(self._context, self._window, job))

    def show_shelf(self) -> None:
        """Open the list of workflows and models of this computer."""
        dialog = ShelfDialog(self._context, parent=self._window)
        dialog.add_wanted.connect(self._window.own_files.choose)
        dialog.open()

    def connect_service(self) -> None:
        """Open the dialog that connects an account."""
        ConnectDialog(self._context, parent=self._window).open()

    def manage_accounts(self) -> None:
        """Open the list of accounts."""
        AccountsDialog(self._context, parent=self._window).open()

    def look_after_budget(self) -> None:
        """Open what the accounts may spend."""
        BudgetDialog(self._context, parent=self._window).open()

    def look_after_computer(self) -> None:
        """Open what can be decided about this computer."""
        ComputerDialog(self._context, parent=self._window).open()

    def show_preferences(self) -> None:
        """Open what can be decided about the whole app."""
        PreferencesDialog(self._context, parent=self._window).open()

    async def may_close(self) -> bool:
        """Ask once when work would stop; without any, there is nothing to ask."""
        window = self._window
        watched = len(self._context.desk.watches.under_way())
        text = unfinished(window.status.moving, window.jobs.model.working_at(THIS_COMPUTER_ID), watched)
        if not text:
            return True
        answer = await ask_to_quit(window, text, tray=window.tray.is_available())
        if answer is Answer.ALWAYS_STAY:
            preferences = self._context.desk.preferences
            await self._context.background.run(preferences.set(TRAY_ON_CLOSE, True))
        if answer in (Answer.STAY_IN_TRAY, Answer.ALWAYS_STAY):
            window.tray.show()
            window.hide()
        return answer is Answer.QUIT

    # --- inside

    async def _choose(self, dialog: QFileDialog) -> None:
        self._window.add_paths(await choose(dialog))

    def _start(self) -> None:
        if (sheet := self._window.side.form) is not None:
            sheet.start.click()
        else:
            self._window.jobs.commands.start()

    def _close(self) -> None:
        self._window.close()

    def _undo(self) -> None:
        if not self._context.messages.take_back():
            self._context.messages.info(self.tr("There is nothing to undo."))

    def _refresh(self) -> None:
        if self._window.sidebar.place() == INVENTORY:
            self._window.inventory.refresh()
            return
        self._window.jobs.refresh()
        self._context.tasks.start(self._context.background.run(self._context.desk.jobs.refresh()))

    def _show_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._home / "logs")))

    def _report(self) -> None:
        ReportDialog(self._context, parent=self._window).open()

    def _about(self) -> None:
        AboutDialog(self._context, parent=self._window).open()
