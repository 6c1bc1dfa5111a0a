"""The question before a dear start: what it says, and what its check box changes."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMessageBox

from batchdock.core.account import Account
from batchdock.core.costs import Basis, Budget, Estimate
from batchdock.flows.costs import Judgement, Why
from batchdock.window.costs import ask_before_start
from batchdock.window.main_window import MainWindow
from fakes.roboflow_cloud import RoboflowCloud

DEAR = Estimate((60, 120), (3600, 7200), (8, 14), Basis.TRIAL, 20)
CHEAP = Estimate((60, 120), (3600, 7200), (2, 4), Basis.TRIAL, 20)


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


async def connected(window: MainWindow, cloud: RoboflowCloud) -> Account:
    accounts = window.desk.accounts
    account: Account = await window._context.background.run(accounts.connect_roboflow(cloud.key, address=cloud.url))
    return account


class Asked:
    """A question that is open, and its answer."""

    def __init__(self, window: MainWindow, account: Account, estimate: Estimate | None, why: Why, **more: Any) -> None:
        self._window = window
        self.task = asyncio.ensure_future(
            ask_before_start(
                window._context,
                account,
                estimate,
                Judgement(why is not Why.NOTHING, why),
                what="12,782 pictures",
                workflow="Count seedlings v4",
                parent=window,
                **more,
            )
        )

    def box(self) -> QMessageBox | None:
        """Return the dialog while it is there."""
        return self._window.findChild(QMessageBox)

    def button(self, text: str) -> QAbstractButton:
        """Return the button that says so."""
        box = self.box()
        assert box is not None
        return next(each for each in box.buttons() if each.text().replace("&", "") == text)


def test_nothing_is_asked_where_nobody_wants_to_be_asked(window: MainWindow, play: Any, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        asked = Asked(window, await connected(window, cloud), DEAR, Why.NOTHING)
        assert await asked.task is True

    play(scenario())


def test_a_dear_start_is_asked_about_and_the_box_raises_the_threshold(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        account = await connected(window, cloud)
        asked = Asked(window, account, DEAR, Why.THRESHOLD, stops_at=20.0)
        await eventually(asked.box)
        box = asked.box()
        assert box is not None
        assert box.text() == "Start on “acme-ws”?"
        assert box.informativeText() == (
            "12,782 pictures with “Count seedlings v4”. Expected: about 8–14 credits; it stops at about 20 credits.\n\n"
            "The files are uploaded there, and deleted after 7 days."
        )
        assert box.checkBox().text() == "&Do not ask again below 20 credits"
        box.checkBox().click()
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert await asked.task is True
        assert window.desk.costs.budget(account.account_id) == Budget(ask_above=20)

    play(scenario())


def test_cancel_and_escape_start_nothing_and_change_nothing(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        account = await connected(window, cloud)
        asked = Asked(window, account, DEAR, Why.THRESHOLD)
        await eventually(asked.box)
        box = asked.box()
        assert box is not None
        box.checkBox().click()
        asked.button("Cancel").click()
        assert await asked.task is False
        await eventually(lambda: asked.box() is None)
        asked = Asked(window, account, DEAR, Why.THRESHOLD)
        await eventually(asked.box)
        box = asked.box()
        assert box is not None
        QTest.keyClick(box, Qt.Key.Key_Escape)
        assert await asked.task is False
        assert window.desk.costs.budget(account.account_id) == Budget()

    play(scenario())


def test_what_is_not_known_is_said_and_the_box_is_there_only_where_it_changes_something(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        account = await connected(window, cloud)
        await window._context.background.run(window.desk.costs.set_budget(account.account_id, Budget(soft=15)))
        for estimate, why, more, sentence in (
            (None, Why.UNKNOWN, {}, "What it costs is not known before a try. Nothing stops it by itself."),
            (None, Why.UNKNOWN, {"stops_at": 1.0}, "not known before a try. It stops at about 1 credit."),
            (CHEAP, Why.FIRST, {}, "Expected: about 2–4 credits."),
            (DEAR, Why.SOFT, {}, "About 0 credits are used this month. You wanted to be asked past 15 credits."),
        ):
            asked = Asked(window, account, estimate, why, **more)
            await eventually(asked.box)
            box = asked.box()
            assert box is not None
            assert sentence in box.informativeText()
            assert box.checkBox() is None
            asked.button("Start").click()
            assert await asked.task is True
            await eventually(lambda open_one=asked: open_one.box() is None)

    play(scenario())
