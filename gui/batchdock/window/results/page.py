"""The results page: jobs that are done on the left, what they have made on the right."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QListView,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.job import Job
from batchdock.flows.news import Event, JobsChanged, JobsRemoved
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.heading import heading
from batchdock.window.icon_button import IconButton
from batchdock.window.results.browser import Browser
from batchdock.window.results.jobs_model import ResultJobsModel, about
from batchdock.window.results.saving import ask_where, open_folder, place_text, save_to
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
        self.browser = Browser(context)
        self._name = QLabel()
        self._about = TintedLabel()
        self.open_saved = IconButton("folder-open", self.tr("Open folder"))
        self.open_saved.setAccessibleName(self.tr("Open the folder in which these results were saved"))
        self.open_saved.clicked.connect(self._on_open_saved)
        self.save = IconButton("download", self.tr("Save results…"))
        self.save.clicked.connect(lambda _checked=False: self.ask_and_save())
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

    def shown_job(self) -> Job | None:
        """Return the job whose results are on screen."""
        return self._shown

    def ask_and_save(self) -> None:
        """Ask for a folder and save the results of the job on screen there."""
        if self._wanted is not None:
            self._context.messages.info(self.tr("This job has no results yet."))
        elif self._shown is not None:
            self._context.tasks.start(self._ask_and_save(self._shown))

    def save_to(self, folder: Path) -> asyncio.Task[None] | None:
        """Save the results of the job on screen below `folder`. Return the running task; None without a job."""
        return self._context.tasks.start(self._save(self._shown, folder)) if self._shown is not None else None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._to_browse:
            self._browse()

    def _make_content(self) -> QWidget:
        step = unit(self)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(step * 3)
        column.addLayout(heading(self._name, self._about, self.open_saved, self.save))
        column.addWidget(self.browser, 1)
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

        saved = await self._context.background.run(ask())
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
        if changed:
            self._model.update_jobs(changed.values())
            if self._shown is not None and self._shown.key in changed:
                self._shown = changed[self._shown.key]
                self._write()
        if changed or any(isinstance(event, JobsRemoved) for event in events):
            self._show_what_there_is()

    def _show_what_there_is(self) -> None:
        there_is = self._model.rowCount() > 0
        self._stack.setCurrentIndex(1 if there_is else 0)
        if self._wanted is not None:
            self.show_job(self._wanted)
        if there_is and not self.jobs.currentIndex().isValid():
            self.jobs.setCurrentIndex(self._model.index(0))

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._shown = self._model.job(current.row())
        self._browse()
        self._write()

    def _browse(self) -> None:
        """Show the chosen job's results. Nothing is fetched for a page that nobody sees."""
        job = self._shown
        self._to_browse = job is not None and not self.isVisible()
        if job is None or self._to_browse:
            self.browser.clear()
            return
        self.browser.show_batches(job.account_id, [(batch_id, job.name) for batch_id in job.output_batches])
        self._context.tasks.start(self._learn_where_it_is(job.key))

    def _write(self) -> None:
        job = self._shown
        self.save.setEnabled(job is not None and job.key not in self._saving)
        saved = self._saved.get(job.key) if job is not None else None
        self.open_saved.setVisible(saved is not None)
        if job is None:
            return
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

    def _on_open_saved(self, _checked: bool = False) -> None:
        if self._shown is not None and self._shown.key in self._saved:
            open_folder(self._saved[self._shown.key])
