"""Sending against a real service that says no, goes away, forgets, or takes less: what becomes of each file."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest

from batchdock.core.batch import Content
from batchdock.core.errors import BadRequest, BatchGone, NotAllArrived
from batchdock.core.intake import Item
from batchdock.core.transfer import Hold, Transfer, TransferState
from batchdock.flows.desk import Desk
from batchdock.flows.transfers import trouble
from batchdock.store import FileRow, Journal
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, until
from making.sendings import assert_each_there_once, small_files

SLOW = 3.0
"""Seconds to be quiet where the line is slow: what has left this computer may be on it still."""


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        server.state.page = 1000
        yield server


@asynccontextmanager
async def sender(home: Path, cloud: RoboflowCloud, settle: float = 0.4) -> AsyncIterator[tuple[Desk, str]]:
    """A desk that does not wait long for what does not come, and the account it sends to."""
    async with desk_at(home, active=False) as (desk, _):
        desk.transfers._sender.arrival.settle = settle
        account = await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)
        yield desk, account.account_id


def send(desk: Desk, account: str, items: list[Item]) -> "asyncio.Task[object]":
    return asyncio.create_task(desk.transfers.ingest(account, items, "Lot", batch_id="lot"))


def shown(desk: Desk) -> Transfer:
    (row,) = desk.transfers.all()
    return row


def journalled(home: Path) -> list[FileRow]:
    with closing(Journal(home)) as journal:
        (sending,) = journal.sendings._select("finished = 1", ())
        return journal.sendings.files(sending.number)


def test_a_service_that_goes_away_and_comes_back(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble, "SHOWN_AFTER", 0.5)
    items = small_files(tmp_path / "drop", 2000, size=1000)
    cloud.line(bytes_per_second=2_000_000)

    async def scenario() -> None:
        async with sender(home, cloud, SLOW) as (desk, account):
            sending = send(desk, account, items)
            await until(lambda: desk.transfers.all() and shown(desk).bytes_done > 300_000, "some of it is over")
            await asyncio.to_thread(cloud.go_away)
            await until(lambda: shown(desk).state is TransferState.HELD, "held")
            assert shown(desk).hold is Hold.OFFLINE
            assert "No connection" in shown(desk).message
            cloud.come_back()
            cloud.line()
            await asyncio.wait_for(sending, 30)
            assert (shown(desk).state, shown(desk).hold, shown(desk).message) == (TransferState.DONE, None, "")

    asyncio.run(scenario())
    assert_each_there_once(cloud, "lot", items)


def test_a_key_that_is_revoked_and_given_back(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 2000, size=1000)
    cloud.line(bytes_per_second=2_000_000)

    async def scenario() -> None:
        async with sender(home, cloud, SLOW) as (desk, account):
            sending = send(desk, account, items)
            await until(lambda: desk.transfers.all() and shown(desk).bytes_done > 300_000, "some of it is over")
            cloud.revoke_key()
            await until(lambda: shown(desk).hold is Hold.KEY, "held")
            cloud.restore_key()
            cloud.line()
            await desk.transfers.resume(shown(desk).transfer_id)
            await asyncio.wait_for(sending, 30)
            assert (shown(desk).state, shown(desk).failed) == (TransferState.DONE, 0)

    asyncio.run(scenario())
    assert_each_there_once(cloud, "lot", items)


def test_a_source_that_goes_away_and_comes_back(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drive" / "drop", 3000, size=1000)
    cloud.line(bytes_per_second=2_000_000)

    async def scenario() -> None:
        async with sender(home, cloud, SLOW) as (desk, account):
            sending = send(desk, account, items)
            await until(lambda: desk.transfers.all() and shown(desk).bytes_done > 300_000, "some of it is over")
            (tmp_path / "drive").rename(tmp_path / "unplugged")
            await until(lambda: shown(desk).hold is Hold.SOURCE, "held")
            assert str(tmp_path / "drive") in shown(desk).message
            cloud.line()
            (tmp_path / "unplugged").rename(tmp_path / "drive")
            await desk.transfers.resume(shown(desk).transfer_id)
            await asyncio.wait_for(sending, 30)
            assert (shown(desk).state, shown(desk).failed) == (TransferState.DONE, 0)

    asyncio.run(scenario())
    assert_each_there_once(cloud, "lot", items)


@pytest.mark.parametrize("count", [30, 4000])
def test_a_batch_that_expires_meanwhile_is_told(home: Path, tmp_path: Path, cloud: RoboflowCloud, count: int) -> None:
    items = small_files(tmp_path / "drop", count, size=1000)
    cloud.line(latency=0.1, bytes_per_second=2_000_000)

    async def scenario() -> None:
        async with sender(home, cloud) as (desk, account):
            sending = send(desk, account, items)
            await until(lambda: cloud.arrived("lot"), "some have arrived")
            cloud.expire_batch("lot", 404)
            with pytest.raises(BatchGone) as caught:
                await asyncio.wait_for(sending, 30)
            assert "has deleted “Lot”" in caught.value.sentence()
            assert shown(desk).state is TransferState.FAILED

    asyncio.run(scenario())


@pytest.mark.parametrize("limits", [{"maxFilesNumber": 100}, {"maxFileSize": 300_000}, {"maxFilesNumber": 300}])
def test_a_service_that_takes_less_at_once(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, limits: dict[str, object]
) -> None:
    items = small_files(tmp_path / "drop", 1200, size=500)
    cloud.state.limits = limits

    async def scenario() -> None:
        async with sender(home, cloud) as (desk, account):
            await send(desk, account, items)
            assert (shown(desk).state, shown(desk).failed) == (TransferState.DONE, 0)
            assert shown(desk).pieces_done == shown(desk).pieces_total == len(cloud.state.batches["lot"].shards)

    asyncio.run(scenario())
    assert_each_there_once(cloud, "lot", items)


def test_a_file_that_no_tar_of_this_service_can_hold_is_named(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 100, size=100)
    items[7].path.write_bytes(b"x" * 200_000)
    items[7] = Item(items[7].path, items[7].relative, 200_000, items[7].path.stat().st_mtime, Content.IMAGES)
    cloud.state.limits = {"maxFileSize": 100_000}

    async def scenario() -> None:
        async with sender(home, cloud) as (desk, account):
            await send(desk, account, items)
            assert (shown(desk).state, shown(desk).failed) == (TransferState.DONE_WITH_PROBLEMS, 1)

    asyncio.run(scenario())
    assert_each_there_once(cloud, "lot", [item for item in items if item is not items[7]])
    (lost,) = [row for row in journalled(home) if row.lost is not None]
    assert lost.path == items[7].path
    assert "larger than Roboflow takes" in (lost.lost or "")


@pytest.mark.parametrize("count", [10, 700])
def test_what_was_taken_in_spite_of_an_error_is_not_sent_again(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, count: int
) -> None:
    items = small_files(tmp_path / "drop", count)
    cloud.state.indexing_polls = 2
    cloud.fail("(PUT /storage|POST .*/upload/image)", Kind.AFTERWARDS, status=500, times=1)
    cloud.fail("(PUT /storage|POST .*/upload/image)", Kind.DROPPED, times=1)

    async def scenario() -> None:
        async with sender(home, cloud) as (desk, account):
            await send(desk, account, items)
            assert (shown(desk).state, shown(desk).retried) == (TransferState.DONE, 2)

    asyncio.run(scenario())
    assert_each_there_once(cloud, "lot", items)


@pytest.mark.parametrize("count", [10, 700])
def test_what_never_shows_up_is_sent_once_more_and_then_named(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, count: int
) -> None:
    items = small_files(tmp_path / "drop", count)
    # Taken with thanks and thrown away, the first time and the second.
    cloud.fail("(PUT /storage|POST .*/upload/image)", status=200, body=b'{"status":"ok"}', times=2 * count)

    async def scenario() -> None:
        async with sender(home, cloud) as (desk, account):
            desk.transfers._sender.arrival.silence = 1.0
            with pytest.raises(NotAllArrived) as caught:
                await send(desk, account, items)
            assert f"0 of {count} files arrived" in caught.value.sentence()
            assert "사진 0.jpg" in caught.value.sentence()
            cloud.heal()
            await desk.transfers.retry(shown(desk).transfer_id)
            await until(lambda: shown(desk).state is TransferState.DONE, "sent again")

    asyncio.run(scenario())
    assert_each_there_once(cloud, "lot", items)


def test_videos_go_over_also_when_the_pictures_do_not(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    pictures = small_files(tmp_path / "drop", 3)
    (clip,) = small_files(tmp_path / "clip", 1)
    cloud.fail("POST .*/upload/image", status=200, body=b'{"status":"ok"}', times=6)

    async def scenario() -> None:
        async with sender(home, cloud) as (desk, account):
            with pytest.raises(NotAllArrived):
                await send(desk, account, [*pictures, replace(clip, content=Content.VIDEOS)])
            assert sorted(row.state for row in desk.transfers.all()) == [TransferState.DONE, TransferState.FAILED]

    asyncio.run(scenario())
    assert_each_there_once(cloud, "lot-videos", [clip])


def test_a_count_that_comes_late_is_waited_for(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 700)
    cloud.state.indexing_polls = 5

    async def scenario() -> None:
        async with sender(home, cloud) as (desk, account):
            await send(desk, account, items)
            assert shown(desk).state is TransferState.DONE

    asyncio.run(scenario())
    assert len(cloud.requests("PUT ")) == 2


def test_files_go_over_as_they_are_then_and_are_written_down_so(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    items = small_files(tmp_path / "drop", 100)
    items[3].path.write_bytes(b"edited after the scan")
    items[4].path.unlink()

    async def scenario() -> None:
        async with sender(home, cloud) as (desk, account):
            await send(desk, account, items)
            assert (shown(desk).failed, shown(desk).items_done) == (1, 99)

    asyncio.run(scenario())
    assert_each_there_once(cloud, "lot", [item for item in items if item is not items[4]])
    rows = journalled(home)
    assert (rows[3].size, rows[3].modified) == (21, items[3].path.stat().st_mtime)
    assert (rows[4].lost, rows[4].sent) == ("The file is not there any more.", None)
    assert all(row.sha256 and row.sent for row in rows if row is not rows[4])


def test_one_picture_that_is_refused_does_not_keep_the_others(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 20)
    cloud.fail("POST .*/upload/image", status=400, body=b'{"error":{"message":"Not an image."}}', times=2)

    async def scenario() -> None:
        async with sender(home, cloud) as (desk, account):
            await send(desk, account, items)
            assert (shown(desk).state, shown(desk).failed) == (TransferState.DONE_WITH_PROBLEMS, 2)

    asyncio.run(scenario())
    assert {row.lost for row in journalled(home)} > {None}
    assert len(cloud.arrived("lot")) == 18


def test_a_service_that_refuses_all_is_told_at_once(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 30)
    cloud.fail("POST .*/upload/image", status=400, body=b'{"error":{"message":"No."}}', times=1000)

    async def scenario() -> None:
        async with sender(home, cloud) as (desk, account):
            with pytest.raises(BadRequest):
                await send(desk, account, items)
            assert shown(desk).failed == 0

    asyncio.run(scenario())
    assert len(cloud.requests("/upload/image")) < 30


@pytest.mark.parametrize("kind", [Kind.DEAF, Kind.STALLED])
@pytest.mark.parametrize("count", [8, 700])
def test_stopping_takes_no_time_whatever_the_service_does(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, kind: Kind, count: int
) -> None:
    items = small_files(tmp_path / "drop", count, size=4000)
    cloud.fail("(PUT /storage|POST .*/upload/image)", kind, times=100)

    async def scenario() -> None:
        async with sender(home, cloud, SLOW) as (desk, account):
            sending = send(desk, account, items)
            await until(lambda: cloud.requests("PUT ") or cloud.requests("/upload/image"), "on its way")
            began = time.monotonic()
            await desk.transfers.stop(shown(desk).transfer_id)
            await asyncio.gather(sending, return_exceptions=True)
            assert time.monotonic() - began < 20, "nobody waits for the service"
            assert shown(desk).state is TransferState.STOPPED
            cloud.heal()
            await desk.transfers.retry(shown(desk).transfer_id)
            await until(lambda: shown(desk).state is TransferState.DONE, "gone on")

    asyncio.run(scenario())
    gc.collect()  # A connection that is left open says so now.
    assert_each_there_once(cloud, "lot", items)


def test_the_same_again_finishes_what_was_begun_and_adds_what_is_new(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    items = small_files(tmp_path / "drop", 1600, size=500)
    cloud.fail("PUT /storage", Kind.STALLED, times=100)

    async def scenario() -> None:
        async with sender(home, cloud) as (desk, account):
            sending = asyncio.create_task(desk.transfers.ingest(account, items[:1500], "Lot", go_on=True))
            await until(lambda: len(cloud.requests("PUT ")) >= 3, "on its way")
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            cloud.heal()
            (first,) = await desk.transfers.ingest(account, items[:1500], "Lot", go_on=True)
            (second,) = await desk.transfers.ingest(account, items, "Lot", batch_id=first.batch_id, go_on=True)
            (third,) = await desk.transfers.ingest(account, items, "Lot", batch_id=first.batch_id, go_on=True)
            assert {first.batch_id, second.batch_id, third.batch_id} == set(cloud.state.batches)
            assert_each_there_once(cloud, first.batch_id, items)

    asyncio.run(scenario())
