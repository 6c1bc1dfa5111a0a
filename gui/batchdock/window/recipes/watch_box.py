"""What a recipe may do by itself: the switch, how files are gathered, what it may cost, and how it stands."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.watched import Gathering, Watch, WatchState
from batchdock.window.messages import in_sentences, worded
from batchdock.window.new_job.number_box import NumberBox
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import files_text

_MOST_MINUTES, _MOST_FILES, _MOST_CREDITS = 7 * 24 * 60, 100_000, 1_000_000.0


class WatchBox(QWidget):
    """Says what is wanted as soon as it is said; whoever keeps it shows it again."""

    wanted = Signal(object)
    """The `Watch` as it is to be."""
    folder_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._watch: Watch | None = None
        self.switch = QCheckBox(self.tr("&Watch this folder, and run by itself on what is new"))
        self.folder = QLabel()
        self.folder.setTextFormat(Qt.TextFormat.PlainText)
        self.folder.setWordWrap(True)
        self.choose = QPushButton(self.tr("Choose folder…"))
        self.choose.setAccessibleName(self.tr("Choose the folder that is watched…"))
        self.minutes = QSpinBox()
        self.minutes.setRange(0, _MOST_MINUTES)
        self.minutes.setSuffix(self.tr(" minutes"))
        self.minutes.setAccessibleName(self.tr("Minutes until a batch is made"))
        self.files = QSpinBox()
        self.files.setRange(1, _MOST_FILES)
        self.files.setGroupSeparatorShown(True)
        self.files.setSuffix(self.tr(" files"))
        self.files.setAccessibleName(self.tr("Files of a full batch"))
        self.credits = NumberBox()
        self.credits.setRange(0.0, _MOST_CREDITS)
        self.credits.setSuffix(self.tr(" credits a month"))
        self.credits.setSpecialValueText(self.tr("no limit yet"))
        self.credits.setAccessibleName(self.tr("Credits that it may use in a month"))
        self._credits_row = QWidget()
        self.state = TintedLabel()
        self.said = TintedLabel("", Tint.BAD)
        self.said.hide()
        self.switch.clicked.connect(lambda _checked=False: self._want())
        self.choose.clicked.connect(lambda _checked=False: self.folder_wanted.emit())
        for box in (self.minutes, self.files, self.credits):
            box.setKeyboardTracking(False)
            box.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
            box.valueChanged.connect(lambda _value: self._want())
        self._lay_out()

    def show_watch(self, watch: Watch, state: WatchState | None, *, costs_money: bool) -> None:
        """Show what holds, and how it stands. What somebody is typing stays."""
        self._watch = watch
        self.switch.setChecked(watch.on)
        self.folder.setText(str(watch.folder))
        values = (
            (self.minutes, round(watch.gathering.seconds / 60)),
            (self.files, watch.gathering.count),
            (self.credits, watch.monthly_credits or 0.0),
        )
        for box, value in values:
            if not box.hasFocus():
                box.blockSignals(True)
                box.setValue(value)  # type: ignore[arg-type]  # Each has its own kind of number.
                box.blockSignals(False)
        self._credits_row.setVisible(costs_money)
        trouble = None if state is None else state.trouble
        self.state.set_tint(Tint.MUTED if trouble is None else Tint.WARNING)
        self.state.setText(in_sentences(worded(trouble)) if trouble is not None else self._state_text(state))
        self.state.setVisible(bool(self.state.text()))

    def say(self, text: str) -> None:
        """Say why it can not be as it is wanted, or nothing."""
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def take_folder(self, folder: Path) -> None:
        """Want another folder."""
        if self._watch is not None:
            self.wanted.emit(replace(self._told(self._watch), folder=folder))

    def _want(self) -> None:
        if self._watch is not None:
            told = self._told(self._watch)
            if told != self._watch:
                self.wanted.emit(told)

    def _told(self, watch: Watch) -> Watch:
        return replace(
            watch,
            on=self.switch.isChecked(),
            gathering=Gathering(self.minutes.value() * 60.0, self.files.value()),
            monthly_credits=self.credits.value() or None,
        )

    def _state_text(self, state: WatchState | None) -> str:
        if state is None:
            return ""
        parts = []
        if state.running:
            parts.append(self.tr("A batch is being worked on."))
        if state.waiting:
            parts.append(self.tr("Waiting for a batch: %1.").replace("%1", files_text(state.waiting)))
        if state.unfinished:
            parts.append(self.tr("Still being written: %1.").replace("%1", files_text(state.unfinished)))
        return " ".join(parts or [self.tr("Watching. Nothing new is there.")])

    def _lay_out(self) -> None:
        step = unit(self)
        place, gather, credits = QHBoxLayout(), QHBoxLayout(), QHBoxLayout(self._credits_row)
        for row in (place, gather, credits):
            row.setContentsMargins(step * 6, 0, 0, 0)
            row.setSpacing(step * 2)
        place.addWidget(self.folder, 1)
        place.addWidget(self.choose)
        gather.addWidget(QLabel(self.tr("A batch after")))
        gather.addWidget(self.minutes)
        gather.addWidget(QLabel(self.tr("or as soon as there are")))
        gather.addWidget(self.files)
        gather.addStretch()
        credits.addWidget(QLabel(self.tr("It may use")))
        credits.addWidget(self.credits)
        credits.addStretch()
        note = TintedLabel(self.tr("While Batchdock runs, also beside the clock. No file is processed twice."))
        below = QVBoxLayout()
        below.setContentsMargins(step * 6, 0, 0, 0)
        below.setSpacing(step * 2)
        for label in (self.said, self.state, note):
            below.addWidget(label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, step * 2, 0, 0)
        layout.setSpacing(step * 2)
        layout.addWidget(self.switch)
        layout.addLayout(place)
        layout.addLayout(gather)
        layout.addWidget(self._credits_row)
        layout.addLayout(below)
