"""What services keep, read and changed through a desk over the fake Huawei Cloud."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.errors import BatchdockError
from batchdock.flows.inventory import PAGE
from batchdock.flows.news import InventoryChanged
from fakes.huawei import HuaweiCloud
from making.desks import desk_at
from making.huawei import connect_desk

SOURCES, GROUPS = "video-sources", "video-groups"


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as running:
        yield running


def listed(cloud: HuaweiCloud) -> int:
    """Return how many pages of the list of sources were asked for."""
    return sum(each.path.endswith("/source/sources") for each in cloud.seen)


def test_a_collection_is_handed_on_page_by_page(cloud: HuaweiCloud, home: Path) -> None:
    cloud.add_sources(PAGE + 50)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connect_desk(desk, cloud)
            assert [each.key for each in desk.inventory.collections(account.account_id)][1:3] == [SOURCES, GROUPS]
            sizes: list[int] = []
            names: list[str] = []
            asked_by_the_first = 0
            async with aclosing(desk.inventory.items(account.account_id, SOURCES)) as pages:
                async for page in pages:
                    asked_by_the_first = asked_by_the_first or listed(cloud)
                    sizes.append(len(page))
                    names.extend(item.name for item in page)
            assert len(sizes) > 2
            assert max(sizes) <= PAGE
            assert len(set(names)) == len(names) == PAGE + 50
            assert asked_by_the_first < listed(cloud), "the first page came when all was read"

    asyncio.run(scenario())


def test_a_list_that_breaks_off_keeps_what_came_before(cloud: HuaweiCloud, home: Path) -> None:
    cloud.add_sources(500)
    cloud.fail("GET .*/source/sources", status=403, code="VIAS.00010012", skip=1, times=99)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connect_desk(desk, cloud)
            pages = desk.inventory.items(account.account_id, SOURCES)
            assert len(await anext(pages)) > 0
            with pytest.raises(BatchdockError):
                await anext(pages)

    asyncio.run(scenario())


def test_who_leaves_early_ends_the_reading(cloud: HuaweiCloud, home: Path) -> None:
    cloud.add_sources(3000)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connect_desk(desk, cloud)
            async with aclosing(desk.inventory.items(account.account_id, SOURCES)) as pages:
                await anext(pages)
            asked = listed(cloud)
            for _ in range(3):
                await desk.inventory.facts(account.account_id, SOURCES, next(iter(cloud.state.sources)))
            assert listed(cloud) == asked < 15, "all pages were read for nobody"

    asyncio.run(scenario())


def test_what_is_done_is_told_and_so_is_what_may_have_been(cloud: HuaweiCloud, home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, events):
            account = await connect_desk(desk, cloud)
            fields = await desk.inventory.form(account.account_id, GROUPS, "create")
            assert "video_group_name" in [field.key for field in fields]
            values = {"video_group_name": "north", "access_type": "cloud"}
            done = await desk.inventory.act(account.account_id, GROUPS, "create", (), values)
            changed = InventoryChanged(account.account_id, GROUPS)
            assert [cloud.state.groups[each].name for each in done.made] == ["north"]
            assert events.count(changed) == 1
            cloud.fail("POST .*/video-group", status=400, code="VIAS.00010003")
            with pytest.raises(BatchdockError):
                await desk.inventory.act(account.account_id, GROUPS, "create", (), values)
            assert events.count(changed) == 2

    asyncio.run(scenario())


def test_this_computer_keeps_nothing_of_the_kind(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            assert desk.inventory.collections(THIS_COMPUTER_ID) == ()

    asyncio.run(scenario())
