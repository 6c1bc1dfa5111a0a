"""What is told of a dataset and of one version of it: its notes, its size, and the sensors of its segments."""

from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from batchdock.core.datasets.data import Sensor
from batchdock.core.datasets.dataset import Dataset, DatasetKind, Notes, Version
from batchdock.core.datasets.port import DatasetService
from batchdock.core.errors import BatchdockError
from batchdock.core.facts import Fact, Facts
from batchdock.core.inventory import Action, Field, FieldKind, On
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.window.context import Context
from batchdock.window.datasets.asking import fill_in
from batchdock.window.icon_button import IconButton
from batchdock.window.inventory.trouble import Trouble
from batchdock.window.job_details.facts_view import FactsView
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import size_text

_MOST_SEGMENTS = 100
"""Whose sensors are asked for: one request each."""

_EDIT = Action(key="edit-notes", title=QT_TRANSLATE_NOOP("service", "Change notes"), on=On.ONE, has_form=True)
_PUBLIC = QT_TRANSLATE_NOOP("service", "Everybody may see it")
_CONTINUOUS = QT_TRANSLATE_NOOP("service", "Frames follow one another in time")
_POINT_FIELDS = QT_TRANSLATE_NOOP("service", "Columns of binary point clouds")


@dataclass(frozen=True, slots=True)
class _Told:
    """What a service tells of one version; `dataset` is what it tells when asked for the one alone."""

    dataset: Dataset
    notes: Notes
    bytes: int | None = None
    sensors: tuple[tuple[str, tuple[Sensor, ...]], ...] = ()
    notices: tuple[str, ...] = field(default=())


