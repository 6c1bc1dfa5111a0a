"""How long the event loop stands still while a person looks through many results with real pictures.

    python tests/bench/results_gaps.py [how many pictures, else 100000] [--keep FOLDER]

Printed are the gaps between two beats of a 5 ms heartbeat during each action, in milliseconds: the one that 99 of 100
do not exceed, and the longest; and of both how much this thread computed in it: on a busy machine the rest is waiting
for a core. With `--keep` the made results are kept in a folder, and used again.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.bridge.garbage import keep
from batchdock.core.finding import Shape, Share, SortBy
from batchdock.keystore.session import SessionKeys
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import Page, Place
from making.heartbeat import Measuring
from making.media import picture_bytes
from making.results import outputs_of

LIMIT_MS = 16.0
"""For scrolling, of 99 of 100 gaps."""

DIFFERENT = 200
"""So many different JPEGs there are; the names are links to them."""

LABELS = tuple(f"{kind} {number}" for kind in ("bird", "plant", "vehicle", "person") for number in range(6))
FRAME = 1 / 60
EACH = 5


def make(folder: Path, count: int) -> None:
    """Make results over `count` pictures, with as many originals."""
    results, originals = folder / "results", folder / "originals"
    results.mkdir(parents=True)
    files = []
    for number in range(DIFFERENT):
        files.append(folder / f"{number}.jpg")
        files[-1].write_bytes(picture_bytes(number, (1600, 1200)))
    with (results / "results.jsonl").open("w", encoding="utf-8") as lines:
        for number in range(count):
            name = f"card {number // 1000:03}/IMG_{number:06}.jpg"
            outputs = outputs_of(number, EACH, Shape.BOX, LABELS)
            lines.write(json.dumps({"image": name, **outputs}) + "\n")
            path = originals / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.hardlink_to(files[number % DIFFERENT])


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(600):
        while not happened():
            await asyncio.sleep(0.01)


class Looking:
    """What a person does."""

    def __init__(self, window: MainWindow) -> None:
        self.page = window.results
        self.state = self.page.state
        self.grid = self.page.viewer.pictures.grid

    async def open(self, folder: Path) -> None:
        self.page.open_folder(folder)
        await until(lambda: self.state.selection is not None)

    async def wheel(self, turns: int, notches: int = 1) -> None:
        port = self.grid.viewport()
        at = QPointF(port.rect().center())
        for _ in range(turns):
            turned = QPoint(0, -120 * notches)
            event = QWheelEvent(
                at,
                QPointF(port.mapToGlobal(at.toPoint())),
                QPoint(),
                turned,
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(port, event)
            await asyncio.sleep(FRAME)

    async def drag(self, steps: int) -> None:
        bar = self.grid.verticalScrollBar()
        for step in range(steps):
            bar.setValue(bar.maximum() * step // steps)
            await asyncio.sleep(FRAME)

    async def step(self, times: int, key: Qt.Key) -> None:
        for _ in range(times):
            for kind in (QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease):
                QApplication.sendEvent(self.grid, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))
            await asyncio.sleep(FRAME * 2)

    async def settled(self) -> None:
        await until(lambda: self.state.selection is not None and self.state.selection.filter == self.state.filter)
        await asyncio.sleep(0.3)

    async def slide(self) -> None:
        for percent in range(0, 100, 2):
            self.page.viewer.pictures.confidence.slider.setValue(percent)
            await asyncio.sleep(FRAME)
        await self.settled()
        self.page.viewer.pictures.confidence.slider.setValue(0)
        await self.settled()

    async def tick(self) -> None:
        for digit in range(1, 10):
            began = time.perf_counter()
            self.page.viewer.pictures.classes.toggle_by_digit(digit)
            await until(lambda: self.state.selection is not None and self.state.selection.filter == self.state.filter)
            if digit == 1:
                print(f"    a class ticked, answered after {(time.perf_counter() - began) * 1e3:.0f} ms")
            await asyncio.sleep(0.1)
        self.state.change(labels=None)
        await self.settled()

    async def choose_shares(self) -> None:
        for share in (Share.WITH_FINDINGS, Share.NOTHING, Share.UNSURE, Share.ALL):
            self.state.change(share=share)
            await self.settled()

    async def order(self) -> None:
        for by in (SortBy.FINDINGS, SortBy.BEST, SortBy.NAME):
            self.state.sort(by, by is not SortBy.NAME)
            await asyncio.sleep(1.0)


async def play(count: int, made: Path, home: Path) -> int:
    if not (made / "results").is_dir():
        make(made, count)
    async with opened(home, key_store=SessionKeys()) as window:
        window.resize(1280, 820)
        window.show()
        window.go(Place(Page.RESULTS))
        keep()
        await asyncio.sleep(1.0)
        looking, measuring = Looking(window), Measuring()
        await measuring.measure("open", looking.open(made / "results"))
        results = looking.state.opened
        assert results is not None
        await window._context.background.run(results.reconnect(made / "originals"))
        looking.state.originals_moved.emit()
        await asyncio.sleep(2.0)
        for time_ in ("first", "second"):
            await measuring.measure(f"wheel, a row a frame, {time_} time", looking.wheel(400), scrolls=True)
            looking.grid.verticalScrollBar().setValue(0)
        await measuring.measure("wheel, fast", looking.wheel(300, 4), scrolls=True)
        await measuring.measure("drag the scroll bar", looking.drag(400), scrolls=True)
        looking.grid.verticalScrollBar().setValue(0)
        await measuring.measure("arrow down", looking.step(150, Qt.Key.Key_Down), scrolls=True)
        await measuring.measure("confidence", looking.slide())
        await measuring.measure("classes", looking.tick())
        await measuring.measure("chips", looking.choose_shares())
        await measuring.measure("order", looking.order())
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'99 of 100 gaps while scrolling at most':<44}{measuring.worst_gap:7.1f} ms, limit {LIMIT_MS} ms")
    print(f"{'memory at most':<44}{most:7.0f} MB")
    return 0 if measuring.worst_gap <= LIMIT_MS else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=100_000)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    application = make_application()
    with tempfile.TemporaryDirectory() as scratch:
        made = asked.keep or Path(scratch) / "made"
        return loop.run(application, play(asked.count, made, Path(scratch) / "home"))


if __name__ == "__main__":
    sys.exit(main())
