"""What can be done to a job, by its state and by what its service can do."""

from collections.abc import Callable, Iterable
from datetime import datetime

from batchdock.core.job import Job
from batchdock.core.ports import Capabilities
from batchdock.core.states import JobState
from batchdock.window.jobs.cell_texts import in_grace

Able = Callable[[str], Capabilities]
"""What the service of an account can do."""

_CAN_START_AGAIN = frozenset({JobState.FAILED, JobState.STOPPED, JobState.DONE_WITH_PROBLEMS, JobState.ON_HOLD})
_CAN_NOT_STOP = frozenset({JobState.DRAFT, JobState.STOPPING})
_HELD = frozenset({JobState.ON_HOLD})
"""What a service itself holds it lets go itself; only what this app holds, since credits are used up, can be begun."""

OF_SEVERAL = frozenset({"start", "take-back", "stop", "restart", "run-again", "remove"})
"""What can be done to many jobs at once, to those among them that it fits."""


def offered(job: Job, able: Capabilities, now: datetime) -> frozenset[str]:
    """Return the commands that mean something for this job."""
    draft, grace = job.state is JobState.DRAFT, in_grace(job, now)
    over, files = job.state.is_terminal, able.takes_files
    again = able.restarts(job) and job.state in (_CAN_START_AGAIN if files else _CAN_START_AGAIN - _HELD)
    offers = {
        "start": draft or grace,
        "take-back": grace,
        "change-draft": draft,
        "stop": able.stops(job)
        and not over
        and not grace
        and job.state not in (_CAN_NOT_STOP if files else _CAN_NOT_STOP | _HELD),
        "restart": again,
        "restart-changed": again and able.can_restart_changed,
        "run-again": over and files,
        "run-new-files": not draft and not grace and files,
        "duplicate": not grace and files,
        "make-recipe": not draft and not grace and files,
        "catch-results": able.sends_events,
        "annotate": True,
        "rename": True,
        # One that works should stay in sight.
        "remove": over or draft,
    }
    return frozenset(command for command, fits in offers.items() if fits)


def offered_to(jobs: Iterable[Job], able: Able, now: datetime) -> tuple[frozenset[str], frozenset[str]]:
    """Return what can be done to some of these jobs, and what to all. There may be 100,000: of those that are alike
    one is looked at."""
    alike = {
        (job.state, job.kind, job.account_id, job.goes_out is not None and in_grace(job, now)): job for job in jobs
    }
    each = [offered(job, able(job.account_id), now) for job in alike.values()]
    return frozenset().union(*each), frozenset.intersection(*each) if each else frozenset()


def loses_something(job: Job, able: Capabilities) -> bool:
    """Tell whether stopping a job costs money that was spent, or work that was done: then it is asked about."""
    return able.costs_money or bool(job.items_done) or bool(job.progress) or job.state is JobState.RUNNING
