"""The side sheet of a list of addresses: what is in it, what is wrong with it, and what is to be done with the rest."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget

from batchdock.bridge.dialogs import choose
from batchdock.bridge.inbox import Inbox
from batchdock.core.batch import Content
from batchdock.core.errors import BatchdockError
from batchdock.core.job import Job
from batchdock.flows.intake.names import printable
from batchdock.flows.references import JobWish, Looked, name_of
from batchdock.window.context import Context
from batchdock.window.new_job.sheet import JobSheet, counted_text
from batchdock.window.references.findings_model import PAGE
from batchdock.window.references.list_panel import ListPanel

LIST_ENDINGS = frozenset({".jsonl", ".ndjson"})


class ReferencesSheet(JobSheet):
    """A new job over files that the service fetches by itself."""

    sent = Signal()
    """It is on its way; the transfers show it."""

    def __init__(self, context: Context, source: Path | str, parent: QWidget | None = None) -> None:
        what = QLabel()
        what.setWordWrap(True)
        super().__init__(context, what, parent)
        self._what = what
        self.looked: Looked | None = None
        self._is_sent = False
        name = printable(source.name) if isinstance(source, Path) else name_of(source)
        self.panel = ListPanel(name)
        self.panel.model.wanted.connect(lambda page: self.ask(self._read(page)))
        self.panel.cause_chosen.connect(self._on_cause)
        self.panel.save.clicked.connect(lambda _checked=False: self.ask(self._save()))
        self.only_batch = QPushButton(self.tr("Only make a batch"))
        self.only_batch.setAccessibleName(self.only_batch.text())
        self.only_batch.setToolTip(self.tr("Hand the addresses over and start no job"))
        self.only_batch.clicked.connect(lambda _checked=False: self.hand_over(self._make_batch))
        self.form.where.say_fetched()
        self.form.suggest_name(name.rpartition(".")[0] or name)
        self._inbox: Inbox[tuple[int, int, int]] = Inbox(self)
        self._inbox.arrived.connect(lambda told: self.panel.show_progress(*told[-1]))
        self.lay_out(self.panel)
        self.buttons.insertWidget(2, self.only_batch)
        QWidget.setTabOrder(self.start, self.only_batch)
        QWidget.setTabOrder(self.only_batch, self.cancel)
        self._failed = False
        self._looking = self.ask(self._look(source))
        self.write()

    def counts(self) -> Mapping[Content, int]:
        counts = self.looked.counts if self.looked is not None else None
        if counts is None:
            return {}
        return {Content.IMAGES: counts.pictures, Content.VIDEOS: counts.videos}

    def blocked(self) -> str:
        if self._failed:
            return ""
        if self.looked is None:
            return self.tr("Looking at the list…")
        if not self.looked.counts.usable:
            return self.tr("There is no address in it that can be used.")
        return super().blocked()

    def write(self) -> None:
        counts = self.counts()
        self._what.setText(counted_text(counts) if counts else "–")
        self.form.show_over(
            pictures=bool(counts.get(Content.IMAGES)) or not counts.get(Content.VIDEOS),
            videos=bool(counts.get(Content.VIDEOS)),
            uploads=True,
        )
        super().write()
        hopeless = self._failed or (self.looked is not None and not self.looked.counts.usable)
        for widget in (self.form, self.start, self.only_batch, self.price):
            widget.setVisible(not hopeless)
        self.only_batch.setEnabled(bool(self.looked) and not self.is_handing_over() and not hopeless)
        self.cancel.setText(self.tr("Close") if hopeless else self.tr("Cancel"))
        if self._failed:
            self.start.setEnabled(False)

    async def begin(self) -> tuple[Job, ...]:
        await self._send(JobWish(workflow_id=self.form.workflow_id(), options=self.form.job_options()))
        return ()

    def on_error(self, error: BatchdockError) -> None:
        if self.looked is None and not self.is_closed:
            self._failed = True
            self.panel.give_up()
        super().on_error(error)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._inbox.close()
        if self.looked is not None and not self._is_sent:
            self.context.tasks.start(self.context.background.run(self._discarded(self.looked)))
        super().closeEvent(event)

    async def _discarded(self, looked: Looked) -> None:
        await self.context.desk.references.discard(looked)

    async def _look(self, source: Path | str) -> None:
        look = self.context.desk.references.look(
            source, on_progress=lambda done, lines, total: self._inbox.put((done, lines, total))
        )
        looked = await self.context.background.run(look)
        self._inbox.close()
        self.looked = looked
        self.panel.show_looked(looked)
        self.write()

    async def _read(self, page: int) -> None:
        if self.looked is None:
            return
        cause = self.panel.chosen_cause()
        try:
            found = await self.context.background.run(self.looked.findings(page * PAGE, PAGE, cause))
        except (BatchdockError, asyncio.CancelledError):
            self.panel.model.give_up(page)
            raise
        if cause is self.panel.chosen_cause():
            self.panel.model.put(page, found)

    def _on_cause(self) -> None:
        if self.looked is None:
            return
        cause, counts = self.panel.chosen_cause(), self.looked.counts
        self.panel.model.begin(counts.left_out if cause is None else counts.causes[cause])

    async def _save(self) -> None:
        if self.looked is None:
            return
        dialog = QFileDialog(self, self.tr("Save the lines that are left out"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("jsonl")
        dialog.selectFile("left-out.jsonl")
        for path in await choose(dialog):
            await self.context.background.run(self.context.desk.references.write_left_out(self.looked, path))
            self.context.messages.info(self.tr("The lines that are left out are in “%1”.").replace("%1", path.name))

    async def _make_batch(self) -> tuple[Job, ...]:
        await self._send(None)
        return ()

    async def _send(self, job: JobWish | None) -> None:
        assert self.looked is not None
        references, looked = self.context.desk.references, self.looked
        account_id, name = self.form.account_id(), self.form.chosen_name()
        notice = self.form.options.ingest_notice()

        async def handed_over() -> None:
            references.begin(await references.send(account_id, looked, name, job=job, notice=notice))

        await self.context.background.run(handed_over())
        self._is_sent = True
        if job is not None:
            self.context.messages.info(self.tr("The job starts by itself as soon as all files are taken in."))
        self.sent.emit()
        self.close()
