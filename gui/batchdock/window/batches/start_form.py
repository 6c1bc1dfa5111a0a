"""Starting a job on a batch that is there already, without leaving the page."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.batch import Batch, Content
from batchdock.core.errors import BatchdockError
from batchdock.core.job import Job, JobDefinition
from batchdock.window.context import Context
from batchdock.window.intake.last_choices import LastChoices
from batchdock.window.intake.order_form import NAME_LIMIT
from batchdock.window.intake.parameter_rows import ParameterRows
from batchdock.window.intake.workflow_choice import WorkflowChoice
from batchdock.window.messages import worded
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


class StartForm(QFrame):
    """Asks for workflow and name; everything else stays at what the service does by itself."""

    started = Signal(tuple)
    """The new job, as a tuple of one."""
    closed = Signal()
    """The form is not needed any more."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._batch: Batch | None = None
        self._busy = False
        self._last = LastChoices(context.settings)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.workflows = WorkflowChoice(context)
        self.workflows.changed.connect(self._on_workflow)
        self.name = QLineEdit()
        self.name.setMaxLength(NAME_LIMIT)
        self.name.setAccessibleName(self.tr("Name of the job"))
        self._trouble = TintedLabel("", Tint.BAD)
        self._trouble.hide()
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(lambda _checked=False: self.closed.emit())
        self.start = QPushButton(self.tr("Start"))
        self.start.clicked.connect(lambda _checked=False: self._on_start())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        step = unit(self)
        form = QFormLayout()
        form.setHorizontalSpacing(step * 4)
        form.setVerticalSpacing(step * 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Do"), self.workflows)
        form.addRow(self.tr("Name"), self.name)
        self.parameters = ParameterRows(form)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.start)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 4, step * 4, step * 4, step * 3)
        layout.setSpacing(step * 3)
        layout.addLayout(form)
        layout.addWidget(self._trouble)
        layout.addLayout(buttons)

    def open_for(self, batch: Batch) -> None:
        """Show the form for `batch`."""
        self._batch, self._busy = batch, False
        self._trouble.hide()
        self.name.setText(batch.name[:NAME_LIMIT])
        self.workflows.load(batch.account_id, self._last.workflow_id(batch.account_id))
        self.show()
        self.workflows.setFocus()

    def _on_workflow(self) -> None:
        self.parameters.show_workflow(self.workflows.workflow())
        self._write()

    def _write(self) -> None:
        self.start.setEnabled(self.workflows.workflow() is not None and not self._busy)

    def _on_start(self) -> None:
        workflow, batch = self.workflows.workflow(), self._batch
        if workflow is None or batch is None:
            return
        definition = JobDefinition(
            content=Content.VIDEOS if batch.content is Content.VIDEOS else Content.IMAGES,
            batch_id=batch.batch_id,
            workflow_id=workflow.workflow_id,
            image_input=workflow.image_inputs[0].name,
            parameters=self.parameters.values(),
            keep_images=True,
            table_format="csv",
        )
        self._last.keep(batch.account_id, workflow.workflow_id)
        self._busy = True
        self._trouble.hide()
        self._write()
        name = self.name.text().strip() or batch.name
        self._context.tasks.start(self._start(batch.account_id, name, definition), on_error=self._on_error)

    async def _start(self, account_id: str, name: str, definition: JobDefinition) -> None:
        work = self._context.desk.jobs.start_on_batch(account_id, name, definition)
        job: Job = await self._context.background.run(work)
        self.closed.emit()
        self.started.emit((job,))

    def _on_error(self, error: BatchdockError) -> None:
        self._busy = False
        self._trouble.setText("\n".join(part for part in worded(error) if part))
        self._trouble.show()
        self._write()
