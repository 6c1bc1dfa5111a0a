"""The tray on a desktop that has one: a screen and a session bus of their own, and a process of its own for both."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.core.transfer import TransferState
from batchdock.flows.news import TransfersChanged
from batchdock.keystore.session import SessionKeys
from fakes.tray_host import TrayHost
from making.screen import missing_packages, virtual_screen
from making.transfers import transfer

TESTS = Path(__file__).parents[1]


async def until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20.0
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


async def scenario(host: TrayHost) -> None:
    async with opened(Path(tempfile.mkdtemp()), key_store=SessionKeys()) as window:
        window.show()
        await until(window.isActiveWindow)
        assert window.tray.is_available()
        assert host.icons == []
        going = [transfer(number) for number in range(1, 4)]
        window.desk.news.publish(TransfersChanged(tuple(going)))
        await until(lambda: window.transfers.model.rowCount() == 3)
        done = {"state": TransferState.DONE, "items_done": 12782}
        window.desk.news.publish(TransfersChanged((transfer(9, **done), transfer(1, **done))))
        await until(lambda: window.transfers.model.rowCount() == 4)
        window.showMinimized()
        await until(lambda: not window.isActiveWindow())
        window.desk.news.publish(TransfersChanged((transfer(2, **done), transfer(3, **done))))
        await until(lambda: host.notified)
        # Nothing for what arrived before the eyes of the person, and once for the two that came together.
        assert host.notified == [("“Lot 2” has arrived", "“Lot 3” has arrived")]
        assert len(host.icons) == 1
        window.come_forward()
        window.desk.news.publish(TransfersChanged((transfer(4),)))
        await until(lambda: window.status.moving)
        question = asyncio.ensure_future(window.commands.may_close())
        await until(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(button for button in box.buttons() if button.text() == "Keep running in the tray").click()
        assert await question is False
        assert not window.isVisible()
        window.tray.open_asked.emit()
        assert window.isVisible()
        assert len(host.notified) == 1


def play() -> None:
    """Run the scenario in this process; for the one that the test starts."""

    async def main() -> int:
        await scenario(TrayHost())
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
