"""What the service keeps: datasets with all their versions. Plain records; tests look at them and change them.

Versions share what they have in common: a draft copies of its parent only the segments that change in it.
"""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

NO_COMMIT = "0" * 32
Json = dict[str, Any]


def new_id() -> str:
    """Return an id as the service makes them."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class File:
    """One file of a segment, or of a sensor in a frame. Its bytes are in the store by `key`. Never changed."""

    remote_path: str
    checksum: str
    size: int
    key: str
    label: Json = field(default_factory=dict)
    timestamp: float | None = None
    frame_id: str = ""
    sensor: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """What is unique in a segment: the path, in fusion the frame and the sensor."""
        return (self.frame_id, self.sensor) if self.frame_id else ("", self.remote_path)


@dataclass(slots=True)
class Segment:
    """A part of a dataset at a version."""

    name: str
    description: str = ""
    files: dict[tuple[str, str], File] = field(default_factory=dict)
    sensors: dict[str, Json] = field(default_factory=dict)
    _rows: list[list[File]] | None = field(default=None, repr=False, compare=False)

    def put(self, file: File) -> None:
        """Add a file, or put it in another's place."""
        self.files[file.place] = file
        self._rows = None

    def drop(self, place: tuple[str, str]) -> None:
        """Take a file out."""
        del self.files[place]
        self._rows = None

    def rows(self) -> list[list[File]]:
        """Return the files by path, in fusion by frame, one row each (contract §1.4)."""
        if self._rows is None:
            groups: dict[tuple[str, str], list[File]] = {}
            for (frame, _), file in self.files.items():
                groups.setdefault((frame, "" if frame else file.remote_path), []).append(file)
            self._rows = [sorted(files, key=lambda file: file.sensor) for _, files in sorted(groups.items())]
        return self._rows

    def copy(self, name: str | None = None) -> "Segment":
        """Return one with the same files."""
        return Segment(self.name if name is None else name, self.description, dict(self.files), dict(self.sensors))


@dataclass(slots=True)
class Content:
    """A version: segments, catalog, notes."""

    segments: dict[str, Segment] = field(default_factory=dict)
    catalog: Json = field(default_factory=dict)
    notes: Json = field(default_factory=lambda: {"isContinuous": False})
    _own: set[str] = field(default_factory=set)

    def child(self) -> "Content":
        """Return a version that begins as this one and shares its segments."""
        return Content(dict(self.segments), self.catalog, dict(self.notes))

    def changing(self, name: str) -> Segment:
        """Return a segment that may be changed, a copy where it is another version's too. Raise `KeyError`."""
        if name not in self._own:
            self.segments[name] = self.segments[name].copy()
            self._own.add(name)
        return self.segments[name]

    def add(self, segment: Segment) -> Segment:
        """Add a segment that is nobody else's."""
        self._own.add(segment.name)
        self.segments[segment.name] = segment
        return segment

    def files(self) -> Iterator[File]:
        """Yield all files of all segments."""
        for segment in self.segments.values():
            yield from segment.files.values()

    @property
    def size(self) -> int:
        """How many bytes its files have."""
        return sum(each.size for each in self.files())

    @property
    def rows(self) -> int:
        """How many files there are, or frames."""
        return sum(len(each.rows()) for each in self.segments.values())


@dataclass(slots=True)
class Commit:
    """A version that stays."""

    id: str
    parent: str
    content: Content
    title: str = ""
    description: str = ""
    author: str = ""
    date: int = 0
    count: int = 0


@dataclass(slots=True)
class Draft:
    """Changes to come; its content goes on to the commit."""

    number: int
    branch: str
    parent: str
    content: Content
    title: str = ""
    description: str = ""
    status: str = "OPEN"
    author: str = ""
    date: int = field(default_factory=lambda: int(time.time()))
    updated: int = field(default_factory=lambda: int(time.time()))


@dataclass(slots=True)
class Job:
    """What the service does by itself for a dataset (contract §6)."""

    id: str
    type: str
    title: str
    arguments: Json
    description: str = ""
    status: str = "QUEUING"
    created: int = field(default_factory=lambda: int(time.time()))
    started: int | None = None
    finished: int | None = None
    error: str = ""
    result: Json | None = None
    stopping: bool = False
    """It was aborted, and nobody has looked since."""


@dataclass(slots=True)
class Dataset:
    """A dataset. `hidden`: what a search found, which is read like one but in no list."""

    id: str
    name: str
    alias: str = ""
    type: int = 0
    public: bool = False
    config: str = "graviti"
    owner: str = ""
    updated: int = field(default_factory=lambda: int(time.time()))
    tabs: Json = field(default_factory=dict)
    hidden: bool = False
    branches: dict[str, str] = field(default_factory=lambda: {"main": NO_COMMIT})
    tags: dict[str, str] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)

    @property
    def fusion(self) -> bool:
        """Whether it is made of frames."""
        return self.type == 1

    @property
    def head(self) -> Commit | None:
        """The newest commit of the default branch."""
        return self.commits.get(self.branches["main"])

    def commit_of(self, name: str) -> Commit | None:
        """Return the commit that an id, a branch or a tag names."""
        return self.commits.get(name) or self.commits.get(self.branches.get(name, self.tags.get(name, "")))

    def open_draft(self, branch: str) -> Draft | None:
        """Return the open draft of a branch."""
        return next((each for each in self.drafts.values() if each.branch == branch and each.status == "OPEN"), None)

    def new_draft(self, branch: str, title: str, description: str = "", author: str = "") -> Draft:
        """Add a draft that begins as its branch is."""
        parent = self.branches[branch]
        base = self.commits[parent].content.child() if parent in self.commits else Content()
        draft = Draft(len(self.drafts) + 1, branch, parent, base, title, description, author=author)
        self.drafts[draft.number] = draft
        return draft

    def commit(self, draft: Draft, title: str, description: str = "", author: str = "", date: int = 0) -> Commit:
        """Make a draft a commit, the new head of its branch."""
        date = date or int(time.time())
        commit = Commit(
            new_id(), draft.parent, draft.content.child(), title, description, author, date, draft.content.rows
        )
        self.commits[commit.id] = commit
        self.branches[draft.branch] = commit.id
        draft.status, draft.updated, self.updated = "COMMITTED", date, date
        return commit


@dataclass(slots=True)
class Config:
    """A storage config. `files` are what lies in a bucket of the person's own, by path."""

    name: str
    type: str
    path: str
    own: bool = True
    endpoint: str = ""
    key_id: str = ""
    key_secret: str = field(default="", repr=False)
    bucket: str = ""
    account_type: str = ""
    files: dict[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Benchmark:
    """What datasets can be evaluated by; evaluations by id: (created, dataset, commit, result)."""

    id: str
    name: str
    evaluations: dict[str, tuple[int, str, str, Any]] = field(default_factory=dict)
