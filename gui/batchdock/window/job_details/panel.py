"""The details of the selected job, beside the table."""

import asyncio
import time

from PySide6.QtCore import QSettings, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QStackedLayout, QTabWidget, QVBoxLayout, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.core.facts import Facts
from batchdock.core.job import Job
from batchdock.core.ports import Capabilities
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.job_details.definition import Definition
from batchdock.window.job_details.facts_tab import FactsTab
from batchdock.window.job_details.head import Head
from batchdock.window.job_details.log import Log
from batchdock.window.job_details.problems import JobProblems
from batchdock.window.job_details.regions import RegionsView
from batchdock.window.job_details.steps import Steps
from batchdock.window.job_details.support import Support
from batchdock.window.jobs.look import Look
from batchdock.window.messages import worded
from batchdock.window.theme import unit
from batchdock.window.wording import number_text

TICK_MS = 1000
HERE_SECONDS, THERE_SECONDS = 2.0, 5.0
"""How long between two questions about a job that moves, at least: at a service that files need not be sent to, and at
any other."""


class JobDetails(QFrame):
    """Shows one job or says that none is selected. While it is on screen, what is in view is asked for again."""

    command_asked = Signal(str)
    """What the buttons of the head ask for, see `Head`."""

    def __init__(self, context: Context, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._asking: asyncio.Task[None] | None = None
        self._asked_for: Job | None = None
        self._asked_at = 0.0
        self.setAccessibleName(self.tr("Details"))
        self.head = Head(look)
        self.head.command_asked.connect(self.command_asked)
        self.steps, self.problems, self.log = Steps(context), JobProblems(context), Log(context)
        self.facts, self.regions = FactsTab(context), RegionsView(context)
        self.definition, self.support = Definition(context), Support(context)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.setAccessibleName(self.tr("What is known of the job"))
        for tab, text in (
            (self.steps, self.tr("Steps")),
            (self.problems, self.tr("Problems")),
            (self.log, self.tr("Log")),
            (self.facts, self.tr("Settings")),
            (self.regions, self.tr("Regions")),
            (self.definition, self.tr("Definition")),
            (self.support, self.tr("For support")),
        ):
            self.tabs.addTab(tab, text)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.currentChanged.connect(lambda _index: self._ask())
        self._offer(Capabilities(), has_regions=False)
        self.problems.counted.connect(self._count)
        self.facts.told.connect(self._take_facts)
        self.facts.asked_again.connect(self._ask)
        self.log.anew.connect(self._ask)
        self.support.again.clicked.connect(self._ask_support_again)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._build()

    @property
    def job(self) -> Job | None:
        """The job that is shown."""
        return self._job

    def show_job(self, job: Job | None) -> None:
        """Show `job`: another one, or the same with news."""
        another = job is None or self._job is None or job.key != self._job.key
        self._job = job
        if another:
            self._forget(job)
            if job is not None:
                # Whoever goes through jobs with their regions in view stays there; the next answer tells.
                looks_at_regions = self.tabs.currentWidget() is self.regions
                self._offer(self._context.desk.accounts.capabilities(job.account_id), has_regions=looks_at_regions)
            self._context.desk.jobs.look_at(None if job is None else job.key)
        self._stack.setCurrentIndex(0 if job is None else 1)
        if job is not None:
            self.head.show_job(job)
        if another:
            self._ask()
        else:
            self._tick()

    def save_state(self, settings: QSettings) -> None:
        """Remember how much of it is open."""
        self.head.save_state(settings)

    def restore_state(self, settings: QSettings) -> None:
        """Take it up again."""
        self.head.restore_state(settings)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    # --- inside

    def _build(self) -> None:
        step = unit(self)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(step * 4, step * 4, step * 4, 0)
        layout.setSpacing(step * 3)
        layout.addWidget(self.head)
        layout.addWidget(self.tabs, 1)
        nothing = EmptyState("panel-right", self.tr("Select a job to see its steps and what became of its files."))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(nothing)
        self._stack.addWidget(page)

    def _forget(self, job: Job | None) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        self._asked_for = None
        self.steps.forget(job)
        for tab in (self.problems, self.log, self.facts, self.regions, self.definition, self.support):
            tab.forget()

    def _offer(self, can: Capabilities, *, has_regions: bool) -> None:
        """Show the tabs that a service has something for."""
        offered: dict[QWidget, bool] = {
            self.steps: can.tells_steps,
            self.problems: can.tells_steps,
            self.log: can.tells_steps,
            self.facts: can.tells_facts,
            self.regions: can.tells_facts and has_regions,
            self.definition: can.takes_files,
            self.support: True,
        }
        for tab, wanted in offered.items():
            if wanted:
                self.tabs.setTabVisible(self.tabs.indexOf(tab), True)
        if not offered[self.tabs.currentWidget()]:
            self.tabs.setCurrentWidget(next(tab for tab, wanted in offered.items() if wanted))
        for tab, wanted in offered.items():
            self.tabs.setTabVisible(self.tabs.indexOf(tab), wanted)

    def _take_facts(self, job: Job, facts: Facts | None) -> None:
        if self._job is None or self._job.key != job.key:
            return
        regions = facts.regions if facts is not None else ()
        self.regions.show_regions(job.key, regions)
        self._offer(self._context.desk.accounts.capabilities(job.account_id), has_regions=bool(regions))

    def _count(self, problems: int) -> None:
        text = self.tr("Problems (%1)").replace("%1", number_text(problems)) if problems else self.tr("Problems")
        self.tabs.setTabText(self.tabs.indexOf(self.problems), text)

    def _ask_support_again(self, _checked: bool = False) -> None:
        self.support.forget()
        self._ask()

    def _is_due(self, job: Job) -> bool:
        """Tell whether it is time to ask again: no service is asked faster than its news can be."""
        if job.state.is_terminal and self._is_up_to_date(job):
            return False
        before = self._asked_for
        if before is not None and job.state.is_terminal and not before.state.is_terminal:
            return True
        far = self._context.desk.accounts.capabilities(job.account_id).uploads_leave_the_computer
        return time.monotonic() - self._asked_at >= (THERE_SECONDS if far else HERE_SECONDS)

    def _is_up_to_date(self, job: Job) -> bool:
        tab = self._asking_tab()
        if isinstance(tab, Log | FactsTab | Definition | Support):
            return tab.is_up_to_date(job)
        return job == self._asked_for

    def _asking_tab(self) -> QWidget:
        """Return the tab that asks for what is in view: regions are a part of the facts."""
        tab = self.tabs.currentWidget()
        return self.facts if tab is self.regions else tab

    def _tick(self) -> None:
        """Ask again for what changes by itself: steps, problems and log."""
        job = self._job
        if job is not None and self._is_due(job):
            self._ask()

    def _ask(self) -> None:
        """Ask for what is in view, unless it is known or an answer is still on its way."""
        job, tab = self._job, self._asking_tab()
        if job is None or not self.isVisible() or (self._asking is not None and not self._asking.done()):
            return
        if isinstance(tab, FactsTab | Definition | Support) and tab.is_up_to_date(job):
            return
        self._asked_at = time.monotonic()
        self._asking = self._context.tasks.start(self._ask_all(job, tab), on_error=self._on_error)

    async def _ask_all(self, job: Job, tab: QWidget) -> None:
        if isinstance(tab, Log | FactsTab | Definition | Support):
            await tab.ask(job)
        else:
            detail = await self._context.background.run(self._context.desk.jobs.detail(job.key))
            if self._job is None or self._job.key != job.key:
                return
            self.steps.take(detail)
            self.problems.take(detail)
            self._asked_for = None if detail.more else job
        self.head.say_trouble("")
        if tab is not self._asking_tab():
            # Somebody has gone to another tab meanwhile, and found this answer on its way.
            QTimer.singleShot(0, self, self._ask)

    def _on_error(self, error: BatchdockError) -> None:
        title, _, advice = worded(error)
        self.head.say_trouble(f"{title}. {advice}" if advice else title)
