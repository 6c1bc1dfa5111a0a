"""Adding a workflow of one's own: checked by this computer, shown in plain words, put into the list."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.errors import BatchdockError
from batchdock.core.workflow import Workflow
from batchdock.flows.own_files import WorkflowFile
from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.theme import Tint, icon_size, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.workflows.adding import AddingDialog, leave_enter_to_default
from batchdock.window.workflows.plain_words import input_text, lines_text, short


class AddWorkflowDialog(AddingDialog):
    """Reads one Workflow JSON: from a file, or `pasted`, which `file` is then a name for."""

    def __init__(
        self, context: Context, file: Path, parent: QWidget | None = None, *, pasted: str | None = None
    ) -> None:
        super().__init__(
            context,
            file,
            parent,
            title=self.tr("Add a workflow"),
            verb=self.tr("Add workflow"),
            words_for_looking=self.tr("Checking it on this computer. This takes some seconds…"),
            words_for_adding=self.tr("Adding the workflow…"),
        )
        self._pasted = pasted
        self._is_file = pasted is None
        self._read: WorkflowFile | None = None
        self._tick, self._good = QLabel(), QLabel(self.tr("This computer can run it."))
        self._tick.setPixmap(icon("circle-check", Tint.GOOD).pixmap(icon_size(self), icon_size(self)))
        self.takes, self.gives = QLabel(), QLabel()
        self.known = TintedLabel()
        self.known.hide()
        for label in (self.takes, self.gives):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._fill()
        leave_enter_to_default(self)
        self.setMinimumWidth(unit(self) * 120)
        self._begin()

    def _fill(self) -> None:
        step = unit(self)
        good = QHBoxLayout()
        good.setSpacing(step * 2)
        good.addWidget(self._tick)
        good.addWidget(self._good, 1)
        form = QFormLayout()
        form.setHorizontalSpacing(step * 4)
        form.setVerticalSpacing(step * 3)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("It takes"), self.takes)
        form.addRow(self.tr("It gives"), self.gives)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 4)
        layout.addLayout(good)
        layout.addLayout(form)
        layout.addWidget(self.known)

    async def _look_at_file(self) -> None:
        run, computer = self._context.background.run, self._context.desk.computer
        if self._pasted is None:
            self._read = await run(computer.read_workflow(self._file))
        else:
            self._read = await run(computer.read_pasted_workflow(self._pasted, str(self._file)))
        workflow = await run(computer.check_workflow(self._read))
        self._show(workflow)
        try:
            listed = await run(self._context.desk.jobs.workflows(THIS_COMPUTER_ID))
        except BatchdockError:  # Only a hint.
            return
        same = next((each for each in listed if each.workflow_id == workflow.workflow_id), None)
        if same is not None:
            text = self.tr("It is in the list already, as “%1”. Adding it again gives it this name.")
            self.known.setText(text.replace("%1", short(same.name)))
            self.known.show()

    def _show(self, workflow: Workflow) -> None:
        self.name.setText(workflow.name)
        self.takes.setText(lines_text(map(input_text, workflow.inputs)))
        self.gives.setText(lines_text(short(each) for each in workflow.outputs))
        self._show_content()
        self.name.setFocus()
        self.name.selectAll()

    async def _add(self) -> None:
        assert self._read is not None
        work = self._context.desk.computer.add_workflow(self._read, self._typed_name())
        added = await self._context.background.run(work)
        self._succeed(added.workflow_id, added.name)
