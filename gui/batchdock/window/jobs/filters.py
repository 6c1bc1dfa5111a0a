"""What a person narrows the job list to: states, types, accounts, workflows and more, a time, words, and what services
find themselves."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import reduce
from operator import attrgetter
from typing import Any

from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.core.states import JobState


class Span(StrEnum):
    """A stretch of days that ends today, or one of the person's own."""

    TODAY = "today"
    WEEK = "7-days"
    MONTH = "30-days"
    OWN = "own"


_DAYS = {Span.TODAY: 1, Span.WEEK: 7, Span.MONTH: 30}


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, as this computer's clock counts them. `first` and `last` are for OWN only, and in order."""

    span: Span
    first: date | None = None
    last: date | None = None

    def bounds(self, now: datetime) -> tuple[float, float]:
        """Return the first moment in it and the first after it, in seconds since 1970. `now` has a time zone."""
        today = now.astimezone().date()
        first, last = self.first or today, self.last or today
        if self.span is not Span.OWN:
            first, last = today - timedelta(days=_DAYS[self.span] - 1), today
        # Without a zone a datetime is this computer's, with the summer time of that very day.
        after = datetime.combine(last + timedelta(days=1), time.min)
        return datetime.combine(first, time.min).timestamp(), after.timestamp()


@dataclass(frozen=True, slots=True)
class Asked:
    """One of a service's own filters (`Capabilities.job_filters`), as it is set. `words` say its values for people."""

    account_id: str
    key: str
    values: tuple[str, ...]
    words: str = field(default="", compare=False)


Question = tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]
"""What one account is asked: its id, and the values of its filters by their keys."""

Found = Mapping[Question, Collection[tuple[str, str]]]
"""The keys of the jobs that each question has found so far."""

_NOTHING: Found = {}


@dataclass(frozen=True, slots=True)
class Filters:
    """Each kind that is not empty must be met, by any of its values; `words` all have to occur.

    With `asked` only jobs are let through that the service of one of those accounts finds.
    """

    states: frozenset[JobState] = frozenset()
    contents: frozenset[Content] = frozenset()
    accounts: frozenset[str] = frozenset()
    workflows: frozenset[str] = frozenset()
    period: Period | None = None
    words: str = ""
    algorithms: frozenset[str] = frozenset()
    video_sources: frozenset[str] = frozenset()
    vendors: frozenset[str] = frozenset()
    runs_on: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    asked: tuple[Asked, ...] = ()

    @property
    def any(self) -> bool:
        """True when they hide anything at all."""
        return self != Filters()

    @property
    def questions(self) -> tuple[Question, ...]:
        """What has to be asked, an account each."""
        accounts = dict.fromkeys(each.account_id for each in self.asked)
        return tuple(
            (account_id, tuple(sorted((each.key, each.values) for each in self.asked if each.account_id == account_id)))
            for account_id in accounts
        )

    def test(self, now: datetime, found: Found = _NOTHING) -> Callable[[Job], bool] | None:
        """Return what a job has to pass today, words aside; None when every job does.

        What is in `found` may grow afterwards; it is looked into anew for each job.
        """
        tests = [_among(name, values) for name in _OF_A_JOB if (values := getattr(self, name))]
        if groups := self.groups:
            tests.append(lambda job: not groups.isdisjoint(job.groups))
        if self.period is not None:
            begin, end = self.period.bounds(now)
            tests.append(lambda job: job.created is not None and begin <= job.created.timestamp() < end)
        if questions := self.questions:
            tests.append(lambda job: any(job.key in found.get(question, ()) for question in questions))
        return reduce(_both, tests) if tests else None

    def written(self) -> str:
        """Return them as text for the settings."""
        values: dict[str, Any] = {name: sorted(getattr(self, name)) for name in (*_OF_A_JOB, "groups")}
        values["words"] = self.words
        values["asked"] = [[each.account_id, each.key, each.values, each.words] for each in self.asked]
        if self.period is not None:
            days = (self.period.first, self.period.last)
            values["period"] = [self.period.span.value, *(day.isoformat() if day else "" for day in days)]
        return json.dumps({key: value for key, value in values.items() if value})


_OF_A_JOB = {
    "states": "state",
    "contents": "content",
    "accounts": "account_id",
    "workflows": "workflow_id",
    "algorithms": "algorithm",
    "video_sources": "video_source",
    "vendors": "vendor",
    "runs_on": "runs_on",
}
"""Which filter is for which field of a job."""


def _both(one: Callable[[Job], bool], other: Callable[[Job], bool]) -> Callable[[Job], bool]:
    return lambda job: one(job) and other(job)


def _among(name: str, values: Collection[object]) -> Callable[[Job], bool]:
    value_of = attrgetter(_OF_A_JOB[name])
    return lambda job: value_of(job) in values


def read_filters(text: str) -> Filters:
    """Return the filters that `Filters.written` wrote; none where somebody else wrote, or a later version."""
    try:
        values = json.loads(text)
        span = values.get("period")
        plain = {name: frozenset(map(str, values.get(name, ()))) for name in _PLAIN}
        return Filters(
            states=frozenset(map(JobState, values.get("states", ()))),
            contents=frozenset(map(Content, values.get("contents", ()))),
            period=_period(*span) if span else None,
            words=str(values.get("words", "")),
            asked=tuple(_asked(*each) for each in values.get("asked", ())),
            **plain,
        )
    except (ValueError, TypeError, AttributeError):
        return Filters()


_PLAIN = ("accounts", "workflows", "algorithms", "video_sources", "vendors", "runs_on", "groups")


def _asked(account_id: str, key: str, values: list[str], words: str = "") -> Asked:
    return Asked(str(account_id), str(key), tuple(map(str, values)), str(words))


def _period(span: str, first: str, last: str) -> Period:
    return Period(Span(span), *(date.fromisoformat(day) if day else None for day in (first, last)))