class AboutPane(QWidget):
    """Nothing is asked before somebody looks."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[str, Dataset, Version] | None = None
        self._told: _Told | None = None
        self._unread = False
        self._state = TintedLabel()
        self.edit = IconButton("pencil", self.tr("Change notes…"))
        self.edit.setEnabled(False)
        self.edit.clicked.connect(lambda _checked=False: self._on_edit())
        self.trouble = Trouble()
        self.trouble.again.clicked.connect(lambda _checked=False: self._ask())
        self.facts = FactsView()
        row = QHBoxLayout()
        row.setSpacing(unit(self) * 2)
        row.addWidget(self.edit)
        row.addWidget(self._state, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        layout.addLayout(row)
        layout.addWidget(self.trouble)
        layout.addWidget(self.facts, 1)

    def show_version(self, account_id: str, dataset: Dataset, version: Version) -> None:
        """Tell of this version. The same one again is read again."""
        if self._shown is None or (self._shown[1].dataset_id, self._shown[2]) != (dataset.dataset_id, version):
            self._told = None
            self.facts.show_facts(Facts())
        self._shown = account_id, dataset, version
        self._unread = True
        self.edit.setToolTip("" if version.is_draft else self.tr("Notes are changed in a draft."))
        self._write()
        if self.isVisible():
            self._ask()

    def show_nothing(self) -> None:
        """Let go of what is shown."""
        self._shown = self._told = None
        self._unread = False
        self.trouble.clear()
        self.facts.show_facts(Facts())
        self._write()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._unread:
            self._ask()

    # --- inside

    def _ask(self) -> None:
        self._unread = False
        if self._shown is None:
            return
        shown = self._shown
        self.trouble.clear()
        self._state.setText(self.tr("Reading…"))
        self._context.tasks.start(self._read(shown), on_error=lambda error: self._on_error(shown, error))

    async def _read(self, shown: tuple[str, Dataset, Version]) -> None:
        account_id, dataset, version = shown

        async def asked() -> _Told:
            return await _ask_for(await self._context.desk.datasets.of(account_id), dataset, version)

        told = await self._context.background.run(asked())
        if shown is self._shown:
            self._told = told
            self._state.clear()
            self.facts.show_facts(_facts(told))
            self._write()

    def _on_error(self, shown: tuple[str, Dataset, Version], error: BatchdockError) -> None:
        if shown is self._shown:
            self._state.clear()
            self.trouble.say(error)

    def _write(self) -> None:
        self.edit.setEnabled(self._told is not None and self._shown is not None and self._shown[2].is_draft)
        if self._shown is None:
            self._state.clear()

    def _on_edit(self) -> None:
        if self._shown is not None and self._told is not None:
            self._context.tasks.start(self._change(*self._shown, self._told.notes))

    async def _change(self, account_id: str, dataset: Dataset, version: Version, notes: Notes) -> None:
        run, desk = self._context.background.run, self._context.desk

        async def submit(values: dict[str, object]) -> None:
            columns = values.get("fields", notes.point_fields)
            changed = Notes(
                bool(values.get("continuous", notes.is_continuous)),
                tuple(str(each) for each in columns) if isinstance(columns, tuple) and columns else None,
            )
            await run(
                desk.datasets.change(
                    account_id,
                    dataset.dataset_id,
                    lambda service: service.update_notes(dataset.dataset_id, version.draft, changed),
                )
            )

        fields = (
            Field(key="continuous", title=_CONTINUOUS, kind=FieldKind.SWITCH, value=notes.is_continuous),
            Field(key="fields", title=_POINT_FIELDS, kind=FieldKind.SEVERAL, value=notes.point_fields or ()),
        )
        await fill_in(self._context, self, account_id, _EDIT, fields, submit, about=dataset.name)


async def _ask_for(service: DatasetService, dataset: Dataset, version: Version) -> _Told:
    """Ask for all that is told. What only adds to it may stay away. Runs on the thread of the flows."""
    notices = []
    alone = await service.dataset(dataset.dataset_id)
    notes = await service.notes(dataset.dataset_id, version)
    size: int | None = None
    sensors: list[tuple[str, tuple[Sensor, ...]]] = []
    try:
        if not version.is_draft:
            size = await service.bytes_of(dataset.dataset_id, version.commit)
    except BatchdockError:
        notices.append(QT_TRANSLATE_NOOP("service", "The service did not tell how large this version is."))
    if dataset.kind is DatasetKind.FUSION:
        try:
            async for segment in service.segments(dataset.dataset_id, version):
                if len(sensors) == _MOST_SEGMENTS:
                    notices.append(QT_TRANSLATE_NOOP("service", "Sensors of the first 100 segments are shown."))
                    break
                found = await service.sensors(dataset.dataset_id, version, segment.name)
                sensors.append((segment.name, found))
        except BatchdockError:
            notices.append(QT_TRANSLATE_NOOP("service", "The service did not tell of all sensors."))
    return _Told(alone, notes, size, tuple(sensors), tuple(notices))


def _facts(told: _Told) -> Facts:
    tr = QCoreApplication.translate
    dataset, notes = told.dataset, told.notes
    fusion = dataset.kind is DatasetKind.FUSION
    kind = tr("datasets", "Frames of several sensors") if fusion else tr("datasets", "Files in segments")
    facts = [
        Fact("name", dataset.name, title=QT_TRANSLATE_NOOP("service", "Name")),
        Fact("alias", dataset.alias, title=QT_TRANSLATE_NOOP("service", "Alias")),
        Fact("id", dataset.dataset_id, title=QT_TRANSLATE_NOOP("service", "ID")),
        Fact("type", kind, title=QT_TRANSLATE_NOOP("service", "Kind")),
        Fact("defaultBranch", dataset.default_branch, title=QT_TRANSLATE_NOOP("service", "Default branch")),
    ]
    if told.bytes is not None:
        facts.append(Fact("totalSize", size_text(told.bytes), title=QT_TRANSLATE_NOOP("service", "Size")))
    if dataset.storage:
        facts.append(Fact("configName", dataset.storage, title=QT_TRANSLATE_NOOP("service", "Storage")))
    if dataset.is_public is not None:
        facts.append(Fact("isPublic", dataset.is_public, title=_PUBLIC))
    if dataset.owner:
        facts.append(Fact("owner", dataset.owner, title=QT_TRANSLATE_NOOP("service", "Owner")))
    for group, words in dataset.tabs:
        facts.append(Fact(group, ", ".join(words)))
    below = [Fact("isContinuous", notes.is_continuous, title=_CONTINUOUS)]
    if notes.point_fields is not None:
        below.append(Fact("binaryPointCloudFields", ", ".join(notes.point_fields), title=_POINT_FIELDS))
    facts.append(Fact("notes", below=tuple(below), title=QT_TRANSLATE_NOOP("service", "Notes of this version")))
    if told.sensors:
        segments = tuple(
            Fact(name, below=tuple(Fact(each.name, each.sensor_type) for each in sensors))
            for name, sensors in told.sensors
        )
        facts.append(Fact("sensors", below=segments, title=QT_TRANSLATE_NOOP("service", "Sensors by segment")))
    return Facts(facts=tuple(facts), notices=told.notices)
