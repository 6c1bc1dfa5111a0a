"""Reads answers tolerantly: null, missing and misshapen fields become defaults, never exceptions.

Only an answer of a wholly other shape is an error; a bad entry in a list is left out, the others stay.
"""

import math
from collections.abc import Iterator, Set
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from batchdock.core.errors import UnreadableAnswer

Entry = dict[str, Any]

_MOST = 2**53
"""Numbers beyond this fit neither into a double nor, a little later, into the journal."""

_Word = TypeVar("_Word", bound=StrEnum)


class Answering(Protocol):
    """Who has answered, as people call it."""

    service: str


def text(value: object, default: str = "") -> str:
    """Return a string or number as text, anything else as `default`."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return default


def optional_text(value: object) -> str | None:
    """Return a text that is there and not empty, or None."""
    return text(value) or None


def number(value: object) -> float | None:
    """Return a finite number, also from text, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def count(value: object) -> int | None:
    """Return a number of things, or None. What nobody can have so many of counts as `_MOST`."""
    found = number(value)
    return int(min(found, _MOST)) if found is not None and found >= 0 else None


def fraction(value: object) -> float | None:
    """Return a progress from 0 to 1, or None. A number up to 100 is taken for percent."""
    found = number(value)
    if found is None or found < 0:
        return None
    return min(1.0, found if found <= 1 else found / 100)


def moment(value: object) -> datetime | None:
    """Return an ISO-8601 time; a naive one counts as UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if not 1970 <= found.year < 9999:  # The edges of the calendar break whoever turns this into local time.
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def word(value: object, vocabulary: type[_Word], default: _Word) -> _Word:
    """Return the member with this value, whatever its capitals, or `default`."""
    try:
        return vocabulary(text(value).strip().lower())
    except ValueError:
        return default


def texts(value: object) -> tuple[str, ...]:
    """Return the texts of a list; a single text counts as a list of one."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(each for each in value if isinstance(each, str) and each) if isinstance(value, list) else ()


def entry(value: object) -> Entry:
    """Return an object, or an empty one."""
    return value if isinstance(value, dict) else {}


def answered(answer: object, wire: Answering, what: str) -> Entry:
    """Return an answer that must be an object. Raise `UnreadableAnswer`."""
    if not isinstance(answer, dict):
        raise UnreadableAnswer(service=wire.service, details=f"{what}: {type(answer).__name__} instead of an object")
    return answer


def entries(answer: object, name: str, wire: Answering, marks: Set[str] = frozenset()) -> Iterator[Entry]:
    """Yield the objects of the list called `name`, or of a bare list, see `rows`."""
    yield from (each for each in rows(answer, name, wire, marks) if isinstance(each, dict))


def rows(answer: object, name: str, wire: Answering, marks: Set[str] = frozenset()) -> list[Any]:
    """Return the list called `name`, or a bare list, with whatever is in it: how long it is may tell where it ends.

    Null counts as empty. Where the name is missing, one of `marks` in the answer must show that it is a listing at
    all, or an unknown page would pass for an empty list.
    """
    if not isinstance(answer, list):
        found = answered(answer, wire, name)
        if name not in found and not found.keys() & marks:
            raise UnreadableAnswer(service=wire.service, details=f"{name}: not in the answer")
        answer = found.get(name) or []
    if not isinstance(answer, list):
        raise UnreadableAnswer(service=wire.service, details=f"{name}: {type(answer).__name__} instead of a list")
    return answer


def is_nested_beyond(value: object, most: int) -> bool:
    """Tell whether lists and objects stand in one another more than `most` times."""
    level = [value]
    for _ in range(most + 1):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
