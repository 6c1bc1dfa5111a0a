"""Jobs, their stages and their tasks."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from batchdock.core.batch import Content, Progress
from batchdock.core.states import JobState


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the job table: what is known of a job, whoever does it.

    `progress` is 0–1 or None when nobody knows. `items_*` count pictures or videos; `problems` counts items that
    could not be processed. Times are timezone-aware; `last_news` is when the service last reported a change.
    """

    account_id: str
    job_id: str
    name: str
    state: JobState
    content: Content = Content.UNKNOWN
    created: datetime | None = None
    workflow_id: str = ""
    batch_id: str = ""
    progress: float | None = None
    items_total: int | None = None
    items_done: int | None = None
    problems: int | None = None
    seconds_left: float | None = None
    stage: str = ""
    last_news: datetime | None = None
    message: str = ""
    service_word: str = ""
    output_batches: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What tells this job from every other, in every account."""
        return (self.account_id, self.job_id)


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a job, usually `processing` and then `export`."""

    stage_id: str
    name: str
    tasks_number: int
    status: Progress
    output_batches: tuple[str, ...] = ()
    started: datetime | None = None
    last_news: datetime | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of a stage: one per shard or per video. `progress` is None until it starts.

    `done`, `total` and `failed` count items and are None where the service does not say (only *This computer* does).
    """

    task_id: str
    status: Progress
    progress: float | None
    at: datetime | None = None
    message: str = ""
    done: int | None = None
    total: int | None = None
    failed: int | None = None


class Severity(StrEnum):
    """How much a log line matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of a job's log."""

    created: datetime | None
    severity: Severity
    log_type: str
    module: str
    message: str
    stage_id: str | None = None
    task_id: str | None = None
    payload: dict[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDefinition:
    """Everything a job is created from (contract §4.1). None means: left to the service."""

    content: Content
    batch_id: str
    workflow_id: str
    part: str | None = None
    image_input: str | None = None
    parameters: dict[str, object] = field(default_factory=dict)
    keep_images: bool = False
    image_outputs: tuple[str, ...] = ()
    table_format: str | None = None
    max_video_fps: float | None = None
    machine: str | None = None
    workers_per_machine: int | None = None
    max_parallel_tasks: int | None = None
    timeout_seconds: int | None = None
    max_failure_rate: float | None = None
    notifications_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartOverride:
    """What may change when a job is started again (contract §4.7)."""

    machine: str | None = None
    workers_per_machine: int | None = None
    max_parallel_tasks: int | None = None
    timeout_seconds: int | None = None
    max_failure_rate: float | None = None
