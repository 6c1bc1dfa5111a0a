"""Jobs that move as far as is known, and that their service does not show."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.flows.jobs.board import JobKey

GONE = "The service does not know this job any more. It is asked again now and then."
NOT_YET = "The service does not show this job yet."
SETTLING = timedelta(minutes=5)
"""So long after it was started a job may be unknown to its own service."""
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0


@dataclass
class _Absence:
    times: int
    due: float


class Missing:
    """When to ask again for each job that was not there: ever more rarely, and never not at all."""

    def __init__(self) -> None:
        self._absent: dict[JobKey, _Absence] = {}

    def is_due(self, key: JobKey, now: float) -> bool:
        """Tell whether a job is to be asked for at `now` (monotonic seconds)."""
        absence = self._absent.get(key)
        return absence is None or now >= absence.due

    def is_missed(self, key: JobKey) -> bool:
        """Tell whether a job was not there when it was asked for last."""
        return key in self._absent

    def note(self, key: JobKey, now: float) -> None:
        """Note that a job was not there."""
        times = self._absent[key].times + 1 if key in self._absent else 1
        self._absent[key] = _Absence(times, now + min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (times - 1)))

    def found(self, key: JobKey) -> None:
        """Note that a job is there, or is started anew."""
        self._absent.pop(key, None)


def unseen(job: Job, now: datetime) -> Job:
    """Return a job that its service does not show: one that was never seen may still come."""
    never_seen = job.state is JobState.STARTING and not job.service_word
    if never_seen and job.created is not None and now - job.created < SETTLING:
        return replace(job, message=NOT_YET)
    return replace(job, state=JobState.UNKNOWN, message=GONE, seconds_left=None)
