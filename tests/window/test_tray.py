"""The tray on a desktop that has one: a screen and a session bus of their own, and a process of its own for both."""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.core.states import JobState
from batchdock.core.transfer import TransferState
from batchdock.flows.news import Event, JobEnded, JobsChanged, TransfersChanged
from batchdock.flows.preferences import AUTOSAVE, NOTIFY, TRAY_ON_CLOSE, Level
from batchdock.keystore.session import SessionKeys
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import Page, Place
from batchdock.window.tray_badge import Badge
from fakes.tray_host import TrayHost
from making.jobs import job
from making.screen import missing_packages, virtual_screen
from making.transfers import transfer

TESTS = Path(__file__).parents[1]


async def until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60.0
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


async def tell(window: MainWindow, *events: Event) -> None:
    """Publish events where the flows do, and wait until the window has heard of them."""
    heard: list[Event] = []
    window._context.inbox.arrived.connect(heard.extend)

    async def publish() -> None:
        for event in events:
            window.desk.news.publish(event)

    await window._context.background.run(publish())
    await until(lambda: len(heard) >= len(events))
    window._context.inbox.arrived.disconnect(heard.extend)


async def scenario(host: TrayHost) -> None:
    home = Path(tempfile.mkdtemp())
    (home / "settings.json").write_text(json.dumps({AUTOSAVE.key: False}), encoding="utf-8")
    async with opened(home, key_store=SessionKeys()) as window:
        await window.desk.preferences.set(NOTIFY, Level.ALL)
        window.show()
        await until(window.isActiveWindow)
        assert window.tray.is_available()
        assert host.icons == []
        going = [transfer(number) for number in range(1, 4)]
        await tell(window, TransfersChanged(tuple(going)))
        await until(lambda: window.transfers.model.rowCount() == 3)
        done = {"state": TransferState.DONE, "items_done": 12782}
        await tell(window, TransfersChanged((transfer(9, **done), transfer(1, **done))))
        await until(lambda: window.transfers.model.rowCount() == 4)
        window.showMinimized()
        await until(lambda: not window.isActiveWindow())
        await tell(window, TransfersChanged((transfer(2, **done), transfer(3, **done))))
        await until(lambda: host.notified)
        # Nothing for what arrived before the eyes of the person, and once for the two that came together.
        assert host.notified == [("“Lot 2” has arrived", "“Lot 3” has arrived")]
        assert len(host.icons) == 1
        await levels(window, host)
        await many(window, host)
        await clicks(window, host)
        host.notified.clear()
        window.come_forward()
        await tell(window, TransfersChanged((transfer(4),)))
        await until(lambda: window.status.moving)
        question = asyncio.ensure_future(window.commands.may_close())
        await until(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        check = box.checkBox()
        assert check is not None
        check.setChecked(True)
        next(button for button in box.buttons() if button.text() == "Keep running in the tray").click()
        assert await question is False
        assert window.desk.preferences.get(TRAY_ON_CLOSE)
        assert not window.isVisible()
        window.tray.open_asked.emit()
        assert window.isVisible()
        assert not host.notified
        window.desk.transfers._rows.clear()
        await closing(window)


def ended(number: int, state: JobState, **more: Any) -> JobEnded:
    return JobEnded(job(number, state, items_total=12780, **more))


async def levels(window: MainWindow, host: TrayHost) -> None:
    """What a person does not want to hear of is not told; what was told shows that the others were looked at."""
    preferences = window.desk.preferences
    arrived = {"state": TransferState.DONE, "items_done": 1}
    for level, wanted in (
        (Level.ENDED_AND_PROBLEMS, ["“Lot 11” is done", "“Lot 12” ended before it was finished"]),
        (Level.PROBLEMS, ["“Lot 12” ended before it was finished"]),
        (Level.NONE, []),
    ):
        host.notified.clear()
        await preferences.set(NOTIFY, level)
        await tell(window, TransfersChanged((transfer(5),)))
        await tell(window, TransfersChanged((transfer(5, **arrived),)))
        await tell(window, ended(11, JobState.DONE))
        await until(lambda: not window.tray._gathering.isActive())
        await tell(window, ended(12, JobState.FAILED))
        await until(lambda: not window.tray._gathering.isActive())
        await until(lambda wanted=wanted: len(host.notified) >= len(wanted))  # type: ignore[misc]
        assert [title for title, _ in host.notified] == wanted
    await preferences.set(NOTIFY, Level.ENDED_AND_PROBLEMS)


async def many(window: MainWindow, host: TrayHost) -> None:
    """Five hundred failures are one notification."""
    host.notified.clear()
    await tell(window, *(ended(1000 + number, JobState.FAILED) for number in range(500)))
    await until(lambda: host.notified)
    assert host.notified[0][0] == "500 jobs ended, 500 to look at"
    assert host.notified[0][1].endswith("and 497 more")
    await until(lambda: not window.tray._gathering.isActive())
    assert len(host.notified) == 1


async def clicks(window: MainWindow, host: TrayHost) -> None:
    """A click shows the job that the notification was about, in the window."""
    done = job(7, JobState.DONE)
    await tell(window, JobsChanged((done, job(8, JobState.RUNNING))))
    await until(lambda: window.tray.badge is Badge.WORKING)
    host.notified.clear()
    window.go(Place(Page.TRANSFERS))
    await tell(window, ended(7, JobState.DONE))
    await until(lambda: host.notified)
    assert host.notified == [("“Lot 7” is done", "12,780 pictures.")]
    host.click()
    await until(lambda: window.sidebar.place().page is Page.JOBS)
    await until(window.isActiveWindow)
    assert [action.text() for action in window.tray.job_actions] == ["Lot 7: Done", "Lot 8: Running, 8 %"]
    window.showMinimized()
    await until(lambda: not window.isActiveWindow())


async def closing(window: MainWindow) -> None:
    """With the preference, closing the window leaves the program beside the clock, and Quit does not."""
    asked = []
    window.close_asked.connect(lambda: asked.append(1))
    window.actions_["close"].trigger()
    assert not window.isVisible()
    assert not asked
    window.actions_["quit"].trigger()
    assert asked == [1]


def play() -> None:
    """Run the scenario in this process; for the one that the test starts."""

    async def main() -> int:
        host = TrayHost()
        try:
            await scenario(host)
        finally:
            host.close()
        return 0

    sys.exit(loop.run(make_application(), main()))


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="wants dbus-run-session")
def test_who_looks_elsewhere_is_notified_once_and_may_leave_it_in_the_tray() -> None:
    assert not missing_packages(), f"This test needs a screen: apt-get install {' '.join(missing_packages())}"
    paths = f"{TESTS}:{TESTS / 'window'}:{TESTS.parent / 'gui'}"
    with virtual_screen() as screen:
        done = subprocess.run(
            ["dbus-run-session", "--", sys.executable, "-c", "import test_tray; test_tray.play()"],
            env=screen.environment(PYTHONPATH=paths),
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    assert done.returncode == 0, done.stderr
