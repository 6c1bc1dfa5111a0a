"""Adding a model of one's own: looked into, named, tried on a picture, put into the list."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QRect, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import choose
from batchdock.core.computer import ModelAnswers, ModelKind, ModelLook, Trial
from batchdock.flows.intake.names import printable
from batchdock.window.context import Context
from batchdock.window.drop import local_paths
from batchdock.window.screen_room import screen_room
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text, size_text
from batchdock.window.workflows.adding import AddingDialog, leave_enter_to_default
from batchdock.window.workflows.class_names import ClassNamesModel, ClassNamesTable
from batchdock.window.workflows.plain_words import classes_text, kind_text, short
from batchdock.window.workflows.trial_panel import TrialPanel

USUAL_SIDE = 640
USUAL_SIDES = {ModelKind.CLASSIFIER: 224}
_SIDES = (32, 4096, 32)


class AddModelDialog(AddingDialog):
    """Looks into one ONNX file. `picture` is what the model may be tried on, or one that is dropped on the dialog."""

    def __init__(
        self, context: Context, file: Path, parent: QWidget | None = None, *, picture: Path | None = None
    ) -> None:
        super().__init__(
            context,
            file,
            parent,
            title=self.tr("Add a model"),
            verb=self.tr("Add model"),
            words_for_looking=self.tr("Looking into the model…"),
            words_for_adding=self.tr("Keeping a copy of the model…"),
        )
        self._look: ModelLook | None = None
        self.trial = TrialPanel(context, self._try_on, picture)
        self.trial.tried.connect(self._write)
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.side = QSpinBox()
        self.side.setRange(_SIDES[0], _SIDES[1])
        self.side.setSingleStep(_SIDES[2])
        self.side.setSuffix(self.tr(" pixels a side"))
        self.side.setAccessibleName(self.tr("Size in which pictures go into the model"))
        self.side.valueChanged.connect(self._on_side)
        self.side_text = QLabel()
        self.names = ClassNamesModel(self)
        self.names.changed.connect(self.trial.rename)
        self.table = ClassNamesTable(self.names, self.tr("Names of the classes"))
        self.classes = QLabel()
        self.hint = TintedLabel(
            self.tr("The model has only numbers for what it finds. Type names, or paste one a line.")
        )
        self.names_file = QPushButton(self.tr("Names from a file…"))
        self.names_file.clicked.connect(lambda _checked=False: self._start(self._choose_names(), self._say_trouble))
        self._fill()
        leave_enter_to_default(self)
        self.setAcceptDrops(True)
        self.setMinimumWidth(unit(self) * 120)
        self._begin()

    def _fill(self) -> None:
        step = unit(self)
        form = QFormLayout()
        form.setHorizontalSpacing(step * 4)
        form.setVerticalSpacing(step * 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("It is"), self.facts)
        form.addRow(self.tr("Picture size"), self.side)
        form.addRow(self.tr("Picture size"), self.side_text)
        form.addRow(self.tr("Classes"), self.classes)
        self._form = form
        row = QHBoxLayout()
        row.addWidget(self.names_file)
        row.addStretch()
        left = QVBoxLayout()
        left.setSpacing(step * 2)
        left.addLayout(form)
        left.addWidget(self.table, 1)
        left.addWidget(self.hint)
        left.addLayout(row)
        halves = QHBoxLayout(self.content)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(step * 5)
        halves.addLayout(left, 5)
        halves.addWidget(self.trial, 6)

    # --- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter after a number only means the number.
        if not (self.side.hasFocus() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._picture_in(event.mimeData()) is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        picture = self._picture_in(event.mimeData())
        if picture is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.trial.take_picture(picture)

    def _picture_in(self, data: QMimeData) -> Path | None:
        paths = local_paths(data) if self._look is not None else []
        return paths[0] if paths else None

    # --- inside

    async def _look_at_file(self) -> None:
        look = await self._context.background.run(self._context.desk.computer.look_at_model(self._file))
        self._look = look
        self.name.setText(" ".join(printable(self._file.stem).replace("_", " ").split()))
        family = f"{short(look.family)} · " if look.family else ""
        self.facts.setText(f"{kind_text(look.kind)}\n{family}{size_text(look.size)}")
        self.side.setValue(USUAL_SIDES.get(look.kind, USUAL_SIDE))
        self._form.setRowVisible(self.side, look.side is None)
        self._form.setRowVisible(self.side_text, look.side is not None)
        if look.side is not None:
            width, height = map(number_text, look.side)
            self.side_text.setText(self.tr("%1 × %2 pixels").replace("%1", width).replace("%2", height))
        self.names.show_names(look.class_names, fixed=look.named)
        self.classes.setText(classes_text(look.class_count) if look.class_count else self.tr("The model does not say"))
        self.hint.setVisible(not look.named)
        self.names_file.setVisible(not look.named)
        self.note.show()
        self._show_content()
        self._make_room()
        self.trial.show_picture()
        self.name.setFocus()
        self.name.selectAll()

    def _make_room(self) -> None:
        """Grow to what there is to show now, in the middle of where the dialog is, and on the screen."""
        step, room, middle = unit(self), screen_room(self), self.geometry().center()
        place = QRect(0, 0, min(step * 225, room.width() - step * 10), min(step * 145, room.height() - step * 20))
        place.moveCenter(middle)
        place.moveLeft(max(room.left(), min(place.left(), room.right() - place.width())))
        place.moveTop(max(room.top() + step * 10, min(place.top(), room.bottom() - place.height())))
        self.setGeometry(place)

    def _answers(self) -> ModelAnswers:
        assert self._look is not None
        asked = self._look.side is None
        side = (self.side.value(), self.side.value()) if asked else None
        return ModelAnswers(self.names.names(), side)

    async def _try_on(self, picture: Path) -> Trial:
        assert self._look is not None
        return await self._context.desk.computer.try_model(self._file, self._look, self._answers(), picture)

    def _on_side(self, _side: int) -> None:
        self.trial.forget()
        self._write()

    async def _choose_names(self) -> None:
        assert self._look is not None
        dialog = QFileDialog(self, self.tr("Names from a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Lists of names") + " (*.txt *.names *.yaml *.yml)", self.tr("All files") + " (*)"]
        )
        if chosen := await choose(dialog):
            await self.take_names(chosen[0])

    async def take_names(self, path: Path) -> None:
        """Read the names of the classes from a file. Raise `NamesUnfit`, `FileUnreadable`."""
        assert self._look is not None
        self.trouble.hide()
        work = self._context.desk.computer.read_names(path, self._look.class_count)
        self.names.put(await self._context.background.run(work))

    def _write(self) -> None:
        super()._write()
        tried = self.tr("It was tried on a picture.")
        untried = self.tr("It has not been tried on a picture yet.")
        self.note.setText(tried if self.trial.is_tried else untried)

    async def _add(self) -> None:
        assert self._look is not None
        name = self._typed_name()
        work = self._context.desk.computer.add_model(self._file, self._look, name, self._answers())
        added = await self._context.background.run(work)
        self._succeed(added.workflow_id or "", added.name)

    def _on_finished(self, code: int) -> None:
        self.trial.stop()
        super()._on_finished(code)
