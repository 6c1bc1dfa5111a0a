"""Lists of the Roboflow contract, page after page, and what its notifications say."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from batchdock.core.errors import UnreadableAnswer
from batchdock.services.http.reading import Entry, entries, entry, optional_text, text
from batchdock.services.roboflow.wire import Wire

_TOKEN_CHARACTERS = 4096
_LISTING = frozenset({"status", "nextPageToken"})

_Read = TypeVar("_Read")


def message_of(notification: object) -> str:
    """Return what a notification says; the contract has it as an object or as a text."""
    if isinstance(notification, str):
        return notification
    found = entry(notification)
    return text(found.get("message")) or text(found.get("reason")) or text(found.get("description"))


def listed(answer: object, name: str, wire: Wire) -> Iterator[Entry]:
    """Yield the objects of a list, see `entries`."""
    return entries(answer, name, wire, _LISTING)


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
        page = list(listed(answer, name, wire))
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
