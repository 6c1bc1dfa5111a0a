"""A service in trouble: everything arrives, byte for byte, each once, and nobody has to lift a hand.

Some seconds each: thousands of files are what it takes for every kind of trouble to meet every other.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchdock.core.transfer import TransferState
from batchdock.flows.desk import Desk
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import StoredBatch
from making.desks import desk_at
from making.sendings import assert_each_there_once, small_files

pytestmark = pytest.mark.long


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        server.state.page = 2000
        server.state.indexing_polls = 1
        yield server


def quick(desk: Desk) -> None:
    """This cloud knows at once what it has; it need not be waited for as long as a real one."""
    desk.transfers._sender.arrival.settle = 0.4


def test_five_thousand_pictures_in_tars(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 5000, size=1000)
    weather = cloud.weather(
        seed=7, errors=0.2, drops=0.1, lost=0.1, expired=0.05, stalls=0.05, stall_seconds=0.5, retry_after="1"
    )

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            quick(desk)
            account = (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
            (batch,) = await desk.transfers.ingest(account, items, "Lot", batch_id="lot")
            (row,) = desk.transfers.all()
            assert (row.state, row.items_done, row.failed) == (TransferState.DONE, 5000, 0)
            assert (row.pieces_done, row.pieces_total, row.bytes_done) == (10, 10, row.bytes_total)
            assert row.retried > 0
            assert batch.batch_id == "lot"

    asyncio.run(scenario())
    assert_each_there_once(cloud, "lot", items)
    assert set(weather.struck) >= {"INSTEAD", "CUT", "DROPPED"}


def test_a_thousand_pictures_one_by_one(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = small_files(tmp_path / "drop", 1000)
    cloud.state.batches["lot"] = StoredBatch("lot", "Lot", "simple-batch", "images")
    weather = cloud.weather(seed=7, errors=0.2, drops=0.1, lost=0.05, stalls=0.01, stall_seconds=0.5, retry_after="1")

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            quick(desk)
            account = (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
            await desk.transfers.ingest(account, items, "Lot", batch_id="lot")
            (row,) = desk.transfers.all()
            assert (row.state, row.items_done, row.failed) == (TransferState.DONE, 1000, 0)

    asyncio.run(scenario())
    assert_each_there_once(cloud, "lot", items)
    assert set(weather.struck) >= {"INSTEAD", "CUT", "DROPPED", "PAUSED"}
