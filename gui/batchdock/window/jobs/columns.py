"""The columns of the job table, as a table."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.window.jobs import cell_texts as cells
from batchdock.window.jobs.look import Look

Say = Callable[[Job, Look], str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `order` gives a sortable value, or None for jobs that have none: they always come last."""

    key: str
    title: str
    text: Say
    order: Callable[[Job, Look], object]
    tooltip: Say | None = None
    width: int = 12
    """In letters x; a start, the person drags it."""
    shown: bool = True
    number: bool = False
    """Right-aligned."""
    descending_first: bool = False
    by_text: bool = False
    """Sorted by the alphabet, in which each text has to be placed first."""
    of_cameras: bool = False
    """Shown as soon as there are jobs that run over cameras."""


def _words(key: str, title: str, text: Say, *, tooltip: Say | None = None, width: int = 12) -> Column:
    """Return a column of words, in the order of the alphabet. What is empty comes last."""

    def order(job: Job, look: Look) -> object:
        said = text(job, look)
        return look.alphabet.number(said) if said else None

    shown = key in ("name", "type", "where")
    return Column(key, title, text, order, tooltip, width, shown, by_text=True)


def _of_cameras(key: str, title: str, text: Say, *, width: int) -> Column:
    """Return a column of words that only jobs over cameras have."""
    words = _words(key, title, text, tooltip=lambda job, look: text(job, look), width=width)
    return replace(words, of_cameras=True)


def _time(key: str, title: str, moment: Callable[[Job], datetime | None], *, shown: bool = False) -> Column:
    """Return a column of times: relative, exact in the tooltip, newest first."""

    def order(job: Job, look: Look) -> object:
        at = moment(job)
        return None if at is None else at.timestamp()

    return Column(
        key,
        title,
        lambda job, look: cells.relative(moment(job), look),
        order,
        tooltip=lambda job, look: cells.exact(moment(job)),
        width=11,
        shown=shown,
        descending_first=True,
    )


def _number(
    key: str, title: str, text: Say, value: Callable[[Job], float | None], *, width: int = 9, shown: bool = False
) -> Column:
    """Return a column of numbers, the largest first."""
    return Column(
        key, title, text, lambda job, look: value(job), width=width, shown=shown, number=True, descending_first=True
    )


def _exactly(key: str, title: str, text: Callable[[Job], str]) -> Column:
    """Return a column of ids, in the order of their letters."""
    return Column(key, title, lambda job, look: text(job), lambda job, look: text(job) or None, width=20, shown=False)


_STATE_ORDER = {state: place for place, state in enumerate(JobState)}

