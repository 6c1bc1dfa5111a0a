"""What is said of transfers beyond their page: banners, arrivals, the welcome after sleep, and for screen readers."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton

from batchdock.core.errors import BatchdockError, DiskFull, KeyRefused
from batchdock.core.transfer import Hold, Transfer, TransferKind, TransferState, Wanted
from batchdock.flows.news import TransfersChanged, Woke
from batchdock.window.accounts.connect_dialog import ConnectDialog
from batchdock.window.main_window import MainWindow
from batchdock.window.messages import Notice
from batchdock.window.transfers import banners
from batchdock.window.transfers.announcing import WELCOME_SECONDS, TransferAnnouncer
from fakes.roboflow_cloud import RoboflowCloud
from making.transfers import transfer

ACCOUNT = "roboflow-acme-ws"


def said(window: MainWindow) -> list[str]:
    return [notice.text for notice in window.messages.notices]


def tell(window: MainWindow, *transfers: Transfer) -> None:
    """Publish transfers as the flows would."""
    rows = window.desk.transfers._rows
    rows.update({each.transfer_id: each for each in transfers})
    window.desk.news.publish(TransfersChanged(transfers))


async def report(window: MainWindow, transfer_id: str, error: BatchdockError) -> None:
    async def there() -> None:
        window.desk.problems.report(f"transfer:{transfer_id}", "Lot", error)

    await window._context.background.run(there())


def button(notice: Notice, text: str) -> QPushButton:
    return next(each for each in notice.findChildren(QPushButton) if each.text() == text)


def held(number: int, hold: Hold, **more: Any) -> Transfer:
    return transfer(number, **{"state": TransferState.HELD, "hold": hold, "account_id": ACCOUNT, "rate": None} | more)


def with_account(window: MainWindow, do: Callable[[], Coroutine[Any, Any, None]]) -> Coroutine[Any, Any, None]:
    async def scenario() -> None:
        with RoboflowCloud() as cloud:
            context = window._context
            await context.background.run(context.desk.accounts.connect_roboflow(cloud.key, address=cloud.url))
            await do()
            window.desk.transfers._rows.clear()

    return scenario()


def test_a_refused_key_is_one_banner_with_its_button_and_a_word_when_it_is_over(
    window: MainWindow, play: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banners, "CALM_MS", 50)

    async def do() -> None:
        tell(window, transfer(1, account_id=ACCOUNT), transfer(2, account_id=ACCOUNT, kind=TransferKind.SAVING))
        await report(window, "t1", KeyRefused(service="Roboflow"))
        tell(window, held(1, Hold.KEY))
        await eventually(lambda: len(said(window)) == 1)
        tell(window, held(1, Hold.KEY), held(2, Hold.KEY, kind=TransferKind.SAVING))
        await eventually(lambda: "1 download" in said(window)[0])
        assert said(window) == [
            "Roboflow no longer accepts the key of “acme-ws”. "
            "Paused: 1 upload, 1 download; nothing is lost. Work on this computer goes on."
        ]
        button(window.messages.notices[0], "Enter a new key…").click()
        dialog = window.findChild(ConnectDialog)
        assert dialog is not None
        dialog.close()
        for number in range(5):
            window.messages.info(f"News {number}.")
        assert any("no longer accepts" in text for text in said(window))
        window.messages.clear()
        tell(window, held(1, Hold.KEY, items_done=8411))
        tell(window, transfer(1, account_id=ACCOUNT), transfer(2, account_id=ACCOUNT, kind=TransferKind.SAVING))
        await eventually(lambda: said(window) == ["Connected again. Continuing 2 transfers."])

    play(with_account(window, do))


def test_later_means_later(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    async def do() -> None:
        await report(window, "t1", DiskFull(folder=tmp_path, needed="9.8 GB"))
        tell(window, held(1, Hold.DISK, kind=TransferKind.SAVING))
        await eventually(lambda: len(said(window)) == 1)
        assert said(window)[0] == ("The disk is full Paused: 1 download. It continues by itself when there is room.")
        notice = window.messages.notices[0]
        assert button(notice, "Open folder").isVisible()
        button(notice, "Later").click()
        seen: list[object] = []
        window._context.inbox.arrived.connect(seen.append)
        tell(window, held(1, Hold.DISK, kind=TransferKind.SAVING, items_done=9000))
        await eventually(lambda: seen)
        assert said(window) == []

    play(with_account(window, do))


@pytest.mark.parametrize("hold", [Hold.OFFLINE, Hold.SOURCE, Hold.SERVICE, Hold.SIGN_IN])
def test_what_goes_on_by_itself_makes_no_banner(window: MainWindow, play: Any, eventually: Any, hold: Hold) -> None:
    async def do() -> None:
        tell(window, held(1, hold))
        await eventually(lambda: window.transfers.model.rowCount() == 1)
        assert said(window) == []

    play(with_account(window, do))


def test_arrivals_that_come_together_are_one_message(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        old = transfer(9, state=TransferState.DONE)
        tell(window, old, *(transfer(number) for number in range(1, 4)))
        await eventually(lambda: window.transfers.model.rowCount() == 4)
        assert said(window) == []
        full: dict[str, Any] = {"state": TransferState.DONE, "items_done": 12782}
        tell(window, transfer(1, **full))
        await eventually(lambda: said(window) == ["“Lot 1” has arrived: 12,782 files."])
        tell(window, transfer(2, **full), transfer(3, **full))
        await eventually(lambda: said(window) == ["3 uploads have arrived."])
        window.desk.transfers._rows.clear()

    play(scenario())


def test_who_comes_back_is_welcomed_when_something_goes_on(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        window.desk.news.publish(Woke(3600.0))
        paused = transfer(3, state=TransferState.PAUSED, wanted=Wanted.PAUSED)
        tell(window, transfer(1), transfer(2), paused, transfer(4, state=TransferState.DONE))
        await eventually(lambda: window.transfers.model.rowCount() == 4)
        assert said(window) == []
        window.desk.news.publish(Woke(3600.0))
        await eventually(lambda: said(window) == ["Welcome back. Continuing 2 transfers."])
        assert window.messages.notices[0]._timer.interval() == WELCOME_SECONDS * 1000
        window.desk.transfers._rows.clear()

    play(scenario())


def test_screen_readers_hear_states_and_quarters_only(window: MainWindow) -> None:
    announcer = window.findChild(TransferAnnouncer)
    assert announcer is not None
    spoken: list[str] = []
    before: Transfer | None = None
    for percent in (1, 2, 24, 26, 30, 49, 50, 51, 76, 100):
        now = transfer(1, bytes_done=percent, bytes_total=100)
        spoken += announcer._to_speak(before, now)
        before = now
    done = transfer(1, bytes_done=100, bytes_total=100, state=TransferState.DONE)
    spoken += announcer._to_speak(before, done)
    assert spoken == ["Lot 1: 25 %", "Lot 1: 50 %", "Lot 1: 75 %", "Lot 1: 100 %", "Lot 1: Done"]
