"""Jobs as the flows would report them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.core.states import JobState

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def job(number: int, state: JobState = JobState.RUNNING, **fields: Any) -> Job:
    """Return job `number`: each is an hour older than the one before."""
    values: dict[str, Any] = {
        "account_id": THIS_COMPUTER_ID,
        "job_id": f"j-{number:05d}",
        "name": f"Lot {number}",
        "content": Content.IMAGES,
        "created": NOON - timedelta(hours=number),
        "workflow_id": "read-codes",
        "batch_id": f"b-{number:05d}",
        "progress": 1.0 if state.is_terminal else (number % 100) / 100,
        "items_total": number * 7 % 1000,
    }
    return Job(state=state, **(values | fields))


def many_jobs(count: int) -> list[Job]:
    """Return `count` jobs in all kinds of states."""
    states = list(JobState)
    return [job(number, states[number % len(states)], problems=number % 5) for number in range(count)]
