"""Starting a job again with changes: only what can be changed then (contract §4.7)."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.batch import Content
from batchdock.core.costs import price_of
from batchdock.core.job import Job, JobDefinition, RestartOverride
from batchdock.core.ports import Capabilities
from batchdock.window.fitting import FittingDialog
from batchdock.window.job_details.definition_lines import machine_word
from batchdock.window.new_job.options_form import WORKERS
from batchdock.window.new_job.stop_after import StopAfter
from batchdock.window.theme import heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text

_MOST_TASKS = 1000


class RestartDialog(FittingDialog):
    """Filled with how the job was started. What stays empty stays as it was."""

    def __init__(
        self, job: Job, definition: JobDefinition | None, able: Capabilities, parent: QWidget | None = None
    ) -> None:
        """`definition` is None where nobody can tell how the job was started."""
        super().__init__(parent)
        self._prices = able.credits_an_hour
        self._pictures = job.content is not Content.VIDEOS
        self.setWindowTitle(self.tr("Start again with changes"))
        self.machine, self.workers = QComboBox(), QComboBox()
        self.tasks, self.failures = QSpinBox(), QDoubleSpinBox()
        self.stop_after = StopAfter()
        self._make_fields(definition)
        self.buttons = QDialogButtonBox()
        self.go = self.buttons.addButton(self.tr("Start again"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.go.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.machine.currentIndexChanged.connect(self._price)
        self._lay_out(job, able)
        self._price()

    def override(self) -> RestartOverride:
        """Return what is to change; None everywhere means: as before."""
        failures = self.failures.value()
        return RestartOverride(
            machine=self.machine.currentData() if self._prices else None,
            workers_per_machine=self.workers.currentData(),
            max_parallel_tasks=self.tasks.value() or None,
            timeout_seconds=self.stop_after.seconds(),
            max_failure_rate=failures / 100 if self._pictures and failures >= 0 else None,
        )

    # --- inside

    def _make_fields(self, definition: JobDefinition | None) -> None:
        as_before = self.tr("As before")
        for box, name in ((self.machine, self.tr("Machine")), (self.workers, self.tr("Workers per machine"))):
            box.addItem(as_before, None)
            box.setAccessibleName(name)
        for name, price in self._prices.items():
            text = self.tr("%1, %2 credit(s) an hour").replace("(s)", "" if price == 1 else "s")
            self.machine.addItem(text.replace("%2", f"{price:g}").replace("%1", machine_word(name)), name)
        for count in WORKERS:
            self.workers.addItem(number_text(count), count)
        self.workers.setToolTip(self.tr("Fewer need less memory."))
        self.tasks.setRange(0, _MOST_TASKS)
        self.tasks.setSpecialValueText(as_before)
        self.tasks.setAccessibleName(self.tr("Tasks that run at the same time"))
        self.failures.setRange(-1.0, 100.0)
        self.failures.setDecimals(1)
        self.failures.setSpecialValueText(as_before)
        self.failures.setSuffix(self.tr(" % of the pictures"))
        self.failures.setAccessibleName(self.tr("Share of pictures that may fail"))
        self.failures.setValue(-1.0)
        for limit in (self.stop_after.minutes, self.stop_after.credits):
            limit.setSpecialValueText(as_before)
        if definition is None:
            return
        self.machine.setCurrentIndex(max(0, self.machine.findData(definition.machine)))
        self.workers.setCurrentIndex(max(0, self.workers.findData(definition.workers_per_machine)))
        self.tasks.setValue(definition.max_parallel_tasks or 0)
        rate = definition.max_failure_rate
        self.failures.setValue(-1.0 if rate is None else rate * 100)
        self.stop_after.put(definition.timeout_seconds)

    def _lay_out(self, job: Job, able: Capabilities) -> None:
        step = unit(self)
        title = QLabel(self.tr("Start “%1” again?").replace("%1", job.name), wordWrap=True)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setFont(heading_font(self))
        form = QFormLayout(horizontalSpacing=step * 4, verticalSpacing=step * 2)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        rows: tuple[tuple[str, QWidget, bool], ...] = (
            (self.tr("Machine"), self.machine, bool(self._prices)),
            (self.tr("Workers per machine"), self.workers, True),
            (self.tr("Tasks at a time"), self.tasks, True),
            (self.tr("Stop after"), self.stop_after, True),
            (self.tr("Accept failures"), self.failures, self._pictures),
        )
        for text, field, applies in rows:
            label = QLabel(text)
            label.setBuddy(field)
            form.addRow(label, field)
            form.setRowVisible(field, applies)
        said = self.tr("Files, workflow and results stay as they are; what is not changed works as before.")
        if able.costs_money:
            said = f"{said} {self.tr('Starting again costs credits, like the first start.')}"
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(title)
        layout.addLayout(form)
        layout.addStretch()
        layout.addWidget(TintedLabel(said))
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 120)

    def _price(self) -> None:
        self.stop_after.set_price(price_of(self.machine.currentData(), self._prices))
