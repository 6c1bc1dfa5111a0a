"""What, do, where, name: the four lines of a new job, and a few more behind a small triangle."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.intake import Item
from batchdock.core.order import Order
from batchdock.window.context import Context
from batchdock.window.intake.last_choices import LastChoices
from batchdock.window.intake.parameter_rows import ParameterRows
from batchdock.window.intake.where_choice import WhereChoice
from batchdock.window.intake.workflow_choice import WorkflowChoice
from batchdock.window.theme import unit

NAME_LIMIT = 120


class OrderForm(QWidget):
    """Knows everything of an order but its files."""

    changed = Signal()
    opened = Signal(QWidget)
    """More options are shown now: this widget is to be scrolled to."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = QWidget()
        self._options.hide()
        self._last = LastChoices(context.settings)
        self._name_is_ours = True
        self.what = QLabel()
        self.what.setWordWrap(True)
        self.where = WhereChoice(context.desk.accounts.all(), self._last.account_id())
        self.workflows = WorkflowChoice(context)
        self.name = QLineEdit()
        self.name.setMaxLength(NAME_LIMIT)
        self.name.setAccessibleName(self.tr("Name of the job"))
        self.name.textEdited.connect(self._on_name_edited)
        self.more = QToolButton()
        self.more.setText(self.tr("More options"))
        self.more.setAccessibleName(self.more.text())
        self.more.setAutoRaise(True)
        self.more.setArrowType(Qt.ArrowType.RightArrow)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.clicked.connect(lambda _checked=False: self.show_more(not self._options.isVisibleTo(self)))
        self._lay_out_options()
        form = QFormLayout()
        form.setHorizontalSpacing(unit(self) * 4)
        form.setVerticalSpacing(unit(self) * 3)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.addRow(self.tr("What"), self.what)
        form.addRow(self.tr("Do"), self.workflows)
        form.addRow(self.tr("Where"), self.where)
        form.addRow(self.tr("Name"), self.name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        layout.addLayout(form)
        layout.addWidget(self.more)
        layout.addWidget(self._options)
        self.where.changed.connect(self._load_workflows)
        self.workflows.changed.connect(self._on_workflow)
        self._load_workflows()

    def suggest_name(self, name: str) -> None:
        """Fill in a name, unless the person has typed one."""
        if self._name_is_ours:
            self.name.setText(name[:NAME_LIMIT])

    def show_videos(self, there_are: bool) -> None:
        """Show the choice that only videos need."""
        self._options_form.setRowVisible(self.frames, there_are)

    def show_more(self, shown: bool) -> None:
        """Show or hide the options behind the triangle."""
        self.more.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._options.setVisible(shown)
        if shown:
            self.opened.emit(self._options)

    def reason(self) -> str:
        """Return why no order can be made of this yet; empty when it can."""
        return self.workflows.reason()

    def order(self, items: tuple[Item, ...]) -> Order:
        """Return the order over `items`. Only when `reason` is empty."""
        workflow = self.workflows.workflow()
        assert workflow is not None
        return Order(
            account_id=self.where.account().account_id,
            workflow_id=workflow.workflow_id,
            name=self.chosen_name(),
            items=items,
            parameters=self.parameters.values(),
            keep_images=self.keep_images.isChecked(),
            table_format=self.table_format.currentData(),
            max_video_fps=float(self.frames.value()) or None,
        )

    def chosen_name(self) -> str:
        """Return the name, never an empty one."""
        return self.name.text().strip() or self.tr("Untitled")

    def remember(self) -> None:
        """Keep workflow and place for the next time."""
        workflow = self.workflows.workflow()
        if workflow is not None:
            self._last.keep(self.where.account().account_id, workflow.workflow_id)

    def stop(self) -> None:
        """Stop reading workflows."""
        self.workflows.stop()

    def _lay_out_options(self) -> None:
        self.table_format = QComboBox()
        self.table_format.addItem(self.tr("Table for spreadsheets (CSV)"), "csv")
        self.table_format.addItem(self.tr("All details, one line a file (JSONL)"), "jsonl")
        self.table_format.setAccessibleName(self.tr("Format of the table"))
        self.keep_images = QCheckBox(self.tr("Keep the pictures the workflow draws"))
        self.keep_images.setChecked(True)
        self.keep_images.setAccessibleName(self.keep_images.text())
        self.frames = QSpinBox()
        self.frames.setRange(0, 60)
        self.frames.setValue(1)
        self.frames.setSpecialValueText(self.tr("every frame"))
        self.frames.setSuffix(self.tr(" a second"))
        self.frames.setAccessibleName(self.tr("Frames to look at in a second of video"))
        self._options_form = QFormLayout(self._options)
        self._options_form.setContentsMargins(unit(self) * 5, 0, 0, 0)
        self._options_form.setVerticalSpacing(unit(self) * 2)
        self._options_form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._options_form.addRow(self.tr("Table"), self.table_format)
        self._options_form.addRow(self.tr("Frames of videos"), self.frames)
        self._options_form.addRow(self.keep_images)
        self.parameters = ParameterRows(self._options_form)

    def _load_workflows(self) -> None:
        account_id = self.where.account().account_id
        self.workflows.load(account_id, self._last.workflow_id(account_id))

    def _on_workflow(self) -> None:
        self.parameters.show_workflow(self.workflows.workflow())
        self.changed.emit()

    def _on_name_edited(self, _text: str) -> None:
        self._name_is_ours = False
