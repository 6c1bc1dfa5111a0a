"""Tables do not wait for the pictures: they can be opened while gigabytes are still to come."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from batchdock.core.transfer import TransferState
from batchdock.flows.desk import Desk
from batchdock.flows.results.early import ARRIVING
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_contents import Repeated
from fakes.roboflow_state import Pile, archive
from making.desks import desk_at, until
from making.exports import assert_saved_once, export


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


async def connected(desk: Desk, cloud: RoboflowCloud) -> str:
    return (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id


def results(cloud: RoboflowCloud) -> dict[str, str]:
    """Results whose pictures are listed before their tables, as a service may do."""
    wanted = export(cloud, "r", archives=6, plain=120)
    batch = cloud.state.batches["r"]
    batch.parts = {"plain": batch.parts["plain"], "predictions": batch.parts["predictions"]}
    return wanted


@asynccontextmanager
async def on_the_way(home: Path, cloud: RoboflowCloud, out: Path) -> AsyncIterator[tuple[Desk, "asyncio.Task[Path]"]]:
    """Begin to save over a slow line, and wait for the table to be there."""

    async def save(desk: Desk, account: str) -> Path:
        return (await desk.results.save(account, ["r"], out, name="Lot")).folder

    async with desk_at(home) as (desk, _):
        account = await connected(desk, cloud)
        saving = asyncio.create_task(save(desk, account))
        await until(lambda: (out / "Lot" / "results.csv").exists(), "the table is there")
        assert not saving.done()
        yield desk, saving


def test_the_table_is_there_before_the_pictures(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    wanted = results(cloud)
    out = tmp_path / "out"
    cloud.line(latency=0.05)

    async def scenario() -> None:
        async with on_the_way(home, cloud, out) as (desk, saving):
            assert sorted(each.name for each in (out / "Lot").iterdir()) == ["results.csv", ARRIVING]
            assert len((out / "Lot" / "results.csv").read_text(encoding="utf-8-sig").splitlines()) == 6 * 25 + 1
            await until(lambda: desk.transfers.all()[0].place == out / "Lot", "the transfer opens it")
            assert await saving == out / "Lot"

    asyncio.run(scenario())
    assert [each.name for each in out.iterdir()] == ["Lot"]
    assert_saved_once(out / "Lot", wanted)


def test_one_large_picture_does_not_keep_the_table_back(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    export(cloud, "r", archives=1)
    large = {"i-0.tar.gz": Repeated(b"large", 200 * 1024 * 1024)}
    cloud.state.batches["r"].parts["images"] = Pile("archives", dict(large), "images")
    cloud.line(bytes_per_second=500_000)

    async def scenario() -> None:
        async with on_the_way(home, cloud, tmp_path) as (_, saving):
            saving.cancel()

    asyncio.run(scenario())


def test_what_a_person_does_with_it_meanwhile_stays(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    wanted = results(cloud)
    out = tmp_path / "out"
    cloud.line(latency=0.05)

    async def scenario() -> None:
        async with on_the_way(home, cloud, out) as (_, saving):
            (out / "Lot" / "results.csv").write_text("sorted by me", encoding="utf-8")
            (out / "Lot" / "details").mkdir()
            (out / "Lot" / "details" / "mine.txt").write_text("mine", encoding="utf-8")
            (out / "Lot" / "files").write_text("a file of this name", encoding="utf-8")
            await saving

    asyncio.run(scenario())
    found = out / "Lot"
    assert (found / "results.csv").read_text(encoding="utf-8") == "sorted by me"
    assert (found / "details" / "mine.txt").read_text(encoding="utf-8") == "mine"
    assert (found / "files").read_text(encoding="utf-8") == "a file of this name"
    for place in ("results.csv", "details/mine.txt", "files"):
        (found / place).unlink()
    (found / "files (2)").rename(found / "files")
    assert_saved_once(found, wanted)


def test_where_the_folder_is_gone_all_of_it_appears_anew(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    wanted = results(cloud)
    out = tmp_path / "out"
    cloud.line(latency=0.05)

    async def scenario() -> None:
        async with on_the_way(home, cloud, out) as (_, saving):
            (out / "Lot").rename(out / "moved away")
            assert await saving == out / "Lot"

    asyncio.run(scenario())
    assert_saved_once(out / "Lot", wanted)
    assert (out / "moved away" / "results.csv").exists()


def test_a_program_that_ends_in_between_fills_the_same_folder(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    wanted = results(cloud)
    out = tmp_path / "out"
    cloud.line(latency=0.05)

    async def scenario() -> None:
        async with on_the_way(home, cloud, out) as (_, saving):
            pass
        with pytest.raises(asyncio.CancelledError):
            await saving
        assert (out / "Lot" / "results.csv").exists()
        async with desk_at(home) as (desk, _):
            await connected(desk, cloud)
            await until(lambda: desk.transfers.all() and desk.transfers.all()[0].state is TransferState.DONE)

    asyncio.run(scenario())
    assert [each.name for each in out.iterdir()] == ["Lot"]
    assert_saved_once(out / "Lot", wanted)


def test_a_table_that_comes_late_replaces_the_early_one(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    wanted = results(cloud)
    late = {"late.jpg/results.json": b"{}", "aggregated_results.csv": b"image,found\nlate.jpg,1\n"}
    cloud.state.batches["r"].parts["plain"].files["zz.tar.gz"] = archive(late)
    out = tmp_path / "out"
    cloud.line(latency=0.05)

    async def scenario() -> None:
        async with on_the_way(home, cloud, out) as (_, saving):
            assert "late.jpg" not in (out / "Lot" / "results.csv").read_text(encoding="utf-8-sig")
            await saving

    asyncio.run(scenario())
    assert "late.jpg" in (out / "Lot" / "results.csv").read_text(encoding="utf-8-sig")
    (out / "Lot" / "results.csv").unlink()
    (out / "Lot" / "details" / "late.jpg" / "results.json").unlink()
    assert_saved_once(out / "Lot", wanted)
