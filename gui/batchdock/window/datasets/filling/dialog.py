"""Add files: what is sent, into which draft and segments, with which labels, and whether it is committed then."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.datasets.dataset import Dataset, DatasetKind, Version
from batchdock.core.errors import BatchdockError
from batchdock.flows.datasets.filling import FillWish, Plan
from batchdock.flows.datasets.filling.places import Places, places_of
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import files_text, grouped, number_text, size_text

_NAMED = 3
"""Segments and files with labels that are called by name."""
_LABELS = 1
"""Their row."""
_ROWS = 4
_LISTED = 500
"""Files that are left out and shown with their reasons."""


class FillDialog(FittingDialog):
    """Asks, and begins when it is accepted: open it with `bridge.dialogs.ask`, and `deleteLater` it.

    `paths` are the files and folders that were dropped. `version` is what was looked at: a draft there is offered
    first.
    """

    def __init__(
        self,
        context: Context,
        account_id: str,
        dataset: Dataset,
        paths: Sequence[Path],
        parent: QWidget | None = None,
        *,
        version: Version | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._account_id, self._dataset = context, account_id, dataset
        self._paths, self._version = tuple(paths), version
        self._plan: Plan | None = None
        self._places: Places | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        title = self.tr("Add files to “%1”").replace("%1", dataset.name)
        self.setWindowTitle(title)
        self._heading = QLabel(title, wordWrap=True)
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._heading.setFont(heading_font(self))
        self.sent = QLabel(wordWrap=True)
        self.sent.setTextFormat(Qt.TextFormat.PlainText)
        self.left_out = QListWidget()
        self.left_out.setAccessibleName(self.tr("Files that are not sent, with the reasons"))
        self.labels = QCheckBox()
        self.branches = QComboBox()
        self.branches.setAccessibleName(self.tr("Branch"))
        self.draft = TintedLabel()
        self.by_folder = QRadioButton(self.tr("By &folder"))
        self.one = QRadioButton(self.tr("All in &one:"))
        self.segment = QLineEdit()
        self.segment.setAccessibleName(self.tr("Name of the segment"))
        self.title = QLineEdit()
        self.title.setAccessibleName(self.tr("Title of the draft and of the commit"))
        self.leave = QRadioButton(self.tr("&Leave the draft open"))
        self.commit = QRadioButton(self.tr("&Commit it"))
        self.tag = QLineEdit()
        self.tag.setAccessibleName(self.tr("Tag"))
        self.tag.setPlaceholderText(self.tr("Tag, if you want one"))
        self.said = TintedLabel()
        self.buttons = QDialogButtonBox()
        self.go = self.buttons.addButton(self.tr("Add files"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setAccessibleName(self.tr("Add files"))
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.go.setDefault(True)
        self._lay_out()
        self._show_first()
        self._connect()
        self._write()
        self._start("places", self._read_places())
        self._look()

    def wish(self) -> FillWish | None:
        """Return what is chosen just now; None while that is not known yet."""
        found = self._plan
        if found is None or self._places is None:
            return None
        return FillWish(
            dataset_id=self._dataset.dataset_id,
            files=found.files,
            labels=found.labels if self.labels.isChecked() else (),
            branch=self.branches.currentText(),
            title=self.title.text().strip(),
            commit=self.commit.isChecked(),
            tag=self.tag.text().strip() if self.commit.isChecked() else "",
        )

    # --- inside

    def _lay_out(self) -> None:
        step = unit(self)
        files, branch = QVBoxLayout(), QVBoxLayout()
        for box, widgets in ((files, (self.sent, self.left_out)), (branch, (self.branches, self.draft))):
            box.setSpacing(step)
            for widget in widgets:
                box.addWidget(widget)
        segments = QHBoxLayout()
        segments.setSpacing(step * 3)
        for button in (self.by_folder, self.one):
            segments.addWidget(button)
        segments.addWidget(self.segment, 1)
        after = QHBoxLayout()
        after.setSpacing(step * 3)
        for button in (self.leave, self.commit):
            after.addWidget(button)
        after.addWidget(self.tag, 1)
        # Two questions, so two groups; in one parent the buttons would be one.
        self._which, self._then = QButtonGroup(self), QButtonGroup(self)
        for group, buttons in ((self._which, (self.by_folder, self.one)), (self._then, (self.leave, self.commit))):
            for button in buttons:
                group.addButton(button)
        asked = QGridLayout()
        asked.setHorizontalSpacing(step * 4)
        asked.setVerticalSpacing(step * 3)
        asked.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        rows: tuple[tuple[str, QWidget | QBoxLayout], ...] = (
            (self.tr("Files"), files),
            (self.tr("Labels"), self.labels),
            (self.tr("Segments"), segments),
            (self.tr("Branch"), branch),
            (self.tr("Title"), self.title),
            (self.tr("Afterwards"), after),
        )
        self._names: dict[int, TintedLabel] = {}
        for row, (name, what) in enumerate(rows):
            self._names[row] = TintedLabel(name)
            self._names[row].setWordWrap(False)
            # Beside the first line of what it names.
            self._names[row].setContentsMargins(0, 0 if what is files else step, 0, 0)
            asked.addWidget(self._names[row], row, 0, top)
            if isinstance(what, QWidget):
                asked.addWidget(what, row, 1)
            else:
                asked.addLayout(what, row, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(self._heading)
        layout.addSpacing(step)
        layout.addLayout(asked)
        layout.addSpacing(step)
        layout.addWidget(self.said)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 130)

    def _show_first(self) -> None:
        self.by_folder.setChecked(True)
        self.leave.setChecked(True)
        self.labels.setChecked(True)
        self.left_out.hide()
        self.segment.setText("default")
        self.title.setText(self._first_title())
        self.branches.addItem(self._dataset.default_branch)

    def _first_title(self) -> str:
        if len(self._paths) == 1:
            return self.tr("Add %1").replace("%1", self._paths[0].name)
        return self.tr("Add files")

    def _connect(self) -> None:
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._which.buttonToggled.connect(lambda _button, checked: self._look() if checked else None)
        self.segment.textEdited.connect(lambda _text: self._look())
        self._then.buttonToggled.connect(lambda _button, _checked: self._write())
        self.branches.currentIndexChanged.connect(lambda _index: self._write())
        for field in (self.title, self.tag):
            field.textEdited.connect(lambda _text: self._write())
        self.finished.connect(self._on_finished)

    def _look(self) -> None:
        """Look at what was dropped; the newest question counts."""
        self._plan = None
        self._write()
        self._start("plan", self._read_plan(self.segment.text() if self.one.isChecked() else None))

    async def _read_plan(self, segment: str | None) -> None:
        self._plan = await self._context.background.run(self._context.desk.filling.plan(self._paths, segment))
        self.left_out.clear()
        for each in self._plan.left_out[:_LISTED]:
            self.left_out.addItem(f"{each.name}: {QCoreApplication.translate('errors', each.cause)}")
        rows = min(_ROWS, self.left_out.count())
        self.left_out.setFixedHeight(rows * self.left_out.sizeHintForRow(0) + 2 * unit(self))
        self._write()

    async def _read_places(self) -> None:
        desk = self._context.desk
        try:
            found = await self._context.background.run(places_of(desk.datasets, self._account_id, self._dataset))
        except BatchdockError as error:
            self._say(error.sentence(), Tint.BAD)
            return
        self._places = found
        self.branches.blockSignals(True)
        self.branches.clear()
        self.branches.addItems(found.branches)
        self.branches.blockSignals(False)
        meant = next((each for each in found.drafts if self._version == Version(draft=each.number)), None)
        first = found.drafts[0].branch if len(found.branches) == 1 and found.drafts else self._dataset.default_branch
        self.branches.setCurrentText(first if meant is None else meant.branch)
        self._write()

    def _write(self) -> None:
        found, places = self._plan, self._places
        self.segment.setEnabled(self.one.isChecked())
        self.tag.setEnabled(self.commit.isChecked())
        labels = () if found is None else found.labels
        self.labels.setVisible(bool(labels))
        self._names[_LABELS].setVisible(bool(labels))
        self.labels.setText(_named([each.name for each in labels], self.tr("Take them from %1")))
        self.left_out.setVisible(found is not None and bool(found.left_out))
        self.sent.setText(self.tr("Looking at the files…") if found is None else self._sent_text(found))
        self._write_draft(places)
        if self._dataset.kind is DatasetKind.FUSION:
            said = self.tr("This dataset is made of frames with a file of each sensor. Files alone can not be added.")
            self._say(said, Tint.BAD)
        elif found is not None and places is not None:
            self._say(*self._hint(found))
        ready = found is not None and bool(found.files) and places is not None
        titled = bool(self.title.text().strip()) or not self._needs_title()
        self.go.setEnabled(ready and titled and self._dataset.kind is not DatasetKind.FUSION)

    def _needs_title(self) -> bool:
        open_one = self._places is not None and self._places.draft_of(self.branches.currentText()) is not None
        return not open_one or self.commit.isChecked()

    def _write_draft(self, places: Places | None) -> None:
        draft = None if places is None else places.draft_of(self.branches.currentText())
        if places is None:
            self.draft.setText(self.tr("Looking which drafts are open…"))
        elif draft is None:
            self.draft.setText(self.tr("A new draft is made."))
        else:
            text = self.tr("Draft %1, “%2”, is open: the files go into it, and it keeps its title.")
            self.draft.setText(text.replace("%1", number_text(draft.number)).replace("%2", draft.title))
        self.title.setEnabled(self._needs_title())

    def _sent_text(self, found: Plan) -> str:
        text = self.tr("%1, %2").replace("%1", files_text(len(found.files))).replace("%2", size_text(found.bytes))
        if found.segments:
            count = len(found.segments)
            segments = grouped(self.tr("%n segment(s)", "", count), count)
            names = _named([each or self.tr("(no name)") for each in found.segments], "%1")
            text = self.tr("%1, into %2: %3").replace("%1", text).replace("%2", segments).replace("%3", names)
        if found.left_out:
            text = f"{text}. {self.tr('Not sent: %1.').replace('%1', number_text(len(found.left_out)))}"
        return text

    def _hint(self, found: Plan) -> tuple[str, Tint]:
        if not found.files:
            return self.tr("There is nothing to send among these files."), Tint.WARNING
        replaced = self.tr(
            "What is there already with the same content is not sent again. A file of the same name with other content "
            "is replaced in the draft, and its labels with it."
        )
        if not self.commit.isChecked():
            return replaced, Tint.MUTED
        kept = self.tr("If files do not arrive, the draft stays open.")
        return f"{replaced} {kept}", Tint.MUTED

    def _say(self, text: str, tint: Tint) -> None:
        self.said.setText(text)
        self.said.set_tint(tint)

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if name in self._tasks:
            self._tasks[name].cancel()
        self._tasks[name] = self._context.tasks.start(work)

    def _on_finished(self, code: int) -> None:
        for task in self._tasks.values():
            task.cancel()
        wish = self.wish()
        if code == self.DialogCode.Accepted and wish is not None:
            said = self.tr("The files are on their way. They are shown under Transfers, and go on after a restart.")
            self._context.tasks.start(_begin(self._context, self._account_id, self._dataset.name, wish, said))


async def _begin(context: Context, account_id: str, name: str, wish: FillWish, said: str) -> None:
    await context.background.run(context.desk.filling.fill(account_id, name, wish))
    context.messages.info(said)


def _named(names: Sequence[str], text: str) -> str:
    """Put the first names into a text, and how many there are besides."""
    more = len(names) - _NAMED
    shown = ", ".join(names[:_NAMED]) + (f", +{number_text(more)}" if more > 0 else "")
    return text.replace("%1", shown)
