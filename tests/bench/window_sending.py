"""How long the window's event loop stands still while it sends and saves: the real window, the real flows' thread.

    python tests/bench/window_sending.py URL PICTURES VIDEOS

Prints one JSON object: for each action the gaps between two beats of a 5 ms heartbeat, p50, p99 and longest, and the
most that the window's thread computed between two, all in milliseconds. On a busy machine the rest is waiting for a
core, or for Python's lock.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QElapsedTimer, Qt, QTimer

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.bridge.garbage import keep
from batchdock.core.intake import Item, Review
from batchdock.flows.desk import Desk
from batchdock.keystore.session import SessionKeys
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import Page, Place
from making.heartbeat import BEAT_MS


class Gaps:
    """Remembers every time between two beats, and the most that this thread computed between two, in milliseconds."""

    def __init__(self) -> None:
        self.found: list[float] = []
        self._computing = 0.0
        self._spent = time.thread_time()
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def taken(self) -> dict[str, float]:
        """Return what was found since the last time, and forget it."""
        found, self.found = sorted(self.found), []
        computing, self._computing = self._computing, 0.0
        at = len(found) - 1
        return {"p50": found[at // 2], "p99": found[at * 99 // 100], "max": found[at], "computing": computing}

    def _beat(self) -> None:
        spent = time.thread_time()
        self.found.append(self._clock.nsecsElapsed() / 1e6)
        self._computing = max(self._computing, (spent - self._spent) * 1e3)
        self._clock.restart()
        self._spent = spent


async def send(desk: Desk, account_id: str, folder: Path, batch: str) -> None:
    items: list[Item] = []

    def on_update(review: Review) -> None:
        items.extend(review.fresh)

    await desk.intake.review([folder], on_update=on_update)
    await desk.transfers.ingest(account_id, items, batch, batch_id=batch)


async def act(window: MainWindow, url: str, pictures: Path, videos: Path, place: Path) -> dict[str, dict[str, float]]:
    desk, background = window.desk, window._context.background

    async def connect() -> str:
        return desk.accounts.add_session_account("bench-key", url).account_id

    account_id = await background.run(connect())
    window.go(Place(Page.TRANSFERS))
    gaps, found = Gaps(), {}
    actions: dict[str, Coroutine[Any, Any, object]] = {
        "nothing": asyncio.sleep(3.0),
        "bulk": send(desk, account_id, pictures, "window-bulk"),
        "one by one": send(desk, account_id, pictures, "simple-window"),
        "a video": send(desk, account_id, videos, "window-video"),
        "saving archives": desk.results.save(account_id, ["archives"], place),
        "saving plain files": desk.results.save(account_id, ["plain"], place),
    }
    await asyncio.sleep(1.0)
    for name, action in actions.items():
        await asyncio.sleep(0.1)
        gaps.taken()
        await background.run(action)
        found[name] = gaps.taken()
    return found


async def play(url: str, pictures: Path, videos: Path) -> int:
    with tempfile.TemporaryDirectory() as place:
        async with opened(Path(place) / "home", key_store=SessionKeys()) as window:
            window.resize(1400, 800)
            window.show()
            keep()
            await asyncio.sleep(1.0)
            print(json.dumps(await act(window, url, pictures, videos, Path(place) / "results")))
    return 0


if __name__ == "__main__":
    sys.exit(loop.run(make_application(), play(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
