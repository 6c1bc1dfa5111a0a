"""What, do, where, name: the lines of a new job, and everything else behind a small triangle."""

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.core.job import JobDefinition, JobOptions
from batchdock.core.ports import Capabilities
from batchdock.window.computer.cluster import cluster_address
from batchdock.window.context import Context
from batchdock.window.new_job.last_choices import LastChoices
from batchdock.window.new_job.options_form import OptionsForm, Scope
from batchdock.window.new_job.parameter_rows import ParameterRows
from batchdock.window.new_job.where_choice import WhereChoice
from batchdock.window.new_job.workflow_choice import WorkflowChoice
from batchdock.window.theme import unit

NAME_LIMIT = 120


class NewJobForm(QWidget):
    """Knows everything of a new job but what it is over: `what` shows that, and whoever owns the form fills it."""

    changed = Signal()
    opened = Signal(QWidget)
    """More options are shown now: this widget is to be scrolled to."""

    def __init__(self, context: Context, what: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._last = LastChoices(context.settings)
        self._name_is_ours = True
        self._scope = Scope()
        self._pinned = False
        self.what = what
        accounts = context.desk.accounts
        takers = [each for each in accounts.all() if accounts.capabilities(each.account_id).takes_files]
        self.where = WhereChoice(takers, self._last.account_id())
        self.workflows = WorkflowChoice(context)
        self.parameters = ParameterRows()
        self.name = QLineEdit()
        self.name.setMaxLength(NAME_LIMIT)
        self.name.setAccessibleName(self.tr("Name of the job"))
        self.name.textEdited.connect(self._on_name_edited)
        self.options = OptionsForm()
        self.options.hide()
        self.more = QToolButton()
        self.more.setText(self.tr("More options"))
        self.more.setAccessibleName(self.more.text())
        self.more.setAutoRaise(True)
        self.more.setArrowType(Qt.ArrowType.RightArrow)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.clicked.connect(lambda _checked=False: self.show_more(not self.options.isVisibleTo(self)))
        self._lay_out()
        self.where.changed.connect(self._on_where)
        self.workflows.changed.connect(self._on_workflow)
        self.parameters.changed.connect(self.changed)
        self.options.changed.connect(self.changed)
        self._load_workflows()
        self._asking = context.tasks.start(self._ask_cluster(), on_error=self._on_no_cluster)

    def suggest_name(self, name: str) -> None:
        """Fill in a name, unless the person has typed one."""
        if self._name_is_ours:
            self.name.setText(name[:NAME_LIMIT])

    def pin(self, account_id: str, workflow_id: str = "") -> None:
        """Leave no choice of account, and with a `workflow_id` none of the workflow either."""
        self._pinned = bool(workflow_id)
        self.where.show_only(account_id)
        self.workflows.load(account_id, workflow_id or self._last.workflow_id(account_id), only=self._pinned)

    def put(self, definition: JobDefinition) -> None:
        """Fill in everything that a job was created from, but what it is over."""
        self.parameters.put(definition.parameters)
        self.options.put(definition, definition.metadata_part)

    def show_over(
        self, *, pictures: bool, videos: bool, uploads: bool = False, metadata_parts: tuple[str, ...] = ()
    ) -> None:
        """Show the options that apply to what the job is over."""
        scope = Scope(pictures, videos, uploads, self._capabilities(), metadata_parts)
        if scope != self._scope:
            self._scope = scope
            self.options.show_scope(scope)

    def show_more(self, shown: bool) -> None:
        """Show or hide the options behind the triangle."""
        self.more.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self.options.setVisible(shown)
        if shown:
            self.opened.emit(self.options)

    def reason(self) -> str:
        """Return why no job can be made of this yet; empty when it can."""
        return self.workflows.reason() or self.parameters.reason() or self.options.reason()

    def job_options(self) -> JobOptions:
        """Return everything that was chosen. Only when `reason` is empty."""
        workflow = self.workflows.workflow()
        assert workflow is not None
        return self.options.options(self.parameters.values(), workflow.image_inputs[0].name)

    def account_id(self) -> str:
        """Return the id of the chosen account."""
        return self.where.account().account_id

    def workflow_id(self) -> str:
        """Return the id of the chosen workflow; empty while there is none that fits."""
        workflow = self.workflows.workflow()
        return workflow.workflow_id if workflow is not None else ""

    def chosen_name(self) -> str:
        """Return the name, never an empty one."""
        return self.name.text().strip() or self.tr("Untitled")

    def remember(self) -> None:
        """Keep workflow and place for the next time."""
        if self.workflow_id():
            self._last.keep(self.account_id(), self.workflow_id())

    def stop(self) -> None:
        """Stop reading and asking."""
        self._asking.cancel()
        self.workflows.stop()

    def _lay_out(self) -> None:
        step = unit(self)
        form = QFormLayout()
        form.setHorizontalSpacing(step * 4)
        form.setVerticalSpacing(step * 3)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        what_to_do = QWidget()
        do = QVBoxLayout(what_to_do)
        do.setContentsMargins(0, 0, 0, 0)
        do.setSpacing(step * 2)
        do.addWidget(self.workflows)
        do.addWidget(self.parameters)
        for text, field, buddy in (
            (self.tr("What"), self.what, self.what),
            (self.tr("Do"), what_to_do, self.workflows),
            (self.tr("Where"), self.where, self.where),
            (self.tr("Name"), self.name, self.name),
        ):
            label = QLabel(text)
            label.setBuddy(buddy)
            form.addRow(label, field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(form)
        layout.addWidget(self.more)
        layout.addWidget(self.options)

    async def _ask_cluster(self) -> None:
        self.where.say_cluster(await cluster_address(self._context))

    def _on_no_cluster(self, _error: BatchdockError) -> None:
        """Leave unsaid where the files go: the workflows say what is wrong with the service."""

    def _capabilities(self) -> Capabilities:
        return self._context.desk.accounts.capabilities(self.account_id())

    def _load_workflows(self) -> None:
        self.workflows.load(self.account_id(), self._last.workflow_id(self.account_id()))

    def _on_where(self) -> None:
        if not self._pinned:
            self._load_workflows()
        self._on_workflow()

    def _on_workflow(self) -> None:
        workflow = self.workflows.workflow()
        self.parameters.show_workflow(workflow)
        if workflow is not None:
            self.options.show_workflow(workflow.outputs, self.parameters.names())
            # What is made anew would be last for the keyboard.
            for before, after in pairwise((self.workflows.shelf, *self.parameters.widgets())):
                QWidget.setTabOrder(before, after)
        # Only now is it sure what the service can do: its workflows were read from it.
        self._scope = replace(self._scope, capabilities=self._capabilities())
        self.options.show_scope(self._scope)
        self.changed.emit()

    def _on_name_edited(self, _text: str) -> None:
        self._name_is_ours = False
