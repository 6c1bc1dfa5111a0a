"""What a chart shows, and what choosing some of it means for the filter. Nothing here draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from batchdock.core.finding import Filter

MOST_BARS = 20
"""So many classes, folders and jobs have a bar of their own."""


class Kind(StrEnum):
    """What a chart counts by. The words are kept in settings and stay."""

    CLASSES = "classes"
    CONFIDENCE = "confidence"
    FOLDERS = "folders"
    TIME = "time"
    JOBS = "jobs"


LYING = (Kind.CLASSES, Kind.FOLDERS, Kind.JOBS)
"""Charts whose bars have names: those need room, so the bars lie."""

_EVERYTHING = Filter()
_FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.CLASSES: ("labels",),
    Kind.CONFIDENCE: ("least", "most"),
    Kind.FOLDERS: ("folder",),
    Kind.TIME: ("since", "until", "from_second", "to_second"),
    Kind.JOBS: (),
}

Changes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `begin` and `end` are the fields of a `Filter` that let through what begins, and ends, with it."""

    name: str
    findings: int
    pictures: int | None = None
    label: int | None = None
    """The class, for its colour; None for the accent."""
    begin: Mapping[str, object] = field(default_factory=dict)
    end: Mapping[str, object] = field(default_factory=dict)
    other: bool = False
    """Stands for what is not looked at in particular: all that have no bar of their own, another job."""


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of one chart. `marks` are places on the axis of a standing chart: 1.0 is the end of the first bar."""

    kind: Kind
    bars: tuple[Bar, ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    note: str = ""
    """What is to be known about it, or why it has no bars."""

    @property
    def most(self) -> int:
        """The longest bar; 0 without any."""
        return max((bar.findings for bar in self.bars), default=0)

    @property
    def lies(self) -> bool:
        """Whether bars lie and have their names at their side."""
        return self.kind in LYING

    @property
    def takes_ranges(self) -> bool:
        """Whether neighbouring bars can be chosen together."""
        return self.kind in (Kind.CONFIDENCE, Kind.TIME)


def chosen(chart: Chart, asked: Filter) -> frozenset[int]:
    """Return the places of the bars that the filter has chosen in this chart; none where it has chosen nothing."""
    if not narrows(chart.kind, asked):
        return frozenset()
    if chart.kind is Kind.CLASSES:
        labels = asked.labels or frozenset()
        return frozenset(at for at, bar in enumerate(chart.bars) if _labels(bar) and _labels(bar) <= labels)
    if chart.kind is Kind.FOLDERS:
        return frozenset(at for at, bar in enumerate(chart.bars) if bar.begin.get("folder") == asked.folder)
    return frozenset(at for at, bar in enumerate(chart.bars) if _lets_through(asked, bar))


def narrows(kind: Kind, asked: Filter) -> bool:
    """Tell whether the filter is narrowed by what this chart counts by."""
    return any(getattr(asked, name) != getattr(_EVERYTHING, name) for name in _FIELDS[kind])


def widened(kind: Kind, asked: Filter) -> Filter:
    """Return the filter without what this chart narrows: a chart goes on showing what is not chosen in it."""
    return replace(asked, **nothing(kind))


def nothing(kind: Kind) -> Changes:
    """Return the changes of a filter that take away what was chosen in a chart."""
    return {name: getattr(_EVERYTHING, name) for name in _FIELDS[kind]}


def choice(chart: Chart, first: int, last: int, asked: Filter) -> Changes:
    """Return the changes of the filter for choosing the bars from `first` to `last`; choosing again what is chosen
    takes it away. Empty where nothing can be chosen."""
    low, high = sorted((first, last))
    changes = {**nothing(chart.kind), **chart.bars[low].begin, **chart.bars[high].end}
    if not chart.bars[low].begin:
        return {}
    same = all(getattr(asked, name) == value for name, value in changes.items())
    return nothing(chart.kind) if same else changes


def commonest(bars: Sequence[Bar], others: str, most: int = MOST_BARS) -> tuple[Bar, ...]:
    """Return the longest bars, the longest first, and one named `others` for the classes of all that are left."""
    ordered = sorted(bars, key=lambda bar: -bar.findings)
    if len(ordered) <= most + 1:
        return tuple(ordered)
    rest = ordered[most:]
    together = frozenset().union(*(_labels(bar) for bar in rest))
    last = Bar(others, sum(bar.findings for bar in rest), begin={"labels": together}, other=True)
    return (*ordered[:most], last)


def _labels(bar: Bar) -> frozenset[int]:
    labels = bar.begin.get("labels")
    return labels if isinstance(labels, frozenset) else frozenset()


def _lets_through(asked: Filter, bar: Bar) -> bool:
    """Tell whether the stretch of a bar lies within what the filter lets through."""
    starts = ((name, value) for name, value in bar.begin.items())
    ends = ((name, value) for name, value in bar.end.items())
    return all(_none_or(getattr(asked, name), value, ahead=True) for name, value in starts) and all(
        _none_or(getattr(asked, name), value, ahead=False) for name, value in ends
    )


def _none_or(limit: object, value: object, *, ahead: bool) -> bool:
    if limit is None:
        return True
    return bool(limit <= value) if ahead else bool(value <= limit)  # type: ignore[operator]
