"""The side sheet of a query: pictures of the workspace's own library become a batch, and a job."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.flows.references import JobWish
from batchdock.window.context import Context
from batchdock.window.new_job.sheet import JobSheet
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel


class QuerySheet(JobSheet):
    """A new job over what RoboQL finds."""

    sent = Signal()
    """It is on its way; the transfers show it."""

    def __init__(self, context: Context, account_id: str, parent: QWidget | None = None) -> None:
        what = QWidget()
        self.query = QLineEdit()
        self.query.setAccessibleName("RoboQL")
        self.query.setPlaceholderText("tag:harvest AND split:train")
        super().__init__(context, what, parent)
        hint = TintedLabel(
            self.tr("In RoboQL, as in the search of the workspace. What is known of each picture comes along.")
        )
        inside = QVBoxLayout(what)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(unit(self))
        inside.addWidget(self.query)
        inside.addWidget(hint)
        what.setFocusProxy(self.query)
        self.only_batch = QPushButton(self.tr("Only make a batch"))
        self.only_batch.setAccessibleName(self.only_batch.text())
        self.only_batch.setToolTip(self.tr("Put what is found into a batch and start no job"))
        self.only_batch.clicked.connect(lambda _checked=False: self.hand_over(self._make_batch))
        self.query.textEdited.connect(self._on_query)
        self.form.where.say_fetched()
        self.form.pin(account_id)
        self.lay_out()
        self.buttons.insertWidget(2, self.only_batch)
        self.setFocusProxy(self.query)
        self.write()

    def counts(self) -> Mapping[Content, int]:
        return {}

    def blocked(self) -> str:
        if not self.query.text().strip():
            return self.tr("Type what to look for.")
        return super().blocked()

    def write(self) -> None:
        self.form.show_over(pictures=True, videos=False, uploads=False)
        super().write()
        self.only_batch.setEnabled(bool(self.query.text().strip()) and not self.is_handing_over())

    async def begin(self) -> tuple[Job, ...]:
        await self._send(JobWish(workflow_id=self.form.workflow_id(), options=self.form.job_options()))
        return ()

    def _on_query(self, text: str) -> None:
        self.form.suggest_name(text.strip())
        self.write()

    async def _make_batch(self) -> tuple[Job, ...]:
        await self._send(None)
        return ()

    async def _send(self, job: JobWish | None) -> None:
        references, query = self.context.desk.references, self.query.text()
        account_id, name = self.form.account_id(), self.form.chosen_name()

        async def asked() -> None:
            references.begin([await references.query(account_id, query, name, job=job)])

        await self.context.background.run(asked())
        if job is not None:
            self.context.messages.info(self.tr("The job starts by itself as soon as all that is found is there."))
        self.sent.emit()
        self.close()
