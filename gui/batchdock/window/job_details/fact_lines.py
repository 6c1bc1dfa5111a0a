"""What a service tells of a thing, as lines people can read, and as JSON."""

import json
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

from batchdock.core.facts import MASKED, Fact, Value
from batchdock.window.job_details.outline import Line
from batchdock.window.wording import exact_time, exact_times, number_text

_tr = QCoreApplication.translate


def fact_lines(facts: Sequence[Fact]) -> list[Line]:
    """Return facts as lines, in their order."""
    return [_line(fact) for fact in facts]


def facts_json(facts: Sequence[Fact]) -> str:
    """Return all facts as JSON under the service's own names. What was a secret stays masked."""
    return json.dumps(_plain(facts), ensure_ascii=False, indent=2, default=_written)


def title_of(fact: Fact) -> str:
    """Return what people call a fact."""
    return _tr("service", fact.title) if fact.title else fact.name


def value_text(value: Value) -> str:
    """Return a value as people read it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _tr("facts", "Yes") if value else _tr("facts", "No")
    if isinstance(value, int):
        return number_text(value)
    if isinstance(value, float):
        return QLocale().toString(value, "g", 12)
    return exact_time(value) if isinstance(value, datetime) else value


def _line(fact: Fact) -> Line:
    title = title_of(fact)
    if fact.masked:
        secret = _tr("facts", "It is kept at the service and not shown here.")
        return Line(title, MASKED, tooltip=secret, copied=MASKED, told=_told(fact, title))
    if fact.below:
        below = tuple(_line(each) for each in fact.below)
        return Line(title, below=below, told=_told(fact, title))
    shown = value_text(fact.value)
    tooltip = exact_times(fact.value) if isinstance(fact.value, datetime) else shown
    return Line(title, shown, tooltip=tooltip, copied=_written(fact.value), told=_told(fact, title))


def _told(fact: Fact, title: str) -> str:
    """Return the tooltip of a name: what the service calls it, where people call it something else."""
    if not fact.title:
        return title
    return _tr("facts", "%1\nThe service calls it “%2”.").replace("%1", title).replace("%2", fact.name)


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)


def _plain(facts: Sequence[Fact]) -> object:
    """Return facts as an object, or as a list where they are numbered from one on."""
    values = [_plain(fact.below) if fact.below else MASKED if fact.masked else fact.value for fact in facts]
    names = [fact.name for fact in facts]
    if names == [str(number) for number in range(1, len(names) + 1)]:
        return values
    return dict(zip(names, values, strict=True))
