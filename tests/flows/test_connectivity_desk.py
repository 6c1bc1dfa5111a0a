"""Sleep and a network that comes back, seen from the whole desk with a cloud that goes away."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchdock.core.transfer import Wanted
from batchdock.flows.news import Network, NetworkChanged, TransfersChanged, Woke
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, reviewed, until
from making.media import picture


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


def test_jobs_are_looked_at_as_soon_as_the_computer_wakes(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)
            await until(lambda: desk.accounts.light(account.account_id), "the first look is over")
            before = len(cloud.requests("/jobs"))
            desk.news.publish(Woke(600.0))
            # By itself, the next look at a service where nothing moves would be a minute later.
            async with asyncio.timeout(20):
                await until(lambda: len(cloud.requests("/jobs")) > before, "it is looked at again")

    asyncio.run(scenario())


@pytest.mark.long
def test_sending_goes_on_by_itself_when_the_service_is_back_and_what_is_wanted_stays(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    for number in range(9):
        picture(tmp_path / "drop" / f"{number}.jpg", seed=number)

    async def scenario() -> None:
        async with desk_at(home) as (desk, events):
            account = await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)
            items = await reviewed(desk, tmp_path / "drop")
            cloud.fail("POST .*/upload", status=503)
            sending = asyncio.create_task(desk.transfers.ingest(account.account_id, items, "lot", batch_id="lot"))
            await until(lambda: cloud.requests("/upload/image"), "it is sent")
            cloud.heal()
            cloud.go_away()
            await until(lambda: desk.connectivity.state is Network.OFFLINE, "it is seen that nothing is reached")
            cloud.come_back()
            async with asyncio.timeout(60):
                await sending
            await until(lambda: desk.connectivity.state is Network.ONLINE, "it is seen that it is back")
            told = [event.state for event in events if isinstance(event, NetworkChanged)]
            assert told == [Network.OFFLINE, Network.ONLINE]
            wanted = {row.wanted for event in events if isinstance(event, TransfersChanged) for row in event.transfers}
            assert wanted == {Wanted.RUNNING}
            assert sorted(cloud.arrived("lot")) == sorted(item.path.name for item in items)

    asyncio.run(scenario())
