"""How a job ended, and what was saved of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchdock.cli.bars import job_word
from batchdock.cli.session import Session, error_as_json
from batchdock.cli.shapes import failures_shape, job_shape, saved_shape
from batchdock.core.errors import BatchdockError
from batchdock.core.job import Job
from batchdock.core.problem import FileFailure
from batchdock.core.states import JobState


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended, and what was saved of it."""

    job: Job
    failures: tuple[FileFailure, ...]
    saved: dict[str, Any] | None
    error: BatchdockError | None = None

    @property
    def ok(self) -> bool:
        """True when every item has a result or is named with its reason."""
        if self.error is not None or self.job.state not in (JobState.DONE, JobState.DONE_WITH_PROBLEMS):
            return False
        return self.job.state is JobState.DONE or len(self.failures) >= (self.job.problems or 1)

    def shape(self) -> dict[str, Any]:
        """Return it for JSON."""
        error = {"error": error_as_json(self.error)} if self.error is not None else {}
        return {
            "job": job_shape(self.job),
            "saved": self.saved,
            "problems": failures_shape(self.failures),
            **error,
        }


async def outcome_of(session: Session, job: Job, save_to: Path | None) -> Outcome:
    """Wait for the end of a job, save its results if a folder is given, and tell how it went."""
    job = await session.desk.jobs.ended(job.key)
    error: BatchdockError | None = None
    failures: tuple[FileFailure, ...] = ()
    saved = None
    try:
        while (detail := await session.desk.jobs.detail(job.key)).more:
            pass
        failures = detail.failures
        if save_to is not None and job.output_batches:
            report = await session.desk.results.save(job.account_id, job.output_batches, save_to, name=job.name)
            saved = saved_shape(report)
    except BatchdockError as found:
        error = found
    return Outcome(job, failures, saved, error)


def say_outcome(session: Session, outcome: Outcome) -> None:
    """Say it on stderr, every file that has no result by name."""
    job = outcome.job
    session.say(f"{job.name}: {job_word(job.state)}. {job.message}".rstrip())
    for failure in outcome.failures:
        session.say(f"Not processed: {failure.name}: {failure.cause}")
    if outcome.saved is not None:
        session.say(f"Saved in {outcome.saved['folder']}")
    if outcome.error is not None:
        session.say(outcome.error.sentence())
