"""Stages and tasks of a job, as the flows read them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from batchdock.core.batch import Progress
from batchdock.core.job import Job, Stage, Task
from batchdock.core.problem import FileFailure
from batchdock.core.progress import count_tasks
from batchdock.flows.jobs import JobDetail, StageDetail

AT = datetime(2026, 11, 22, 11, 58, 30, tzinfo=UTC)


def task(number: int, status: Progress = Progress.MOVING, progress: float | None = None, **fields: Any) -> Task:
    """Return task `number`; one that moves without a progress waits."""
    return Task(f"t-{number:06d}", status, progress, **({"at": AT} | fields))


def tasks(*, done: int = 0, problems: int = 0, running: int = 0, waiting: int = 0, message: str = "") -> list[Task]:
    """Return so many tasks of each kind, in this order; those with problems say `message`."""
    kinds: list[tuple[Progress, float | None]] = [(Progress.SUCCESS, 1.0)] * done
    kinds += [(Progress.ERROR, 0.4)] * problems
    kinds += [(Progress.MOVING, 0.5)] * running + [(Progress.MOVING, None)] * waiting
    return [
        task(number, status, progress, message=message if status is Progress.ERROR else "")
        for number, (status, progress) in enumerate(kinds)
    ]


def stage(
    name: str, some: Sequence[Task], status: Progress = Progress.MOVING, *, whole: bool = True, **fields: Any
) -> StageDetail:
    """Return a stage with these tasks."""
    number = fields.pop("tasks_number", len(some))
    described = Stage(f"s-{name}", name, number, status, **fields)
    return StageDetail(described, tuple(some), count_tasks(some, number if whole else None), whole)


def detail(job: Job, *stages: StageDetail, failures: Sequence[FileFailure] = ()) -> JobDetail:
    """Return everything that is known of a job."""
    return JobDetail(job, stages, tuple(failures))
