"""The side sheet of a new job over a batch that is there, or over a part of it."""

from collections.abc import Mapping
from dataclasses import fields

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

from batchdock.core.batch import Batch, BatchKind, Content
from batchdock.core.job import Job, JobDefinition, JobOptions
from batchdock.window.context import Context
from batchdock.window.messages import worded
from batchdock.window.new_job.batch_what import WORKABLE, BatchWhat
from batchdock.window.new_job.readiness_watch import ReadinessWatch
from batchdock.window.new_job.sheet import JobSheet, counted_text
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import files_text, grouped, number_text


class BatchSheet(JobSheet):
    """Starts as soon as the service has taken in everything, and says how far that is."""

    def __init__(self, context: Context, batch: Batch, parent: QWidget | None = None) -> None:
        self.what = BatchWhat(batch.name)
        super().__init__(context, self.what, parent)
        self.batch = batch
        self._metadata_parts: tuple[str, ...] = ()
        self._has_parts = batch.kind is BatchKind.MULTIPART
        self._described = not self._has_parts
        self._watch = ReadinessWatch(context, self)
        self._watch.changed.connect(self.write)
        self.what.part_chosen.connect(self._on_part)
        # No service runs a job over a few files of a batch.
        self._no_try = TintedLabel(self.tr("To try first, drop a few of the files."))
        self._no_try.setWordWrap(False)
        self._no_try.hide()
        self.price.changed.connect(self.write)
        self.price_row.addWidget(self._no_try)
        self.lay_out()
        self.form.pin(batch.account_id)
        self.form.suggest_name(batch.name)
        if self._has_parts:
            self.ask(self._describe())
        self._on_part()

    def definition(self) -> JobDefinition:
        """Return what the job is created from. Only when nothing blocks it."""
        part = self.what.chosen_part()
        options = self.form.job_options()
        return JobDefinition(
            **{each.name: getattr(options, each.name) for each in fields(JobOptions)},
            content=self._content(),
            batch_id=self.batch.batch_id,
            workflow_id=self.form.workflow_id(),
            part=part.part.name if part else None,
            metadata_part=self.form.options.metadata_part(),
        )

    def counts(self) -> Mapping[Content, int]:
        readiness, content = self._watch.readiness, self._content()
        return {content: readiness.files} if readiness is not None and content in WORKABLE else {}

    async def begin(self) -> tuple[Job, ...]:
        batch, name = self.batch, self.form.chosen_name()
        started = self.context.desk.jobs.start_on_batch(batch.account_id, name, self.definition())
        return (await self.context.background.run(started),)

    def blocked(self) -> str:
        if self._described and self._content() not in WORKABLE:
            return self.tr("There are no pictures and no videos in this batch.")
        readiness, error = self._watch.readiness, self._watch.error
        if readiness is None:
            return worded(error)[0] if error is not None else self.tr("Looking at the batch…")
        if readiness.sending:
            return self.tr("Files are still being sent into this batch.")
        if readiness.shards_moving:
            text = self.tr("The service is still taking in the files: %1 of %2 packages.")
            text = text.replace("%1", number_text(readiness.shards - readiness.shards_moving))
            return text.replace("%2", number_text(readiness.shards))
        if readiness.empty:
            return self.tr("There is nothing in it.")
        if not readiness.files:
            return self.tr("The service has not begun to take in the files yet.")
        return super().blocked()

    def write(self) -> None:
        content = self._content()
        self.form.show_over(
            pictures=content is not Content.VIDEOS,
            videos=content is Content.VIDEOS,
            metadata_parts=self._metadata_parts,
        )
        super().write()
        costs = self.context.desk.accounts.capabilities(self.batch.account_id).costs_money
        self._no_try.setVisible(costs and bool(self.form.workflow_id()) and self.price.estimate is None)
        readiness = self._watch.readiness
        if readiness is None:
            self.what.say_count("")
            return
        said = counted_text(self.counts()) if content in WORKABLE else files_text(readiness.files)
        if readiness.shards_failed:
            lost = self.tr("%n package(s) could not be taken in", "", readiness.shards_failed)
            said = f"{said} · {grouped(lost, readiness.shards_failed)}"
        self.what.say_count(said)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._watch.stop()
        super().closeEvent(event)

    async def _describe(self) -> None:
        described = self.context.desk.batches.describe(self.batch.account_id, self.batch.batch_id)
        detail = await self.context.background.run(described)
        self._described = True
        self._metadata_parts = tuple(
            each.part.name for each in detail.parts if each.part.content is Content.METADATA and each.count
        )
        self.what.offer_parts(detail.parts)

    def _content(self) -> Content:
        return self.what.content_of_part() or self.batch.content

    def _on_part(self) -> None:
        part = self.what.chosen_part()
        if self._described:
            self._watch.follow(self.batch.account_id, self.batch.batch_id, part.part.name if part else None)
        self.write()
