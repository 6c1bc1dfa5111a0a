"""The files of results as they are: in the batches of a job, or in a folder of this computer."""

from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from batchdock.core.job import Job
from batchdock.window.batches.browser.browser import Browser
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.results.saving import open_folder, place_text


class FilesTab(QWidget):
    """Asks a service for nothing before it is seen."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._folder: Path | None = None
        self._is_due = False
        self.browser = Browser(context)
        self._place = EmptyState("folder", "", self.tr("Open folder"), self._open_folder)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.browser)
        self._stack.addWidget(self._place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def choose(self, job: Job | None, folder: Path | None) -> None:
        """Show the files of a job, or of a folder, or none."""
        self._job, self._folder = job, folder
        self._is_due = True
        self.browser.clear()
        if self.isVisible():
            self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill()

    def _fill(self) -> None:
        if not self._is_due:
            return
        self._is_due = False
        self._stack.setCurrentWidget(self.browser if self._folder is None else self._place)
        if self._folder is not None:
            said = self.tr("These results lie in the folder “%1” of this computer.")
            self._place.set_sentence(said.replace("%1", place_text(self._folder)))
        elif self._job is not None:
            job = self._job
            self.browser.show_batches(job.account_id, [(batch_id, job.name) for batch_id in job.output_batches])

    def _open_folder(self) -> None:
        if self._folder is not None:
            open_folder(self._folder)
