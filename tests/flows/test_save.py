"""Saving results over a line and a service that break, onto a disk that gets full, by processes that end in between."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchdock.core.errors import BatchdockError, DiskFull, TransferStopped
from batchdock.core.transfer import Hold, TransferState
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


def hidden(to: Path) -> list[Path]:
    return [each for each in to.iterdir() if each.name.startswith(".")]


def asked(cloud: RoboflowCloud, what: str) -> int:
    return len([each for each in cloud.seen if what in str(each)])


def test_archives_and_plain_files_arrive_once(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    wanted = export(cloud, "r", plain=300)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            report = await desk.results.save(await connected(desk, cloud), ["r"], tmp_path / "out", name="Lot")
            assert_saved_once(report.folder, wanted)
            assert (report.files, report.originals) == (len(wanted) + 1, 800)
            (row,) = desk.transfers.all()
            assert (row.state, row.items_done, row.items_total) == (TransferState.DONE, 320, 320)
            assert not hidden(tmp_path / "out")
            again = await desk.results.save(await connected(desk, cloud), ["r"], tmp_path / "out", name="Lot")
            assert again.folder.name == "Lot 2"

    asyncio.run(scenario())
    assert asked(cloud, "/storage/get") == 640


@pytest.mark.parametrize(("plain", "short"), [(60, 0.0), (0, 0.1)])
def test_everything_arrives_through_bad_weather(
    cloud: RoboflowCloud, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain: int, short: float
) -> None:
    """20 % errors, 10 % drops, and all else that a line can do; without a hand.

    A body that is short without a length only an archive can give away.
    """
    wanted = export(cloud, "r", plain=plain)
    monkeypatch.setattr("batchdock.flows.transfers.trouble._LONGEST_PAUSE", 0.2)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            cloud.weather(
                seed=5,
                errors=0.2,
                drops=0.1,
                truncated=0.1,
                short=short,
                stalls=0.02,
                stall_seconds=0.3,
                expired=0.03,
                retry_after="0",
                only="GET .*/list|GET /storage",
            )
            report = await desk.results.save(account, ["r"], tmp_path / "out", name="Lot")
            assert report.problems == ()
            assert_saved_once(report.folder, wanted)
            (row,) = desk.transfers.all()
            assert row.retried > 5

    asyncio.run(scenario())
    assert sum(cloud.struck.values()) > 10


def test_addresses_that_ran_out_cost_one_list_for_all(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    wanted = export(cloud, "r", archives=0, plain=400)
    cloud.line(latency=0.01)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            saving = asyncio.create_task(desk.results.save(account, ["r"], tmp_path / "out"))
            await until(lambda: asked(cloud, "/storage/get") > 60, "some have been fetched")
            cloud.expire_addresses()
            report = await saving
            assert report.problems == ()
            assert_saved_once(report.folder, wanted)

    asyncio.run(scenario())
    pages = 400 // cloud.state.page
    assert asked(cloud, "/list") <= 3 * pages


def test_a_file_that_is_gone_is_named_and_the_others_arrive(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    wanted = export(cloud, "r", archives=0, plain=60)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            cloud.line(latency=0.05)
            saving = asyncio.create_task(desk.results.save(account, ["r"], tmp_path / "out"))
            await until(lambda: asked(cloud, "/storage/get") >= 1)
            del cloud.state.batches["r"].parts["plain"].files["plain 0059.jpg"]
            cloud.expire_addresses()
            report = await saving
            assert [(each.name, each.cause) for each in report.problems] == [
                ("plain 0059.jpg", "It is not at the service any more.")
            ]
            del wanted["files/plain 0059.jpg"]
            assert "plain 0059.jpg" in (report.folder / "not processed.csv").read_text(encoding="utf-8-sig")
            (report.folder / "not processed.csv").unlink()
            assert_saved_once(report.folder, wanted)

    asyncio.run(scenario())


def test_a_program_that_ends_in_between_goes_on_at_its_next_start(
    cloud: RoboflowCloud, home: Path, tmp_path: Path
) -> None:
    wanted = export(cloud, "r", plain=200)
    cloud.line(latency=0.02)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            saving = asyncio.create_task(desk.results.save(account, ["r"], tmp_path / "out", name="Lot"))
            await until(lambda: list(tmp_path.glob("out/.batchdock-*/done/details/*")), "something has its place")
        with pytest.raises(asyncio.CancelledError):
            await saving
        fetched = asked(cloud, "/storage/get")
        async with desk_at(home) as (desk, _):
            await connected(desk, cloud)
            await until(lambda: (tmp_path / "out" / "Lot").exists(), "it goes on by itself")
            await until(lambda: desk.transfers.all()[0].state is TransferState.DONE)
        assert fetched < asked(cloud, "/storage/get")

    asyncio.run(scenario())
    assert_saved_once(tmp_path / "out" / "Lot", wanted)
    assert not hidden(tmp_path / "out")


def test_a_place_that_is_gone_at_the_next_start_is_named_and_can_be_tried_again(
    cloud: RoboflowCloud, home: Path, tmp_path: Path
) -> None:
    wanted = export(cloud, "r", plain=200)
    cloud.line(latency=0.02)
    out, away = tmp_path / "out", tmp_path / "away"

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            saving = asyncio.create_task(desk.results.save(account, ["r"], out, name="Lot"))
            await until(lambda: list(out.glob(".batchdock-*/done/details/*")), "something has its place")
        with pytest.raises(asyncio.CancelledError):
            await saving
        out.rename(away)
        async with desk_at(home) as (desk, _):
            await connected(desk, cloud)
            await until(lambda: desk.problems.all(), "it is said")
            (row,) = desk.transfers.all()
            assert row.state is TransferState.FAILED
            away.rename(out)
            await desk.transfers.retry(row.transfer_id)
            await until(lambda: desk.transfers.all()[0].state is TransferState.DONE)
        assert_saved_once(out / "Lot", wanted)

    asyncio.run(scenario())


def test_what_was_stopped_goes_on_when_asked_and_is_swept_away_when_not(
    cloud: RoboflowCloud, home: Path, tmp_path: Path
) -> None:
    wanted = export(cloud, "r", plain=200)
    cloud.line(latency=0.02)

    async def stopped(desk: Desk, name: str) -> None:
        account = await connected(desk, cloud)
        saving = asyncio.create_task(desk.results.save(account, ["r"], tmp_path / "out", name=name))
        await until(lambda: asked(cloud, "/storage/get") > 30)
        (row,) = [each for each in desk.transfers.all() if each.name == name]
        await desk.transfers.stop(row.transfer_id)
        with pytest.raises(TransferStopped):
            await saving

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            await stopped(desk, "Lot")
            assert len(hidden(tmp_path / "out")) == 1
            await desk.transfers.retry(desk.transfers.all()[0].transfer_id)
            await until(lambda: desk.transfers.all()[0].state is TransferState.DONE)
            assert_saved_once(tmp_path / "out" / "Lot", wanted)
            cloud.seen.clear()
            await stopped(desk, "Other")
            assert len(hidden(tmp_path / "out")) == 1
            await desk.transfers.clear_finished()
            cloud.seen.clear()
            await stopped(desk, "Third")
            assert len(hidden(tmp_path / "out")) == 1
        async with desk_at(home) as (desk, _):
            assert not hidden(tmp_path / "out")
            assert not desk.transfers.all()

    asyncio.run(scenario())


def test_pause_and_resume_in_the_middle(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    wanted = export(cloud, "r", plain=200)
    cloud.line(latency=0.02)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            saving = asyncio.create_task(desk.results.save(account, ["r"], tmp_path / "out"))
            for count in (20, 60, 100):
                await until(lambda count=count: asked(cloud, "/storage/get") > count)  # type: ignore[misc]
                row = desk.transfers.all()[0]
                await desk.transfers.pause(row.transfer_id)
                await desk.transfers.resume(row.transfer_id)
            assert_saved_once((await saving).folder, wanted)

    asyncio.run(scenario())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with 4 MiB more than what is held back, where this process may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=68m", "tmpfs", str(place)]
    if os.name != "posix" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system can be mounted by root on Linux only")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def test_a_full_disk_holds_it_and_room_lets_it_go_on(
    cloud: RoboflowCloud, home: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = export(cloud, "r", archives=10, pictures=200)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            saving = asyncio.create_task(desk.results.save(account, ["r"], small_disk))
            await until(lambda: desk.transfers.all() and desk.transfers.all()[0].state is TransferState.HELD)
            row = desk.transfers.all()[0]
            assert row.hold is Hold.DISK
            assert "The disk is full" in row.message
            subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
            await desk.transfers.resume(row.transfer_id)
            report = await saving
            assert_saved_once(report.folder, wanted)
            assert not hidden(small_disk)

    asyncio.run(scenario())
    assert asked(cloud, "/storage/get") == 10


def test_a_script_is_told_of_a_full_disk_and_goes_on_when_it_is_run_again(
    cloud: RoboflowCloud, home: Path, small_disk: Path
) -> None:
    wanted = export(cloud, "r", archives=10, pictures=200)

    async def scenario() -> None:
        async with desk_at(home, patience=1.0) as (desk, _):
            account = await connected(desk, cloud)
            with pytest.raises(DiskFull):
                await desk.results.save(account, ["r"], small_disk, name="Lot")
        subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
        async with desk_at(home, patience=60.0, active=False) as (desk, _):
            account = await connected(desk, cloud)
            report = await desk.results.save(account, ["r"], small_disk)
            assert report.folder.name == "Lot"
            assert_saved_once(report.folder, wanted)

    asyncio.run(scenario())
    assert not hidden(small_disk)


def test_nothing_is_left_of_a_saving_that_never_began(cloud: RoboflowCloud, home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            with pytest.raises(BatchdockError):
                await desk.results.save(account, ["no-such-batch"], tmp_path / "out", name="Lot")
            assert not list((tmp_path / "out").iterdir())

    asyncio.run(scenario())
