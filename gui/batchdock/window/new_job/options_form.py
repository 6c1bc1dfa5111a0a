"""The options of a job that nobody has to touch: how its results look, what works on it, what ends it, who is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.costs import price_of
from batchdock.core.job import JobOptions
from batchdock.core.order import TABLE, IngestNotice
from batchdock.core.ports import Capabilities
from batchdock.window.new_job.metadata_form import MetadataForm
from batchdock.window.new_job.notice_fields import AddressLine, IngestNoticeFields
from batchdock.window.new_job.number_box import NumberBox
from batchdock.window.new_job.outputs_choice import OutputsChoice
from batchdock.window.new_job.stop_after import StopAfter
from batchdock.window.theme import unit
from batchdock.window.wording import number_text

WORKERS = (1, 2, 4, 8)
"""What `workersPerMachine` may be (contract §4.1)."""
BACKENDS = ("inference-models", "old-inference")
_MOST_TASKS = 1000
_MOST_FRAMES = 240.0


@dataclass(frozen=True, slots=True)
class Scope:
    """What a job is over and where it runs, as far as the options go by it. `uploads`: files are sent for it."""

    pictures: bool = True
    videos: bool = False
    uploads: bool = False
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(costs_money=False))
    metadata_parts: tuple[str, ...] = ()


class OptionsForm(QWidget):
    """Everything of `JobOptions` but the workflow's parameters. What does not apply is hidden and left out."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scope = Scope()
        self._make_fields()
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(unit(self) * 4)
        self._form.setVerticalSpacing(unit(self) * 2)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(unit(self) * 5, 0, 0, 0)
        layout.addLayout(self._form)
        self._add(self.tr("Table"), self.table)
        self._form.addRow(self.outputs)
        self._add(self.tr("Frames of videos"), self.frames)
        self._add(self.tr("Machine"), self.machine)
        self._add(self.tr("Workers per machine"), self.workers)
        self._add(self.tr("Tasks at a time"), self.tasks)
        self._add(self.tr("Stop after"), self.stop_after)
        self._add(self.tr("Accept failures"), self.failures)
        self._add(self.tr("Metadata"), self.metadata)
        self._add(self.tr("Engine"), self.backend)
        self._add(self.tr("Tell when it ends"), self.webhook)
        self._add(self.tr("Tell about the files"), self.ingest)
        self.show_scope(self._scope)

    def show_scope(self, scope: Scope) -> None:
        """Show what applies, and hide the rest."""
        self._scope = scope
        costs = scope.capabilities.credits_an_hour
        self.metadata.offer_parts(scope.metadata_parts)
        self._offer_machines(costs)
        rows = {
            self.frames: scope.videos,
            self.machine: bool(costs),
            self.failures: scope.pictures,
            self.metadata: scope.pictures and self.metadata.is_offered(),
            self.backend: scope.capabilities.costs_money,
            self.ingest: self._tells_about_files(),
        }
        for widget, shown in rows.items():
            self._form.setRowVisible(widget, shown)
        self._price()

    def show_workflow(self, outputs: tuple[str, ...], parameters: tuple[str, ...]) -> None:
        """Offer the outputs and parameters of a workflow."""
        self.outputs.offer(outputs)
        self.metadata.offer_inputs(parameters)

    def options(self, parameters: dict[str, object], image_input: str) -> JobOptions:
        """Return what is chosen, for these values of the workflow's inputs."""
        scope, costs = self._scope, self._scope.capabilities.credits_an_hour
        keep, outputs = self.outputs.kept()
        return JobOptions(
            parameters=parameters,
            image_input=image_input,
            keep_images=keep,
            image_outputs=outputs if keep else (),
            table_format=self.table.currentData(),
            max_video_fps=(self.frames.value() or None) if scope.videos else None,
            machine=self.machine.currentData() if costs else None,
            workers_per_machine=self.workers.currentData(),
            max_parallel_tasks=self.tasks.value() or None,
            timeout_seconds=self.stop_after.seconds(),
            max_failure_rate=self.failures.value() / 100 if scope.pictures and self.failures.value() >= 0 else None,
            metadata_mapping=self.metadata.mapping() if scope.pictures else {},
            backend=self.backend.currentData() if scope.capabilities.costs_money else None,
            notifications_url=self.webhook.address(),
        )

    def put(self, options: JobOptions, metadata_part: str | None = None) -> None:
        """Fill everything in from `options`, as a draft does."""
        self.outputs.put(options.keep_images, options.image_outputs)
        self.frames.setValue(options.max_video_fps or 0.0)
        for box, value in (
            (self.table, options.table_format),
            (self.machine, options.machine),
            (self.workers, options.workers_per_machine),
            (self.backend, options.backend),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))
        self.tasks.setValue(options.max_parallel_tasks or 0)
        self._price()
        self.stop_after.put(options.timeout_seconds)
        self.failures.setValue(-1.0 if options.max_failure_rate is None else options.max_failure_rate * 100)
        self.metadata.put(metadata_part, options.metadata_mapping)
        self.webhook.setText(options.notifications_url or "")

    def metadata_part(self) -> str | None:
        """Return the part of the batch that has metadata for the inputs, or None."""
        return self.metadata.chosen_part() if self._scope.pictures else None

    def ingest_notice(self) -> IngestNotice | None:
        """Return whom the service tells about the files; None where nobody, or where it does not apply."""
        return self.ingest.notice() if self._tells_about_files() else None

    def reason(self) -> str:
        """Return what is wrong or missing, for the person; empty when nothing is."""
        ingest = self.ingest.reason() if self._tells_about_files() else ""
        return self.outputs.reason() or self.webhook.reason() or ingest

    def _make_fields(self) -> None:
        self.table = _choice(
            self.tr("Format of the table"),
            (self.tr("Table for spreadsheets (CSV)"), TABLE),
            (self.tr("All details, one line a file (JSONL)"), "jsonl"),
        )
        self.outputs = OutputsChoice()
        self.frames = NumberBox()
        self.frames.setRange(0.0, _MOST_FRAMES)
        self.frames.setValue(1.0)
        self.frames.setSpecialValueText(self.tr("every frame"))
        self.frames.setSuffix(self.tr(" a second"))
        self.frames.setAccessibleName(self.tr("Frames to look at in a second of video"))
        by_itself = self.tr("Automatic")
        self.machine = _choice(self.tr("Kind of machine"), (by_itself, None))
        self.workers = _choice(
            self.tr("Workers per machine"), (by_itself, None), *((number_text(each), each) for each in WORKERS)
        )
        self.workers.setToolTip(self.tr("More are faster, and need more memory."))
        self.tasks = QSpinBox()
        self.tasks.setRange(0, _MOST_TASKS)
        self.tasks.setSpecialValueText(by_itself)
        self.tasks.setAccessibleName(self.tr("Tasks that run at the same time"))
        self.stop_after = StopAfter()
        self.failures = NumberBox()
        self.failures.setRange(-1.0, 100.0)
        self.failures.setValue(-1.0)
        self.failures.setSpecialValueText(by_itself)
        self.failures.setSuffix(self.tr(" % of the pictures"))
        self.failures.setAccessibleName(self.tr("Share of pictures that may fail"))
        self.failures.setToolTip(
            self.tr("A package with more that can not be processed is given up; the others go on.")
        )
        self.metadata = MetadataForm()
        self.backend = _choice(
            self.tr("Engine of the service"), (by_itself, None), *((each, each) for each in BACKENDS)
        )
        self.webhook = AddressLine(self.tr("Tell this address when the job ends"))
        self.ingest = IngestNoticeFields()
        for box in (self.table, self.workers, self.backend):
            box.currentIndexChanged.connect(self._on_changed)
        for spin in (self.frames, self.tasks, self.failures):
            spin.valueChanged.connect(self._on_changed)
        for part in (self.outputs, self.stop_after, self.metadata, self.ingest):
            part.changed.connect(self._on_changed)
        self.machine.currentIndexChanged.connect(self._on_machine)
        self.webhook.textEdited.connect(self._on_changed)

    def _offer_machines(self, prices: Mapping[str, float]) -> None:
        offered = [None, *prices]
        if offered == [self.machine.itemData(place) for place in range(self.machine.count())]:
            return
        chosen = self.machine.currentData()
        self.machine.blockSignals(True)
        while self.machine.count() > 1:
            self.machine.removeItem(1)
        for name, price in prices.items():
            text = self.tr("%1, %2 credit(s) an hour").replace("(s)", "" if price == 1 else "s")
            self.machine.addItem(text.replace("%2", f"{price:g}").replace("%1", name.upper()), name)
        self.machine.setCurrentIndex(max(0, self.machine.findData(chosen)))
        self.machine.blockSignals(False)

    def _tells_about_files(self) -> bool:
        return self._scope.uploads and self._scope.capabilities.uploads_leave_the_computer

    def _price(self) -> None:
        self.stop_after.set_price(price_of(self.machine.currentData(), self._scope.capabilities.credits_an_hour))

    def _on_machine(self, _place: int) -> None:
        self._price()
        self.changed.emit()

    def _on_changed(self) -> None:
        self.changed.emit()

    def _add(self, text: str, widget: QWidget) -> None:
        label = QLabel(text)
        label.setBuddy(widget)
        self._form.addRow(label, widget)


def _choice(name: str, *lines: tuple[str, object]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(12)
    for text, value in lines:
        box.addItem(text, value)
    return box
