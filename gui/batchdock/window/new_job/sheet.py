"""The side sheet of a new job: what it is over, the form, and the buttons that set it going."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.batch import Content
from batchdock.core.errors import BatchdockError
from batchdock.core.job import Job
from batchdock.window.context import Context
from batchdock.window.costs.asking import ask_before_start
from batchdock.window.costs.price_line import PriceLine
from batchdock.window.messages import worded
from batchdock.window.new_job.form import NewJobForm
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import pictures_text, videos_text

LEAST_SHEET_WIDTH = 110
"""In steps of `theme.unit`."""

Work = Callable[[], Coroutine[Any, Any, tuple[Job, ...]]]


class JobSheet(QFrame):
    """Belongs into the main window beside the page, never over it as a dialog. It deletes itself when it is closed.

    Whoever derives from it says what the job is over: `counts` and `begin` are theirs to give, `blocked` and `write`
    to extend.
    """

    started = Signal(tuple)
    """Jobs were started: `tuple[Job, ...]`."""
    closed = Signal()
    """The sheet is done, whichever way."""

    def __init__(self, context: Context, what: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.is_closed = False
        self._handing_over = False
        self._asking: set[asyncio.Task[None]] = set()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(self.tr("New job"))
        self.form = NewJobForm(context, what)
        self.form.changed.connect(self.write)
        self._trouble = TintedLabel("", Tint.BAD)
        self._trouble.hide()
        self._reason = QLabel()
        self._reason.setWordWrap(True)
        self.price = PriceLine(context)
        self.start = QPushButton()
        self.name_start(self.tr("Start"))
        self.start.setDefault(True)
        self.start.clicked.connect(lambda _checked=False: self.on_start())
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(lambda _checked=False: self.close())
        self.price_row = QHBoxLayout()
        """Beside the price there is room for what tells more about it."""
        self.price_row.addWidget(self.price, 1)
        self.buttons = QHBoxLayout()
        """Between *Cancel* and *Start* there is room for more."""

    def lay_out(self, *above: QWidget) -> None:
        """Put everything in its place, with these widgets above the form; the first takes the room that is left."""
        step = unit(self)
        inside = QWidget()
        middle = QVBoxLayout(inside)
        middle.setContentsMargins(step * 5, step * 5, step * 5, step * 2)
        middle.setSpacing(step * 5)
        for place, widget in enumerate(above):
            middle.addWidget(widget, 0 if place else 1)
        middle.addWidget(self.form)
        if not above:
            middle.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.form.opened.connect(
            lambda options: QTimer.singleShot(0, scroll, lambda: scroll.ensureWidgetVisible(options))
        )
        below = QVBoxLayout()
        below.setContentsMargins(step * 5, step * 2, step * 5, step * 4)
        below.setSpacing(step * 2)
        below.addWidget(self._trouble)
        below.addWidget(self._reason)
        below.addLayout(self.price_row)
        self.buttons.insertWidget(0, self.cancel)
        self.buttons.insertStretch(1)
        self.buttons.addWidget(self.start)
        below.addLayout(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addLayout(below)

    def blocked(self) -> str:
        """Return why nothing can be started now, for the person; empty when it can."""
        if self._handing_over:
            return self.tr("Handing over…")
        return self.form.reason()

    def counts(self) -> Mapping[Content, int]:
        """Return how many pictures and videos the job is over."""
        raise NotImplementedError

    def sizes(self) -> Mapping[Content, int]:
        """Return the bytes of all pictures and of all videos, as far as they are known."""
        return {}

    def is_handing_over(self) -> bool:
        """Tell whether the flows are taking the job over just now."""
        return self._handing_over

    async def begin(self) -> tuple[Job, ...]:
        """Start what the form says."""
        raise NotImplementedError

    def on_start(self) -> None:
        """Start: pressed twice it is still one job."""
        if not self.blocked():
            self.form.remember()
            self.hand_over(self._asked_and_begun)

    def hand_over(self, work: Work) -> None:
        """Do `work`, and close when it has started something; nothing else can be pressed meanwhile."""
        self._handing_over = True
        self._trouble.hide()
        self.write()
        self.context.tasks.start(self._handed_over(work), on_error=self.on_error)

    async def _asked_and_begun(self) -> tuple[Job, ...]:
        """Start, unless the person is asked first and does not want it. Raise `BudgetReached`."""
        account, workflow = self.form.where.account(), self.form.workflows.workflow()
        assert workflow is not None
        options, estimate = self.form.job_options(), await self.price.settled()
        check = self.context.desk.costs.check(account.account_id, estimate, options=options)
        judgement = await self.context.background.run(check)
        limits = [each for each in (self.form.options.stop_after.seconds(), judgement.timeout_seconds) if each]
        # Pictures and videos are two jobs, and each has the limit.
        jobs = sum(1 for count in self.counts().values() if count)
        agreed = await ask_before_start(
            self.context,
            account,
            estimate,
            judgement,
            what=counted_text(self.counts()),
            workflow=workflow.name,
            stops_at=self.form.options.stop_after.credits_of(min(limits) * jobs) if limits else None,
            parent=self.window(),
        )
        return await self.begin() if agreed else ()

    async def _handed_over(self, work: Work) -> None:
        jobs = await work()
        if self.is_closed:
            return
        self._handing_over = False
        if jobs:
            self.started.emit(jobs)
            self.close()
        else:
            self.write()

    def ask(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Find something out; it ends with the sheet."""
        task = self.context.tasks.start(work, on_error=self.on_error)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        return task

    def on_error(self, error: BatchdockError) -> None:
        """Say what went wrong, on the sheet while it is there."""
        if self.is_closed:
            self.context.messages.error(error)
            return
        self._handing_over = False
        title, message, advice = worded(error)
        self._trouble.setText("\n".join(part for part in (title, message, advice) if part))
        self._trouble.show()
        self.write()

    def write(self) -> None:
        """Bring buttons and sentences up to date."""
        blocked, workflow_id = self.blocked(), self.form.workflow_id()
        options = self.form.job_options() if workflow_id else None
        self.price.show_for(self.form.account_id(), workflow_id, self.counts(), options, self.sizes())
        self.say(blocked)
        self.start.setEnabled(not blocked)

    def name_start(self, text: str) -> None:
        """Say what the button that starts does."""
        self.start.setText(text)
        self.start.setAccessibleName(text)

    def say(self, reason: str) -> None:
        """Say why it can not be started yet, or when it will be; nothing where there is nothing to say."""
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        self.start.setAccessibleDescription(reason)

    def sizeHint(self) -> QSize:
        return QSize(unit(self) * 125, unit(self) * 175)

    def minimumSizeHint(self) -> QSize:
        return QSize(unit(self) * LEAST_SHEET_WIDTH, unit(self) * 80)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.start.isEnabled():
            # Enter after a number, or in a list, only means what is there.
            if not isinstance(self.focusWidget(), QAbstractSpinBox | QComboBox):
                self.start.click()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.is_closed = True
        for task in tuple(self._asking):
            task.cancel()
        self.price.clear()
        self.form.stop()
        self.closed.emit()
        super().closeEvent(event)


def counted_text(counts: Mapping[Content, int]) -> str:
    """Return “12 pictures, 1 video”; a dash for nothing."""
    words = {Content.IMAGES: pictures_text, Content.VIDEOS: videos_text}
    return ", ".join(words[content](count) for content, count in counts.items() if count) or "–"
