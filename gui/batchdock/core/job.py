"""Jobs, their stages and their tasks."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from batchdock.core.batch import Content, Progress
from batchdock.core.states import JobState


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the job table: what is known of a job, whoever does it.

    `progress` is 0–1 or None when nobody knows. `items_*` count pictures or videos, `bytes_total` is their size;
    `problems` counts items that could not be processed. `rate` is in items a second, of late or, when the job has
    ended, over all of it; `device` says what does the work. Only *This computer* tells both. Times are timezone-aware;
    `last_news` is when the service last reported a change, `expires` when it deletes the results, and `goes_out` when
    a start that can still be taken back will be asked for. `ended` stays when a job goes on after its end without
    having been started again: it does not end twice. `source` is the folder the files came from. `credits` is what the
    job used, as far as that can be told. `tags` and `note` are the person's own and known here only. `video_source`,
    `algorithm` and `vendor` are names, `runs_on` is "cloud" or "edge" and `groups` are those of the video source: only
    services that run over cameras tell them. `kind` is what a job does where it runs no workflow over pictures or
    videos (English source, translated in the context "service"), and `dataset` the name of what it does that to.
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
    rate: float | None = None
    device: str = ""
    stage: str = ""
    last_news: datetime | None = None
    message: str = ""
    service_word: str = ""
    output_batches: tuple[str, ...] = ()
    started: datetime | None = None
    ended: datetime | None = None
    expires: datetime | None = None
    goes_out: datetime | None = None
    source: str = ""
    bytes_total: int | None = None
    machine: str = ""
    credits: float | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    video_source: str = ""
    algorithm: str = ""
    vendor: str = ""
    runs_on: str = ""
    groups: tuple[str, ...] = ()
    kind: str = ""
    dataset: str = ""

    @property
    def is_moving(self) -> bool:
        """Tell whether something about it is expected to change soon. A stream runs, or is held, for months."""
        steady = self.content is Content.STREAM and self.state in (JobState.RUNNING, JobState.ON_HOLD)
        return not (steady or self.state.is_terminal)

    @property
    def seconds_taken(self) -> float | None:
        """How long a job that has ended took, in seconds; None while that is not known."""
        if self.started is None or self.ended is None or not self.state.is_terminal:
            return None
        return max(0.0, (self.ended - self.started).total_seconds())

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
class JobOptions:
    """How a job is to work, whatever it works on (contract §4.1). None means: left to the service.

    `parameters` go to the workflow, `image_input` is the name of its picture input. `keep_images` keeps the pictures
    it draws, of the outputs `image_outputs` (empty: all). `table_format` is csv or jsonl, `machine` cpu or gpu,
    `workers_per_machine` 1, 2, 4 or 8. `timeout_seconds` counts the time of all machines together, not the clock's.
    `max_failure_rate` is 0–1, for pictures only; `max_video_fps` for videos only. `metadata_mapping` names, for an
    input of the workflow, the key of each picture's metadata that fills it. `backend` is the engine to run on.
    """

    parameters: dict[str, object] = field(default_factory=dict)
    image_input: str | None = None
    keep_images: bool = False
    image_outputs: tuple[str, ...] = ()
    table_format: str | None = None
    max_video_fps: float | None = None
    machine: str | None = None
    workers_per_machine: int | None = None
    max_parallel_tasks: int | None = None
    timeout_seconds: int | None = None
    max_failure_rate: float | None = None
    metadata_mapping: dict[str, str] = field(default_factory=dict)
    backend: str | None = None
    notifications_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDefinition(JobOptions):
    """Everything a job is created from: its options, and one batch, or one `part` of it.

    `metadata_part` is the part with a file of metadata for each picture.
    """

    content: Content
    batch_id: str
    workflow_id: str
    part: str | None = None
    metadata_part: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartOverride:
    """What may change when a job is started again (contract §4.7)."""

    machine: str | None = None
    workers_per_machine: int | None = None
    max_parallel_tasks: int | None = None
    timeout_seconds: int | None = None
    max_failure_rate: float | None = None
