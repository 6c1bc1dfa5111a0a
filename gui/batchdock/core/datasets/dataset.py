"""A dataset and its history: branches, drafts, commits, tags. Only drafts change; a commit is for ever."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

NO_COMMIT = "0" * 32
"""Stands where there is no commit yet (contract §1.5)."""

MAIN = "main"
"""The branch that every dataset begins with."""


class DatasetKind(StrEnum):
    """What a dataset is made of."""

    ORDINARY = "ordinary"
    """Files in segments."""
    FUSION = "fusion"
    """Frames in segments, each with a file of every sensor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One dataset. What only its list tells is None where one alone was asked for, and the other way round.

    `commit_id` is the head of its default branch, empty before the first commit. `tabs` are what the service says it is
    about: (group, words).
    """

    account_id: str
    dataset_id: str
    name: str
    alias: str = ""
    kind: DatasetKind = DatasetKind.ORDINARY
    default_branch: str = MAIN
    commit_id: str = ""
    files: int | None = None
    bytes: int | None = None
    updated: datetime | None = None
    owner: str = ""
    is_public: bool | None = None
    storage: str = ""
    """The name of the storage config it lies in."""
    tabs: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """Which state of a dataset is meant: a draft by its number, or a commit by its id, a branch's or a tag's name."""

    commit: str = ""
    draft: int = 0

    @property
    def is_draft(self) -> bool:
        """Whether it can be changed."""
        return self.draft > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One version that stays. `parent` is empty for the first one."""

    commit_id: str
    title: str = ""
    description: str = ""
    parent: str = ""
    author: str = ""
    made: datetime | None = None
    files: int | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """A name for the newest of a line of commits; `commit_id` is empty before the first."""

    name: str
    commit_id: str = ""
    title: str = ""
    made: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A name for one commit. Several may name the same."""

    name: str
    commit_id: str = ""
    title: str = ""
    made: datetime | None = None


class DraftState(StrEnum):
    """What became of a draft."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    COMMITTED = "COMMITTED"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Changes that are not committed yet; at most one is open on each branch."""

    number: int
    title: str = ""
    description: str = ""
    branch: str = ""
    state: DraftState = DraftState.UNKNOWN
    parent: str = ""
    author: str = ""
    made: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a dataset, with a name of any characters; the empty one is a name too."""

    name: str
    description: str = ""


class Strategy(StrEnum):
    """What happens to a name that is already there."""

    ABORT = "abort"
    OVERRIDE = "override"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Notes:
    """What is said of a version as a whole. `point_fields` names the columns of binary point clouds."""

    is_continuous: bool = False
    point_fields: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are, and how many of them came, went and changed."""

    total: int = 0
    additions: int = 0
    deletions: int = 0
    modifications: int = 0


@dataclass(frozen=True, slots=True)
class DatasetDiff:
    """What a draft or a commit changes against its parent. What is said to have happened are the service's words:
    unmodify, add, delete, modify, or nothing."""

    action: str = ""
    segments: Counts = field(default_factory=Counts)
    data: Counts = field(default_factory=Counts)
    notes: str = ""
    catalog: str = ""


@dataclass(frozen=True, slots=True)
class SegmentDiff:
    """What happened to one segment."""

    name: str
    action: str = ""
    data: Counts = field(default_factory=Counts)
    sensor: str = ""


@dataclass(frozen=True, slots=True)
class DataDiff:
    """What happened to one file and to its label."""

    remote_path: str
    action: str = ""
    file: str = ""
    label: str = ""
