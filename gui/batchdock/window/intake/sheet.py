"""The side sheet of a drop: what was dropped, counted while one looks, and what is to be done with it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from batchdock.bridge.inbox import Inbox
from batchdock.core.batch import Content
from batchdock.core.errors import BatchdockError
from batchdock.core.intake import Finding, Item, Review
from batchdock.core.job import Job, JobDefinition
from batchdock.core.order import Order
from batchdock.flows.jobs.ordering import TRIAL_COUNT
from batchdock.window.context import Context
from batchdock.window.intake.files_panel import FilesPanel
from batchdock.window.intake.gathered import Gathered
from batchdock.window.intake.known_notice import KnownNotice
from batchdock.window.intake.looking import Looking
from batchdock.window.new_job.sheet import JobSheet, counted_text
from batchdock.window.new_job.trying import Trying
from batchdock.window.wording import grouped

_FILE_ENDINGS = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".heic"}
    | {".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".txt", ".pdf", ".zip"}
)


class IntakeSheet(JobSheet):
    """A new job over files of this computer."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        what = QLabel()
        what.setWordWrap(True)
        super().__init__(context, what, parent)
        self._what = what
        self._scans: set[asyncio.Task[None]] = set()
        self._when_counted: Callable[[], None] | None = None
        self._had_by: Job | None = None
        self._compared = False
        self._comparing: asyncio.Task[None] | None = None
        self._asking_known: asyncio.Task[None] | None = None
        self._inbox: Inbox[Review] = Inbox(self)
        self._inbox.arrived.connect(self._on_reviews)
        self.files = FilesPanel()
        self._looking = Looking(context, self.files)
        self._looking.changed.connect(self.write)
        self._looking.settled.connect(self._ask_what_is_known)
        self._looking.failed.connect(self.on_error)
        self.form.where.changed.connect(self._ask_what_is_known)
        self.known = KnownNotice()
        self.known.add_wanted.connect(self._add_new_ones)
        self.only_batch = QPushButton(self.tr("Only make a batch"))
        self.only_batch.setToolTip(self.tr("Send the files and start no job"))
        self.only_batch.clicked.connect(lambda _checked=False: self._when_ready(self._make_batch))
        self.trial = Trying(context)
        self.trial.clicked.connect(lambda _checked=False: self._on_try())
        self.price_row.addWidget(self.trial)
        self.lay_out(self.files, self.known)
        self.buttons.insertWidget(2, self.only_batch)
        QWidget.setTabOrder(self.trial, self.start)
        QWidget.setTabOrder(self.start, self.only_batch)
        QWidget.setTabOrder(self.only_batch, self.cancel)
        self.write()

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Look at more files and folders, together with what is here already."""
        if not self._scans and not self.files.gathered.looked_at and paths:
            self.form.suggest_name(_name_of(paths))
        self._looking.forget()
        self._compared = False
        if self._comparing is not None:
            self._comparing.cancel()
            self._comparing = None
        self.known.show_known(None)
        scan = self.context.tasks.start(self._scan(list(paths)), on_error=self.on_error)
        self._scans.add(scan)
        scan.add_done_callback(self._on_scan_ended)
        self.files.begin()
        self.write()

    def run_again(self, job: Job, definition: JobDefinition, sources: Sequence[Path]) -> None:
        """Look for what is new in the folders of an earlier job, to do the same with it."""
        self._had_by = job
        self.form.where.choose(job.account_id)
        self.form.workflows.load(job.account_id, definition.workflow_id)
        self.form.put(definition)
        self.form.suggest_name(job.name)
        self.add_paths(sources)

    def is_counting(self) -> bool:
        """Tell whether files are still being looked at."""
        return bool(self._scans) or self._comparing is not None

    def closeEvent(self, event: QCloseEvent) -> None:
        for scan in self._scans:
            scan.remove_done_callback(self._on_scan_ended)
            scan.cancel()
        self._scans.clear()
        self._inbox.close()
        self._looking.close()
        super().closeEvent(event)

    async def _scan(self, paths: list[Path]) -> None:
        await self.context.background.run(self.context.desk.intake.review(paths, on_update=self._inbox.put))

    def _on_scan_ended(self, scan: asyncio.Task[None]) -> None:
        self._scans.discard(scan)
        if self._scans:
            return
        self._inbox.deliver()
        if self._had_by is not None and self.files.gathered.ready:
            self._comparing = self.ask(self._leave_out_what_was_had(self._had_by))
        else:
            self._on_counted()

    def _on_counted(self) -> None:
        self._comparing = None
        self.files.finish()
        self._ask_what_is_known()
        self.write()
        when_counted, self._when_counted = self._when_counted, None
        if when_counted is not None and not self.blocked():
            when_counted()

    async def _leave_out_what_was_had(self, job: Job) -> None:
        """Leave out what an earlier job had already."""
        gathered = self.files.gathered
        items = tuple(gathered.ready)
        new = await self.context.background.run(self.context.desk.jobs.new_files(job.key, items))
        note = self.tr("in “%1”").replace("%1", job.name)

        def rest() -> Gathered:
            fresh = {str(item.path) for item in new}
            had = [
                replace(item, finding=Finding.HAD_ALREADY, note=note) for item in items if str(item.path) not in fresh
            ]
            return gathered.without(had)

        self.files.show_rest(await self.context.background.run(asyncio.to_thread(rest)))
        self._compared = True
        self._on_counted()

    def _on_reviews(self, reviews: list[Review]) -> None:
        self.files.take(reviews)
        self.write()

    def on_start(self) -> None:
        self._when_ready(super().on_start)

    def _when_ready(self, action: Callable[[], None]) -> None:
        self._looking.stop()
        if self.is_counting():
            self._when_counted = action
            self.write()
        else:
            action()

    def order(self) -> Order:
        """Return what is asked for. Only when nothing blocks it."""
        return Order(
            account_id=self.form.account_id(),
            workflow_id=self.form.workflow_id(),
            name=self.form.chosen_name(),
            items=tuple(self.files.gathered.ready),
            options=self.form.job_options(),
            ingest_notice=self.form.options.ingest_notice(),
        )

    def counts(self) -> Mapping[Content, int]:
        return {Content.IMAGES: self.files.gathered.pictures, Content.VIDEOS: self.files.gathered.videos}

    def sizes(self) -> Mapping[Content, int]:
        gathered = self.files.gathered
        return {} if gathered.videos else {Content.IMAGES: gathered.size}

    async def begin(self) -> tuple[Job, ...]:
        return await self.context.background.run(self.context.desk.jobs.start(self.order()))

    def _on_try(self) -> None:
        order = self.order()

        async def begin() -> tuple[Job, ...]:
            job = await self.context.background.run(self.context.desk.jobs.try_first(order, TRIAL_COUNT))
            # The sheet stays: once it is known what all of them take, they are started from here.
            self.started.emit((job,))
            self.trial.follow(job)
            return ()

        self.hand_over(begin)

    def _make_batch(self) -> None:
        self._send(tuple(self.files.gathered.ready), self.form.chosen_name(), None)

    def _add_new_ones(self) -> None:
        known = self.known.known
        if known is not None:
            self._send(known.fresh, known.batch_name, known.batch_id)

    def _send(self, items: tuple[Item, ...], name: str, batch_id: str | None) -> None:
        context, account = self.context, self.form.where.account()
        # That something arrived at a service is said with all transfers.
        said = self.tr("“%1” is a batch now. Look under Batches.") if account.is_this_computer else ""
        context.tasks.start(_send(context, account.account_id, items, name, batch_id, said.replace("%1", name)))
        if not said:
            context.messages.info(self.tr("“%1” is on its way. Look under Transfers.").replace("%1", name))
        self.close()

    def _ask_what_is_known(self) -> None:
        """Ask the journal which of the files were sent to the chosen account before; show it when it is known."""
        self.known.show_known(None)
        if self._asking_known is not None:
            self._asking_known.cancel()
            self._asking_known = None
        items, account_id = tuple(self.files.gathered.ready), self.form.account_id()
        if self.is_counting() or self._looking.is_thinning() or not items:
            return

        async def ask() -> None:
            known = await self.context.background.run(self.context.desk.transfers.known(account_id, items))
            self.known.show_known(known)

        self._asking_known = self.ask(ask())

    def on_error(self, error: BatchdockError) -> None:
        self._when_counted = None
        self._comparing = None
        super().on_error(error)

    def blocked(self) -> str:
        if self._looking.is_thinning():
            return self.tr("Leaving out near copies…")
        if not self.files.gathered.ready and not self.is_counting():
            return self.tr("There is nothing to work on yet.")
        if self._had_by is not None and not self._compared and not self.is_counting():
            return self.tr("It could not be found out which of these files are new.")
        return super().blocked()

    def write(self) -> None:
        gathered = self.files.gathered
        self._what.setText(counted_text(self.counts()))
        self.form.show_over(
            pictures=gathered.pictures > 0 or not gathered.videos, videos=gathered.videos > 0, uploads=True
        )
        super().write()
        waiting = self._when_counted is not None
        hopeless = not self.is_counting() and not gathered.ready
        for widget in (self.form, self.start, self.only_batch):
            widget.setVisible(not hopeless)
        busy = waiting or self.is_handing_over() or self._looking.is_thinning()
        self.known.add.setEnabled(not busy)
        self.only_batch.setEnabled(bool(gathered.ready) and not busy)
        self.cancel.setText(self.tr("Close") if hopeless else self.tr("Cancel"))
        self.name_start(self.tr("Start when counted") if self.is_counting() else self._start_text())
        few = len(gathered.ready) <= TRIAL_COUNT
        self.trial.offer(shown=not (hopeless or few or self.is_counting()), possible=not self.blocked())
        if waiting:
            self.say(self.tr("Starts as soon as everything is counted."))
            self.start.setEnabled(False)
        elif hopeless:
            self.say("")

    def _start_text(self) -> str:
        gathered = self.files.gathered
        if gathered.pictures and gathered.videos:
            return grouped(self.tr("Start %n job(s)", "", 2), 2)
        return self.tr("Start")


async def _send(
    context: Context, account_id: str, items: tuple[Item, ...], name: str, batch_id: str | None, said: str
) -> None:
    """Send without a job, into a new batch or one that is there. Outlives the sheet."""
    await context.background.run(context.desk.transfers.ingest(account_id, items, name, batch_id=batch_id))
    if said:
        context.messages.info(said)


def _name_of(paths: Sequence[Path]) -> str:
    """Return what the drop is called: its folder's name, or the only file's without its ending.

    Goes by the names alone: asking a disk that does not answer would hold up the window.
    """
    first = paths[0]
    if first.suffix.lower() not in _FILE_ENDINGS:
        return first.name or str(first)
    return first.stem if len(paths) == 1 else first.parent.name or first.stem
