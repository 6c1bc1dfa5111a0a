"""The events page: which jobs have sent something, and what."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from batchdock.core.event import Span
from batchdock.core.job import Job
from batchdock.flows.news import AccountsChanged, Event, EventsChanged, JobsChanged, PreferencesChanged
from batchdock.flows.preferences import HOOKS
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.events.catch_dialog import CatchDialog
from batchdock.window.events.job_events import JobEvents
from batchdock.window.events.jobs_model import JobsWithEvents
from batchdock.window.events.saving import may_forget, say_saved
from batchdock.window.heading import heading
from batchdock.window.icon_button import IconButton
from batchdock.window.results.saving import ask_where
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.two_lines import TwoLineDelegate
from batchdock.window.wording import relative_time

Key = tuple[str, str]
_NOTHING = Span(0, 0)


class EventsPage(QWidget):
    """Everything about events. `offered` tells whether the page means something for this person."""

    offered = Signal(bool)
    job_wanted = Signal()
    """Somebody wants to catch what a job sends: the one that is chosen in the list of jobs."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._spans: dict[Key, Span] = {}
        self._catches: dict[Key, datetime] = {}
        self._known: dict[Key, Job] = {}
        """The jobs of this page, as far as they are in the list of jobs."""
        self._looks = False
        self._looks_again = False
        self._wanted: Key | None = None
        step = unit(self)
        self.model = JobsWithEvents(self)
        self.jobs = QListView()
        self.jobs.setAccessibleName(self.tr("Jobs with events"))
        self.jobs.setModel(self.model)
        self.jobs.setItemDelegate(TwoLineDelegate(self.jobs))
        self.jobs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.jobs.setMinimumWidth(step * 40)
        self.events = JobEvents(context)
        self._name = QLabel()
        self._about = TintedLabel()
        self.save = IconButton("download", self.tr("Save…"))
        self.save.setToolTip(self.tr("Save what is in the list to a folder: pictures, a table, and JSON Lines"))
        self.forget = IconButton("trash-2", self.tr("Forget…"))
        self.again = IconButton("key-round", self.tr("New key…"))
        self.again.setToolTip(self.tr("Make a new address and key for this job"))
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(step * 3)
        column.addLayout(heading(self._name, self._about, self.again, self.save, self.forget))
        column.addWidget(self.events, 1)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(step * 4)
        halves.addWidget(self.jobs)
        halves.addWidget(right)
        halves.setStretchFactor(1, 1)
        halves.setSizes([step * 52, step * 200])
        self.empty = EmptyState(
            "video", self.tr("What jobs over cameras see appears here, once they send it to this computer.")
        )
        self.catch_button = self.empty.add_button(self.tr("Catch results of a job…"), self.job_wanted.emit)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(halves)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(step * 4, step * 4, step * 4, step * 4)
        layout.addWidget(self._stack)
        self.jobs.selectionModel().currentChanged.connect(self._on_current)
        self.events.counted.connect(lambda count: self.save.setEnabled(count > 0))
        self.save.clicked.connect(lambda _checked=False: self._start_saving())
        self.forget.clicked.connect(lambda _checked=False: self._on_forget())
        self.again.clicked.connect(lambda _checked=False: self._on_again())
        context.inbox.arrived.connect(self._on_news)
        self.look()

    @property
    def is_offered(self) -> bool:
        """Whether there is something here, or may be: an account whose jobs send."""
        desk = self._context.desk
        able = any(desk.accounts.capabilities(each.account_id).sends_events for each in desk.accounts.all())
        return able or bool(self._spans or self._catches)

    def shown_job(self) -> Key | None:
        """Return the job whose events are on screen."""
        return self.model.key(self.jobs.currentIndex().row())

    def show_job(self, key: Key) -> None:
        """Show the events of a job, as soon as it has any."""
        row = self.model.row_of(key)
        self._wanted = key if row is None else None
        if row is not None:
            self.jobs.setCurrentIndex(self.model.index(row))

    def catch(self, job: Job) -> CatchDialog:
        """Open the dialog that lets a job send, and return it."""
        dialog = CatchDialog(self._context, job, is_caught=job.key in self._catches, parent=self.window())
        dialog.finished.connect(lambda _code: self.show_job(job.key))
        dialog.open()
        return dialog

    def look(self) -> None:
        """Look what there is."""
        self._looks_again = True
        if not self._looks:
            self._looks = True
            self._context.tasks.start(self._look())

    async def _look(self) -> None:
        desk, run = self._context.desk, self._context.background.run
        try:
            while self._looks_again:
                self._looks_again = False
                spans, catches = await run(desk.events.spans()), await run(desk.events.catches())
                self._take(spans, catches)
        finally:
            self._looks = False

    def _take(self, spans: Mapping[Key, Span], catches: Mapping[Key, datetime]) -> None:
        shown = self.shown_job()
        self._spans, self._catches = dict(spans), dict(catches)
        there = {key: spans.get(key, _NOTHING) for key in (*spans, *catches)}
        if there.keys() != {self.model.key(row) for row in range(self.model.rowCount())}:
            self._known = {job.key: job for job in self._context.desk.jobs.all() if job.key in there}
        self.model.show(there, {key: job.name for key, job in self._known.items()})
        self._stack.setCurrentIndex(1 if there else 0)
        row = self.model.row_of(self._wanted)
        if row is not None:
            self._wanted = None
        else:
            row = self.model.row_of(shown)
        if there and row is None:
            row = 0
        if row is not None and row != self.jobs.currentIndex().row():
            self.jobs.setCurrentIndex(self.model.index(row))
        self._write()
        self.offered.emit(self.is_offered)

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.events.show_job(self.model.key(current.row()))
        self._write()

    def _write(self) -> None:
        key = self.shown_job()
        if key is None:
            return
        self._name.setText(self.model.name(key))
        account = next((each for each in self._context.desk.accounts.all() if each.account_id == key[0]), None)
        made = self._catches.get(key)
        caught = self.tr("caught since %1").replace("%1", relative_time(made)) if made else self.tr("not caught now")
        if made and not self._context.desk.preferences.get(HOOKS):
            caught = self.tr("not caught now: Batchdock does not listen, see Preferences › Webhooks")
        self._about.setText(" · ".join(part for part in (account.name if account else "", caught) if part))
        self.again.setVisible(key in self._known)

    def _on_news(self, events: list[Event]) -> None:
        changed = {event.key for event in events if isinstance(event, EventsChanged)}
        if changed:
            self.look()
            if self.shown_job() in changed:
                self.events.look_again()
        if any(isinstance(event, PreferencesChanged) for event in events):
            self._write()
        if any(isinstance(event, AccountsChanged) for event in events):
            self.offered.emit(self.is_offered)
        renamed = [job for event in events if isinstance(event, JobsChanged) for job in event.jobs]
        there = {job.key: job for job in renamed if job.key in self._spans or job.key in self._catches}
        before = {key: self._known[key].name for key in there if key in self._known}
        self._known |= there
        if before != {key: job.name for key, job in there.items()}:
            self._take(self._spans, self._catches)

    # --- what people do

    def _on_again(self) -> None:
        key = self.shown_job()
        if key in self._known:
            self.catch(self._known[key])

    def _start_saving(self) -> None:
        if (key := self.shown_job()) is not None:
            self._context.tasks.start(self._save(key))

    async def _save(self, key: Key) -> None:
        folder = await ask_where(self._context, self, self.model.name(key))
        if folder is not None:
            await self.save_to(key, folder)

    async def save_to(self, key: Key, folder: Path) -> None:
        """Save what is in the list to a new folder in `folder`, and say so."""
        since, until = self.events.times()
        work = self._context.desk.events.export(key, folder, since, until, self.events.kinds())
        self.save.setEnabled(False)
        try:
            say_saved(self._context, await self._context.background.run(work))
        finally:
            self.save.setEnabled(True)

    def _on_forget(self) -> None:
        if (key := self.shown_job()) is not None:
            self._context.tasks.start(self._forget(key))

    async def _forget(self, key: Key) -> None:
        if await may_forget(self.model.name(key), self._spans.get(key, _NOTHING), self.window()):
            await self._context.background.run(self._context.desk.events.forget(key))
