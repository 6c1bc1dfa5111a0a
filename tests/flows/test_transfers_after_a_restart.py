"""What an earlier run left goes on by itself: after a power cut, an update of the app, and while paused."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from batchdock.core.states import JobState
from batchdock.core.transfer import TransferState, Wanted
from batchdock.flows.desk import Desk
from batchdock.flows.transfers.arrival import Arrival
from batchdock.keystore.session import SessionKeys
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, order, reviewed, until
from making.media import picture
from making.sendings import assert_each_there_once, small_files


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


async def connected(desk: Desk, cloud: RoboflowCloud) -> str:
    return (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id


def keys_for(account: str, cloud: RoboflowCloud) -> SessionKeys:
    keys = SessionKeys()
    keys.save({account: cloud.key})
    return keys


def as_it_is_now(home: Path, to: Path) -> None:
    """Copy a home as a power cut would leave it: with the journal as it is on the disk at this moment."""
    to.mkdir()
    shutil.copy(home / "accounts.json", to)
    with (
        closing(sqlite3.connect(home / "journal.sqlite")) as now,
        closing(sqlite3.connect(to / "journal.sqlite")) as then,
    ):
        now.backup(then)
        # Begun before this process, as any sending of an earlier run.
        then.execute("UPDATE sendings SET started = '2026-01-01T12:00:00+00:00'")
        then.commit()


@pytest.mark.parametrize(("count", "moments"), [(600, (0, 1, 2)), (24, (0, 3, 11))], ids=["tars", "one by one"])
def test_a_journal_that_lost_its_last_transactions_sends_nothing_twice(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, count: int, moments: tuple[int, ...]
) -> None:
    """The extreme: everything has arrived, and the journal knows of a part of it, or of nothing."""
    items = small_files(tmp_path / "drop", count)

    def arrived() -> int:
        return len(cloud.requests("PUT ")) if count > 32 else len(cloud.requests("/upload/image"))

    async def cut() -> str:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            cloud.fail("(PUT|POST) .*(storage|upload/image)", kind=Kind.AFTERWARDS, status=503, times=2)
            sending = asyncio.create_task(desk.transfers.ingest(account, items, "Lot", batch_id="lot-1"))
            for number, moment in enumerate(moments):
                await until(lambda moment=moment: sending.done() or arrived() >= moment, "a moment")  # type: ignore[misc]
                if number == 0:
                    await until(lambda: desk._journal.sendings.unfinished(), "begun")
                await asyncio.to_thread(as_it_is_now, home, tmp_path / f"home {number}")
            await sending
            return account

    async def again(old: Path, account: str) -> None:
        async with desk_at(old, keys=keys_for(account, cloud)) as (desk, _):
            desk.transfers._sender.arrival = Arrival(settle=0.3, silence=2.0)
            await until(lambda: [row.state for row in desk.transfers.all()] == [TransferState.DONE], "done")
            (row,) = desk.transfers.all()
            assert (row.items_done, row.failed) == (count, 0)
            assert desk.transfers.receipt(row.transfer_id) is not None
            assert desk._journal.queue.all() == []

    account = asyncio.run(cut())
    assert_each_there_once(cloud, "lot-1", items)
    for number in range(len(moments)):
        asyncio.run(again(tmp_path / f"home {number}", account))
        assert_each_there_once(cloud, "lot-1", items)


def test_the_sending_of_an_older_app_goes_on(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 6)

    async def connect() -> str:
        async with desk_at(home, active=False) as (desk, _):
            return await connected(desk, cloud)

    account = asyncio.run(connect())
    (home / "journal.sqlite").unlink()
    script = (files("batchdock.store") / "migrations" / "0001.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(home / "journal.sqlite")) as connection:
        connection.executescript(script)
        connection.execute("PRAGMA user_version = 1")
        connection.execute(
            "INSERT INTO sendings VALUES (1, 't-1', ?, 'lot-1', 'Lot', 'images', 'single', "
            "'2026-10-01T12:00:00+00:00', 6, ?, 0, NULL)",
            (account, sum(item.size for item in items)),
        )
        connection.executemany(
            "INSERT INTO files VALUES (1, ?, ?, ?, ?, ?, ?, NULL)",
            [
                (n, f"{n}.jpg", item.relative.encode(), str(item.path).encode(), item.size, item.modified)
                for n, item in enumerate(items)
            ],
        )
        connection.executemany(
            "INSERT INTO pieces VALUES (1, ?, ?, ?, ?, 0)", [(n, n, n + 1, item.size) for n, item in enumerate(items)]
        )
        connection.commit()

    async def updated() -> None:
        async with desk_at(home, keys=keys_for(account, cloud)) as (desk, _):
            await until(lambda: [row.state for row in desk.transfers.all()] == [TransferState.DONE], "done")
        assert_each_there_once(cloud, "lot-1", items)
        async with desk_at(home, keys=keys_for(account, cloud)) as (desk, _):
            assert desk.transfers.all() == ()  # What has ended is not taken up again.

    asyncio.run(updated())


def test_what_was_stopped_does_not_come_back_by_itself(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 12)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            stalled = cloud.fail("POST .*/upload/image", kind=Kind.STALLED, times=3)
            sending = asyncio.create_task(desk.transfers.ingest(account, items, "Lot", batch_id="lot-1"))
            await until(lambda: stalled.times == 0, "on its way")
            await desk.transfers.stop_all()
            await asyncio.gather(sending, return_exceptions=True)
            (row,) = desk.transfers.all()
            assert row.state is TransferState.STOPPED
            await desk.transfers.retry(row.transfer_id)
            await until(lambda: desk.transfers.all()[0].state is TransferState.DONE, "gone on")
            assert len(cloud.arrived("lot-1")) == 12
            cloud.fail("POST .*/upload/image", kind=Kind.STALLED, times=99)
            sending = asyncio.create_task(desk.transfers.ingest(account, items, "Lot", batch_id="lot-2"))
            await until(lambda: len(cloud.requests("batches/lot-2/upload/image")) > 3, "on its way")
            await desk.transfers.stop_all()
            await asyncio.gather(sending, return_exceptions=True)
        async with desk_at(home, keys=keys_for(account, cloud)) as (desk, _):
            assert desk.transfers.all() == ()

    asyncio.run(scenario())


def test_a_job_whose_sending_is_paused_rests_after_a_restart(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    for number in range(3):
        picture(tmp_path / "drop" / f"{number}.jpg", seed=number, size=(16, 16))

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            items = await reviewed(desk, tmp_path / "drop")
            cloud.fail("POST .*/upload/image", kind=Kind.STALLED, times=99)
            (job,) = await desk.jobs.start(order(items, account_id=account, workflow_id="find-things"))
            await until(lambda: cloud.requests("/upload/image"), "on its way")
            await desk.transfers.pause_all()
        cloud.heal()
        async with desk_at(home, keys=keys_for(account, cloud)) as (desk, _):
            await until(lambda: [row.state for row in desk.transfers.all()] == [TransferState.PAUSED], "paused")
            (row,) = desk.transfers.all()
            assert row.wanted is Wanted.PAUSED
            await until(lambda: [each.state for each in desk.jobs.all()] == [JobState.PAUSED], "the job as well")
            await desk.transfers.resume(row.transfer_id)
            await until(lambda: job.job_id in cloud.state.jobs, "gone on")

    asyncio.run(scenario())
