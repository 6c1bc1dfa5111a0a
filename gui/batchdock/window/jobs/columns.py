"""The columns of the job table, as a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from PySide6.QtCore import QCollator, QCollatorSortKey, QCoreApplication, QLocale, Qt

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.window.wording import (
    content_word,
    duration_text,
    exact_time,
    number_text,
    percent_text,
    relative_time,
    state_word,
    time_left_text,
)

SILENCE_SECONDS = 60
"""After this long without news, the row says so."""

MOST_PLACES = 200_000

_EXPECTS_NEWS = frozenset(
    {
        JobState.UPLOADING,
        JobState.CHECKING,
        JobState.STARTING,
        JobState.RUNNING,
        JobState.FINISHING,
        JobState.STOPPING,
    }
)


def _natural_order() -> QCollator:
    collator = QCollator(QLocale())
    collator.setNumericMode(True)
    collator.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    return collator


@dataclass
class Look:
    """What a cell needs besides its job: the time, the names of the accounts, the order of the alphabet."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    accounts: Mapping[str, str] = field(default_factory=dict)
    collator: QCollator = field(default_factory=_natural_order)
    _places: dict[str, QCollatorSortKey] = field(default_factory=dict)

    def alphabetic(self, text: str) -> QCollatorSortKey:
        """Return what `text` sorts by. Remembered: making it costs more than comparing it."""
        place = self._places.get(text)
        if place is None:
            if len(self._places) >= MOST_PLACES:
                self._places.clear()
            place = self._places[text] = self.collator.sortKey(text)
        return place

    def where(self, job: Job) -> str:
        """Return the name of the job's account."""
        return self.accounts.get(job.account_id, job.account_id)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `order` gives a sortable value, or None for jobs that have none: they always come last."""

    key: str
    title: str
    text: Callable[[Job, Look], str]
    order: Callable[[Job, Look], object]
    tooltip: Callable[[Job, Look], str] | None = None
    width: int = 12
    """In letters x; a start, the person drags it."""
    shown: bool = True
    number: bool = False
    """Right-aligned."""
    descending_first: bool = False


def silence_text(job: Job, now: datetime) -> str:
    """Return “No news for 6 min” for a job that should have said something, else nothing."""
    if job.state not in _EXPECTS_NEWS or job.last_news is None:
        return ""
    silent = (now - job.last_news).total_seconds()
    if silent < SILENCE_SECONDS:
        return ""
    return QCoreApplication.translate("jobs", "No news for %1").replace("%1", duration_text(silent))


def progress_text(job: Job) -> str:
    """Return “38 %”, or nothing when nobody knows."""
    return "" if job.progress is None else percent_text(job.progress)


def _state_tooltip(job: Job, look: Look) -> str:
    lines = [part for part in (state_word(job.state), silence_text(job, look.now)) if part]
    if job.message:
        lines.append(job.message)
    if job.service_word:
        translated = QCoreApplication.translate("jobs", "The service says: %1")
        lines.append(translated.replace("%1", job.service_word))
    return "\n".join(lines)


def _items(job: Job, look: Look) -> str:
    if job.items_total is None:
        return "" if job.items_done is None else number_text(job.items_done)
    if job.items_done is None or job.items_done == job.items_total:
        return number_text(job.items_total)
    text = QCoreApplication.translate("jobs", "%1 of %2")
    return text.replace("%1", number_text(job.items_done)).replace("%2", number_text(job.items_total))


def _problems(job: Job, look: Look) -> str:
    if job.problems is None:
        return ""
    return number_text(job.problems) if job.problems else "–"


def _exact(moment: datetime | None) -> str:
    return "" if moment is None else exact_time(moment)


def _relative(moment: datetime | None, look: Look) -> str:
    return "" if moment is None else relative_time(moment, look.now)


def _time_left(job: Job, look: Look) -> str:
    """An estimate; or, when the service is silent, since when: a guess would be worth nothing then."""
    if job.state.is_terminal:
        return ""
    silence = silence_text(job, look.now)
    if silence or job.seconds_left is None:
        return silence
    return time_left_text(job.seconds_left)


def _by_text(value: Callable[[Job, Look], str]) -> Callable[[Job, Look], object]:
    return lambda job, look: look.alphabetic(value(job, look))


_STATE_ORDER = {state: place for place, state in enumerate(JobState)}

COLUMNS: tuple[Column, ...] = (
    Column(
        "name",
        QT_TRANSLATE_NOOP("jobs", "Name"),
        lambda job, look: job.name,
        _by_text(lambda job, look: job.name),
        tooltip=lambda job, look: job.name,
        width=26,
    ),
    Column(
        "state",
        QT_TRANSLATE_NOOP("jobs", "State"),
        lambda job, look: state_word(job.state),
        lambda job, look: _STATE_ORDER[job.state],
        tooltip=_state_tooltip,
        width=21,
    ),
    Column(
        "type",
        QT_TRANSLATE_NOOP("jobs", "Type"),
        lambda job, look: content_word(job.content),
        _by_text(lambda job, look: content_word(job.content)),
        width=8,
    ),
    Column(
        "created",
        QT_TRANSLATE_NOOP("jobs", "Created"),
        lambda job, look: _relative(job.created, look),
        lambda job, look: None if job.created is None else job.created.timestamp(),
        tooltip=lambda job, look: _exact(job.created),
        width=11,
        descending_first=True,
    ),
    Column(
        "progress",
        QT_TRANSLATE_NOOP("jobs", "Progress"),
        lambda job, look: progress_text(job),
        lambda job, look: job.progress,
        width=14,
        descending_first=True,
    ),
    Column(
        "items",
        QT_TRANSLATE_NOOP("jobs", "Items"),
        _items,
        lambda job, look: job.items_total,
        width=15,
        number=True,
        descending_first=True,
    ),
    Column(
        "problems",
        QT_TRANSLATE_NOOP("jobs", "Problems"),
        _problems,
        lambda job, look: job.problems,
        width=8,
        number=True,
        descending_first=True,
    ),
    Column(
        "time-left",
        QT_TRANSLATE_NOOP("jobs", "Time left"),
        _time_left,
        lambda job, look: None if job.state.is_terminal else job.seconds_left,
        width=16,
    ),
    Column(
        "where",
        QT_TRANSLATE_NOOP("jobs", "Where"),
        lambda job, look: look.where(job),
        _by_text(lambda job, look: look.where(job)),
        width=13,
    ),
    Column(
        "workflow",
        QT_TRANSLATE_NOOP("jobs", "Workflow"),
        lambda job, look: job.workflow_id,
        _by_text(lambda job, look: job.workflow_id),
        width=20,
        shown=False,
    ),
    Column(
        "stage",
        QT_TRANSLATE_NOOP("jobs", "Stage"),
        lambda job, look: job.stage,
        _by_text(lambda job, look: job.stage),
        shown=False,
    ),
    Column(
        "last-news",
        QT_TRANSLATE_NOOP("jobs", "Last news"),
        lambda job, look: _relative(job.last_news, look),
        lambda job, look: None if job.last_news is None else job.last_news.timestamp(),
        tooltip=lambda job, look: _exact(job.last_news),
        shown=False,
        descending_first=True,
    ),
    Column(
        "job-id",
        QT_TRANSLATE_NOOP("jobs", "Job ID"),
        lambda job, look: job.job_id,
        lambda job, look: job.job_id,
        width=20,
        shown=False,
    ),
    Column(
        "batch-id",
        QT_TRANSLATE_NOOP("jobs", "Batch ID"),
        lambda job, look: job.batch_id,
        lambda job, look: job.batch_id,
        width=20,
        shown=False,
    ),
    Column(
        "account",
        QT_TRANSLATE_NOOP("jobs", "Account"),
        lambda job, look: job.account_id,
        lambda job, look: job.account_id,
        width=18,
        shown=False,
    ),
)

PLACE = {column.key: place for place, column in enumerate(COLUMNS)}
"""The model's column number by key."""


def title_of(column: Column) -> str:
    """Return the heading in the person's language."""
    return QCoreApplication.translate("jobs", column.title)
