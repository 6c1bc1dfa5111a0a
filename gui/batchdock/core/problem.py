"""Problems: what waits for a person."""

from dataclasses import dataclass
from datetime import datetime

from batchdock.core.errors import BatchdockError

GONE = "The file is not there any more"
"""How the cause of a failure begins where it was the file that was away: it may come back."""
NOT_READ = "The file can not be read"
"""How it begins where its disk did not hand it over."""


@dataclass(frozen=True, slots=True)
class FileFailure:
    """One file that was left out or could not be processed, by its original relative path."""

    name: str
    cause: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of the problems page. It disappears when its cause does."""

    problem_id: str
    about: str
    """What it belongs to, as people know it: the name of a job, transfer or account."""
    error: BatchdockError
    at: datetime
    files: tuple[FileFailure, ...] = ()
    job: tuple[str, str] | None = None
    can_retry: bool = False
