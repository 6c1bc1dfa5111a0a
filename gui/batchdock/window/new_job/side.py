"""The side of the window where a new job takes shape: one sheet at a time, beside the page."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QSplitter

from batchdock.core.batch import Batch
from batchdock.core.job import Job
from batchdock.window.buckets.sheet import BucketSheet
from batchdock.window.context import Context
from batchdock.window.intake.sheet import IntakeSheet
from batchdock.window.new_job.batch_sheet import BatchSheet
from batchdock.window.new_job.draft_sheet import DraftSheet
from batchdock.window.new_job.grace import GraceNotices
from batchdock.window.new_job.sheet import JobSheet
from batchdock.window.new_job.what_sheet import WhatSheet
from batchdock.window.new_job.workflow_choice import WorkflowChoice
from batchdock.window.references.query_sheet import QuerySheet
from batchdock.window.references.sheet import ReferencesSheet

Sheet = JobSheet | WhatSheet


class Side(QObject):
    """Opens and closes the sheets."""

    opened = Signal(int)
    """A sheet is there now; so many pixels are left for the page beside it."""
    closed = Signal()
    started = Signal(tuple)
    """Jobs were started: `tuple[Job, ...]`."""
    service_job_asked = Signal(str, object)
    """A job without files is to be made: at which account, by which `Action`."""
    addresses_asked = Signal()
    bucket_asked = Signal()
    sent = Signal()
    """Files are on their way that become a job later, if at all; the transfers show them."""
    form_made = Signal(WorkflowChoice)
    """There is a new form; this is where its workflow is chosen."""

    def __init__(
        self, context: Context, splitter: QSplitter, choose_files: Callable[[], None], choose_folder: Callable[[], None]
    ) -> None:
        super().__init__(splitter)
        self._context = context
        self._splitter = splitter
        self._choose_files, self._choose_folder = choose_files, choose_folder
        self.sheet: Sheet | None = None
        """The one that is open."""
        self._grace = GraceNotices(context, self)
        self._grace.draft_asked.connect(self.open_draft)

    @property
    def files(self) -> IntakeSheet | None:
        """The sheet with files, while that is the one."""
        return self.sheet if isinstance(self.sheet, IntakeSheet) else None

    @property
    def form(self) -> JobSheet | None:
        """The sheet with a form, while that is the one."""
        return self.sheet if isinstance(self.sheet, JobSheet) else None

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Look at files and folders, together with those that are there already."""
        sheet = self.files
        if sheet is None:
            sheet = IntakeSheet(self._context)
            self._open_form(sheet)
        sheet.add_paths(list(paths))
        sheet.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_what(self) -> None:
        """Ask what a new job is to be over. One that is being made stays."""
        if self.sheet is None:
            sheet = WhatSheet(self._context, self._choose_files, self._choose_folder)
            sheet.batch_chosen.connect(self.open_batch)
            sheet.service_job_asked.connect(self.service_job_asked)
            sheet.addresses_asked.connect(self.addresses_asked)
            sheet.bucket_asked.connect(self.bucket_asked)
            self._open(sheet)
        if self.sheet is not None:
            self.sheet.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def open_list(self, source: Path | str) -> None:
        """Make a new job over the files that a list refers to: a file, or an https address."""
        sheet = ReferencesSheet(self._context, source)
        sheet.sent.connect(self.sent)
        self._open_form(sheet)

    def open_bucket(self) -> None:
        """Make a new job over what lies in a bucket."""
        sheet = BucketSheet(self._context)
        sheet.sent.connect(self.sent)
        self._open_form(sheet)

    def open_query(self, account_id: str) -> None:
        """Make a new job over what a query finds in the library of a workspace."""
        sheet = QuerySheet(self._context, account_id)
        sheet.sent.connect(self.sent)
        self._open_form(sheet)

    def open_batch(self, batch: Batch) -> None:
        """Make a new job over a batch, or a part of it."""
        self._open_form(BatchSheet(self._context, batch))

    def open_draft(self, key: tuple[str, str]) -> None:
        """Show a draft, to change and start it."""
        self._context.tasks.start(self._open_draft(key))

    def run_again_on_new(self, key: tuple[str, str]) -> None:
        """Do the same as an earlier job with the files of its folders that it did not have."""
        self._context.tasks.start(self._run_again_on_new(key))

    def close(self) -> None:
        """Close the sheet, if there is one."""
        if self.sheet is not None:
            self.sheet.close()

    async def _open_draft(self, key: tuple[str, str]) -> None:
        job = self._job(key)
        definition = await self._context.background.run(self._context.desk.jobs.definition(key))
        if job is None or definition is None:
            self._context.messages.info(self.tr("What this job was made from is not known here."))
            return
        self._open_form(DraftSheet(self._context, job, definition))

    async def _run_again_on_new(self, key: tuple[str, str]) -> None:
        jobs, job = self._context.desk.jobs, self._job(key)
        definition = await self._context.background.run(jobs.definition(key))
        sources = await self._context.background.run(jobs.sources(key))
        if job is None or definition is None or not sources:
            text = self.tr("Where the files of this job came from is not known here. Drop the folder to run it again.")
            self._context.messages.info(text)
            return
        sheet = IntakeSheet(self._context)
        self._open_form(sheet)
        sheet.run_again(job, definition, sources)

    def _job(self, key: tuple[str, str]) -> Job | None:
        return next((job for job in self._context.desk.jobs.all() if job.key == key), None)

    def _open_form(self, sheet: JobSheet) -> None:
        sheet.started.connect(self.started)
        self.form_made.emit(sheet.form.workflows)
        self._open(sheet)
        sheet.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, sheet: Sheet) -> None:
        self.close()
        self.sheet = sheet
        sheet.closed.connect(self._on_closed)
        self._splitter.addWidget(sheet)
        sheet.show()
        side, middle, *_ = self._splitter.sizes()
        width = sheet.sizeHint().width()
        self._splitter.setSizes([side, max(middle - width, 1), width])
        self.opened.emit(middle - width)

    def _on_closed(self) -> None:
        self.sheet = None
        self.closed.emit()
