"""Reads a list page by page while it changes, so that nothing is lost and nothing told twice.

What is read once is kept in `_seen`. Each request begins at or before the last entry that was read, so that its page
has to show one that was seen. If none of it was, entries before it have been deleted meanwhile and others have moved
up, past what was asked for: the reading goes back until a page joins on to what was read. An entry that moves up can
so never be missed, and one that moves down, because others came before it, is only seen again and left out. No count
is trusted: the list ends with a page that is not full.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from batchdock.core.errors import BadRequest, NotFound, ServiceError, UnreadableAnswer
from batchdock.services.http.limits import Limits
from batchdock.services.http.reading import Entry, optional_text

_FIRST_STEP = 8
"""Entries to go back at first: few are deleted at a time, and what is read again is read in vain."""
_STEPS = 4
"""How much longer each further step back is."""
_MOST_REFUSALS = 8


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list to ask for: entries from `start` on, at most `size` of them."""

    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Found:
    """What came; an entry that is none counts too, as an empty one: a page is full with it.

    `size` is how many a page has at most, where the service says it.
    """

    entries: tuple[Entry, ...]
    size: int | None = None


class Paging(Protocol):
    """Which parts of its list a service can be asked for."""

    def page_to(self, end: int) -> Page:
        """Return the page that begins before `end`, or with the list, and reaches farthest beyond it.

        Where none does both, it is the one that begins at `end`.
        """
        ...

    def learn(self, asked: int, given: int) -> None:
        """Take in that a page has other than so many entries as were asked for."""
        ...


class Numbered:
    """Pages of a chosen size have numbers (contract §2.1, §3.1): `start` is a multiple of `size`.

    So which sizes fit depends on where to begin. Some size not much below `most` nearly always has a page that begins
    just there. `first` is the size of the first page.
    """

    def __init__(self, most: int, *, first: int | None = None, least: int = 5) -> None:
        self._least, self._most, self._first = min(least, most), most, min(first or most, most)

    def page_to(self, end: int) -> Page:
        """See `Paging.page_to`."""
        if end <= 1:
            return Page(0, self._first)
        last = end - 1
        size = max(range(self._least, self._most + 1), key=lambda each: (each - last % each, each))
        if size - last % size > 1:
            return Page(last - last % size, size)
        return Page(end, size)  # All of them end there.

    def learn(self, asked: int, given: int) -> None:
        """See `Paging.learn`. Fewer are the most there can be; where there are more, the size can not be chosen."""
        self._most = given
        self._least = given if given > asked else min(self._least, given)
        self._first = min(self._first, given)


class ByOffset:
    """A list of which any part can be had (contract §4.2)."""

    def __init__(self, most: int) -> None:
        self._most = most

    def page_to(self, end: int) -> Page:
        """See `Paging.page_to`."""
        return Page(max(0, end - 1), self._most)

    def learn(self, asked: int, given: int) -> None:
        """See `Paging.learn`."""
        self._most = max(2, given)  # One of them is always read again.


class Walk:
    """One reading of a list. `ask` returns a page; `service` is who is asked, for errors."""

    def __init__(
        self, ask: Callable[[Page], Awaitable[Found]], paging: Paging, *, limits: Limits, service: str, key: str = "id"
    ) -> None:
        self._ask, self._paging, self._limits, self._service, self._key = ask, paging, limits, service, key
        self._seen: set[str] = set()
        self._end = self._farthest = self._pages = self._refusals = 0
        self._step = _FIRST_STEP
        self._left = limits.pages_in_vain

    async def entries(self) -> AsyncIterator[Entry]:
        """Yield every entry that is in the list from beginning to end of the reading, each once.

        Entries without an id can not be told from one another and are left out. `UnreadableAnswer` is raised for a
        list without an end: pages and pages with nothing new.
        """
        page = self._paging.page_to(0)
        while True:
            found = await self._found(page)
            if found.size is not None and found.size != page.size and len(found.entries) <= found.size:
                self._paging.learn(page.size, found.size)
                page = Page(page.start // page.size * found.size, found.size)
            ids = [optional_text(each.get(self._key)) for each in found.entries]
            if 0 < page.start < self._end and not any(each in self._seen for each in ids):
                page = self._stepped_back(page)
                continue
            news = 0
            for each, name in zip(found.entries, ids, strict=True):
                if name is not None and name not in self._seen:
                    self._seen.add(name)
                    news += 1
                    yield each
            if len(found.entries) < page.size or (len(found.entries) > page.size and not news):
                return  # More than was asked for, and the same again: all of it comes each time.
            self._advance(page.start + len(found.entries), news)
            page = self._paging.page_to(self._end)

    async def _found(self, page: Page) -> Found:
        self._pages += 1
        if self._pages > self._limits.pages or len(self._seen) > self._limits.entries:
            raise self._endless()
        try:
            return await self._ask(page)
        except (BadRequest, NotFound):
            # It is not known what is said of a page beyond the end (contract §10.5), and the list may be shorter now.
            self._refusals += 1
            if not page.start or self._refusals > _MOST_REFUSALS:
                raise
            return Found(())

    def _stepped_back(self, page: Page) -> Page:
        self._count_vain()
        self._left += self._step // page.size + 1  # What is gone back over has to be gone over again.
        before = self._paging.page_to(page.start - self._step + 1)
        self._step *= _STEPS
        return before

    def _advance(self, end: int, news: int) -> None:
        self._end, self._step = end, _FIRST_STEP
        if news and end > self._farthest:
            self._farthest, self._refusals = end, 0
            self._left = self._limits.pages_in_vain
        else:
            self._count_vain()

    def _count_vain(self) -> None:
        self._left -= 1
        if self._left <= 0:
            raise self._endless()

    def _endless(self) -> ServiceError:
        return UnreadableAnswer(service=self._service, details="a list without an end")
