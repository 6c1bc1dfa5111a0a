"""Reads a list whole, though it may change while it is read (contract §1.4)."""

from collections.abc import AsyncIterator, Callable, Hashable, Mapping

from batchdock.core.errors import UnreadableAnswer
from batchdock.services.http.patience import Patience
from batchdock.services.http.reading import Entry, optional_text
from batchdock.services.tensorbay.wire import PAGE, Query, Wire

Key = Callable[[Entry], Hashable]
"""Tells a row from all others."""


def by(name: str) -> Key:
    """Return what tells rows apart by one of their values."""
    return lambda row: optional_text(row.get(name)) or str(row)


def by_place(row: Entry) -> Hashable:
    """Tell files apart by their paths, and frames by their ids."""
    return optional_text(row.get("frameId")) or optional_text(row.get("remotePath")) or str(row)


async def walk(
    wire: Wire,
    operation: str,
    *,
    at: Mapping[str, str] | None = None,
    query: Query | None = None,
    key: Key,
    patience: Patience | None = None,
) -> AsyncIterator[Entry]:
    """Yield the rows of a list, each once, page by page on demand.

    Pages overlap by one row. Where that row is not known, rows before it have gone meanwhile and what follows has moved
    up: it is read on from a page earlier, or what has slid between two pages would be lost.
    """
    seen: set[Hashable] = set()
    doubted: set[int] = set()
    start = 0
    for _ in range(wire.limits.pages):
        page = await wire.page(operation, at=at, query=query, start=start, patience=patience)
        has_moved = start > 0 and (not page.rows or key(page.rows[0]) not in seen)
        for row in page.rows:
            if (found := key(row)) not in seen:
                seen.add(found)
                yield row
        if has_moved and start not in doubted:
            # Once for each place: where a row is null, the overlap is never known.
            doubted.add(start)
            start = max(0, start - PAGE + 1)
        elif page.following is None:
            return
        else:
            # A page of one row would be asked for again and again.
            start = max(page.following - 1, start + 1)
    raise UnreadableAnswer(service=wire.service, details=f"{operation}: a list without an end")
