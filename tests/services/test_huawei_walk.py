"""Reading a list page by page while it changes: nothing lost, nothing twice, and an end (contract §2.1, §4.2)."""

import asyncio
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdock.core.errors import BadRequest, BatchdockError, UnreadableAnswer
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.huawei.jobs.walk import ByOffset, Found, Numbered, Page, Paging, Walk

Change = Callable[[list[int], int], None]
"""Changes the list before the request with this number."""


class Listed:
    """A list at a service, and how it changes while it is read."""

    def __init__(self, ids: Sequence[int], change: Change | None = None, *, refuses_beyond: bool = False) -> None:
        self.ids = list(ids)
        self.requests: list[Page] = []
        self._change = change
        self._refuses_beyond = refuses_beyond

    async def ask(self, page: Page) -> Found:
        if self._change is not None:
            self._change(self.ids, len(self.requests))
        self.requests.append(page)
        if self._refuses_beyond and page.start and page.start >= len(self.ids):
            raise BadRequest(service="S", reason="There is no such page.")
        return Found(tuple({"id": str(each)} for each in self.ids[page.start : page.start + page.size]))


def read(listed: Listed, paging: Paging, limits: Limits = LIMITS) -> list[int]:
    """Return the ids that a reading yields, in their order."""

    async def scenario() -> list[int]:
        walk = Walk(listed.ask, paging, limits=limits, service="S")
        return [int(each["id"]) async for each in walk.entries()]

    return asyncio.run(scenario())


PAGINGS: dict[str, Callable[[], Paging]] = {
    "pages of 50": lambda: Numbered(50),
    "pages of 20": lambda: Numbered(20, first=5),
    "larger ones after the first": lambda: Numbered(500, first=50),
    "offsets": lambda: ByOffset(100),
    "small offsets": lambda: ByOffset(3),
}


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("total", [0, 1, 4, 5, 6, 49, 50, 51, 99, 100, 101, 1234])
def test_a_list_that_stays_is_read_in_its_order(paging: str, total: int) -> None:
    listed = Listed(range(total))
    assert read(listed, PAGINGS[paging]()) == list(range(total))


def test_little_is_read_twice() -> None:
    """Each page has to begin with something known; a size is chosen of which a page begins just there."""
    listed = Listed(range(20_000))
    assert len(read(listed, Numbered(50))) == 20_000
    assert len(listed.requests) < 500  # 400 pages of 50 would join on to nothing
    assert all(5 <= page.size <= 50 and page.start % page.size == 0 for page in listed.requests)


_changes = st.lists(
    st.tuples(
        st.sampled_from(["delete", "delete many", "insert first", "insert", "append", "nothing"]),
        st.floats(0, 1, exclude_max=True),
        st.integers(1, 200),
    ),
    max_size=60,
)


def _changing(script: Sequence[tuple[str, float, int]], gone: set[int], numbers: list[int]) -> Change:
    """Return a change that follows a script, a line before each request but the first, and notes what is gone."""

    def change(ids: list[int], request: int) -> None:
        if not 0 < request <= len(script):
            return
        kind, where, count = script[request - 1]
        place = int(where * len(ids))
        if kind.startswith("delete"):
            some = ids[place : place + (count if kind == "delete many" else 1)]
            gone.update(some)
            ids[:] = [each for each in ids if each not in gone]
        elif kind != "nothing":
            new = [numbers.pop() for _ in range(count)]
            place = {"insert first": 0, "insert": place, "append": len(ids)}[kind]
            ids[place:place] = new

    return change


@pytest.mark.parametrize("paging", PAGINGS)
@settings(max_examples=40, derandomize=True, database=None, deadline=None)
@given(total=st.integers(0, 700), script=_changes, refuses=st.booleans())
def test_what_is_there_all_the_time_is_told_once_whatever_changes(
    paging: str, total: int, script: list[tuple[str, float, int]], refuses: bool
) -> None:
    gone: set[int] = set()
    listed = Listed(range(total), _changing(script, gone, list(range(10**6, 1000, -1))), refuses_beyond=refuses)
    found = read(listed, PAGINGS[paging]())
    assert len(found) == len(set(found))
    assert set(range(total)) - gone <= set(found)


