"""The status bar: what moves, the cup that keeps awake, the badge of problems."""

from typing import Any

import pytest

from batchdock.core.errors import KeyRefused
from batchdock.core.transfer import Hold, TransferState
from batchdock.flows.news import AwakeChanged, AwakeState, TransfersChanged
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import Page, Place
from making.transfers import transfer


def test_what_moves_is_one_line_and_leads_to_its_page(window: MainWindow, play: Any, eventually: Any) -> None:
    button = window.status._moving

    async def scenario() -> None:
        assert not button.isVisible()
        window.desk.news.publish(TransfersChanged((transfer(1), transfer(2, rate=None, seconds_left=None))))
        await eventually(lambda: button.text() == "2 transfers · 18.0 MB/s · about 22 min")
        window.desk.news.publish(TransfersChanged((transfer(2, state=TransferState.HELD, hold=Hold.DISK),)))
        await eventually(lambda: button.text() == "1 transfer · 18.0 MB/s · about 22 min · 1 waiting")
        assert button.toolTip() == "Lot 1: Uploading\nLot 2: Paused: disk full"
        assert button.accessibleName() == button.text()
        button.click()
        assert window.sidebar.place() == Place(Page.TRANSFERS)
        ended = (transfer(1, state=TransferState.DONE), transfer(2, state=TransferState.STOPPED))
        window.desk.news.publish(TransfersChanged(ended))
        await eventually(lambda: not button.isVisible())

    play(scenario())


def test_the_cup_says_what_is_done_about_sleep_and_lets_one_change_it(
    window: MainWindow, play: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    cup = window.status.cup

    async def scenario() -> None:
        assert not cup.isVisible()
        window.desk.news.publish(TransfersChanged((transfer(1),)))
        await eventually(lambda: cup.isVisible() and "no way to keep" in cup.toolTip())
        assert not cup.isEnabled()
        window.desk.awake._show(AwakeState.KEPT)
        await eventually(lambda: cup.toolTip().startswith("Keeping this computer awake while files are sent"))
        cup.click()
        await eventually(lambda: cup.toolTip().endswith("Click to keep it awake."))
        cup.click()
        await eventually(lambda: window.desk.awake.state is AwakeState.NOT_POSSIBLE)
        window.desk.news.publish(AwakeChanged(AwakeState.IDLE))
        await eventually(lambda: not cup.isVisible())

    play(scenario())


def test_the_badge_counts_what_is_open_and_goes_by_itself(window: MainWindow, play: Any, eventually: Any) -> None:
    badge = window.status.badge

    async def put(error: bool) -> None:
        problems = window.desk.problems
        if error:
            problems.report("p1", "harbour-lab", KeyRefused(service="Roboflow"))
        else:
            problems.settle("p1")

    async def scenario() -> None:
        assert not badge.isVisible()
        await window._context.background.run(put(True))
        await eventually(lambda: badge.isVisible() and badge.accessibleName() == "1 problem to look at")
        badge.click()
        assert window.sidebar.place() == Place(Page.PROBLEMS)
        await window._context.background.run(put(False))
        await eventually(lambda: not badge.isVisible())

    play(scenario())
