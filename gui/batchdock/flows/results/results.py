"""The results page, without the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.batch import StagedFile
from batchdock.core.problem import FileFailure


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside an archive; `size` in bytes. `name` is the path inside, which `Results.read` takes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class SaveReport:
    """What was saved: the folder, how many files it got, how many originals have results, and what did not work."""

    folder: Path
    files: int
    originals: int
    problems: tuple[FileFailure, ...]


class Results:
    """Looks into result batches and saves them."""

    async def members(self, account_id: str, batch_id: str, file: StagedFile) -> tuple[Member, ...]:
        """Return what is inside an archive; it is fetched once and kept in a cache."""
        raise NotImplementedError

    async def read(self, account_id: str, batch_id: str, file: StagedFile, member: str | None = None) -> bytes:
        """Return the bytes of a file, or of one member of an archive."""
        raise NotImplementedError

    async def save(
        self,
        account_id: str,
        batch_ids: Sequence[str],
        to: Path,
        *,
        parts: Sequence[str] | None = None,
        name: str = "",
    ) -> SaveReport:
        """Save the results below the folder `to`, in a new folder called `name`. Never overwrites anything."""
        raise NotImplementedError

    def saved(self, job_key: tuple[str, str]) -> Path | None:
        """Return the folder in which the results of a job were saved last, if it is still there."""
        raise NotImplementedError
