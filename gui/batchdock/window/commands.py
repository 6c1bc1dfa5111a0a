"""What the menus do that concerns the window as a whole."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from batchdock import __version__
from batchdock.bridge.dialogs import ask
from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.resources import resource
from batchdock.window.accounts.dialog import AccountsDialog, ConnectDialog
from batchdock.window.context import Context
from batchdock.window.jobs.model import Key
from batchdock.window.quitting import Answer, ask_to_quit, unfinished
from batchdock.window.sidebar import PLACES, Page

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
        jobs = window.jobs.commands
        places: dict[str, Callable[[], None]] = {f"show-{place.key}": partial(window.go, place) for place in PLACES}
        return {
            **places,
            **window.transfers.commands.slots(),
            "add-files": self.choose_files,
            "add-folder": self.choose_folder,
            "use-samples": self.use_samples,
            "save-results": self.save_results,
            "close": self._close,
            "quit": self._close,
            "undo": self._undo,
            "copy": jobs.copy,
            "copy-details": jobs.copy_details,
            "paste": window.paste,
            "select-all": window.jobs.table.selectAll,
            "find": window.go_to_search,
            "refresh": self._refresh,
            "details": lambda: window.jobs.show_details(window.actions_["details"].isChecked()),
            "status-bar": lambda: window.status.setVisible(window.actions_["status-bar"].isChecked()),
            "full-screen": lambda: window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen),
            "start": self._start,
            "open-results": jobs.open_results,
            "stop": jobs.stop,
            "restart": jobs.restart,
            "rename": jobs.rename,
            "copy-name": jobs.copy_name,
            "copy-job-id": jobs.copy_job_id,
            "copy-batch-id": jobs.copy_batch_id,
            "remove": jobs.remove,
            "connect": self.connect_roboflow,
            "accounts": self.manage_accounts,
            "log-folder": self._show_logs,
            "about": self._about,
        }

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

    def use_samples(self) -> None:
        """Look at the pictures that come with the app."""
        samples = resource("samples").iterdir()
        self._window.add_paths(sorted(each for each in samples if each.suffix != ".txt"))

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

    def connect_roboflow(self) -> None:
        """Open the dialog that takes a key."""
        ConnectDialog(self._context, parent=self._window).open()

    def manage_accounts(self) -> None:
        """Open the list of accounts."""
        AccountsDialog(self._context, parent=self._window).open()

    async def may_close(self) -> bool:
        """Ask once when work would stop; without any, there is nothing to ask."""
        window = self._window
        text = unfinished(window.status.moving, window.jobs.model.working_at(THIS_COMPUTER_ID))
        if not text:
            return True
        answer = await ask_to_quit(window, text, tray=window.tray.is_available())
        if answer is Answer.STAY_IN_TRAY:
            window.tray.show()
            window.hide()
        return answer is Answer.QUIT

    # --- inside

    async def _choose(self, dialog: QFileDialog) -> None:
        try:
            if await ask(dialog) == QDialog.DialogCode.Accepted:
                self._window.add_paths([Path(each) for each in dialog.selectedFiles()])
        finally:
            dialog.deleteLater()

    def _start(self) -> None:
        if (sheet := self._window.sheet) is not None:
            sheet.start.click()

    def _close(self) -> None:
        self._window.close()

    def _undo(self) -> None:
        if not self._context.messages.take_back():
            self._context.messages.info(self.tr("There is nothing to undo."))

    def _refresh(self) -> None:
        self._context.tasks.start(self._context.background.run(self._context.desk.jobs.refresh()))

    def _show_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._home / "logs")))

    def _about(self) -> None:
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("About Batchdock"))
        box.setIconPixmap(self._window.windowIcon().pixmap(64, 64))
        box.setText(f"Batchdock {__version__}")
        box.setInformativeText(
            self.tr(
                "Runs vision workflows over any number of pictures and videos.\n\n"
                "Apache License 2.0. Icons: Lucide (ISC). Made with Qt for Python (LGPL)."
            )
        )
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
