"""What did not work in a job, grouped by equal cause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from batchdock.core.batch import Progress
from batchdock.core.problem import FileFailure
from batchdock.core.states import JobState
from batchdock.flows.jobs import JobDetail
from batchdock.window.job_details.words import part_word, stage_word


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause, and everything it stopped: files by their original names, and parts of the job."""

    text: str
    names: tuple[str, ...]


def failures_of(detail: JobDetail, unknown: str) -> tuple[FileFailure, ...]:
    """Return the files and the parts that did not work, in this order. `unknown` stands where nobody says why.

    That parts were stopped with the job, as somebody wanted, is no problem.
    """
    job = detail.job
    wanted = job.message if job.state is JobState.STOPPED else None
    parts = [
        FileFailure(f"{stage_word(each.stage.name)}, {part_word(number)}", task.message)
        for each in detail.stages
        for number, task in enumerate(each.tasks, 1)
        if task.status is Progress.ERROR and task.message != wanted
    ]
    every = (*detail.failures, *parts)
    return tuple(each if each.cause.strip() else FileFailure(each.name, unknown) for each in every)


def causes_of(failures: Iterable[FileFailure], search: str = "") -> tuple[Cause, ...]:
    """Return the causes, most frequent first. Searched for, only what has every word in its name or cause."""
    words = search.casefold().split()
    by_cause: dict[str, list[str]] = {}
    for failure in failures:
        if words:
            text = f"{failure.name}\n{failure.cause}".casefold()
            if not all(word in text for word in words):
                continue
        by_cause.setdefault(failure.cause, []).append(failure.name)
    causes = (Cause(text, tuple(names)) for text, names in by_cause.items())
    return tuple(sorted(causes, key=lambda cause: -len(cause.names)))


def text_of(causes: Sequence[Cause]) -> str:
    """Return all of it as text: each cause with its count, and what it stopped below."""
    return "\n".join(
        "\n".join((f"{len(each.names)} × {each.text}", *(f"\t{name}" for name in each.names))) for each in causes
    )
