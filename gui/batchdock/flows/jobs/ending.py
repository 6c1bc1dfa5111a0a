"""What is asked once when a job is over: its parts, its log, its results. Then it is settled, and told."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from batchdock.core.batch import Content
from batchdock.core.errors import NotFound
from batchdock.core.job import Job
from batchdock.core.ports import Service
from batchdock.core.problem import FileFailure
from batchdock.core.states import JobState
from batchdock.flows.jobs.board import JobKey
from batchdock.flows.jobs.details import (
    ENDED_WELL,
    FILE_NOT_PROCESSED,
    StageDetail,
    failures_in,
    lost_files,
    problem_of,
    settled,
)
from batchdock.flows.problems import Problems
from batchdock.store import Journal

NAMED_FILES = 1_000
"""A problem names at most so many files; the detail of the job has all."""
UNTOLD = "Finished. The service could not show what became of each file."


class Ending:
    """Settles jobs that are over."""

    def __init__(self, journal: Journal, problems: Problems, *, again: Callable[[JobKey], Awaitable[object]]) -> None:
        """`again` starts a job once more."""
        self._journal, self._problems, self._again = journal, problems, again

    async def settle(self, service: Service, job: Job, stages: tuple[StageDetail, ...]) -> Job:
        """Ask what is needed to say how the job ended, and report it. Raises what the service raises."""
        failures: list[FileFailure] = []
        if service.capabilities.tells_steps and not _is_accounted_for(job):
            try:
                entries = [entry async for entry in service.logs(job.job_id) if entry.log_type == FILE_NOT_PROCESSED]
            except NotFound:
                entries = []
            failures = failures_in(entries, self._journal, job.account_id, job.batch_id)
        lost = lost_files(self._journal, job)
        job, results = await _with_results(service, job)
        job = settled(job, stages, len(lost), len(failures), results=results)
        if problem_of(job) is None:
            self.goes_on(job)  # Of an end that the service has corrected.
        self.report(job, (*lost, *failures))
        return job

    def settle_blindly(self, job: Job, stages: tuple[StageDetail, ...]) -> Job:
        """Say how a job ended whose log and results the service can not show, whatever is asked. Report it."""
        lost = lost_files(self._journal, job)
        job = settled(job, stages, len(lost), 0)
        if job.state is JobState.DONE and not _is_accounted_for(job):
            job = replace(job, state=JobState.DONE_WITH_PROBLEMS, message=UNTOLD)
        self.report(job, lost)
        return job

    def goes_on(self, job: Job) -> None:
        """Take a job off the problems: it works again, or is gone."""
        self._problems.settle(_problem_id(job))

    def report(self, job: Job, files: tuple[FileFailure, ...] = (), *, may_start_again: bool = True) -> None:
        """Put a job that ended badly among the problems."""
        error = problem_of(job)
        if error is None:
            return
        ended_well = job.state is JobState.DONE_WITH_PROBLEMS
        again = None if ended_well or not may_start_again else lambda: self._again(job.key)
        self._problems.report(
            _problem_id(job), job.name, error, files=files[:NAMED_FILES], job=job.key, at=job.last_news, again=again
        )


def _problem_id(job: Job) -> str:
    return f"job:{job.account_id}:{job.job_id}"


def _is_accounted_for(job: Job) -> bool:
    """Tell whether the counts alone say that every item was processed."""
    return job.problems == 0 and job.items_done is not None and job.items_done == job.items_total


async def _with_results(service: Service, job: Job) -> tuple[Job, bool]:
    """Look for the results of a job that ended well. Return it with their time, and whether there are any.

    Where nothing names them, they are where this service always puts them (contract §5.1).
    """
    if job.state not in ENDED_WELL or service.account.is_this_computer or job.content is Content.UNKNOWN:
        return job, True
    if not service.capabilities.takes_files:
        return job, True
    named = job.output_batches or (f"{job.job_id}-export",)
    try:
        batch = await service.batch(named[-1])
    except NotFound:
        # A job that ended while the app was closed for long had its results; they are gone by now.
        gone = job.expires is not None and job.expires < datetime.now(UTC)
        return job, gone
    return replace(job, output_batches=named, expires=batch.expires or job.expires), True
