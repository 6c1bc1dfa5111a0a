"""What was seen of each job since this app runs: what is news, what is old, and how fast it goes."""

import time
from dataclasses import replace
from datetime import UTC, datetime

from batchdock.core.job import Job
from batchdock.core.progress import Pace
from batchdock.flows.jobs.board import JobKey
from batchdock.flows.jobs.details import StageDetail
from batchdock.flows.jobs.seeing import Sight, begun_anew, is_another_run, is_of_the_run_before, seen
from batchdock.store import JobRecord

WINDOW, SETTLE = 300.0, 20.0
"""Seconds: services are asked every few of them, and their tasks go on in steps."""


class Sights:
    """Remembers, for whoever asks services."""

    def __init__(self) -> None:
        self._sights: dict[JobKey, Sight] = {}
        self._began: dict[JobKey, float] = {}

    def begin_again(self, job: Job) -> Job:
        """Return a job as started again; answers about the run before count no longer."""
        now = datetime.now(UTC)
        before = self._sights.get(job.key)
        ended = before.ended if before is not None else job.last_news
        self._sights[job.key] = replace(_nothing(), ended=ended, begun_anew=now)
        self._began[job.key] = time.monotonic()
        return begun_anew(job, now)

    def is_old(self, job: Job, asked: float) -> bool:
        """Tell whether an answer is about a run before the job was started again. `asked`: monotonic seconds."""
        if asked < self._began.get(job.key, 0.0):
            return True
        return is_of_the_run_before(job, self._sights.get(job.key), datetime.now(UTC))

    def is_another_run(self, job: Job, stages: tuple[StageDetail, ...]) -> bool:
        """Tell whether a job that had ended was started again, by somebody else."""
        return is_another_run(job, self._sights.get(job.key), stages)

    def see(self, record: JobRecord | None, job: Job, stages: tuple[StageDetail, ...] = ()) -> Job:
        """Return what is to be shown of a job that moves, from an answer that came just now."""
        sight = self._sights.setdefault(job.key, _nothing())
        shown = seen(record, job, sight, datetime.now(UTC), stages)
        if shown.progress is None or shown.device:
            # Who names what does the work measures it too, and knows when nothing can be said.
            return shown
        if job.progress is not None or stages:
            sight.pace.add(time.monotonic(), shown.progress)
        speed, total = sight.pace.per_second(), shown.items_total
        rate = None if speed is None or total is None else speed * total
        return replace(shown, seconds_left=sight.pace.seconds_left(), rate=shown.rate if rate is None else rate)

    def see_end(self, job: Job) -> None:
        """Note the answer with which a job ended."""
        self._sights.setdefault(job.key, _nothing()).ended = job.last_news
        self._began.pop(job.key, None)


def _nothing() -> Sight:
    return Sight(Pace(window=WINDOW, settle=SETTLE))
