"""What the details panel says about a job, as lines."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from batchdock.core.batch import Progress
from batchdock.core.job import LogEntry, Severity, Task
from batchdock.core.problem import FileFailure
from batchdock.core.progress import stage_progress
from batchdock.flows.jobs import StageDetail
from batchdock.window.jobs.outline import Line
from batchdock.window.theme import Tint
from batchdock.window.wording import exact_time, number_text, percent_text

_ICONS: dict[Progress, tuple[str, Tint]] = {
    Progress.SUCCESS: ("circle-check", Tint.GOOD),
    Progress.ERROR: ("triangle-alert", Tint.WARNING),
    Progress.MOVING: ("circle-play", Tint.ACCENT),
}
_WAITING = ("clock", Tint.MUTED)
_LOG_ICONS: dict[Severity, tuple[str, Tint]] = {
    Severity.INFO: ("info", Tint.MUTED),
    Severity.WARNING: ("triangle-alert", Tint.WARNING),
    Severity.ERROR: ("circle-x", Tint.BAD),
}

_tr = QCoreApplication.translate


def stage_word(name: str) -> str:
    """Return a step's name as people read it; unknown ones stay as the service says."""
    words = {
        "processing": _tr("stages", "Processing"),
        "export": _tr("stages", "Packing results"),
        "indexing": _tr("stages", "Checking files"),
    }
    return words.get(name.lower(), name)


def stage_lines(stages: Sequence[StageDetail]) -> list[Line]:
    """Return the steps of a job, each with its parts below."""
    lines = []
    for detail in stages:
        stage, tasks = detail.stage, detail.tasks
        below = tuple(_task_line(place, task) for place, task in enumerate(tasks, 1))
        share = 1.0 if stage.status is Progress.SUCCESS else _share(tasks, stage.tasks_number)
        tooltip = "\n".join(part for part in (stage.message, tasks_text(tasks, stage.tasks_number)) if part)
        lines.append(Line(stage_word(stage.name), percent_text(share), _ICONS[stage.status], tooltip, below))
    return lines


def tasks_text(tasks: Sequence[Task], tasks_number: int) -> str:
    """Return “waiting 12 · running 20 · done 66 · problems 2”, without the zeros."""
    kinds = Counter(_kind(task) for task in tasks)
    kinds["waiting"] += max(0, tasks_number - len(tasks))
    words = {
        "waiting": _tr("stages", "waiting %1"),
        "running": _tr("stages", "running %1"),
        "done": _tr("stages", "done %1"),
        "problems": _tr("stages", "problems %1"),
    }
    return " · ".join(word.replace("%1", number_text(kinds[kind])) for kind, word in words.items() if kinds[kind])


def failure_lines(failures: Sequence[FileFailure]) -> list[Line]:
    """Return the causes, most frequent first, each with its files below."""
    by_cause: dict[str, list[str]] = {}
    for failure in failures:
        by_cause.setdefault(failure.cause, []).append(failure.name)
    ordered = sorted(by_cause.items(), key=lambda pair: -len(pair[1]))
    return [
        Line(cause, number_text(len(names)), ("triangle-alert", Tint.WARNING), cause, tuple(map(Line, names)))
        for cause, names in ordered
    ]


def log_lines(entries: Sequence[LogEntry]) -> list[Line]:
    """Return the log, newest first."""
    return [
        Line(
            entry.message or entry.log_type,
            "" if entry.created is None else f"{entry.created.astimezone():%H:%M:%S}",
            _LOG_ICONS[entry.severity],
            "\n".join(
                part for part in (entry.message, "" if entry.created is None else exact_time(entry.created)) if part
            ),
        )
        for entry in reversed(entries)
    ]


def _share(tasks: Sequence[Task], tasks_number: int) -> float:
    """Return how much of a step was done. A part that was stopped or gave up has only come as far as it says."""
    if all(task.status is not Progress.ERROR or task.progress is None for task in tasks):
        return stage_progress(tasks, tasks_number)
    done = sum(1.0 if task.status is Progress.SUCCESS else task.progress or 0.0 for task in tasks)
    return done / max(tasks_number, len(tasks))


def _kind(task: Task) -> str:
    if task.status is Progress.SUCCESS:
        return "done"
    if task.status is Progress.ERROR:
        return "problems"
    return "waiting" if task.progress is None else "running"


def _task_line(place: int, task: Task) -> Line:
    text = _tr("stages", "Part %1").replace("%1", number_text(place))
    if task.done is not None and task.total is not None:
        counted = _tr("stages", "%1 of %2").replace("%1", number_text(task.done))
        text = f"{text} · {counted.replace('%2', number_text(task.total))}"
    waiting = task.status is Progress.MOVING and task.progress is None
    share = 1.0 if task.status is Progress.SUCCESS else task.progress
    remark = "" if share is None else percent_text(share)
    return Line(text, remark, _WAITING if waiting else _ICONS[task.status], task.message)
