"""The minute in which a start that costs money can be taken back: counted down in the message bar."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from batchdock.core.job import Job
from batchdock.flows.news import Event, JobsChanged
from batchdock.window.context import Context
from batchdock.window.messages import Notice
from batchdock.window.wording import grouped, number_text

TICK_MS = 1000
TOGETHER = 5.0
"""Starts that are so few seconds apart were one: pictures and videos of one drop."""
Key = tuple[str, str]


class _Start:
    """The jobs of one start that can still be taken back, and what is said of them."""

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        self.jobs: dict[Key, Job] = {}

    def seconds_left(self) -> int:
        """Return how long the last of them waits; 0 or less when none does."""
        now = datetime.now(UTC)
        left = [(job.goes_out - now).total_seconds() for job in self.jobs.values() if job.goes_out is not None]
        return math.ceil(max(left, default=0.0))

    def is_of(self, job: Job) -> bool:
        """Tell whether a job was started together with these."""
        times = [each.goes_out for each in self.jobs.values() if each.account_id == job.account_id]
        return any(
            time is not None and job.goes_out is not None and abs((time - job.goes_out).total_seconds()) < TOGETHER
            for time in times
        )


class GraceNotices(QObject):
    """One message a start. It goes when the jobs go out, are taken back, or somebody closes it."""

    draft_asked = Signal(tuple)
    """The key of a job that was taken back and is to be changed."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._starts: list[_Start] = []
        self._silenced: dict[Key, datetime | None] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        context.inbox.arrived.connect(self._on_news)

    def _on_news(self, events: list[Event]) -> None:
        jobs = [job for event in events if isinstance(event, JobsChanged) for job in event.jobs]
        now = datetime.now(UTC)
        for job in jobs:
            if job.goes_out is not None and job.goes_out > now and not job.state.is_terminal:
                self._show_waiting(job)
            else:
                self._silenced.pop(job.key, None)
                for start in self._starts:
                    start.jobs.pop(job.key, None)
        if jobs and self._starts:
            self._tick()

    def _show_waiting(self, job: Job) -> None:
        if self._silenced.get(job.key) == job.goes_out:
            return
        known = next((each for each in self._starts if job.key in each.jobs or each.is_of(job)), None)
        start = known or self._say()
        start.jobs[job.key] = job

    def _say(self) -> _Start:
        start = _Start(self._context.messages.banner("clock", "", self._text()))
        start.notice.add_button(self.tr("Take back"), lambda: self._take_back(start))
        self._starts.append(start)
        self._timer.start()
        return start

    def _tick(self) -> None:
        for start in tuple(self._starts):
            left = start.seconds_left()
            if start.notice not in self._context.messages.notices:
                # Closed by the person it stays silent; the jobs go out all the same.
                self._silenced |= {key: job.goes_out for key, job in start.jobs.items()}
                self._starts.remove(start)
            elif left <= 0:
                self._starts.remove(start)
                start.notice.close_now()
            else:
                start.notice.rewrite(self._title(list(start.jobs.values()), left), self._text())
        if not self._starts:
            self._timer.stop()

    def _title(self, jobs: Sequence[Job], seconds: int) -> str:
        if len(jobs) == 1:
            text = self.tr("“%1” starts in %2 s.").replace("%2", number_text(seconds))
            return text.replace("%1", jobs[0].name)
        text = grouped(self.tr("%n job(s) start in %2 s.", "", len(jobs)), len(jobs))
        return text.replace("%2", number_text(seconds))

    def _text(self) -> str:
        return self.tr("Nothing is billed before.")

    def _take_back(self, start: _Start) -> None:
        """Close at once: a second press must not ask a second time."""
        keys = tuple(start.jobs)
        start.notice.close_now()
        self._tick()
        self._context.tasks.start(self._taken_back(keys))

    async def _taken_back(self, keys: tuple[Key, ...]) -> None:
        for key in keys:
            await self._context.background.run(self._context.desk.jobs.take_back(key))
        self._context.messages.info(
            self.tr("Taken back. Nothing was started and nothing is billed. It is a draft now."),
            button_text=self.tr("Change it…"),
            on_click=lambda: self.draft_asked.emit(keys[0]),
        )
