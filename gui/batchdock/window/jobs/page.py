"""The jobs page: the table, its empty states, and the details beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from batchdock.core.account import Account
from batchdock.core.job import Job
from batchdock.flows.news import AccountsChanged, Event, JobsChanged, JobsRemoved, WorkflowsChanged
from batchdock.window.context import Context
from batchdock.window.job_details.panel import JobDetails
from batchdock.window.jobs.cell_texts import in_grace
from batchdock.window.jobs.columns import PLACE
from batchdock.window.jobs.commands import JobCommands
from batchdock.window.jobs.feed import Feed
from batchdock.window.jobs.filter_bar import FilterBar
from batchdock.window.jobs.filters import Filters
from batchdock.window.jobs.find_line import FindLine
from batchdock.window.jobs.finder import Finder
from batchdock.window.jobs.first_run import FirstRun
from batchdock.window.jobs.middle import Middle
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.roster import Key
from batchdock.window.jobs.saved_views import SavedViews
from batchdock.window.jobs.service_filters import ServiceFilters
from batchdock.window.jobs.view import JobTable
from batchdock.window.jobs.view_keeper import ViewKeeper
from batchdock.window.jobs.views import JobView
from batchdock.window.jobs.workflow_names import WorkflowNames
from batchdock.window.theme import unit

CLOCK_MS, SECONDS_MS = 5000, 1000
TELL_MS = 300
"""How long the rows on screen rest before the watch learns of them."""

CHOOSE_MS, CHOOSE_MANY_MS, MANY = 100, 3000, 2000
"""How soon after news it is asked what can be done to the selection: of a long one that is work."""


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
        self.feed = Feed(self.model, self)
        self.table = JobTable(self.model)
        self.commands = JobCommands(context, self.table)
        self.details = JobDetails(context, self.model.look)
        first_run = FirstRun(context)
        first_run.add_button(self.tr("Choose files…"), beginnings.choose_files, "image-plus")
        first_run.add_button(self.tr("Choose a folder…"), beginnings.choose_folder, "folder-plus")
        first_run.add_button(self.tr("Use the sample pictures"), beginnings.use_samples, "images")
        self.middle = Middle(self.model, self.table, first_run)
        self.finder = Finder(context, self.model, self)
        self.filters = FilterBar(self.model, ServiceFilters(context, self), self.finder)
        self.find_line = FindLine()
        saved = SavedViews(context.settings)
        self.views = ViewKeeper(self.model, self.table.header, self.filters, saved, context.messages, self)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filters)
        column.addWidget(self.find_line)
        column.addWidget(self.middle, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.details)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([unit(self) * 180, unit(self) * 75])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self._day = self.model.look.now.astimezone().date()
        self._workflows = WorkflowNames(context, self.model, self)
        self._workflows.learned.connect(lambda: self.details.show_job(self.details.job))
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self._telling = _single_shot(self, TELL_MS, self._tell_in_view)
        self._choosing = _single_shot(self, CHOOSE_MS, self._on_selection)
        self.model.counts_changed.connect(self._on_content)
        self.model.order_changed.connect(self._on_content)
        self.model.rename_asked.connect(self.commands.rename_to)
        self.table.selection_changed.connect(self._on_selection)
        self.table.shown_changed.connect(self._telling.start)
        self.table.opened.connect(self._open)
        self.details.command_asked.connect(self._on_command)
        self.filters.save_asked.connect(self._save_view)
        self.filters.menu_opens.connect(self._workflows.learn)
        self.views.filters_shown.connect(self._ask_services)
        self.finder.went_on.connect(self._on_found)
        self.finder.ended.connect(self.views.recount)
        self.find_line.again_asked.connect(self.finder.ask_again)
        self.middle.search_cleared.connect(self.search_cleared)
        self.middle.filters_cleared.connect(self._show_filtered)
        self.middle.all_asked.connect(self._show_elsewhere)
        self.views.show(JobView.ALL)
        self._on_content()

    def take(self, events: Sequence[Event]) -> None:
        """Bring the table up to date with the news."""
        for event in events:
            match event:
                case JobsChanged(jobs):
                    self.model.look.now = datetime.now(UTC)
                    self._show_camera_columns(jobs)
                    self.feed.put(jobs)
                    self._set_pace()
                case JobsRemoved(keys):
                    self.feed.remove(keys)
                case AccountsChanged(accounts):
                    self.name_accounts(accounts)
                case WorkflowsChanged(account_id):
                    self._workflows.forget(account_id)
        told = any(isinstance(event, JobsChanged | JobsRemoved) for event in events)
        if told and not self._choosing.isActive():
            self._choosing.start(CHOOSE_MS if self.table.selected_count() < MANY else CHOOSE_MANY_MS)

    def name_accounts(self, accounts: Sequence[Account]) -> None:
        """Say how the accounts are called in the table."""
        names = {account.account_id: account.name for account in accounts}
        self.model.set_names(names, self.model.look.workflows)
        self.filters.update_filters()

    def search(self, text: str) -> None:
        """Show only what matches."""
        self._searched = text.strip()
        self.model.search(text)

    def refresh(self) -> None:
        """Ask services anew for what the filters ask them for."""
        self.finder.ask_again()

    def set_view(self, view: JobView, own_id: str = "") -> None:
        """Show one of the four views, or one of the person's own."""
        self.views.show(view, own_id)

    def show_job(self, key: Key) -> None:
        """Select a job, giving up view, filters and search if they hide it."""
        if not self.table.go_to(key):
            self.search_cleared.emit()
            self.views.choose_for_all(Filters())
            self.view_asked.emit(JobView.ALL.value)
            self.table.go_to(key)

    def regions(self) -> list[QWidget]:
        """Return what F6 goes through on this page."""
        return [self.filters, self.middle, self.details]

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
        self.views.keep()
        settings.setValue("jobs/splitter", self.splitter.saveState())
        settings.setValue("jobs/details", self._details_wanted)
        self.details.save_state(settings)

    def restore_state(self, settings: QSettings) -> None:
        """Take them up again."""
        if (state := settings.value("jobs/splitter")) is not None:
            self.splitter.restoreState(state)
        roomy = self.window().width() >= unit(self) * 390
        self.show_details(settings.value("jobs/details", roomy, bool) is True)
        self.details.restore_state(settings)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._telling.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._telling.start()

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
        self._learn_names()
        self.selection_changed.emit()

    def _on_command(self, command: str) -> None:
        if (job := self.details.job) is not None:
            self.commands.do(command, job)

    def _ask_services(self, filters: Filters) -> None:
        self.finder.ask(filters.questions)

    def _on_found(self) -> None:
        """Say how far the asking of services has come."""
        self.filters.update_filters()
        found, accounts, errors = self.model.look.found, self.model.look.accounts, self.finder.errors
        names = {accounts.get(account_id, account_id): error for (account_id, _), error in errors.items()}
        self.find_line.say(names, sum(len(found.get(question, ())) for question in errors))
        self._on_content()

    def _show_camera_columns(self, jobs: Sequence[Job]) -> None:
        if not self.table.header.has_cameras and any(job.video_source or job.algorithm for job in jobs):
            self.table.header.show_cameras()

    def _on_content(self) -> None:
        self.middle.fit(self._searched, self.filters.words(), asking=self.finder.under_way)
        self.filters.setVisible(not self.middle.is_first_run)
        self.filters.update_count(bool(self._searched))
        self._place_details()
        self.counts_changed.emit()

    def _place_details(self) -> None:
        wanted = self._details_wanted and not self._making_room
        self.details.setVisible(wanted and self.middle.has_table)
        self._learn_names()

    def _learn_names(self) -> None:
        """Ask how workflows are called once somebody looks at the details of a job."""
        if self.details.job is not None and self.details.isVisible():
            self._workflows.learn()

    def _show_filtered(self) -> None:
        self.views.choose(Filters())

    def _show_elsewhere(self) -> None:
        """Show what the search finds in all jobs, narrowed as this view is."""
        self.views.choose_for_all(self.model.filters)
        self.view_asked.emit(JobView.ALL.value)

    def _save_view(self) -> None:
        name = self.filters.values() or (f"“{self._searched}”" if self._searched else "")
        self.views.make(name or self.tr("My view"), self._searched)
        self.search_cleared.emit()

    def _tell_in_view(self) -> None:
        """Tell the watch which jobs are on screen: it looks at those more closely."""
        here = self.isVisible() and self.middle.has_table
        shown = self.model.shown_jobs() if here else []
        self._context.desk.jobs.in_view(frozenset(job.key for job in shown))
        self._set_pace()

    def _set_pace(self) -> None:
        """Let the clock tick each second while the seconds of a grace are on screen, and seldom otherwise."""
        now = self.model.look.now
        counting = self.isVisible() and any(in_grace(job, now) for job in self.model.shown_jobs())
        wanted = SECONDS_MS if counting else CLOCK_MS
        if self._clock.interval() != wanted:
            self._clock.setInterval(wanted)

    def _tick(self) -> None:
        """Move the relative times on. Nothing is announced: what is on screen is simply drawn again."""
        self.model.look.now = datetime.now(UTC)
        if not self.table.header.isSectionHidden(PLACE["workflow"]):
            self._workflows.learn()
        today = self.model.look.now.astimezone().date()
        if today != self._day:
            self._day = today
            self.views.begin_day()
        if self.isVisible():
            self.table.viewport().update()
            self._set_pace()


def _single_shot(parent: QObject, milliseconds: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
