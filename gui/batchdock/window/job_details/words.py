"""How the details of a job are put into words: steps, kinds of tasks, pace, moments."""

from datetime import UTC, datetime
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from batchdock.core.batch import Progress
from batchdock.core.job import Job, Task
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.jobs import TaskCounts
from batchdock.window.theme import Tint
from batchdock.window.wording import items_rate_text, number_text, time_left_text

_tr = QCoreApplication.translate


class Kind(StrEnum):
    """What becomes of a task, in the order in which somebody wants to see them."""

    PROBLEM = "problem"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"


KIND_ICONS: dict[Kind, tuple[str, Tint]] = {
    Kind.PROBLEM: ("triangle-alert", Tint.WARNING),
    Kind.RUNNING: ("circle-play", Tint.ACCENT),
    Kind.WAITING: ("clock", Tint.MUTED),
    Kind.DONE: ("circle-check", Tint.GOOD),
}

_KINDS: dict[Kind, str] = {
    Kind.PROBLEM: QT_TRANSLATE_NOOP("stages", "Problem"),
    Kind.RUNNING: QT_TRANSLATE_NOOP("stages", "Running"),
    Kind.WAITING: QT_TRANSLATE_NOOP("stages", "Waiting"),
    Kind.DONE: QT_TRANSLATE_NOOP("stages", "Done"),
}

_COUNTED: dict[Kind, str] = {
    Kind.PROBLEM: QT_TRANSLATE_NOOP("stages", "%1 with problems"),
    Kind.RUNNING: QT_TRANSLATE_NOOP("stages", "%1 running"),
    Kind.WAITING: QT_TRANSLATE_NOOP("stages", "%1 waiting"),
    Kind.DONE: QT_TRANSLATE_NOOP("stages", "%1 done"),
}


def kind_of(task: Task) -> Kind:
    """Return what becomes of a task; one runs from when it tells a progress (contract §4.5)."""
    if task.status is Progress.MOVING:
        return Kind.WAITING if task.progress is None else Kind.RUNNING
    return Kind.DONE if task.status is Progress.SUCCESS else Kind.PROBLEM


def kind_word(kind: Kind) -> str:
    """Return the one word for a kind of tasks."""
    return _tr("stages", _KINDS[kind])


def chip_word(kind: Kind | None) -> str:
    """Return what stands on the button for a kind of tasks, or for all."""
    if kind is None:
        return _tr("stages", "All")
    return _tr("stages", "Problems") if kind is Kind.PROBLEM else kind_word(kind)


def counted_kind(kind: Kind, count: int) -> str:
    """Return “12 waiting”."""
    return _tr("stages", _COUNTED[kind]).replace("%1", number_text(count))


def by_kind(counts: TaskCounts) -> dict[Kind, int]:
    """Return the counts by kind, in the order of the way of a task: done, problems, running, waiting."""
    return {
        Kind.DONE: counts.done,
        Kind.PROBLEM: counts.problems,
        Kind.RUNNING: counts.running,
        Kind.WAITING: counts.waiting,
    }


def counts_text(counts: TaskCounts) -> str:
    """Return “66 done, 2 with problems, 20 running, 12 waiting”, without the zeros."""
    return ", ".join(counted_kind(kind, count) for kind, count in by_kind(counts).items() if count)


def stage_word(name: str) -> str:
    """Return a step's name as people read it; unknown ones stay as the service says."""
    words = {
        "processing": _tr("stages", "Processing"),
        "export": _tr("stages", "Packing results"),
        "indexing": _tr("stages", "Checking files"),
    }
    return words.get(name.lower(), name)


def part_word(number: int) -> str:
    """Return what a task is called."""
    return _tr("stages", "Part %1").replace("%1", number_text(number))


def pace_text(job: Job) -> str:
    """Return “12.4 pictures/s · about 3 min left · on AMD EPYC, 2 processes”, without what nobody knows.

    Empty for a service that tells neither rate nor device.
    """
    if not job.rate and not job.device:
        return ""
    parts = []
    if job.rate:
        parts.append(items_rate_text(job.rate, job.content))
    if job.seconds_left is not None and not job.state.is_terminal:
        parts.append(_tr("jobs", "%1 left").replace("%1", time_left_text(job.seconds_left)))
    if job.device:
        parts.append(_tr("jobs", "on %1").replace("%1", job.device))
    return " · ".join(parts)


def moment_tooltip(moment: datetime) -> str:
    """Return a time to the second, as it is here and in UTC below."""
    here = moment.astimezone()
    utc = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"{here:%Y-%m-%d %H:%M:%S %Z}\n{utc}" if here.utcoffset() else utc
