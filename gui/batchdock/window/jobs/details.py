"""The details panel of the selected job: facts, steps and parts, files that did not work, the log."""

import asyncio

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QStackedLayout, QTabWidget, QVBoxLayout, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.core.job import Job
from batchdock.flows.jobs import JobDetail
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.icons import icon
from batchdock.window.jobs.columns import COLUMNS, PLACE, Look, title_of
from batchdock.window.jobs.details_lines import failure_lines, log_lines, stage_lines
from batchdock.window.jobs.outline import Outline
from batchdock.window.messages import worded
from batchdock.window.theme import Tint, colour, heading_font, set_muted, unit
from batchdock.window.wording import exact_time, number_text, state_icon

REFRESH_MS = 2000
_FACTS = ("items", "problems", "time-left", "workflow", "where", "created")


class JobDetails(QFrame):
    """Shows one job or says that none is selected. While it is on screen, what it shows is asked for again."""

    def __init__(self, context: Context, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._look = context, look
        self._job: Job | None = None
        self._asking: asyncio.Task[None] | None = None
        self._asked_for: Job | None = None
        self.setAccessibleName(self.tr("Details"))
        step = unit(self)
        self._name = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._name.setFont(heading_font(self, 1.25))
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._state_icon = QLabel()
        self._state = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._trouble = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._facts = QFormLayout(horizontalSpacing=step * 4, verticalSpacing=step)
        self._facts.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._values: dict[str, QLabel] = {}
        self._keys: dict[str, QLabel] = {}
        for key in _FACTS:
            self._keys[key] = QLabel(title_of(COLUMNS[PLACE[key]]))
            self._values[key] = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            self._values[key].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._facts.addRow(self._keys[key], self._values[key])
        self.stages = Outline(self.tr("Steps and parts"))
        self.failures = Outline(self.tr("Files that could not be processed"))
        self.log = Outline(self.tr("Log"))
        self._tabs = QTabWidget(documentMode=True)
        self._tabs.setAccessibleName(self.tr("Steps, problems and log"))
        for outline in (self.stages, self.failures, self.log):
            self._tabs.addTab(outline, "")
        self._tabs.currentChanged.connect(lambda _index: self._ask_again())
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._ask_again)
        self._build()
        self._tint()
        self._write()

    @property
    def job(self) -> Job | None:
        """The job that is shown."""
        return self._job

    def show_job(self, job: Job | None) -> None:
        """Show `job`: another one, or the same with news."""
        another = job is None or self._job is None or job.key != self._job.key
        self._job = job
        if another:
            for outline in (self.stages, self.failures, self.log):
                outline.lines.show(())
            self._trouble.clear()
            self._asked_for = None
            if self._asking is not None:
                self._asking.cancel()
                self._asking = None
            self._context.desk.jobs.look_at(None if job is None else job.key)
        self._write()
        self._ask_again()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self._ask_again()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()
            self._write()
        elif event.type() is QEvent.Type.LanguageChange:
            for key, label in self._keys.items():
                label.setText(title_of(COLUMNS[PLACE[key]]))
            self._write()
        super().changeEvent(event)

    # --- inside

    def _build(self) -> None:
        step = unit(self)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(step * 4, step * 4, step * 4, 0)
        layout.setSpacing(step * 2)
        layout.addWidget(self._name)
        state = QFormLayout(horizontalSpacing=step * 2)
        state.addRow(self._state_icon, self._state)
        layout.addLayout(state)
        layout.addWidget(self._message)
        layout.addSpacing(step)
        layout.addLayout(self._facts)
        layout.addWidget(self._trouble)
        layout.addSpacing(step)
        layout.addWidget(self._tabs, 1)
        nothing = EmptyState("panel-right", self.tr("Select a job to see its steps and what became of its files."))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(nothing)
        self._stack.addWidget(page)

    def _tint(self) -> None:
        for label in (*self._keys.values(), self._message):
            set_muted(label)

    def _write(self) -> None:
        job = self._job
        self._stack.setCurrentIndex(0 if job is None else 1)
        if job is None:
            return
        self._name.setText(job.name)
        side = unit(self) * 4
        self._state_icon.setPixmap(icon(*state_icon(job.state)).pixmap(side, side))
        progress = COLUMNS[PLACE["progress"]].text(job, self._look)
        state = COLUMNS[PLACE["state"]].text(job, self._look)
        self._state.setText(f"{state} · {progress}" if progress and not job.state.is_terminal else state)
        self._state.setToolTip(self.tr("The service says: %1").replace("%1", job.service_word or "–"))
        self._message.setText(job.message)
        self._message.setVisible(bool(job.message))
        for key, label in self._values.items():
            text = COLUMNS[PLACE[key]].text(job, self._look)
            label.setText(text)
            self._facts.setRowVisible(label, bool(text) and text != "–")
        if job.created is not None:
            self._values["created"].setToolTip(exact_time(job.created))
        self._trouble.setVisible(bool(self._trouble.text()))
        self._write_tabs()

    def _write_tabs(self) -> None:
        problems = sum(len(line.below) for line in self.failures.lines.lines)
        self._tabs.setTabText(0, self.tr("Steps"))
        count = number_text(problems)
        self._tabs.setTabText(1, self.tr("Problems (%1)").replace("%1", count) if problems else self.tr("Problems"))
        self._tabs.setTabText(2, self.tr("Log"))

    def _ask_again(self) -> None:
        """Ask for stages and log, unless an answer is still on its way or nothing can have changed."""
        job = self._job
        if job is None or not self.isVisible() or (self._asking is not None and not self._asking.done()):
            return
        log_wanted = self._tabs.currentWidget() is self.log
        if job.state.is_terminal and job == self._asked_for and not (log_wanted and not self.log.lines.lines):
            return
        self._asking = self._context.tasks.start(self._ask(job, log_wanted), on_error=self._on_error)

    async def _ask(self, job: Job, log_wanted: bool) -> None:
        jobs = self._context.desk.jobs
        detail = await self._context.background.run(jobs.detail(job.key))
        self._take(job, detail)
        if log_wanted:
            entries = await self._context.background.run(jobs.logs(job.key))
            if self._job is not None and self._job.key == job.key:
                self.log.lines.show(log_lines(entries))
        self._asked_for = job

    def _take(self, job: Job, detail: JobDetail) -> None:
        if self._job is None or self._job.key != job.key:
            return
        self._trouble.clear()
        first = not self.stages.lines.lines
        self.stages.lines.show(stage_lines(detail.stages))
        if first and not job.state.is_terminal:
            self.stages.expandAll()
        self.failures.lines.show(failure_lines(detail.failures))
        self._write()

    def _on_error(self, error: BatchdockError) -> None:
        title, _, advice = worded(error)
        self._trouble.setText(f"{title}. {advice}" if advice else title)
        palette = self._trouble.palette()
        palette.setColor(palette.ColorRole.WindowText, colour(Tint.WARNING))
        self._trouble.setPalette(palette)
        self._trouble.show()
