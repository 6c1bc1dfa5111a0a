"""The head of the details: which job, how it is, what is known of it, and what waits for an answer."""

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window.icons import icon
from batchdock.window.job_details.words import pace_text
from batchdock.window.jobs.cell_texts import in_grace, silence_text
from batchdock.window.jobs.columns import COLUMNS, PLACE, title_of
from batchdock.window.jobs.look import Look
from batchdock.window.plain_text import tooltip_text
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import countdown_text, state_icon

_CAMERAS = ("video-source", "algorithm", "vendor", "runs-on", "groups")
_SHOWN = (*_CAMERAS, "items", "problems", "time-left", "duration", "credits", "workflow", "where")
_MORE = ("source", "size", "machine", "created", "started", "finished", "expires", "tags", "note")
_SETTING = "jobs/all-facts"


class Head(QWidget):
    """Everything about a job but its steps. The seconds of a start that can be taken back run down by themselves."""

    command_asked = Signal(str)
    """“take-back”, “start” or “change-draft” for the job that is shown."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._job: Job | None = None
        self._shows_all = False
        self.name = _label()
        self.name.setFont(heading_font(self, 1.25))
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._state_icon = QLabel()
        self.state = _label()
        self.message, self.pace = TintedLabel(), TintedLabel()
        self.silence = TintedLabel(tint=Tint.WARNING)
        self.trouble = TintedLabel(tint=Tint.WARNING)
        self.take_back = self._button("take-back")
        self.start = self._button("start")
        self.change = self._button("change-draft")
        self.more = QToolButton()
        self.more.setAutoRaise(True)
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.more.toggled.connect(self._show_all)
        self._facts = QFormLayout(horizontalSpacing=unit(self) * 4, verticalSpacing=unit(self))
        self._facts.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._keys: dict[str, TintedLabel] = {}
        self._values: dict[str, QLabel] = {}
        for key in (*_SHOWN, *_MORE):
            self._keys[key], self._values[key] = TintedLabel(title_of(COLUMNS[PLACE[key]])), _label()
            self._keys[key].setWordWrap(False)
            self._values[key].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._facts.addRow(self._keys[key], self._values[key])
        self._seconds = QTimer(self)
        self._seconds.setInterval(1000)
        self._seconds.timeout.connect(self._write)
        self._lay_out()
        self._name_controls()

    def show_job(self, job: Job) -> None:
        """Show a job, or the same with news."""
        if self._job is None or self._job.key != job.key:
            self.say_trouble("")
        self._job = job
        self._write()

    def say_trouble(self, text: str) -> None:
        """Say what stands in the way of knowing more; nothing when nothing does."""
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def save_state(self, settings: QSettings) -> None:
        """Remember whether all facts are shown."""
        settings.setValue(_SETTING, self._shows_all)

    def restore_state(self, settings: QSettings) -> None:
        """Take it up again."""
        self.more.setChecked(settings.value(_SETTING, False, bool) is True)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.PaletteChange:
            self._write()
        elif event.type() is QEvent.Type.LanguageChange:
            self._name_controls()
            self._write()
        super().changeEvent(event)

    # --- inside

    def _button(self, command: str) -> QPushButton:
        button = QPushButton()
        button.clicked.connect(lambda _checked=False: self.command_asked.emit(command))
        button.hide()
        return button

    def _name_controls(self) -> None:
        self.take_back.setText(self.tr("Take back"))
        self.change.setText(self.tr("Change…"))
        for button in (self.take_back, self.change):
            button.setAccessibleName(button.text())
        for key, label in self._keys.items():
            label.setText(title_of(COLUMNS[PLACE[key]]))
        self._name_more()

    def _name_more(self) -> None:
        self.more.setText(self.tr("Less") if self._shows_all else self.tr("More"))
        self.more.setAccessibleName(self.tr("All facts about the job"))

    def _lay_out(self) -> None:
        step = unit(self)
        state = QHBoxLayout()
        state.setSpacing(step * 2)
        state.addWidget(self._state_icon, 0, Qt.AlignmentFlag.AlignTop)
        state.addWidget(self.state, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(step * 2)
        for button in (self.take_back, self.start, self.change):
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addWidget(self.name)
        layout.addLayout(state)
        layout.addWidget(self.message)
        layout.addWidget(self.pace)
        layout.addWidget(self.silence)
        layout.addLayout(buttons)
        layout.addLayout(self._facts)
        layout.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.trouble)
        self.trouble.hide()

    def _write(self) -> None:
        job = self._job
        if job is None:
            return
        now = datetime.now(UTC)
        side = unit(self) * 4
        self.name.setText(job.name)
        self._state_icon.setPixmap(icon(*state_icon(job.state)).pixmap(side, side))
        grace = in_grace(job, now)
        self._write_state(job, now, grace=grace)
        silence = silence_text(job, now)
        self.silence.setText(self.tr("%1. The service may be busy; still checking.").replace("%1", silence))
        self.silence.setVisible(bool(silence))
        self.message.setText(job.message)
        self.message.setVisible(bool(job.message))
        self.pace.setText(pace_text(job))
        self.pace.setVisible(bool(self.pace.text()))
        self._offer(grace=grace, draft=job.state is JobState.DRAFT)
        self._write_facts(job, silence)
        if grace or silence:
            self._seconds.start()
        else:
            self._seconds.stop()

    def _write_state(self, job: Job, now: datetime, *, grace: bool) -> None:
        if grace and job.goes_out is not None:
            seconds = (job.goes_out - now).total_seconds()
            self.state.setText(self.tr("Starts %1").replace("%1", countdown_text(seconds)))
        else:
            progress = COLUMNS[PLACE["progress"]].text(job, self._look)
            state = COLUMNS[PLACE["state"]].text(job, self._look)
            self.state.setText(f"{state} · {progress}" if progress and not job.state.is_terminal else state)
        self.state.setToolTip(tooltip_text(self.tr("The service says: %1").replace("%1", job.service_word or "–")))

    def _offer(self, *, grace: bool, draft: bool) -> None:
        """Show the buttons for what waits for an answer."""
        self.take_back.setVisible(grace)
        self.start.setVisible(grace or draft)
        self.start.setText(self.tr("Start now") if grace else self.tr("Start"))
        self.start.setAccessibleName(self.start.text())
        self.change.setVisible(draft)

    def _write_facts(self, job: Job, silence: str) -> None:
        for key, label in self._values.items():
            column = COLUMNS[PLACE[key]]
            text = column.text(job, self._look)
            label.setText(text)
            label.setToolTip(column.tooltip(job, self._look) if column.tooltip is not None else "")
            told = key == "time-left" and (bool(self.pace.text()) or bool(silence))
            wanted = key in _SHOWN or self._shows_all
            self._facts.setRowVisible(label, wanted and bool(text) and text != "–" and not told)

    def _show_all(self, wanted: bool) -> None:
        self._shows_all = wanted
        self._name_more()
        self._write()


def _label() -> QLabel:
    return QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
