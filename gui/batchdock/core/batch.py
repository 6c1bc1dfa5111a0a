"""Batches and what is in them: a named pile of files in a service's staging area."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path


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
    STREAM = "stream"
    """What a camera sees: it has no end, and so no progress."""
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
    failures: tuple[tuple[str, str], ...] = ()
    """Files that were not taken in, and why, where the service says so."""


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


@dataclass(frozen=True, slots=True)
class Choice:
    """Files of one part of a batch (None: of a batch without parts): those in `names`, or with `others` all but those.

    A name is what tells a file of the part from all others: its shard, if any, and its name.
    """

    part: str | None
    names: frozenset[tuple[str | None, str]] = frozenset()
    others: bool = False

    def has(self, shard_id: str | None, name: str) -> bool:
        """Tell whether the file is one of them."""
        return ((shard_id, name) in self.names) is not self.others

    def without(self, other: "Choice") -> "Choice":
        """Return those that are not in `other`, a choice of the same part."""
        if not self.others:
            return Choice(self.part, frozenset(each for each in self.names if not other.has(*each)))
        if other.others:
            return Choice(self.part, other.names - self.names)
        return Choice(self.part, self.names | other.names, others=True)

    def is_met(self, count: int) -> bool:
        """Tell whether so many of them are all."""
        return not self.others and count >= len(self.names)

    def count(self, total: int) -> int:
        """Return how many files these are of `total`."""
        return max(0, total - len(self.names)) if self.others else len(self.names)


FileName = tuple[str | None, str | None, str]
"""A file of a batch: part, shard, name."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved of a batch into `folder`: of all parts or some, all files or some. `missing` could not be had."""

    account_id: str
    batch_id: str
    folder: Path
    at: datetime
    parts: tuple[str, ...] | None = None
    choices: tuple[Choice, ...] | None = None
    missing: frozenset[FileName] = field(default_factory=frozenset)

    def choice(self, part: str | None) -> Choice:
        """Return which files of a part are there."""
        missing = Choice(part, frozenset((shard, name) for of, shard, name in self.missing if of == part))
        chosen = Choice(part, others=self.parts is None or part in self.parts)
        if self.choices is not None:
            chosen = next((each for each in self.choices if each.part == part), Choice(part))
        return chosen.without(missing)
