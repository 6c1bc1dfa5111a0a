"""Facts as JSON text: `[name, value]`, with a third entry for what is below, times and secrets marked."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from batchdock.core.facts import MASKED, Fact

_TIME, _SECRET = "time", "secret"


def written_facts(facts: Iterable[Fact]) -> str:
    """Return facts as text. What was a secret is only marked as one."""
    return json.dumps([_written(each) for each in facts], ensure_ascii=False, separators=(",", ":"))


def read_facts(text: str) -> tuple[Fact, ...]:
    """Undo `written_facts`; what is none of it is left out."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    return _read(found)


def _written(fact: Fact) -> list[Any]:
    if fact.masked:
        return [fact.name, {_SECRET: True}]
    if fact.below:
        return [fact.name, None, [_written(each) for each in fact.below]]
    if isinstance(fact.value, datetime):
        return [fact.name, {_TIME: fact.value.isoformat()}]
    return [fact.name, fact.value]


def _read(found: object) -> tuple[Fact, ...]:
    entries = found if isinstance(found, list) else []
    return tuple(_fact(each) for each in entries if isinstance(each, list) and len(each) > 1)


def _fact(entry: Sequence[Any]) -> Fact:
    name, value = str(entry[0]), entry[1]
    if isinstance(value, dict):
        if _TIME in value:
            return Fact(name, datetime.fromisoformat(str(value[_TIME])))
        return Fact(name, MASKED, masked=True)
    return Fact(name, value, _read(entry[2]) if len(entry) > 2 else ())
