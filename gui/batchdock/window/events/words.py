"""Events in words: when, what, and the first things they told."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from batchdock.core.event import Event
from batchdock.core.facts import MASKED, Fact, Value
from batchdock.window.wording import exact_time, grouped, number_text

_tr = QCoreApplication.translate
_MOST_WORDS = 6
_SAYS_NOTHING = frozenset({"", "–", MASKED})


def events_text(count: int) -> str:
    """Return “1 event”, “12,800 events”."""
    return grouped(_tr("counts", "%n event(s)", None, count), count)


def kind_text(kind: str) -> str:
    """Return the service's word for what happened, or one where it has none."""
    return kind or _tr("events", "Event")


def clock_text(moment: datetime, now: datetime | None = None) -> str:
    """Return a time to the second, with its day where that is not today."""
    here = QDateTime.fromMSecsSinceEpoch(int(moment.timestamp() * 1000))
    clock = QLocale().toString(here.time(), "HH:mm:ss")
    if moment.astimezone().date() == (now or datetime.now(UTC)).astimezone().date():
        return clock
    return f"{QLocale().toString(here.date(), 'd MMM yyyy')}, {clock}"


def value_text(value: Value) -> str:
    """Return the value of a fact."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _tr("events", "yes") if value else _tr("events", "no")
    if isinstance(value, int):
        return str(value)  # Most of them are ids and codes: no grouping.
    if isinstance(value, float):
        return QLocale().toString(value, "g", 6)
    return exact_time(value) if isinstance(value, datetime) else value


def flat(facts: Sequence[Fact], above: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name of every value, with the names above it, and the value."""
    for fact in facts:
        name = f"{above} › {fact.name}" if above else fact.name
        if fact.below:
            yield from flat(fact.below, name)
        else:
            yield name, value_text(fact.value)


def brief(event: Event) -> str:
    """Return the first facts in one line."""
    pairs = [(name.rpartition("› ")[2], value) for name, value in flat(event.facts)]
    pairs = [(name, value) for name, value in pairs if value not in _SAYS_NOTHING and not _is_known(name, value, event)]
    return "   ".join(f"{name}: {value}" for name, value in pairs[:_MOST_WORDS]).replace("\n", " ")


def _is_known(name: str, value: str, event: Event) -> bool:
    """Tell whether a fact only repeats what stands beside it: what it is, and when it was."""
    is_time = (value.isdigit() and len(value) in (10, 13)) or value[:10] == event.at.date().isoformat()
    return value == event.kind or is_time or name.lower().endswith(("event_id", "eventid", "message_id", "uuid"))


def spoken(event: Event) -> str:
    """Return what a screen reader says of an event."""
    pictures = grouped(_tr("counts", "%n picture(s)", None, len(event.pictures)), len(event.pictures))
    return ", ".join(part for part in (kind_text(event.kind), clock_text(event.at), pictures, brief(event)) if part)


def more_text(count: int) -> str:
    """Return “+2”: so many more pictures than are seen."""
    return f"+{number_text(count)}"
