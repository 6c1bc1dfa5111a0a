"""Batches and what is in them: a named pile of files in a service's staging area."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class BatchKind(StrEnum):
    """How a batch was filled. The two ways are never mixed in one batch."""

    SIMPLE = "simple-batch"
    SHARDED = "sharded-batch"
    MULTIPART = "multipart-batch"
    UNKNOWN = "unknown"


class Content(StrEnum):
    """What the files of a batch or part are."""

    IMAGES = "images"
    VIDEOS = "videos"
    METADATA = "metadata"
    ARCHIVES = "archives"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Progress(StrEnum):
    """What the status of a shard, stage or task says, reduced to what can be acted on."""

    MOVING = "info"
    SUCCESS = "success"
    ERROR = "error"

    @staticmethod
    def of(status_type: str) -> "Progress":
        """Read a service's status type: substring tests, as the reference client does (contract §3.4, §4.5)."""
        if "error" in status_type:
            return Progress.ERROR
        if "success" in status_type:
            return Progress.SUCCESS
        return Progress.MOVING


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as a service lists it. Times are timezone-aware."""

    account_id: str
    batch_id: str
    name: str
    kind: BatchKind
    content: Content
    created: datetime | None
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """One named sub-batch of a multipart batch."""

    name: str
    kind: BatchKind
    content: Content
    description: str = ""
    nested_content: Content | None = None


@dataclass(frozen=True, slots=True)
class Shard:
    """One chunk of a sharded batch, and how its ingest went."""

    shard_id: str
    status: Progress
    status_name: str
    objects: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One file of a batch. `url` is a signed address, and so a secret."""

    name: str
    content: Content
    url: str = field(repr=False)
    part: str | None = None
    shard_id: str | None = None
    nested_content: Content | None = None

    @property
    def is_archive(self) -> bool:
        """True when the file is to be unpacked rather than looked at."""
        return self.name.endswith((".tar", ".tar.gz", ".tgz"))
