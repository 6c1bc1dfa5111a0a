"""The side sheet of a draft: a job that is written down and not started."""

from collections.abc import Mapping

from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from batchdock.core.batch import Content
from batchdock.core.job import Job, JobDefinition
from batchdock.window.context import Context
from batchdock.window.new_job.sheet import JobSheet, counted_text


class DraftSheet(JobSheet):
    """Files, workflow and account are those of the draft; name and options can be changed."""

    def __init__(self, context: Context, job: Job, definition: JobDefinition, parent: QWidget | None = None) -> None:
        what = QLabel()
        what.setWordWrap(True)
        super().__init__(context, what, parent)
        self._job = job
        self._content = definition.content
        what.setText(counted_text(self.counts()))
        self.keep = QPushButton(self.tr("Keep as draft"))
        self.keep.setToolTip(self.tr("Write down what was changed, and start nothing"))
        self.keep.clicked.connect(lambda _checked=False: self._on_keep())
        self.lay_out()
        self.buttons.insertWidget(2, self.keep)
        QWidget.setTabOrder(self.start, self.keep)
        QWidget.setTabOrder(self.keep, self.cancel)
        parts = (definition.metadata_part,) if definition.metadata_part else ()
        videos = definition.content is Content.VIDEOS
        self.form.pin(job.account_id, definition.workflow_id)
        self.form.show_over(pictures=not videos, videos=videos, metadata_parts=parts)
        self.form.put(definition)
        self.form.suggest_name(job.name)
        self.write()

    def counts(self) -> Mapping[Content, int]:
        return {self._content: self._job.items_total or 0} if self._content in (Content.IMAGES, Content.VIDEOS) else {}

    def sizes(self) -> Mapping[Content, int]:
        return {} if self._job.bytes_total is None else {self._content: self._job.bytes_total}

    async def begin(self) -> tuple[Job, ...]:
        await self._change()
        return (await self.context.background.run(self.context.desk.jobs.start_draft(self._job.key)),)

    def write(self) -> None:
        super().write()
        self.keep.setEnabled(not self.blocked())

    def _on_keep(self) -> None:
        async def keep() -> tuple[Job, ...]:
            await self._change()
            self.close()
            return ()

        self.hand_over(keep)

    async def _change(self) -> None:
        name, options = self.form.chosen_name(), self.form.job_options()
        await self.context.background.run(self.context.desk.jobs.change_draft(self._job.key, name, options))
