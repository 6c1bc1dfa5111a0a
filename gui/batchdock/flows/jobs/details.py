"""What is shown of one job that somebody looks at: its stages, their tasks, and the files that did not work."""

from dataclasses import dataclass

from batchdock.core.job import Job, Stage, Task
from batchdock.core.problem import FileFailure


@dataclass(frozen=True, slots=True)
class StageDetail:
    """A stage with its tasks."""

    stage: Stage
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class JobDetail:
    """A job with everything below it. `failures` have their original names."""

    job: Job
    stages: tuple[StageDetail, ...]
    failures: tuple[FileFailure, ...]
