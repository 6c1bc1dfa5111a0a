"""What kinds of jobs there are, and the ids by which the app tells them apart (contract §4.11, §6)."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

from batchdock.core.errors import NotFound
from batchdock.core.text import QT_TRANSLATE_NOOP


class JobKind(StrEnum):
    """What a job does, in the service's spelling, which matters (contract §6)."""

    MERGE = "squashAndMerge"
    SEARCH = "basicSearch"
    EVALUATION = "evaluations"
    """No job type of the service's: the app's own word."""


OF_DATASETS = (JobKind.MERGE, JobKind.SEARCH)
"""Each is a list of its own, one for every dataset."""

TITLES = {
    JobKind.MERGE: QT_TRANSLATE_NOOP("service", "Merge"),
    JobKind.SEARCH: QT_TRANSLATE_NOOP("service", "Search"),
    JobKind.EVALUATION: QT_TRANSLATE_NOOP("service", "Evaluation"),
}


@dataclass(frozen=True, slots=True)
class JobRef:
    """One job. `keeper` is the id of its dataset; of an evaluation, of its benchmark."""

    kind: JobKind
    keeper: str
    number: str

    @property
    def job_id(self) -> str:
        """Return the id the app knows it by: each part percent-encoded whole, so that none can be mistaken."""
        parts = (self.kind, self.keeper) if self.kind is JobKind.EVALUATION else (self.keeper, self.kind)
        return "/".join(quote(part, safe="") for part in (*parts, self.number))

    @property
    def at(self) -> dict[str, str]:
        """Return the values of the paths of its operations."""
        if self.kind is JobKind.EVALUATION:
            return {"benchmark": self.keeper, "evaluation": self.number}
        return {"dataset": self.keeper, "job": self.number}


def ref_of(job_id: str, service: str) -> JobRef:
    """Return the job that has this id. Raise `NotFound` for what never was one."""
    parts = [unquote(part) for part in job_id.split("/")]
    if len(parts) == 3 and all(parts):
        first, second, number = parts
        if second in OF_DATASETS:
            return JobRef(JobKind(second), first, number)
        if first == JobKind.EVALUATION:
            return JobRef(JobKind.EVALUATION, second, number)
    raise NotFound(service=service, reason="There is no such job.")