COLUMNS: tuple[Column, ...] = (
    _words(
        "name",
        QT_TRANSLATE_NOOP("jobs", "Name"),
        lambda job, look: job.name,
        tooltip=lambda job, look: job.name,
        width=26,
    ),
    Column(
        "state",
        QT_TRANSLATE_NOOP("jobs", "State"),
        cells.state_text,
        lambda job, look: _STATE_ORDER[job.state],
        tooltip=cells.state_tooltip,
        width=25,
    ),
    _words("type", QT_TRANSLATE_NOOP("jobs", "Type"), lambda job, look: cells.type_text(job), width=11),
    _time("created", QT_TRANSLATE_NOOP("jobs", "Created"), lambda job: job.created, shown=True),
    Column(
        "progress",
        QT_TRANSLATE_NOOP("jobs", "Progress"),
        cells.progress_text,
        lambda job, look: job.progress,
        width=14,
        descending_first=True,
    ),
    _of_cameras(
        "video-source", QT_TRANSLATE_NOOP("jobs", "Video source"), lambda job, look: job.video_source, width=18
    ),
    _of_cameras("algorithm", QT_TRANSLATE_NOOP("jobs", "Algorithm"), lambda job, look: job.algorithm, width=20),
    _of_cameras("vendor", QT_TRANSLATE_NOOP("jobs", "Vendor"), lambda job, look: job.vendor, width=11),
    _of_cameras("runs-on", QT_TRANSLATE_NOOP("jobs", "Runs on"), cells.runs_on, width=9),
    _of_cameras("groups", QT_TRANSLATE_NOOP("jobs", "Groups"), cells.groups, width=16),
    _number(
        "items",
        QT_TRANSLATE_NOOP("jobs", "Items"),
        cells.items_text,
        lambda job: job.items_total,
        width=18,
        shown=True,
    ),
    _number(
        "problems",
        QT_TRANSLATE_NOOP("jobs", "Problems"),
        cells.problems_text,
        lambda job: job.problems,
        width=8,
        shown=True,
    ),
    Column(
        "time-left",
        QT_TRANSLATE_NOOP("jobs", "Time left"),
        cells.time_left,
        lambda job, look: None if job.state.is_terminal else job.seconds_left,
        width=16,
    ),
    _words(
        "dataset",
        QT_TRANSLATE_NOOP("jobs", "Dataset"),
        lambda job, look: job.dataset,
        tooltip=lambda job, look: job.dataset,
        width=18,
    ),
    _words("where", QT_TRANSLATE_NOOP("jobs", "Where"), lambda job, look: look.where(job), width=13),
    _time("started", QT_TRANSLATE_NOOP("jobs", "Started"), lambda job: job.started),
    _time("finished", QT_TRANSLATE_NOOP("jobs", "Finished"), lambda job: job.ended),
    _number("duration", QT_TRANSLATE_NOOP("jobs", "Duration"), cells.duration, lambda job: job.seconds_taken),
    _words(
        "workflow",
        QT_TRANSLATE_NOOP("jobs", "Workflow"),
        lambda job, look: look.workflow(job),
        tooltip=lambda job, look: job.workflow_id,
        width=20,
    ),
    _words(
        "source",
        QT_TRANSLATE_NOOP("jobs", "Source folder"),
        lambda job, look: job.source,
        tooltip=lambda job, look: job.source,
        width=24,
    ),
    _number("size", QT_TRANSLATE_NOOP("jobs", "Size"), cells.size, lambda job: job.bytes_total),
    _number("speed", QT_TRANSLATE_NOOP("jobs", "Speed"), cells.speed, lambda job: job.rate, width=15),
    _words("machine", QT_TRANSLATE_NOOP("jobs", "Machine"), lambda job, look: job.machine or job.device, width=14),
    _number("credits", QT_TRANSLATE_NOOP("jobs", "Used credits"), cells.credits_used, lambda job: job.credits),
    Column(
        "expires",
        QT_TRANSLATE_NOOP("jobs", "Expires"),
        cells.expiry,
        lambda job, look: None if job.expires is None else job.expires.timestamp(),
        tooltip=lambda job, look: cells.exact(job.expires),
        width=14,
        shown=False,
    ),
    _exactly("account", QT_TRANSLATE_NOOP("jobs", "Account"), lambda job: job.account_id),
    _words("stage", QT_TRANSLATE_NOOP("jobs", "Stage"), lambda job, look: job.stage),
    _time("last-news", QT_TRANSLATE_NOOP("jobs", "Last news"), lambda job: job.last_news),
    _exactly("job-id", QT_TRANSLATE_NOOP("jobs", "Job ID"), lambda job: job.job_id),
    _exactly("batch-id", QT_TRANSLATE_NOOP("jobs", "Batch ID"), lambda job: job.batch_id),
    _words("tags", QT_TRANSLATE_NOOP("jobs", "Tags"), lambda job, look: ", ".join(job.tags), width=16),
    _words(
        "note",
        QT_TRANSLATE_NOOP("jobs", "Note"),
        lambda job, look: cells.first_line(job.note),
        tooltip=lambda job, look: job.note,
        width=24,
    ),
)

PLACE = {column.key: place for place, column in enumerate(COLUMNS)}
"""The model's column number by key."""


def title_of(column: Column) -> str:
    """Return the heading in the person's language."""
    return QCoreApplication.translate("jobs", column.title)
