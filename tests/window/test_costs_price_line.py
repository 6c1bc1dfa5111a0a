"""The line with the price, in a window over a real desk and a cloud that gives its times."""

from collections.abc import Iterator
from typing import Any

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Content
from batchdock.core.job import JobOptions
from batchdock.window.costs import PriceLine
from batchdock.window.main_window import MainWindow
from fakes.roboflow_cloud import RoboflowCloud
from making.worked import definition, put_worked, worked

UNKNOWN = "Cost is not known before a try."


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


async def connected(window: MainWindow, cloud: RoboflowCloud) -> str:
    accounts = window.desk.accounts
    account = await window._context.background.run(accounts.connect_roboflow(cloud.key, address=cloud.url))
    return account.account_id


def line(window: MainWindow) -> PriceLine:
    made = PriceLine(window._context, parent=window)
    made.show()
    return made


def test_before_anything_was_measured_that_is_said_and_afterwards_the_price_stands_there_by_itself(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        account, price = await connected(window, cloud), line(window)
        assert price.text == ""
        price.show_for(account, "find-things", {Content.IMAGES: 2_560, Content.VIDEOS: 0})
        await eventually(lambda: price.text == UNKNOWN)
        put_worked(cloud, "theirs", definition(machine="cpu"), worked([1800] * 4, items=1_024))
        await window._context.background.run(window.desk.jobs.look(account))
        await eventually(lambda: price.text != UNKNOWN)
        # Ten packages of half an hour: five machine hours.
        assert price.text.endswith(", about 5 credits")
        assert price.estimate is not None
        assert price.label.accessibleName() == f"Expected time and cost: {price.text}"
        price.show_for(account, "find-things", {Content.IMAGES: 2_560}, JobOptions(machine="gpu"))
        await eventually(lambda: price.text == UNKNOWN)
        assert price.estimate is None
        price.clear()
        assert price.text == ""

    play(scenario())


def test_what_is_chosen_quickly_one_after_the_other_is_calculated_once(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    put_worked(cloud, "theirs", definition(machine="cpu"), worked([1800] * 4, items=1_024))

    async def scenario() -> None:
        account, price = await connected(window, cloud), line(window)
        await eventually(lambda: window.desk.costs.spent(account) > 0)
        told: list[str] = []
        price.changed.connect(lambda: told.append(price.text))
        for count in range(1, 512):
            price.show_for(account, "find-things", {Content.IMAGES: count})
        await eventually(lambda: told)
        assert len(told) == 1
        assert price.estimate is not None
        assert price.estimate.machine_seconds[1] < 1800 * 3

    play(scenario())


def test_a_limit_that_may_cut_parts_off_is_explained(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    put_worked(cloud, "theirs", definition(machine="cpu"), worked([1800] * 4, items=1_024))

    async def scenario() -> None:
        account, price = await connected(window, cloud), line(window)
        await eventually(lambda: window.desk.costs.spent(account) > 0)
        # Two machine hours, at most a little more: half as much again is enough for every part.
        price.show_for(account, "find-things", {Content.IMAGES: 1_024}, JobOptions(timeout_seconds=4 * 3600))
        await eventually(lambda: price.text.endswith(", about 2 credits"))
        assert not price.note.isVisible()
        price.show_for(account, "find-things", {Content.IMAGES: 1_024}, JobOptions(timeout_seconds=3600))
        await eventually(price.note.isVisible)
        assert price.text.endswith(", about 1 credit")
        assert "Below about 3.2 credits some may be stopped before they are done." in price.note.text()
        price.clear()
        assert not price.note.isVisible()

    play(scenario())


def test_this_computer_is_free(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        price = line(window)
        price.show_for(THIS_COMPUTER_ID, "read-codes", {Content.IMAGES: 100})
        await eventually(lambda: price.text)
        assert price.text == "Free. How long it takes is not known yet."

    play(scenario())


def test_what_is_chosen_now_can_be_waited_for(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    put_worked(cloud, "theirs", definition(machine="cpu"), worked([1800] * 4, items=1_024))

    async def scenario() -> None:
        account, price = await connected(window, cloud), line(window)
        await eventually(lambda: window.desk.costs.spent(account) > 0)
        assert await price.settled() is None
        price.show_for(account, "find-things", {Content.IMAGES: 1_024})
        one = await price.settled()
        price.show_for(account, "find-things", {Content.IMAGES: 10_240})
        many = await price.settled()
        assert one is not None
        assert many is not None
        assert one.machine_seconds[1] < 3 * 3600 < many.machine_seconds[0]
        assert many == await price.settled() == price.estimate

    play(scenario())
