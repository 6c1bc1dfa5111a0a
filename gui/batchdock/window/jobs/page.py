"""The jobs page: the table, its empty states, and the details beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from batchdock.core.account import Account
from batchdock.flows.news import AccountsChanged, Event, JobsChanged, JobsRemoved
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.jobs.commands import JobCommands
from batchdock.window.jobs.details import JobDetails
from batchdock.window.jobs.model import JobModel, Key
from batchdock.window.jobs.view import JobTable
from batchdock.window.jobs.views import JobView, view_word
from batchdock.window.theme import unit
from batchdock.window.wording import jobs_text

CLOCK_MS = 5000


@dataclass(frozen=True, slots=True)
class Beginnings:
    """The three ways to start from nothing."""

    choose_files: Callable[[], None]
    choose_folder: Callable[[], None]
    use_samples: Callable[[], None]


class JobsPage(QWidget):
    """Feeds the model from the news, and shows the table or says why it is empty."""

    selection_changed = Signal()
    counts_changed = Signal()
    search_cleared = Signal()
    view_asked = Signal(str)
    details_toggled = Signal(bool)

    def __init__(self, context: Context, beginnings: Beginnings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._searched = ""
        self._details_wanted = True
        self._making_room = False
        self.model = JobModel(self)
        self.table = JobTable(self.model)
        self.commands = JobCommands(context, self.table)
        self.details = JobDetails(context, self.model.look)
        self._first_run = EmptyState(
            "cloud-upload",
            self.tr(
                "Drop pictures or videos here, or a whole folder.\n"
                "They are processed on this computer. Nothing is sent anywhere."
            ),
            heading=self.tr("Try it now"),
            footnote=self.tr("Later: connect Roboflow under Account."),
        )
        self._first_run.add_button(self.tr("Choose files…"), beginnings.choose_files, "image-plus")
        self._first_run.add_button(self.tr("Choose a folder…"), beginnings.choose_folder, "folder-plus")
        self._first_run.add_button(self.tr("Use the sample pictures"), beginnings.use_samples, "images")
        self._quiet = EmptyState("circle-check", "")
        self._nothing_found = EmptyState("search", "", self.tr("Clear search"), self.search_cleared.emit)
        self._show_hidden = self._nothing_found.add_button(
            self.tr("Show all jobs"), lambda: self.view_asked.emit(JobView.ALL.value)
        )
        self._stack = QStackedWidget()
        for page in (self._first_run, self.table, self._quiet, self._nothing_found):
            self._stack.addWidget(page)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(self._stack)
        self.splitter.addWidget(self.details)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([unit(self) * 180, unit(self) * 75])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self.model.counts_changed.connect(self._on_content)
        self.model.order_changed.connect(self._on_content)
        self.model.rename_asked.connect(self.commands.rename_to)
        self.table.selection_changed.connect(self._on_selection)
        self.table.opened.connect(self._open)
        self._on_content()

    def take(self, events: Sequence[Event]) -> None:
        """Bring the table up to date with the news."""
        for event in events:
            match event:
                case JobsChanged(jobs):
                    self.model.look.now = datetime.now(UTC)
                    self.model.put(jobs)
                case JobsRemoved(keys):
                    self.model.remove(keys)
                case AccountsChanged(accounts):
                    self.name_accounts(accounts)
        if any(isinstance(event, JobsChanged | JobsRemoved) for event in events):
            self._on_selection()

    def name_accounts(self, accounts: Sequence[Account]) -> None:
        """Say how the accounts are called in the table."""
        self.model.set_accounts({account.account_id: account.name for account in accounts})

    def search(self, text: str) -> None:
        """Show only what matches."""
        self._searched = text.strip()
        self.model.search(text)

    def set_view(self, view: JobView) -> None:
        """Show one of the four views."""
        self.model.set_view(view)

    def show_job(self, key: Key) -> None:
        """Select a job, giving up view and search if they hide it."""
        if not self.table.go_to(key):
            self.search_cleared.emit()
            self.view_asked.emit(JobView.ALL.value)
            self.table.go_to(key)

    @property
    def details_wanted(self) -> bool:
        """Whether the details are shown beside the table."""
        return self._details_wanted

    def show_details(self, wanted: bool) -> None:
        """Show the details beside the table, or not. Beside an empty page they never are."""
        self._details_wanted = wanted
        self._making_room = False
        self._place_details()
        self.details_toggled.emit(wanted)

    def make_room(self, wanted: bool) -> None:
        """Keep the details out of the way for a while. Whoever asks for them in the meantime gets them."""
        self._making_room = wanted
        self._place_details()

    def save_state(self, settings: QSettings) -> None:
        """Remember columns and the place of the details."""
        self.table.save_state(settings)
        settings.setValue("jobs/splitter", self.splitter.saveState())
        settings.setValue("jobs/details", self._details_wanted)

    def restore_state(self, settings: QSettings) -> None:
        """Take them up again."""
        self.table.restore_state(settings)
        if (state := settings.value("jobs/splitter")) is not None:
            self.splitter.restoreState(state)
        roomy = self.window().width() >= unit(self) * 390
        self.show_details(settings.value("jobs/details", roomy, bool) is True)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self._on_content()
            self.table.viewport().update()
        super().changeEvent(event)

    # --- inside

    def _open(self) -> None:
        if self.commands.possible()["open-results"]:
            self.commands.open_results()
        else:
            self.show_details(True)

    def _on_selection(self) -> None:
        shown = self.table.leading_job()
        if shown != self.details.job:
            self.details.show_job(shown)
        self.selection_changed.emit()

    def _on_content(self) -> None:
        self._stack.setCurrentWidget(self._fitting())
        self._place_details()
        self.counts_changed.emit()

    def _place_details(self) -> None:
        wanted = self._details_wanted and not self._making_room
        self.details.setVisible(wanted and self._stack.currentWidget() is self.table)

    def _fitting(self) -> QWidget:
        """Return the table, or what explains why there is none."""
        if self.model.rowCount():
            return self.table
        if not self.model.count():
            return self._first_run
        if self._searched:
            hidden = self.model.hits_elsewhere()
            if hidden:
                text = self.tr("Matching, but hidden by the view “%2”: %1.")
                text = text.replace("%1", jobs_text(hidden)).replace("%2", view_word(self.model.view))
            else:
                text = self.tr("Nothing matches “%1”.").replace("%1", self._searched)
            self._nothing_found.set_sentence(text)
            self._show_hidden.setVisible(bool(hidden))
            return self._nothing_found
        sentences = {
            JobView.RUNNING: self.tr("Nothing is running."),
            JobView.NEEDS_YOU: self.tr("Nothing needs you."),
            JobView.DONE: self.tr("Nothing is done yet."),
        }
        self._quiet.set_sentence(sentences.get(self.model.view, ""))
        return self._quiet

    def _tick(self) -> None:
        """Move the relative times on. Nothing is announced: what is on screen is simply drawn again."""
        self.model.look.now = datetime.now(UTC)
        if self.isVisible():
            self.table.viewport().update()
