"""Reads answers tolerantly: null, missing and misshapen fields become defaults, never exceptions.

Only an answer of a wholly other shape is an error; a bad entry in a list is left out, the others stay.
"""

import json
import math
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from batchdock.core.errors import UnreadableAnswer
from batchdock.services.roboflow.wire import Wire

Entry = dict[str, Any]

_MOST = 2**53
"""Numbers beyond this fit neither into a double nor, a little later, into the journal."""
_TOKEN_CHARACTERS = 4096

_Read = TypeVar("_Read")
_Word = TypeVar("_Word", bound=StrEnum)


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


def message_of(notification: object) -> str:
    """Return what a notification says; the contract has it as an object or as a text."""
    if isinstance(notification, str):
        return notification
    found = entry(notification)
    return text(found.get("message")) or text(found.get("reason")) or text(found.get("description"))


def answered(answer: object, wire: Wire, what: str) -> Entry:
    """Return an answer that must be an object. Raise `UnreadableAnswer`."""
    if not isinstance(answer, dict):
        raise UnreadableAnswer(service=wire.service, details=f"{what}: {type(answer).__name__} instead of an object")
    return answer


def entries(answer: object, name: str, wire: Wire) -> Iterator[Entry]:
    """Yield the objects of the list called `name`, or of a bare list.

    Null counts as empty. Where the name is missing, something else in the answer must show that it is a listing at
    all, or an unknown page would pass for an empty list.
    """
    if not isinstance(answer, list):
        found = answered(answer, wire, name)
        if name not in found and not found.keys() & {"status", "nextPageToken"}:
            raise UnreadableAnswer(service=wire.service, details=f"{name}: not in the answer")
        answer = found.get(name) or []
    if not isinstance(answer, list):
        raise UnreadableAnswer(service=wire.service, details=f"{name}: {type(answer).__name__} instead of a list")
    yield from (each for each in answer if isinstance(each, dict))


async def paged(
    wire: Wire,
    path: str,
    name: str,
    read: Callable[[Entry], _Read | None],
    *,
    params: dict[str, str | int | None] | None = None,
) -> AsyncIterator[_Read]:
    """Yield what `read` makes of every entry, page after page (contract §1.6). None of it: the entry is left out.

    Every list ends. A page token that was given before is the end. `UnreadableAnswer` is raised after many pages in a
    row with nothing on them that was not on one before, and for a list longer than any can be (`Limits`).
    """
    limits = wire.limits
    token: str | None = None
    tokens: set[str] = set()
    pages: set[int] = set()
    in_vain = total = 0
    while True:
        answer = await wire.ask("GET", path, params={**(params or {}), "nextPageToken": token})
        page = list(entries(answer, name, wire))
        for each in page:
            found = read(each)
            if found is not None:
                yield found
        token = optional_text(entry(answer).get("nextPageToken"))
        if token is None or token in tokens:
            return
        tokens.add(token)
        total += len(page)
        known = len(pages)
        pages.add(_print_of(page))
        in_vain = in_vain + 1 if len(pages) == known else 0
        if (
            total > limits.entries
            or len(tokens) > limits.pages
            or in_vain > limits.pages_in_vain
            or len(token) > _TOKEN_CHARACTERS
        ):
            raise UnreadableAnswer(service=wire.service, details=f"GET {path}: a list of {name} without an end")


def _print_of(page: list[Entry]) -> int:
    """Return a number by which a page is known again. Signed addresses are others each time."""
    return hash(json.dumps([{key: each[key] for key in each if key != "downloadURL"} for each in page]))
