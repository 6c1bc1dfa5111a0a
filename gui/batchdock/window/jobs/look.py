"""What the cells of the job table are written with besides their jobs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from batchdock.core.job import Job
from batchdock.window.jobs.alphabet import Alphabet
from batchdock.window.jobs.filters import Question


@dataclass
class Look:
    """The time, the names of accounts and workflows as far as they are known, the order of the alphabet.

    `workflows` is by account id and workflow id. `found` is what services have found under filters of their own.
    """

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    accounts: Mapping[str, str] = field(default_factory=dict)
    workflows: Mapping[tuple[str, str], str] = field(default_factory=dict)
    found: dict[Question, frozenset[tuple[str, str]]] = field(default_factory=dict)
    alphabet: Alphabet = field(default_factory=Alphabet)

    def where(self, job: Job) -> str:
        """Return the name of the job's account."""
        return self.accounts.get(job.account_id, job.account_id)

    def workflow(self, job: Job) -> str:
        """Return the name of the job's workflow, or its id."""
        return self.workflows.get((job.account_id, job.workflow_id)) or job.workflow_id
