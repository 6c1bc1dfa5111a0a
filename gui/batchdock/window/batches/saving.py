"""Saving files of a batch: what is to be saved, how much room it needs and has, and where it goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import ask, choose
from batchdock.core.batch import Choice, Saved
from batchdock.core.errors import BatchdockError
from batchdock.flows.results import Weight
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.messages import worded
from batchdock.window.results.saving import open_folder, place_text
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import files_text, grouped, size_text

_LAST_FOLDER = "batches/last-folder"
_tr = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to save of a batch: so many `files`, those of `choices`, which are all of them (`is_all`) or
    some."""

    account_id: str
    batch_id: str
    name: str
    files: int | None
    choices: tuple[Choice, ...]
    is_all: bool = False


async def ask_and_save(context: Context, parent: QWidget, wanted: Wanted, saved: Sequence[Saved]) -> None:
    """Ask what is left to be asked, save, and say where it is. `saved`: what has been saved of the batch before."""
    dialog = SavingDialog(context, parent, wanted, saved)
    try:
        if await ask(dialog) != QDialog.DialogCode.Accepted:
            return
        place, choices = dialog.place, dialog.choices()
    finally:
        dialog.end()
    context.settings.setValue(_LAST_FOLDER, str(place))
    report = await context.background.run(
        context.desk.results.save(wanted.account_id, [wanted.batch_id], place, choices=choices, name=wanted.name)
    )
    text = _tr("saving", "%1 saved in “%2”.").replace("%1", files_text(report.files))
    text = text.replace("%2", place_text(report.folder))
    if report.problems:
        count = len(report.problems)
        text = f"{text} {grouped(_tr('saving', '%n file(s) could not be saved or processed.', None, count), count)}"
    context.messages.info(text, button_text=_tr("saving", "Open folder"), on_click=lambda: open_folder(report.folder))


def left_to_save(choices: Sequence[Choice], saved: Sequence[Saved]) -> tuple[Choice, ...]:
    """Return of `choices` what was not saved before."""
    left = []
    for each in choices:
        for before in saved:
            each = each.without(before.choice(each.part))
        if each.others or each.names:
            left.append(each)
    return tuple(left)


