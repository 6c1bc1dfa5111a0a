"""What is wished for with a list of references, and what was found in it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from batchdock.core.job import Job, JobOptions
from batchdock.core.reference import LineCause, LineFinding
from batchdock.flows.transfers.reading import READERS
from batchdock.store.looked import Counts, LookedList
from batchdock.store.references import ReferenceSending


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWish:
    """What is to be started over the batch, as soon as all is taken in.

    With a `mark` the ids of the jobs follow from it, as those of an `Order` do. What is taken in is noted in the file
    `had`, where one is given.
    """

    workflow_id: str
    options: JobOptions
    mark: str = ""
    had: Path | None = None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What the service has in the end, out of `total`; `missing` are the first of those it does not have."""

    count: int
    total: int
    missing: tuple[tuple[str, str], ...] = ()
    """Each with why, empty where the service does not say."""

    @property
    def lost(self) -> int:
        """How many it has not taken in."""
        return max(0, self.total - self.count)


@dataclass(frozen=True, slots=True)
class Carried:
    """How one sending ended, and the job that was started then, where one was wished for."""

    sending: ReferenceSending
    handed: HandedOver
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """A list that was looked at, and what is in it. `address` may be a secret, empty for a file."""

    look_id: str
    name: str
    counts: Counts
    path: Path | None = None
    address: str = field(default="", repr=False)
    _list: LookedList | None = field(default=None, repr=False)

    async def findings(self, first: int, count: int, cause: LineCause | None = None) -> list[LineFinding]:
        """Return some of the lines that are left out, from the `first`-th on."""
        if self._list is None:
            return []
        return await READERS.run(self._list.findings, first, count, cause)

    async def findings_after(self, line: int, count: int) -> list[LineFinding]:
        """Return the lines that are left out after this one, at most so many."""
        return [] if self._list is None else await READERS.run(self._list.findings_after, line, count)

    @property
    def findings_file(self) -> LookedList | None:
        """What was found, line by line."""
        return self._list

    async def without(self, had: Path) -> "Looked":
        """Leave out what is in the file `had`; see `store.had`."""
        if self._list is None or not await READERS.run(had.is_file):
            return self
        return replace(self, counts=await READERS.run(self._list.leave_out, had))

    def close(self) -> None:
        """Let go of it, without forgetting it: it is on its way."""
        if self._list is not None:
            self._list.close()


def job_text(job_id: str, wish: JobWish) -> dict[str, Any]:
    """Return what is to be started as it is written down."""
    noted = {} if wish.had is None else {"had": str(wish.had)}
    return {"job_id": job_id, "workflow_id": wish.workflow_id, "options": asdict(wish.options), **noted}


def options_of(job: Mapping[str, Any]) -> JobOptions:
    """Undo `job_text`."""
    options = dict(job["options"])
    return JobOptions(**{**options, "image_outputs": tuple(options.get("image_outputs", ()))})
