"""How long the event loop stands still while a person scrolls through results as a table, and charts them.

    python tests/bench/results_table_gaps.py [how many pictures, else 100000] [--keep FOLDER]

With five findings a picture. Printed are the gaps between two beats of a 5 ms heartbeat during each action, in
milliseconds: the one that 99 of 100 do not exceed, and the longest; and of both how much this thread computed in it: on
a busy machine the rest is waiting for a core. With `--keep` the made results are kept in a folder, and used again.
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

from PySide6.QtWidgets import QWidget

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.bridge.garbage import keep
from batchdock.core.finding import Filter, Shape
from batchdock.keystore.session import SessionKeys
from batchdock.window.main_window import MainWindow
from batchdock.window.results.charts import ChartsView
from batchdock.window.results.report import write_report
from batchdock.window.results.table import TableView
from batchdock.window.results.view_state import ViewState
from making.heartbeat import Measuring
from making.results import outputs_of

LIMIT_MS = 16.0
"""For scrolling, of 99 of 100 gaps."""
FRAME = 1 / 60
EACH = 5
LABELS = tuple(f"{kind} {number}" for kind in ("bird", "plant", "vehicle", "person") for number in range(6))


def make(folder: Path, count: int) -> None:
    """Make results over `count` pictures."""
    folder.mkdir(parents=True)
    with (folder / "results.jsonl").open("w", encoding="utf-8") as lines:
        for number in range(count):
            outputs = outputs_of(number, EACH, Shape.BOX, LABELS)
            lines.write(json.dumps({"image": f"card {number // 1000:03}/IMG_{number:06}.jpg", **outputs}) + "\n")


async def until(happened: Callable[[], object]) -> None:
    """Wait for something to come true."""
    async with asyncio.timeout(120):
        while not happened():
            await asyncio.sleep(0.002)


async def scroll(view: TableView, step: int, frames: int = 300) -> None:
    """Scroll so far in every frame, round and round."""
    bar = view.table.verticalScrollBar()
    for _ in range(frames):
        bar.setValue((bar.value() + step) % max(1, bar.maximum()))
        await asyncio.sleep(FRAME)


async def click(button: QWidget, view: TableView) -> None:
    """Change the kind of rows, and wait for them."""
    before = view.model.sheet
    button.click()  # type: ignore[attr-defined]
    await until(lambda: view.model.sheet is not before)


async def measure(window: MainWindow, results: Path) -> float:
    context, measuring = window._context, Measuring()
    began = time.perf_counter()
    found = await context.background.run(context.desk.results.open_folder(results, lambda _done, _all: None))
    print(f"read and opened in {time.perf_counter() - began:.1f} s: {found.pictures:,} and {found.findings:,} findings")
    state = ViewState(context, window)
    charts, table = ChartsView(context, state), TableView(context, state)
    for view in (charts, table):
        view.resize(1300, 800)
    state.show(found)
    await until(lambda: state.selection)
    keep()

    async def show(view: QWidget, there: Callable[[], object]) -> None:
        view.show()
        await until(there)

    await measuring.measure("charts, with their library", show(charts, lambda: charts.shown))

    async def choose() -> None:
        before = charts.shown
        state.change(labels=frozenset({1}))
        await until(lambda: charts.shown is not None and charts.shown is not before)

    await measuring.measure("one class chosen in the charts", choose())
    charts.hide()
    state.change(labels=None)
    await until(lambda: state.selection is not None and state.selection.filter == Filter())
    await measuring.measure("table, first rows", show(table, lambda: table.model.sheet))
    for kind, button in (("pictures", None), ("findings", table.by_finding)):
        if button is not None:
            await measuring.measure("one row a finding", click(button, table))
        for name, step in (("slowly", 30), ("quickly", 1500), ("by the bar", table.model.rowCount() // 5 * 32)):
            await measuring.measure(f"{table.model.rowCount():,} {kind}, {name}", scroll(table, step), scrolls=True)
    assert state.selection is not None
    await measuring.measure("report", write_report(context, results.with_suffix(".pdf"), found, state.selection))
    results.with_suffix(".pdf").unlink()
    for view in (charts, table):
        view.deleteLater()
    measuring.stop()
    return measuring.worst_computed


async def play(results: Path, home: Path) -> int:
    async with opened(home, key_store=SessionKeys()) as window:
        worst = await measure(window, results)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory at most {memory:.0f} MB; load {os.getloadavg()[0]:.1f}")
    print(f"computed while scrolling, 99 of 100: {worst:.1f} ms, limit {LIMIT_MS:.0f}")
    return 0 if worst < LIMIT_MS else 1


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("pictures", nargs="?", type=int, default=100_000)
    asked.add_argument("--keep", type=Path)
    told = asked.parse_args()
    application = make_application()
    with tempfile.TemporaryDirectory() as home:
        results = (told.keep or Path(home)) / f"results {told.pictures}"
        if not results.exists():
            make(results, told.pictures)
        return loop.run(application, play(results, Path(home) / "home"))


if __name__ == "__main__":
    sys.exit(main())