class SavingDialog(FittingDialog):
    """Says how much it is and how much room there is; asks where, and whether to save once more what is saved."""

    def __init__(self, context: Context, parent: QWidget, wanted: Wanted, saved: Sequence[Saved]) -> None:
        super().__init__(parent)
        self._context, self._wanted = context, wanted
        self._left = left_to_save(wanted.choices, saved)
        self.place = _first_place(context)
        self._needed: Weight | None = None
        self._free: int | None = None
        self.setWindowTitle(self.tr("Save files"))
        self._title = QLabel(self._what())
        self._title.setFont(heading_font(self, 1.15))
        self._needs = TintedLabel("", Tint.TEXT)
        self.again = QCheckBox(self.tr("Save once more what is saved already"))
        self._known = TintedLabel()
        self._where = TintedLabel("", Tint.TEXT)
        self.change = QPushButton(self.tr("Change…"))
        self.change.setAutoDefault(False)
        self.change.setAccessibleName(self.tr("Save in another folder"))
        self._room = TintedLabel()
        for label in (self._title, self._where):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.save.setDefault(True)
        self._lay_out(saved)
        self.save.setFocus()
        self.change.clicked.connect(self._on_change)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        # Where everything is saved already, whoever asks for it means once more.
        self.again.setChecked(not self._left)
        self.again.toggled.connect(self._on_again)
        self._tasks = [context.tasks.start(self._look_at_room())]
        self._weigh()

    def choices(self) -> tuple[Choice, ...] | None:
        """Return which files are to be saved; None for all of the batch."""
        wanted = self._wanted
        if not self.again.isChecked() and self._left != wanted.choices:
            return self._left
        return None if wanted.is_all else wanted.choices

    def end(self) -> None:
        """The dialog is over."""
        for task in self._tasks:
            task.cancel()
        self.deleteLater()

    def _lay_out(self, saved: Sequence[Saved]) -> None:
        step = unit(self)
        where = QGridLayout()
        where.setHorizontalSpacing(step * 3)
        where.setVerticalSpacing(step * 2)
        rows: list[tuple[str, QWidget]] = [
            (self.tr("Needs"), self._needs),
            (self.tr("Where"), self._where),
            ("", self._room),
        ]
        for row, (text, widget) in enumerate(rows):
            where.addWidget(TintedLabel(text), row, 0)
            where.addWidget(widget, row, 1)
        where.addWidget(self.change, 1, 2)
        where.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(self._title)
        layout.addLayout(where)
        layout.addWidget(self._known)
        layout.addWidget(self.again)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 110)
        self._write_known(saved)

    def _write_known(self, saved: Sequence[Saved]) -> None:
        touched = self._left != self._wanted.choices
        self._known.setVisible(touched)
        self.again.setVisible(touched)
        if touched:
            said = self.tr("Some of these are saved already, in “%1”, and left out.")
            if not self._left:
                said = self.tr("All of these are saved already, in “%1”.")
            self._known.setText(said.replace("%1", place_text(saved[-1].folder)))

    def _what(self) -> str:
        if self._wanted.is_all or self._wanted.files is None:
            return self.tr("Save all files of “%1”").replace("%1", self._wanted.name)
        count = files_text(self._wanted.files)
        return self.tr("Save %1 of “%2”").replace("%1", count).replace("%2", self._wanted.name)

    def _weigh(self) -> None:
        self._needed = None
        self._write()
        self._tasks.append(self._context.tasks.start(self._look_at_weight(self.choices()), on_error=self._on_error))

    async def _look_at_weight(self, choices: tuple[Choice, ...] | None) -> None:
        results, wanted = self._context.desk.results, self._wanted
        found = await self._context.background.run(results.weigh(wanted.account_id, [wanted.batch_id], choices))
        if choices == self.choices():
            self._needed = found
            self._write()

    async def _look_at_room(self) -> None:
        place = self.place
        free = await self._context.background.run(self._context.desk.results.room(place))
        if place == self.place:
            self._free = free
            self._write()

    def _write(self) -> None:
        self._where.setText(place_text(self.place))
        self._where.setToolTip(self.tr("A new folder is made there. Nothing is overwritten."))
        needed, free = self._needed, self._free
        if needed is None:
            self._needs.setText(self.tr("Asking how large the files are…"))
        else:
            size = size_text(needed.bytes)
            words = self.tr("%1 (%2)")
            if needed.least:
                words = self.tr("at least %1 (%2)")
            elif not needed.exact:
                words = self.tr("about %1 (%2)")
            self._needs.setText(words.replace("%1", size).replace("%2", files_text(needed.files)))
        short = needed is not None and free is not None and needed.bytes > free
        self._room.set_tint(Tint.BAD if short else Tint.MUTED)
        if free is not None:
            said = self.tr("%1 are free there.").replace("%1", size_text(free))
            if short:
                said = f"{said} {self.tr('That is not enough. Choose another place, or fewer files.')}"
            self._room.setText(said)
        self.save.setEnabled(not short)

    def _on_again(self, _checked: bool) -> None:
        self._weigh()

    def _on_change(self, _checked: bool = False) -> None:
        self._tasks.append(self._context.tasks.start(self._choose()))

    async def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Where to save"), str(self.place))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        chosen = await choose(dialog)
        if chosen:
            self.place, self._free = chosen[0], None
            self._write()
            await self._look_at_room()

    def _on_error(self, error: BatchdockError) -> None:
        title, _message, _advice = worded(error)
        self._needs.setText(self.tr("Not known: %1").replace("%1", title))


def _first_place(context: Context) -> Path:
    last = context.settings.value(_LAST_FOLDER)
    return Path(str(last)) if last else context.desk.autosave.folder
