"""How a folder is watched, and who is asked and told about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.job import Job, JobOptions
from batchdock.core.watched import SETTLED_SECONDS, Gathering, Patterns, WatchState

Identity = tuple[str, int, float]
"""Path, size, and time of change in seconds, to the millisecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchWish:
    """What is done with the finished files of a folder.

    `task` tells it from other things that are done with the same folder. `monthly_credits` must be given where the
    account costs money. `results` is where the results go, if that is known: never into the folder, or what is drawn
    would be taken in.
    """

    path: Path
    task: str
    name: str
    account_id: str
    workflow_id: str
    options: JobOptions
    content: Content = Content.UNKNOWN
    patterns: Patterns = field(default_factory=Patterns)
    gathering: Gathering = field(default_factory=Gathering)
    settled_seconds: float = SETTLED_SECONDS
    monthly_credits: float | None = None
    results: Path | None = None


class Oversight:
    """Sees to the batches of a watched folder, and is told how it stands. After a kill all is asked once more."""

    async def note(self, mark: str) -> None:
        """Take in that jobs with this mark are about to be ordered."""

    async def see_to_its_end(self, jobs: tuple[Job, ...]) -> None:
        """Do what is to be done with the jobs of a batch, until it needs nothing more."""
        raise NotImplementedError

    def jobs(self, mark: str) -> Iterable[tuple[str, str]]:
        """Return the keys of all jobs that count against the limit; `mark` is what those of the folder begin with."""
        raise NotImplementedError

    def had(self) -> frozenset[Identity]:
        """Return which files were processed by other ways. Blocks."""
        return frozenset()

    def show(self, state: WatchState) -> None:
        """Take in how it stands."""
