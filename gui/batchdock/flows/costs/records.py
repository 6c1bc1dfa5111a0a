"""What the costs need of the board of jobs."""

from collections.abc import Iterable
from typing import Protocol

from batchdock.core.job import Job
from batchdock.store import JobRecord


class Records(Protocol):
    """All jobs as they were last seen."""

    def all(self) -> tuple[JobRecord, ...]:
        """Return every record, hidden ones too."""
        ...

    def get(self, key: tuple[str, str]) -> JobRecord | None:
        """Return one record."""
        ...

    def put(self, jobs: Iterable[Job]) -> None:
        """Take in how jobs are now."""
        ...
