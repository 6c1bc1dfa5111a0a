"""The rows of the tables as values. Times are seconds since 1970."""

from dataclasses import dataclass, field

NAME_LIMIT = 512
"""Characters in the name of an item: twice what disks take, and its signed address stays short enough to ask for."""


LABEL_LIMIT = 128
"""Characters in an ingest id that a client chose."""


def is_label(text: str) -> bool:
    """Tell whether a client may call an ingest this: readable, and not too long to send back."""
    return 0 < len(text) <= LABEL_LIMIT and text.isprintable()


def objection_to_name(name: str) -> str | None:
    """Return why an item can not be called this, or None. Names are data only, so nearly everything goes."""
    if not name or name in (".", ".."):
        return "The file has no name that can be used."
    if len(name) > NAME_LIMIT:
        return f"The name of a file can have {NAME_LIMIT} characters; this one has {len(name)}."
    if "/" in name or "\x00" in name:
        return "The name of a file can not hold a slash: batches are flat."
    if any("\ud800" <= character <= "\udfff" for character in name):
        return "The name of a file has to be readable text."
    return None


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A batch. `job_id` is set on what a job put out."""

    seq: int
    batch_id: str
    name: str
    kind: str
    content: str
    job_id: str | None
    created: float


@dataclass(frozen=True, slots=True)
class PartRecord:
    """A part of a multipart batch."""

    name: str
    content: str
    nested: str | None
    description: str
    is_sharded: bool = False


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """A shard. `archive` is the tar that waits to be unpacked."""

    seq: int
    shard_id: str
    batch_id: str
    status_type: str
    status_name: str
    at: float
    objects: int
    archive: str | None
    detail: dict[str, object] | None
    part: str


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """A file of a batch: held under `file_id`, or only referred to by `path`, in the bytes of the file system."""

    item_id: int
    batch_id: str
    part: str
    name: str
    shard_id: str | None
    content: str
    nested: str | None
    file_id: str | None
    path: bytes | None
    size: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that is to become an item, held or referred to."""

    name: str
    content: str
    size: int
    modified: float
    file_id: str | None = None
    path: bytes | None = None
    nested: str | None = None


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job. `state` is queued, processing, export or ended; `done`/`total` count the items of the processing stage."""

    seq: int
    job_id: str
    name: str
    definition: dict[str, object]
    overrides: tuple[dict[str, object], ...]
    state: str
    error: bool
    notification: dict[str, object]
    created: float
    updated: float
    total: int = 0
    done: int = 0
    failed: int = 0
    processed: float = 0.0
    """How many items are processed, with the parts of those that are under way."""
    stage: str | None = None
    """The stage that started last."""

    @property
    def is_terminal(self) -> bool:
        """True when nothing more happens unless somebody restarts the job."""
        return self.state == "ended"


@dataclass(frozen=True, slots=True)
class StageRecord:
    """A stage that has started."""

    stage_id: str
    name: str
    status_type: str
    notification: dict[str, object]
    outputs: tuple[str, ...]
    tasks_number: int
    started: float
    updated: float


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """A task. `done` counts items with an outcome, `failed` those of them without a result."""

    seq: int
    task_id: str
    status_type: str
    progress: float | None
    notification: dict[str, object]
    total: int
    done: int
    failed: int
    updated: float


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A line of a job's log."""

    seq: int
    at: float
    stage_id: str | None
    task_id: str | None
    severity: str
    kind: str
    payload: dict[str, object] = field(default_factory=dict)
