"""Save results: what to write, of which pictures, and where."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.flows.results.handing import SHEET_ROWS, Form, Weight
from batchdock.flows.results.opening import Opened, Selection
from batchdock.window.fitting import FittingDialog
from batchdock.window.results.handing.choice import Choice
from batchdock.window.results.handing.forms_box import FormsBox
from batchdock.window.results.saving import place_text
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import grouped, number_text, size_text


class HandOnDialog(FittingDialog):
    """Asks. `choice` is the answer once it was accepted; `change_asked` wants another place."""

    change_asked = Signal()
    which_changed = Signal()

    def __init__(
        self, opened: Opened, shown: Selection, name: str, last: Choice, parent: QWidget | None = None
    ) -> None:
        """`shown` are the pictures on screen, `name` is what the new folder will be called."""
        super().__init__(parent)
        self._opened, self._shown, self._name = opened, shown, name
        self._place = last.place
        self._weight: Weight | None = None
        title = self.tr("Save results of “%1”").replace("%1", opened.name)
        self.setWindowTitle(title)
        self._heading = QLabel(title)
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._heading.setWordWrap(True)
        self._heading.setFont(heading_font(self))
        self.forms = FormsBox(of_videos=opened.of_videos, whole=opened.job is not None)
        self.every = QRadioButton(self.tr("&All %1").replace("%1", number_text(opened.pictures)))
        shown_count = number_text(len(shown.numbers))
        self.only_shown = QRadioButton(self.tr("&Only what is shown now (%1)").replace("%1", shown_count))
        self.where = QLabel()
        self.where.setTextFormat(Qt.TextFormat.PlainText)
        self.where.setWordWrap(True)
        self.change = QPushButton(self.tr("&Change…"))
        self.change.setAutoDefault(False)
        self.change.setAccessibleName(self.tr("Change where it is saved"))
        self.note = TintedLabel()
        self.room = TintedLabel()
        self.buttons = QDialogButtonBox()
        self.save = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.save.setDefault(True)
        self._lay_out()
        self._show_last(last)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.change.clicked.connect(self._on_change)
        self.forms.changed.connect(self._write)
        self.every.toggled.connect(self._on_which)
        self._write()

    def choice(self) -> Choice:
        """Return what is chosen just now."""
        return Choice(
            forms=self.forms.forms(),
            pictures=self.forms.with_pictures(),
            only_shown=self.only_shown.isChecked(),
            report=self.forms.report.isChecked(),
            whole=self.forms.wants_whole(),
            place=self._place,
        )

    def show_place(self, place: Path) -> None:
        """Save somewhere else. How much room there is, is told anew."""
        self._place = place
        self._weight = None
        self._write()

    def show_weight(self, weight: Weight) -> None:
        """Say how large it gets, and how much room there is."""
        self._weight = weight
        self.forms.show_weight(weight)
        self._write()

    def _lay_out(self) -> None:
        step = unit(self)
        which = QHBoxLayout()
        which.setSpacing(step * 4)
        self._which = QButtonGroup(self)
        for button in (self.every, self.only_shown):
            self._which.addButton(button)
            which.addWidget(button)
        which.addStretch()
        asked = QGridLayout()
        asked.setHorizontalSpacing(step * 4)
        asked.setVerticalSpacing(step * 3)
        asked.setColumnStretch(1, 1)
        asked.addWidget(TintedLabel(self.tr("Which")), 0, 0)
        asked.addLayout(which, 0, 1, 1, 2)
        asked.addWidget(TintedLabel(self.tr("Where")), 1, 0)
        asked.addWidget(self.where, 1, 1)
        asked.addWidget(self.change, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(self._heading)
        layout.addWidget(self.forms)
        layout.addSpacing(step)
        layout.addLayout(asked)
        layout.addSpacing(step)
        layout.addWidget(self.room)
        layout.addWidget(self.note)
        layout.addWidget(TintedLabel(self.tr("Your original pictures are never changed.")))
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 115)

    def _show_last(self, last: Choice) -> None:
        self.forms.show_choice(last.forms, pictures=last.pictures, report=last.report, whole=last.whole)
        filtered = len(self._shown.numbers) < self._opened.pictures or self._shown.findings < self._opened.findings
        self.only_shown.setEnabled(filtered and len(self._shown.numbers) > 0)
        chosen = self.only_shown if last.only_shown and self.only_shown.isEnabled() else self.every
        chosen.setChecked(True)

    def _on_change(self, _checked: bool = False) -> None:
        self.change_asked.emit()

    def _on_which(self, _checked: bool) -> None:
        self._weight = None
        self._write()
        self.which_changed.emit()

    def _write(self) -> None:
        choice = self.choice()
        self.where.setText(place_text(self._place / self._name))
        fits = self._write_room(choice)
        self.note.setText(self._sheets_text(choice))
        self.note.setVisible(bool(self.note.text()))
        self.save.setEnabled(not choice.is_empty and fits)

    def _write_room(self, choice: Choice) -> bool:
        """Say how much room it takes. Return whether there is as much."""
        if self._weight is None or self._weight.free is None:
            self.room.setText("")
            self.room.hide()
            return True
        needed = self._weight.needed(choice.wishes(self._name))
        free = size_text(self._weight.free)
        fits = needed < self._weight.free
        if fits:
            text = self.tr("Takes about %1; %2 are free there.")
        else:
            text = self.tr("This takes about %1, and only %2 are free there. Choose less, or another place.")
        self.room.setText(text.replace("%1", size_text(max(needed, 1_000))).replace("%2", free))
        self.room.set_tint(Tint.MUTED if fits else Tint.BAD)
        self.room.setVisible(bool(choice.forms))
        return fits

    def _sheets_text(self, choice: Choice) -> str:
        rows = self._shown.findings if choice.only_shown else self._opened.findings
        if Form.XLSX not in choice.forms or rows <= SHEET_ROWS:
            return ""
        sheets = -(-rows // SHEET_ROWS)
        text = self.tr("An Excel sheet cannot hold %1 rows: the findings go on %n sheets. A .csv has them all in one.")
        return grouped(text.replace("%n", str(sheets)), sheets).replace("%1", number_text(rows))
