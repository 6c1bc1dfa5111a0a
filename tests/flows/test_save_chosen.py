"""Some files of a batch, saved without the others: only these, also after the program ended in between, and marked."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchdock.core.batch import Choice
from batchdock.core.transfer import TransferState
from batchdock.flows.desk import Desk
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, until
from making.exports import assert_saved_once, export


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


async def connected(desk: Desk, cloud: RoboflowCloud) -> str:
    return (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id


def some(*numbers: int, others: bool = False) -> Choice:
    return Choice("plain", frozenset((None, f"plain {number:04}.jpg") for number in numbers), others=others)


def only(wanted: dict[str, str], *numbers: int) -> dict[str, str]:
    return {place: wanted[place] for place in (f"files/plain {number:04}.jpg" for number in numbers)}


def test_a_choice_is_a_few_or_all_but_a_few() -> None:
    few, all_but = some(1, 2, 3), some(3, 4, others=True)
    assert [few.has(None, f"plain {n:04}.jpg") for n in (1, 4)] == [True, False]
    assert [all_but.has(None, f"plain {n:04}.jpg") for n in (1, 4)] == [True, False]
    assert not few.has("shard", "plain 0001.jpg")
    assert few.without(some(2)) == some(1, 3)
    assert few.without(all_but) == some(3)
    assert all_but.without(few) == some(1, 2, 3, 4, others=True)
    assert all_but.without(some(3, 4, 5, others=True)) == some(5)
    assert (few.count(10), all_but.count(10), all_but.count(1)) == (3, 8, 0)


def test_only_what_was_chosen_is_saved_and_known_as_saved(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    wanted = export(cloud, "r", archives=2, plain=300)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            few = await desk.results.save(account, ["r"], tmp_path, choices=[some(3, 250)], name="Few")
            assert_saved_once(few.folder, only(wanted, 3, 250))
            assert few.files == 2
            rest = await desk.results.save(account, ["r"], tmp_path, choices=[some(*range(290), others=True)])
            assert_saved_once(rest.folder, only(wanted, *range(290, 300)))
            first, second = await desk.results.saved_of(account, "r")
            assert (first.folder, first.choice("plain")) == (few.folder, some(3, 250))
            assert not first.choice("predictions").has(None, "part-000.tar.gz")
            assert second.choice("plain").has(None, "plain 0299.jpg")
            few.folder.rename(tmp_path / "elsewhere")
            assert await desk.results.saved_of(account, "r") == (second,)

    asyncio.run(scenario())


def test_what_could_not_be_had_is_not_marked(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    export(cloud, "r", archives=0, plain=20)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            cloud.line(latency=0.05)
            saving = asyncio.create_task(desk.results.save(account, ["r"], tmp_path / "out", name="Lot"))
            await until(lambda: cloud.requests("/storage/get"))
            del cloud.state.batches["r"].parts["plain"].files["plain 0019.jpg"]
            cloud.expire_addresses()
            await saving
            (saved,) = await desk.results.saved_of(account, "r")
            assert saved.choice("plain") == some(19, others=True)

    asyncio.run(scenario())


def test_a_choice_goes_on_after_the_program_has_ended(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    wanted = export(cloud, "r", archives=0, plain=300)
    out = tmp_path / "out"
    cloud.line(latency=0.02)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            choices = [some(*range(100), others=True)]
            saving = asyncio.create_task(desk.results.save(account, ["r"], out, choices=choices, name="Lot"))
            await until(lambda: list(out.glob(".batchdock-*/done/files/*")), "something has its place")
        with pytest.raises(asyncio.CancelledError):
            await saving
        async with desk_at(home) as (desk, _):
            await connected(desk, cloud)
            await until(lambda: desk.transfers.all() and desk.transfers.all()[0].state is TransferState.DONE)
            assert desk.transfers.all()[0].items_total == 200

    asyncio.run(scenario())
    assert [each.name for each in out.iterdir()] == ["Lot"]
    assert_saved_once(out / "Lot", only(wanted, *range(100, 300)))


def test_how_much_it_is_is_told_as_exactly_as_it_is_known(cloud: RoboflowCloud, home: Path) -> None:
    export(cloud, "r", archives=3, pictures=2, plain=300)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            exact = await desk.results.weigh(account, ["r"], [some(1, 2)])
            assert (exact.files, exact.bytes, exact.exact, exact.least) == (2, 6_000, True, False)
            about = await desk.results.weigh(account, ["r"], [some(7, others=True)])
            assert (about.files, about.bytes, about.exact, about.least) == (299, 897_000, False, False)
            whole = await desk.results.weigh(account, ["r"])
            assert (whole.files, whole.exact, whole.least) == (303, False, True)
            cloud.state.says_sizes = False
            silent = await desk.results.weigh(account, ["r"], [some(1, 2)])
            assert (silent.files, silent.bytes, silent.exact, silent.least) == (2, 0, False, True)
            assert await desk.results.room(home / "not" / "there" / "yet") > 0

    asyncio.run(scenario())
