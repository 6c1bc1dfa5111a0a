"""Tells start-up from items by watching the progress of a job: what the items do not explain was start-up.

Only differences of times count, so it does not matter whether the clocks of the service and of this computer agree.
"""

from dataclasses import dataclass
from datetime import datetime

from batchdock.core.job import Job
from batchdock.core.states import JobState

_PROCESSING = 0.95
"""How much of a job's progress its items are, before the results are packed (`flows.jobs.details`)."""
_LEAST_PART = 0.3
"""Of the job, that must have been seen to move."""
_LEAST_SECONDS = 30.0
"""Of that movement: a service is asked every few seconds only."""


@dataclass(slots=True)
class _Seen:
    first: tuple[datetime, float]
    last: tuple[datetime, float]


class StartUps:
    """Remembers of each job that moves where its progress was first and last seen."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], _Seen] = {}

    def look(self, job: Job) -> None:
        """Take in how a job is that is not over."""
        if job.state is not JobState.RUNNING or not job.progress or job.last_news is None:
            return
        point, seen = (job.last_news, job.progress), self._seen.get(job.key)
        if seen is None or point[1] < seen.last[1]:
            self._seen[job.key] = _Seen(point, point)
        elif point[1] > seen.last[1]:
            seen.last = point

    def take(self, key: tuple[str, str], seconds: float) -> float | None:
        """Return how many of the `seconds` that a job was processed were start-up, and forget it. None: unknown."""
        seen = self._seen.pop(key, None)
        if seen is None:
            return None
        (first, before), (last, after) = seen.first, seen.last
        moved, part = (last - first).total_seconds(), after - before
        if part < _LEAST_PART or moved < _LEAST_SECONDS:
            return None
        return max(0.0, seconds - moved / part * _PROCESSING)
