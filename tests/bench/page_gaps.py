"""How long the event loop stands still while a person goes around: the sheet, Start, each page for the first time.

    python tests/bench/page_gaps.py [how many pictures, else 60]

Printed is the longest gap between two beats of a 5 ms heartbeat during each action, in milliseconds, and the most
that the window's thread computed between two: on a busy machine the rest is waiting for a core, or for Python's lock.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QTimer

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.bridge.garbage import keep
from batchdock.keystore.session import SessionKeys
from batchdock.window.jobs.views import JobView
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import Page, Place
from making.heartbeat import Heartbeat
from making.media import picture

LIMIT_MS = 50
"""What the window's thread may compute in one go."""


class Measuring:
    """Does one thing after the other, and prints how long the loop stood still."""

    def __init__(self) -> None:
        self._heart = Heartbeat()
        self.worst = 0.0

    async def measure(self, name: str, action: Callable[[], object], until: Callable[[], object], rest: float) -> None:
        """Do it, wait until it has happened and `rest` seconds longer, and print."""
        self._heart.reset()
        QTimer.singleShot(10, action)
        await asyncio.sleep(0.05)
        async with asyncio.timeout(120):
            while not until():
                await asyncio.sleep(0.01)
        await asyncio.sleep(rest)
        self.worst = max(self.worst, self._heart.computing)
        print(f"{name:<46}{self._heart.longest:8.1f} ms, computing {self._heart.computing:6.1f} ms")


def always() -> bool:
    """Nothing to wait for."""
    return True


async def go_around(window: MainWindow, folder: Path) -> float:
    measuring = Measuring()
    measure = measuring.measure
    await asyncio.sleep(1.0)
    await measure("idle", lambda: None, always, 0.5)

    def sheet_is_ready() -> bool:
        return window.sheet is not None and not window.sheet.is_counting() and window.sheet.start.isEnabled()

    def start() -> None:
        assert window.sheet is not None
        window.sheet.start.click()

    def over() -> bool:
        jobs = window.desk.jobs.all()
        return bool(jobs) and all(job.state.is_terminal for job in jobs)

    for time in ("first", "second"):
        await measure(f"add a folder, {time} time", lambda: window.add_paths([folder]), sheet_is_ready, 0.3)
        await measure(f"press Start, {time} time", start, lambda: window.sheet is None, 0.3)
        await measure("watch the job to its end", lambda: None, over, 0.5)
    pages = {page: partial(window.go, Place(page)) for page in Page if page is not Page.JOBS}
    for time in ("first", "second"):
        for page, go in pages.items():
            await measure(f"show {page.value}, {time} time", go, always, 1.0)
        await measure(f"show jobs, {time} time", lambda: window.go(Place(Page.JOBS, JobView.ALL)), always, 0.5)
    await measure("show details", lambda: window.jobs.show_details(True), always, 0.8)
    await measure("open accounts", window.commands.manage_accounts, always, 0.8)
    return measuring.worst


async def play(count: int, home: Path) -> int:
    folder = home / "pictures"
    for number in range(count):
        picture(folder / f"{number}.jpg", number, (1600, 1200))
    async with opened(home / "home", key_store=SessionKeys()) as window:
        window.resize(1400, 800)
        window.show()
        keep()
        worst = await go_around(window, folder)
    print(f"{'most computed in one go':<46}{worst:8.1f} ms, limit {LIMIT_MS} ms")
    return 0 if worst < LIMIT_MS else 1


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    application = make_application()
    with tempfile.TemporaryDirectory() as home:
        return loop.run(application, play(count, Path(home)))


if __name__ == "__main__":
    sys.exit(main())
