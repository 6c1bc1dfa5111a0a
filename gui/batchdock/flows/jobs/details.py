"""What is known of one job beyond the list: its stages, their tasks, and the files that did not work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from batchdock.core.batch import Progress
from batchdock.core.errors import FilesNotProcessed, JobFailed, JobProblem
from batchdock.core.job import Job, LogEntry, Stage, Task
from batchdock.core.problem import FileFailure
from batchdock.core.progress import TaskCounts, stage_progress
from batchdock.core.states import JobState
from batchdock.core.text import counted
from batchdock.flows.intake.names import printable
from batchdock.store import Journal

FILE_NOT_PROCESSED = "file-not-processed"
"""The log type under which a service names a file it could not process, with its cause."""

NO_RESULTS = "Finished, but no results."

ENDED_WELL = (JobState.DONE, JobState.DONE_WITH_PROBLEMS)

_EXPORT = "export"
_EXPORT_SHARE = 0.05
"""How much of a job the packing of the results is, at most; the bar must not stand at 100 % meanwhile."""


@dataclass(frozen=True, slots=True)
class StageDetail:
    """A stage with its tasks, as far as they were read. `whole` is False while `counts` are of a part of them."""

    stage: Stage
    tasks: tuple[Task, ...]
    counts: TaskCounts
    whole: bool


@dataclass(frozen=True, slots=True)
class JobDetail:
    """A job with everything below it. `failures` have their original names.

    `more`: the job is over, and not all of it has been read yet; asked again, it goes on where it stopped.
    """

    job: Job
    stages: tuple[StageDetail, ...]
    failures: tuple[FileFailure, ...]
    more: bool = False


def refined(job: Job, stages: Sequence[StageDetail]) -> Job:
    """Return `job` with what its stages tell and the list did not: progress, counts, outputs, stage, start.

    Progress stays None while tasks of a stage were not read yet: what is read first may be what was done first.
    """
    if not stages:
        return job
    working = [each for each in stages if each.stage.name != _EXPORT]
    packing = [each for each in stages if each.stage.name == _EXPORT]
    progress = job.progress
    if progress is None and all(each.whole for each in stages):
        share = _EXPORT_SHARE if working else 1.0
        progress = (1.0 - share) * _mean(working) + share * _mean(packing)
    tasks = [task for each in working if each.whole for task in each.tasks]
    starts = [each.stage.started for each in stages if each.stage.started is not None]
    return replace(
        job,
        progress=1.0 if job.state is JobState.DONE else progress,
        items_done=_first(job.items_done, _sum(task.done for task in tasks)),
        problems=_first(job.problems, _sum(task.failed for task in tasks)),
        stage=job.stage or stages[-1].stage.name,
        started=min(starts) if job.started is None and starts else job.started,
        output_batches=job.output_batches or results_among(stages[-1].stage.output_batches),
    )


def results_among(batches: Iterable[str]) -> tuple[str, ...]:
    """Return the batches to save: the packed results, where raw ones are named beside them (contract §5.1)."""
    named = tuple(dict.fromkeys(batches))
    return tuple(batch for batch in named if batch.endswith("-export")) or named


def settled(job: Job, stages: Sequence[StageDetail], lost: int, failures: int, *, results: bool = True) -> Job:
    """Return a job that its service calls done as what it is: done only when every item was processed.

    `lost` items never reached the service; `failures` are the files its log names; `results` tells whether there are
    any.
    """
    if job.state not in ENDED_WELL:
        return job
    problems = max(job.problems or 0, failures) + lost
    broken = sum(task.status is Progress.ERROR for each in stages for task in each.tasks)
    done, total = job.items_done, job.items_total
    unaccounted = total - done - problems if total is not None and done is not None else 0
    told = problems if job.problems is not None or problems else None
    if results and problems == 0 and broken == 0 and unaccounted == 0:
        return replace(job, state=JobState.DONE, problems=told, progress=1.0)
    if problems and total:
        message = f"{problems:,} of {total:,} could not be processed."
    elif unaccounted > 0:
        message = f"{unaccounted:,} of {total:,} have no result, and the service gave no reason."
    elif unaccounted < 0:
        message = f"Results: {done:,}. Files sent: {total:,}."
    elif broken:
        message = f"{counted(broken, 'part', 'parts')} of the job did not work."
    else:
        message = "Some files could not be processed." if results else ""
    if not results:
        message = f"{NO_RESULTS} {message}".strip()
    return replace(job, state=JobState.DONE_WITH_PROBLEMS, problems=told, progress=1.0, message=message)


def problem_of(job: Job) -> JobProblem | None:
    """Return what a person should know of how a job ended, or None when all is well."""
    if job.state is JobState.FAILED:
        return JobFailed(name=job.name, reason=job.message or "–")
    if job.state is JobState.DONE_WITH_PROBLEMS:
        return FilesNotProcessed(name=job.name, reason=job.message)
    return None


def lost_files(journal: Journal, job: Job) -> tuple[FileFailure, ...]:
    """Return the files that could not even be sent, by their original names."""
    return tuple(
        FileFailure(printable(row.original), row.lost or "")
        for sending in journal.sendings.of_batch(job.account_id, job.batch_id)
        for row in journal.sendings.lost(sending.number)
    )


def failures_in(entries: Iterable[LogEntry], journal: Journal, account_id: str, batch_id: str) -> list[FileFailure]:
    """Return the files that the log names, by their original names, each once."""
    found: dict[str, FileFailure] = {}
    for entry in entries:
        file = entry.payload.get("file")
        if entry.log_type == FILE_NOT_PROCESSED and isinstance(file, str):
            original = journal.sendings.original(account_id, batch_id, file)
            cause = entry.payload.get("cause")
            found[file] = FileFailure(
                printable(original or file), cause if isinstance(cause, str) and cause else entry.message
            )
    return list(found.values())


def _mean(stages: Sequence[StageDetail]) -> float:
    if not stages:
        return 0.0
    return sum(stage_progress(each.tasks, each.stage.tasks_number) for each in stages) / len(stages)


def _sum(numbers: Iterable[int | None]) -> int | None:
    told = [number for number in numbers if number is not None]
    return sum(told) if told else None


def _first(one: int | None, other: int | None) -> int | None:
    return other if one is None else one