def test_ten_thousand_that_go_at_once_cost_no_endless_reading() -> None:
    """What was read of is deleted, so that all that is left moves up by far."""

    def change(ids: list[int], request: int) -> None:
        if request == 250:
            del ids[:10_000]

    listed = Listed(range(20_000), change)
    assert set(range(10_000, 20_000)) <= set(read(listed, Numbered(50)))
    assert len(listed.requests) < 800


def test_all_are_deleted_meanwhile() -> None:
    listed = Listed(range(500), lambda ids, request: ids.clear() if request == 3 else None)
    assert 100 < len(read(listed, Numbered(50))) < 200


def test_a_service_that_gives_fewer_than_asked_for() -> None:
    """It says so, and what it says is how long its pages are from then on."""
    listed = Listed(range(777))

    async def ask(page: Page) -> Found:
        size = min(page.size, 20)
        start = page.start // page.size * size
        return Found((await listed.ask(Page(start, size))).entries, size)

    async def scenario() -> list[str]:
        walk = Walk(ask, Numbered(500, first=50), limits=LIMITS, service="S")
        return [each["id"] async for each in walk.entries()]

    assert asyncio.run(scenario()) == [str(each) for each in range(777)]


def test_a_service_whose_pages_have_one_size_only() -> None:
    """Then none can join on to the one before, and they are read one after the other."""
    listed = Listed(range(95))

    async def ask(page: Page) -> Found:
        return Found((await listed.ask(Page(page.start // page.size * 10, 10))).entries, 10)

    async def scenario() -> list[str]:
        walk = Walk(ask, Numbered(50), limits=LIMITS, service="S")
        return [each["id"] async for each in walk.entries()]

    assert asyncio.run(scenario()) == [str(each) for each in range(95)]


def _always_the_same(page: Page) -> list[int]:
    return list(range(page.size))


def _never_the_same(page: Page) -> list[int]:
    return random.sample(range(10**9), page.size)


@pytest.mark.parametrize("rows", [_always_the_same, _never_the_same])
def test_a_list_without_an_end_is_told(rows: Callable[[Page], list[int]]) -> None:
    asked = 0

    async def ask(page: Page) -> Found:
        nonlocal asked
        asked += 1
        return Found(tuple({"id": str(each)} for each in rows(page)))

    async def scenario() -> None:
        async for _ in Walk(ask, Numbered(50), limits=LIMITS, service="S").entries():
            pass

    with pytest.raises(UnreadableAnswer):
        asyncio.run(scenario())
    assert asked < 500


def test_a_service_that_gives_everything_each_time() -> None:
    listed = Listed(range(300))

    async def ask(page: Page) -> Found:
        return await listed.ask(Page(0, 10**6))

    async def scenario() -> int:
        return len([each async for each in Walk(ask, Numbered(50), limits=LIMITS, service="S").entries()])

    assert asyncio.run(scenario()) == 300
    assert len(listed.requests) <= 3


def test_entries_without_an_id_are_left_out() -> None:
    async def ask(page: Page) -> Found:
        rows = [{"id": str(each)} if each % 3 else {"id": None} for each in range(120)]
        return Found(tuple(rows[page.start : page.start + page.size]))

    async def scenario() -> list[str]:
        return [each["id"] async for each in Walk(ask, Numbered(50), limits=LIMITS, service="S").entries()]

    assert asyncio.run(scenario()) == [str(each) for each in range(120) if each % 3]


def test_a_page_that_is_refused_each_time_is_no_end() -> None:
    async def ask(page: Page) -> Found:
        if page.start > 100:
            raise BadRequest(service="S", reason="No further.")
        return Found(tuple({"id": str(page.start + each)} for each in range(page.size)))

    async def scenario() -> None:
        async for _ in Walk(ask, Numbered(50), limits=LIMITS, service="S").entries():
            pass

    with pytest.raises(BatchdockError) as told:
        asyncio.run(scenario())
    assert isinstance(told.value, BadRequest)
