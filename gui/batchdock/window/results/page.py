"""The results page: jobs that are done on the left, what they have made on the right."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QListView,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.job import Job
from batchdock.flows.news import Event, JobsChanged, JobsRemoved, ResultsSaved
from batchdock.flows.results.opening import Opened
from batchdock.window.accounts.kinds import service_name
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.expiry import TICK_MS
from batchdock.window.heading import heading
from batchdock.window.icon_button import IconButton
from batchdock.window.results.compare_place import ComparePlace
from batchdock.window.results.expiry_line import ExpiryLine
from batchdock.window.results.handing import ask_to_hand_on
from batchdock.window.results.jobs_model import ResultJobsModel, about, has_results
from batchdock.window.results.more import MoreButton, over_the_same
from batchdock.window.results.opener import Opener
from batchdock.window.results.saving import ask_for_results, ask_where, open_folder, place_text, save_to
from batchdock.window.results.view_state import ViewState
from batchdock.window.results.viewer import Viewer
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.two_lines import TwoLineDelegate
from batchdock.window.wording import files_text, grouped


class ResultsPage(QWidget):
    """Choose a job, look at its results, save them."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._wanted: tuple[str, str] | None = None
        self._shown: Job | None = None
        self._to_browse = False
        self._saving: set[tuple[str, str]] = set()
        self._saved: dict[tuple[str, str], Path] = {}
        self._model = ResultJobsModel(self)
        self._model.show_jobs(context.desk.jobs.all())
        self.jobs = QListView()
        self.jobs.setModel(self._model)
        self.jobs.setItemDelegate(TwoLineDelegate(self.jobs))
        self.jobs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.jobs.setUniformItemSizes(True)
        self.jobs.setAccessibleName(self.tr("Jobs with results"))
        self.jobs.selectionModel().currentChanged.connect(self._on_current)
        self.state = ViewState(context, self)
        self.viewer = Viewer(context, self.state)
        self.browser = self.viewer.files.browser
        self._opener = Opener(context, self.viewer.opening, self)
        self._opener.found.connect(self._on_found)
        self._opener.leaving.connect(self._on_leaving)
        self._opener.spoiled.connect(self._on_settled)
        self._folder: Path | None = None
        self._asks_when_opened = False
        self._name = QLabel()
        self._about = TintedLabel()
        self.open_saved = IconButton("folder-open", self.tr("Open folder"))
        self.open_saved.setAccessibleName(self.tr("Open the folder in which these results were saved"))
        self.open_saved.clicked.connect(self._on_open_saved)
        self.save = IconButton("download", self.tr("Save results…"))
        self.save.clicked.connect(lambda _checked=False: self.ask_and_save())
        self.more = MoreButton()
        self.more.setMinimumHeight(self.save.sizeHint().height())
        self.more.opens.connect(self._offer_more)
        self.more.compare_asked.connect(self._on_compare)
        self.more.compare_folder_asked.connect(self._on_compare_folder)
        self.more.save_files_asked.connect(self._on_save_files)
        self.more.find_originals_asked.connect(self.viewer.pictures.originals.find)
        self.more.open_folder_asked.connect(self.ask_for_folder)
        self.comparing = ComparePlace(context)
        self.comparing.left.connect(self._on_compared)
        self.expiry = ExpiryLine()
        self.expiry.save_asked.connect(self._on_save_everything)
        self._ticking = QTimer(self)
        self._ticking.setInterval(TICK_MS)
        self._ticking.timeout.connect(self._tell_time)
        empty = EmptyState("images", self.tr("Results appear here when a job is done."))
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self._make_content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(unit(self) * 4, unit(self) * 4, unit(self) * 4, unit(self) * 4)
        layout.addWidget(self._stack)
        context.inbox.arrived.connect(self._on_news)
        self._show_what_there_is()

    def show_job(self, job_key: tuple[str, str]) -> None:
        """Show the results of a job; one that has none yet is shown as soon as it has."""
        row = self._model.row_of(job_key)
        if row is None:
            self._wanted = job_key
            return
        self._wanted = None
        self.jobs.setCurrentIndex(self._model.index(row))

    def open_folder(self, folder: Path) -> None:
        """Open any folder of results, whoever has saved it."""
        self._wanted = None
        self.jobs.setCurrentIndex(QModelIndex())
        self._folder = folder
        self._stack.setCurrentIndex(1)
        self._browse()
        self._write()

    def ask_for_folder(self) -> None:
        """Ask for a folder of results, and open it."""
        self._context.tasks.start(self._ask_for_folder())

    def shown_job(self) -> Job | None:
        """Return the job whose results are on screen."""
        return self._shown

    def can_save(self) -> bool:
        """Tell whether there is something to save."""
        return self._shown is not None or self.state.opened is not None

    def ask_and_save(self) -> None:
        """Ask for a folder and save the results of the job on screen there."""
        if self._wanted is not None:
            self._context.messages.info(self.tr("This job has no results yet."))
        elif self._opener.is_opening:
            self._asks_when_opened = True
        elif self.state.opened is not None:
            self._context.tasks.start(ask_to_hand_on(self._context, self.state, self))
        else:
            self._on_save_files()

    def save_to(self, folder: Path) -> asyncio.Task[None] | None:
        """Save the results of the job on screen below `folder`. Return the running task; None without a job."""
        return self._context.tasks.start(self._save(self._shown, folder)) if self._shown is not None else None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ticking.start()
        self._tell_time()
        if self._to_browse:
            self._browse()

    def hideEvent(self, event: QHideEvent) -> None:
        self._ticking.stop()
        super().hideEvent(event)

    def _make_content(self) -> QWidget:
        step = unit(self)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(step * 3)
        column.addLayout(heading(self._name, self._about, self.open_saved, self.save, self.more))
        column.addWidget(self.expiry)
        self._places = QStackedWidget()
        self._places.addWidget(self.viewer)
        self._places.addWidget(self.comparing)
        column.addWidget(self._places, 1)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(step * 4)
        halves.addWidget(self.jobs)
        halves.addWidget(right)
        halves.setStretchFactor(0, 0)
        halves.setStretchFactor(1, 1)
        halves.setSizes([step * 55, step * 200])
        self.jobs.setMinimumWidth(step * 35)
        return halves

    async def _ask_for_folder(self) -> None:
        folder = await ask_for_results(self._context.settings, self)
        if folder is not None:
            self.open_folder(folder)

    async def _ask_and_save(self, job: Job) -> None:
        folder = await ask_where(self._context, self, job.name)
        if folder is not None:
            await self._save(job, folder)

    async def _save(self, job: Job, folder: Path) -> None:
        self._saving.add(job.key)
        self._write()
        try:
            report = await save_to(self._context, job.account_id, job.output_batches, job.name, folder)
            self._saved[job.key] = report.folder
        finally:
            self._saving.discard(job.key)
            self._write()

    async def _learn_where_it_is(self, key: tuple[str, str]) -> None:
        async def ask() -> Path | None:
            return self._context.desk.results.saved(key)

        before = self._saved.get(key)
        saved = await self._context.background.run(ask())
        # Results that were saved while this was asked for are known better by their news.
        if self._saved.get(key) == before:
            if saved is None:
                self._saved.pop(key, None)
            else:
                self._saved[key] = saved
        self._write()

    def _on_news(self, events: list[Event]) -> None:
        changed: dict[tuple[str, str], Job] = {}
        for event in events:
            if isinstance(event, JobsChanged):
                changed.update({job.key: job for job in event.jobs})
            elif isinstance(event, JobsRemoved):
                self._model.remove_jobs(event.keys)
            elif isinstance(event, ResultsSaved):
                self._saved.update(dict.fromkeys(event.jobs, event.folder))
                self._write()
        if changed:
            self._model.update_jobs(changed.values())
            if self._shown is not None and self._shown.key in changed:
                self._shown = changed[self._shown.key]
                self._write()
        if changed or any(isinstance(event, JobsRemoved) for event in events):
            self._show_what_there_is()

    def _show_what_there_is(self) -> None:
        there_is = self._model.rowCount() > 0
        self.jobs.setVisible(there_is)
        self._stack.setCurrentIndex(1 if there_is or self._folder is not None else 0)
        if self._wanted is not None:
            self.show_job(self._wanted)
        if there_is and self._folder is None and not self.jobs.currentIndex().isValid():
            self.jobs.setCurrentIndex(self._model.index(0))

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._shown = self._model.job(current.row())
        if self._shown is not None:
            self._folder = None
            self._browse()
            self._write()

    def _browse(self) -> None:
        """Open what is chosen. Nothing is fetched for a page that nobody sees."""
        self._asks_when_opened = False
        self._to_browse = not self.isVisible()
        if self._to_browse:
            return
        self.viewer.files.choose(self._shown, self._folder)
        if self._folder is not None:
            self._opener.open_folder(self._folder)
        elif self._shown is not None:
            self._opener.open_job(self._shown.key)
            self._context.tasks.start(self._learn_where_it_is(self._shown.key))
        else:
            self._opener.clear()

    def _on_found(self, opened: Opened) -> None:
        self.state.show(opened)
        self._on_settled()

    def _on_leaving(self) -> None:
        self.comparing.leave()
        self.state.show(None)

    def _on_settled(self) -> None:
        """Results are open, or it is clear that they will not be."""
        self.viewer.settle()
        self._write()
        if self._asks_when_opened:
            self._asks_when_opened = False
            self.ask_and_save()

    def _write(self) -> None:
        job = self._shown
        saved = self._saved.get(job.key) if job is not None else None
        self.open_saved.setVisible(saved is not None or self._folder is not None)
        self.save.setEnabled(self.state.opened is not None or (job is not None and job.key not in self._saving))
        if job is None:
            self.expiry.hide()
            if self._folder is not None:
                self._name.setText(self._folder.name)
                self._about.setText(place_text(self._folder))
            return
        self._write_expiry(job, saved)
        self._name.setText(job.name)
        facts = [about(job)]
        if job.items_total is not None:
            facts.append(files_text(job.items_total))
        if job.problems:
            facts.append(grouped(self.tr("%n could not be processed", "", job.problems), job.problems))
        if job.key in self._saving:
            facts.append(self.tr("saving…"))
        elif saved is not None:
            facts.append(self.tr("saved in “%1”").replace("%1", place_text(saved)))
        self._about.setText(" · ".join(facts))

    def _write_expiry(self, job: Job, saved: Path | None) -> None:
        account = next((each for each in self._context.desk.accounts.all() if each.account_id == job.account_id), None)
        service, saving = service_name(account), job.key in self._saving
        self.expiry.show_expiry(job.expires, service, saved=saved is not None, busy=saving)

    def _tell_time(self) -> None:
        self._model.tell_time()
        if self._shown is not None:
            self._write_expiry(self._shown, self._saved.get(self._shown.key))

    def _on_save_everything(self) -> None:
        self.save_to(self._context.desk.autosave.folder)

    def _offer_more(self) -> None:
        job = self._shown
        others = over_the_same(job, filter(has_results, self._context.desk.jobs.all())) if job is not None else []
        self.more.offer(others, is_opened=self.state.opened is not None, has_files=job is not None)

    def _on_compare(self, job: Job) -> None:
        if self.state.opened is not None:
            self._places.setCurrentWidget(self.comparing)
            self.comparing.compare_with_job(self.state.opened, job.key)

    def _on_compare_folder(self) -> None:
        self._context.tasks.start(self._compare_folder())

    async def _compare_folder(self) -> None:
        folder = await ask_for_results(self._context.settings, self)
        if folder is not None and self.state.opened is not None:
            self._places.setCurrentWidget(self.comparing)
            self.comparing.compare_with_folder(self.state.opened, folder)

    def _on_compared(self) -> None:
        self._places.setCurrentWidget(self.viewer)

    def _on_save_files(self) -> None:
        if self._shown is not None:
            self._context.tasks.start(self._ask_and_save(self._shown))

    def _on_open_saved(self, _checked: bool = False) -> None:
        if self._folder is not None:
            open_folder(self._folder)
        elif self._shown is not None and self._shown.key in self._saved:
            open_folder(self._saved[self._shown.key])
