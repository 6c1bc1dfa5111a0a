"""How filters are called, and one kind of them at a time."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from batchdock.core.batch import Content
from batchdock.core.states import JobState
from batchdock.window.jobs.filters import Filters, Period, Span
from batchdock.window.jobs.look import Look
from batchdock.window.wording import content_word, runs_on_word, state_word

_tr = QCoreApplication.translate


class Kind(StrEnum):
    """What jobs are told apart by. WORDS comes from the search field, when a view with a search was saved."""

    STATE = "state"
    TYPE = "type"
    ACCOUNT = "account"
    WORKFLOW = "workflow"
    ALGORITHM = "algorithm"
    VIDEO_SOURCE = "video-source"
    VENDOR = "vendor"
    RUNS_ON = "runs-on"
    GROUP = "group"
    TIME = "time"
    WORDS = "words"


_VALUES = {
    Kind.STATE: "states",
    Kind.TYPE: "contents",
    Kind.ACCOUNT: "accounts",
    Kind.WORKFLOW: "workflows",
    Kind.ALGORITHM: "algorithms",
    Kind.VIDEO_SOURCE: "video_sources",
    Kind.VENDOR: "vendors",
    Kind.RUNS_ON: "runs_on",
    Kind.GROUP: "groups",
}
"""Where `Filters` have the values of a kind; of the other two there is one at most."""

OF_CAMERAS = (Kind.ALGORITHM, Kind.VIDEO_SOURCE, Kind.VENDOR, Kind.RUNS_ON, Kind.GROUP)
"""What only jobs over cameras have."""


_IN_ORDER: dict[Kind, Iterable[str]] = {Kind.STATE: JobState, Kind.TYPE: Content}


def kind_word(kind: Kind) -> str:
    """Return the name of a kind of filter."""
    words = {
        Kind.STATE: _tr("filters", "State"),
        Kind.TYPE: _tr("filters", "Type"),
        Kind.ACCOUNT: _tr("filters", "Account"),
        Kind.WORKFLOW: _tr("filters", "Workflow"),
        Kind.ALGORITHM: _tr("filters", "Algorithm"),
        Kind.VIDEO_SOURCE: _tr("filters", "Video source"),
        Kind.VENDOR: _tr("filters", "Vendor"),
        Kind.RUNS_ON: _tr("filters", "Runs on"),
        Kind.GROUP: _tr("filters", "Group"),
        Kind.TIME: _tr("filters", "Created"),
        Kind.WORDS: _tr("filters", "Contains"),
    }
    return words[kind]


def span_word(span: Span) -> str:
    """Return the name of a stretch of days."""
    words = {
        Span.TODAY: _tr("filters", "Today"),
        Span.WEEK: _tr("filters", "Last 7 days"),
        Span.MONTH: _tr("filters", "Last 30 days"),
        Span.OWN: _tr("filters", "From … to …"),
    }
    return words[span]


def values_text(kind: Kind, filters: Filters, look: Look) -> str:
    """Return what is chosen of a kind, or nothing."""
    if kind is Kind.TIME:
        return _period_text(filters.period) if filters.period is not None else ""
    if kind is Kind.WORDS:
        return f"“{filters.words}”" if filters.words else ""
    said = [value_word(kind, value, look) for value in chosen_of(kind, filters)]
    return ", ".join(said if kind in _IN_ORDER else sorted(said))


def value_word(kind: Kind, value: str, look: Look) -> str:
    """Return how one value of a kind is called."""
    match kind:
        case Kind.STATE:
            return state_word(JobState(value))
        case Kind.TYPE:
            return content_word(Content(value))
        case Kind.ACCOUNT:
            return look.accounts.get(value, value)
        case Kind.WORKFLOW:
            return next((name for (_, workflow), name in look.workflows.items() if workflow == value), value)
        case Kind.RUNS_ON:
            return runs_on_word(value)
        case _:
            return value


def chosen_of(kind: Kind, filters: Filters) -> tuple[str, ...]:
    """Return the values that are chosen of a kind, states and types in their order."""
    chosen = getattr(filters, _VALUES[kind])
    return tuple(each for each in _IN_ORDER.get(kind, chosen) if each in chosen)


def without(kind: Kind, filters: Filters) -> Filters:
    """Return the filters with nothing chosen of one kind."""
    if kind is Kind.TIME:
        return replace(filters, period=None)
    if kind is Kind.WORDS:
        return replace(filters, words="")
    return _replaced(filters, kind, frozenset())


def with_value(kind: Kind, filters: Filters, value: str, chosen: bool) -> Filters:
    """Return the filters with one value of a kind chosen or no longer chosen. (A time is set as a whole.)"""
    own = JobState(value) if kind is Kind.STATE else Content(value) if kind is Kind.TYPE else value
    before: frozenset[str] = getattr(filters, _VALUES[kind])
    return _replaced(filters, kind, before | {own} if chosen else before - {own})


def _replaced(filters: Filters, kind: Kind, values: frozenset[str]) -> Filters:
    changed: dict[str, Any] = {_VALUES[kind]: values}
    return replace(filters, **changed)


def _period_text(period: Period) -> str:
    if period.span is not Span.OWN:
        return span_word(period.span)
    if period.first == period.last:
        return _day_text(period.first)
    return f"{_day_text(period.first)} – {_day_text(period.last)}"


def _day_text(day: date | None) -> str:
    if day is None:
        return "…"
    return QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)
