"""The rows of a segment, page by page: only those that somebody looks at are known, however many there are."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence

from batchdock.core.datasets.data import Data
from batchdock.flows.datasets.datasets import Datasets
from batchdock.flows.datasets.pictures import Place

PAGE = 128
"""Rows that are asked for at a time (contract §1.4)."""

_KEPT = 40
"""Pages."""

_MOST_PAGES = 100_000
"""Of a segment. A service that lists more goes in circles."""

Row = tuple[Data, ...]
"""One file; of a fusion dataset the files of one frame. Empty where the service lists nothing in this place."""

OnCount = Callable[[int, bool], None]
"""Is told how many rows there are as far as is known, and whether that is all."""


class Rows:
    """Of one segment. Everything is called on the flows' loop, and raises what the service answers."""

    def __init__(self, datasets: Datasets, place: Place) -> None:
        self.place = place
        self._datasets = datasets
        self._pages: OrderedDict[int, tuple[Row, ...]] = OrderedDict()
        self._coming: dict[int, asyncio.Lock] = {}
        self._first: str | None = None
        """The path of the first file, by which a service is seen through that always answers with the beginning."""

    async def some(self, numbers: Sequence[int]) -> dict[int, Row]:
        """Return these rows; those behind the end are empty."""
        found: dict[int, Row] = {}
        for number in numbers:
            page, at = divmod(number, PAGE)
            rows = await self._page(page)
            found[number] = rows[at] if at < len(rows) else ()
        return found

    async def measure(self, on_count: OnCount) -> None:
        """Find out how many rows there are, and tell it as it becomes known.

        The service counts wrongly (contract §1.4), and walking over all pages takes minutes for 100,000 files: so pages
        farther and farther away are asked for until one is not full, and then those between.
        """
        first, on = 0, 1
        rows = await self._page(first)
        while len(rows) == PAGE and first < _MOST_PAGES:
            on_count((first + 1) * PAGE, False)
            rows = await self._page(first + on)
            if not rows:
                break
            first, on = first + on, on * 2
        beyond = first + on
        full = first
        if len(rows) == 0 and first + 1 < beyond:
            while full + 1 < beyond:
                middle = (full + beyond) // 2
                rows = await self._page(middle)
                if len(rows) == PAGE:
                    full = middle
                    on_count((full + 1) * PAGE, False)
                elif rows:
                    on_count(middle * PAGE + len(rows), True)
                    return
                else:
                    beyond = middle
        rows = await self._page(full)
        on_count(full * PAGE + len(rows), True)

    async def _page(self, page: int) -> tuple[Row, ...]:
        known = self._pages.get(page)
        if known is not None:
            self._pages.move_to_end(page)
            return known
        lock = self._coming.setdefault(page, asyncio.Lock())
        try:
            async with lock:
                if page not in self._pages:
                    self._pages[page] = await self._asked(page)
                    while len(self._pages) > _KEPT:
                        self._pages.popitem(last=False)
                return self._pages[page]
        finally:
            if not lock.locked():
                self._coming.pop(page, None)

    async def _asked(self, page: int) -> tuple[Row, ...]:
        place = self.place
        rows: list[Row] = []
        service = await self._datasets.of(place.account_id)
        begin, end = page * PAGE, (page + 1) * PAGE
        start: int | None = begin
        while start is not None and start < end:
            data, following = await service.detail_page(place.dataset_id, place.version, place.segment, start)
            rows[start - begin :] = framed(data)
            start = following if following is not None and following > start else None
            if start is not None:
                # What a page did not list on its way to the next is empty, so that places stay where they are.
                rows.extend(() for _ in range(min(start, end) - begin - len(rows)))
        path = rows[0][0].remote_path if rows and rows[0] else None
        if page == 0:
            self._first = path
        elif path is not None and path == self._first:
            return ()
        return tuple(rows[:PAGE])


def framed(data: Sequence[Data]) -> list[Row]:
    """Return files as rows: those of one frame together."""
    rows: list[list[Data]] = []
    for each in data:
        if rows and each.frame_id and rows[-1][0].frame_id == each.frame_id:
            rows[-1].append(each)
        else:
            rows.append([each])
    return [tuple(row) for row in rows]
