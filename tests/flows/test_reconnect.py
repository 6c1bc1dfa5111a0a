"""Files that are not where they were when they were dropped."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchdock.core.errors import NotAllArrived, OtherFolder
from batchdock.core.transfer import Hold, TransferState
from batchdock.flows.desk import Desk
from batchdock.flows.transfers.arrival import Arrival
from batchdock.flows.transfers.holds import Looks
from batchdock.flows.transfers.reconnect import GONE, MISSING
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, until
from making.sendings import assert_each_there_once, small_files

QUICK = Looks(source=0.05, calm=0.05)


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


async def connected(desk: Desk, cloud: RoboflowCloud) -> str:
    desk.transfers.holds.looks = QUICK
    desk.transfers._sender.arrival = Arrival(settle=0.3, silence=2.0)
    return (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id


def test_a_folder_that_was_moved_is_found_again(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    drop, moved = tmp_path / "card" / "drop", tmp_path / "archive" / "2026"
    items = small_files(drop, 30)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            cloud.fail("POST .*/upload/image", kind=Kind.STALLED, times=10)
            sending = asyncio.create_task(desk.transfers.ingest(account, items, "Lot", batch_id="lot-1"))
            await until(lambda: len(cloud.requests("/upload/image")) >= 8, "on its way")
            (row,) = desk.transfers.all()
            assert row.place == drop
            await desk.transfers.pause(row.transfer_id)
            moved.parent.mkdir()
            drop.rename(moved)
            cloud.heal()
            await desk.transfers.resume(row.transfer_id)
            await until(lambda: desk.transfers.all()[0].hold is Hold.SOURCE, "held")
            (problem,) = desk.problems.all()
            assert str(drop) in problem.error.sentence()
            (tmp_path / "wrong" / "0").mkdir(parents=True)
            with pytest.raises(OtherFolder) as caught:
                await desk.transfers.reconnect(row.transfer_id, tmp_path / "wrong")
            assert f"holds 0 of the {30 - len(cloud.arrived('lot-1'))} files" in caught.value.sentence()
            await desk.transfers.reconnect(row.transfer_id, moved)
            await sending
            for item in items:
                assert not item.path.exists()
            assert_each_there_once(cloud, "lot-1", small_files(drop, 30))
            assert desk.problems.all() == ()

    asyncio.run(scenario())


def test_a_folder_of_another_size_is_not_taken_for_the_one_that_moved(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    drop, other = tmp_path / "drop", tmp_path / "other"
    items = small_files(drop, 10)
    small_files(other, 10, size=3_000)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            shutil.rmtree(drop)
            sending = asyncio.create_task(desk.transfers.ingest(account, items, "Lot", batch_id="lot-1"))
            await until(lambda: desk.transfers.all() and desk.transfers.all()[0].hold is Hold.SOURCE, "held")
            (row,) = desk.transfers.all()
            with pytest.raises(OtherFolder):
                await desk.transfers.reconnect(row.transfer_id, other)
            # The folder that holds the moved one does as well.
            small_files(tmp_path / "back" / "drop", 10)
            await desk.transfers.reconnect(row.transfer_id, tmp_path / "back")
            await sending
            assert_each_there_once(cloud, "lot-1", small_files(drop, 10))

    asyncio.run(scenario())


def test_one_goes_on_without_what_can_not_be_reached(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    here, there = small_files(tmp_path / "here", 6), small_files(tmp_path / "there", 4, size=600)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            shutil.rmtree(tmp_path / "there")
            sending = asyncio.create_task(desk.transfers.ingest(account, [*here, *there], "Lot", batch_id="lot-1"))
            await until(lambda: desk.transfers.all() and desk.transfers.all()[0].hold is Hold.SOURCE, "held")
            (row,) = desk.transfers.all()
            await desk.transfers.go_on_without(row.transfer_id)
            await sending
            (row,) = desk.transfers.all()
            assert (row.state, row.failed) == (TransferState.DONE_WITH_PROBLEMS, 4)
            assert_each_there_once(cloud, "lot-1", here)
            (sent,) = desk._journal.sendings.of_batch(account, "lot-1")
            lost = desk._journal.sendings.lost(sent.number)
            assert {each.original for each in lost} == {item.relative for item in there}
            assert {each.lost for each in lost} == {GONE}

    asyncio.run(scenario())


def test_one_goes_on_without_what_did_not_arrive(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 5)
    cloud.fail("POST .*/upload/image", status=200, body=b'{"status":"ok"}', times=7)

    async def scenario() -> None:
        async with desk_at(home, active=False, patience=20.0) as (desk, _):
            account = await connected(desk, cloud)
            with pytest.raises(NotAllArrived):
                await desk.transfers.ingest(account, items, "Lot", batch_id="lot-1")
            (row,) = desk.transfers.all()
            before = len(cloud.requests("/upload/image"))
            await desk.transfers.go_on_without(row.transfer_id)
            await until(lambda: desk.transfers.all()[0].state is TransferState.DONE_WITH_PROBLEMS, "gone on")
            assert len(cloud.requests("/upload/image")) == before
            (sent,) = desk._journal.sendings.of_batch(account, "lot-1")
            assert {each.lost for each in desk._journal.sendings.lost(sent.number)} == {MISSING}
            assert sent.finished

    asyncio.run(scenario())
