"""Watched folders: what counts as a finished file in one, and when a batch is made of them."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from batchdock.core.errors import BatchdockError

SETTLED_SECONDS = 5.0
"""How long a file must not have changed until it counts as finished."""

_PARTIAL = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp", ".temp", ".opdownload")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells without reading it that a file is the one that was there: size, time of change, number on its disk."""

    size: int
    modified: int
    """Nanoseconds."""
    inode: str


@dataclass(frozen=True, slots=True)
class FinishedFile:
    """A file that has stopped growing. `path` is relative to the folder, with slashes."""

    path: str
    stamp: Stamp
    digest: bytes


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """A folder whose finished files go through a workflow. The ids of its jobs begin with `mark`."""

    number: int
    mark: str
    path: Path


@dataclass(frozen=True, slots=True)
class WatchedBatch:
    """Files that were gathered, by their paths in the folder. `number` counts the batches of the folder from 1."""

    folder: WatchedFolder
    number: int
    paths: tuple[str, ...]

    @property
    def mark(self) -> str:
        """What the ids of its jobs begin with: whoever asks for them again gets the same jobs."""
        return f"{self.folder.mark}-{self.number}"


@dataclass(frozen=True, slots=True)
class WatchState:
    """How it stands with a watched folder: files that wait for a batch, files that are not finished, and whether a
    batch is worked on. `trouble` is what keeps it from going on; it goes on by itself when that is over."""

    waiting: int = 0
    unfinished: int = 0
    running: bool = False
    trouble: BatchdockError | None = None


@dataclass(frozen=True, slots=True)
class Gathering:
    """A batch is made of what is there after `seconds`, or earlier as soon as there are `count` files."""

    seconds: float = 600.0
    count: int = 500


@dataclass(frozen=True, slots=True)
class Watch:
    """What a recipe may do by itself: run over what is finished in a folder.

    `monthly_credits` is what its jobs may use in a calendar month; accounts that cost money work only within it.
    """

    recipe_id: str
    folder: Path
    gathering: Gathering = field(default_factory=Gathering)
    on: bool = False
    monthly_credits: float | None = None


@dataclass(frozen=True, slots=True)
class Patterns:
    """Which files count, by name or path in the folder, whatever the case. Without `include` all that are not left
    out."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def fit(self, path: str) -> bool:
        """Tell whether a file counts. Hidden files and those that a program is still writing never do."""
        name = path.rpartition("/")[2].casefold()
        if name.startswith((".", "~")) or name.endswith(_PARTIAL):
            return False
        return (not self.include or _matches(path, name, self.include)) and not _matches(path, name, self.exclude)


def _matches(path: str, name: str, patterns: tuple[str, ...]) -> bool:
    whole = path.casefold()
    return any(fnmatchcase(name, each.casefold()) or fnmatchcase(whole, each.casefold()) for each in patterns)
