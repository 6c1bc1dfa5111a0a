"""How long the event loop stands still while the real window does its heaviest things with many jobs.

    python tests/bench/job_table_gaps.py [how many jobs, else 100000]

A 5 ms heartbeat runs in the loop; printed is the longest gap between two beats during each action, in milliseconds, and
the most that the window's thread computed between two: on a busy machine the rest is waiting for a core, or for
Python's lock. Where many beats are of interest (scrolling, live updates) the gap that 50 % and 99 % of them stay below
is printed, too. An action that is answered later (reading 100,000 names for the first search) also says when.
"""

import asyncio
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import Qt, QTimer

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.bridge.garbage import keep
from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.flows.news import JobsChanged, JobsRemoved
from batchdock.keystore.session import SessionKeys
from batchdock.window.jobs.columns import COLUMNS, PLACE
from batchdock.window.jobs.filters import Filters, Period, Span
from batchdock.window.jobs.views import JobView
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import Page, Place
from making.heartbeat import Heartbeat
from making.jobs import many_jobs

LIVE_SECONDS = 20
UPDATES_A_TICK = 500
TICK_MS = 100
WORST_MS, MOST_OF_THEM_MS = 100.0, 16.0


class Bench:
    """One run over one window."""

    def __init__(self, window: MainWindow, count: int) -> None:
        self._window = window
        self._model, self._table = window.jobs.model, window.jobs.table
        self._jobs = varied(count)
        self._heart = Heartbeat()
        self._holds = True

    async def run(self) -> bool:
        """Measure everything; tell whether live updates and scrolling stay within their limits."""
        await asyncio.sleep(1.0)
        model, table = self._model, self._table
        print(f"{len(self._jobs)} jobs, longest gap in the event loop; load {os.getloadavg()[0]:.1f}")
        await self._measure("idle", lambda: None)
        await self._measure(
            "first paint: show all", partial(self._publish, self._jobs), until=lambda: model.rowCount() > 0
        )
        await self._until(lambda: model.rowCount() == len(self._jobs))
        self._say_memory()
        first = partial(model.search, "lot 17")
        await self._measure("search “lot 17”, at once", first, until=lambda: model.rowCount() < len(self._jobs) // 5)
        model.search("")
        await self._measure("read all names ahead", lambda: None, until=lambda: not model._roster.unread)
        by = table.sortByColumn
        for column in COLUMNS:
            ascending = partial(by, PLACE[column.key], Qt.SortOrder.AscendingOrder)
            await self._measure(f"sort by {column.key}", ascending)
        await self._measure("sort by name, other way round", partial(by, PLACE["name"], Qt.SortOrder.DescendingOrder))
        for typed in ("l", "lo", "lot 1", "lot 17", "read", ""):
            await self._measure(f"search “{typed}”", partial(model.search, typed))
        for filters in (
            Filters(states=frozenset({JobState.FAILED, JobState.RUNNING})),
            Filters(contents=frozenset({Content.VIDEOS}), period=Period(Span.MONTH)),
            Filters(words="lot 9", accounts=frozenset({"this-computer"})),
            Filters(),
        ):
            await self._measure(f"filter {filters.written()[:38]}", partial(self._window.jobs.views.choose, filters))
        for view in (JobView.RUNNING, JobView.ALL):
            await self._measure(f"view {view.value}", partial(self._window.go, Place(Page.JOBS, view)))
        await self._measure("select all", table.selectAll)
        await self._measure("sort with all selected", partial(by, PLACE["items"], Qt.SortOrder.DescendingOrder))
        await self._measure("search with all selected", lambda: model.search("lot 9"))
        await self._measure("and back", lambda: model.search(""))
        table.clearSelection()
        await self._scroll()
        for key in ("created", "progress"):
            by(PLACE[key], Qt.SortOrder.DescendingOrder)
            await self._live(f"live, sorted by {key}")
        table.selectAll()
        await self._live("live, all selected")
        await self._measure("20 new ones", lambda: self._publish(self._renamed(20)))
        self._say_memory()
        keys = tuple(each.key for each in self._jobs)
        await self._measure("remove all", lambda: self._window.desk.news.publish(JobsRemoved(keys)))
        return self._holds

    # --- what is done

    def _publish(self, some: list[Job]) -> None:
        self._window.desk.news.publish(JobsChanged(tuple(some)))

    def _renamed(self, count: int) -> list[Job]:
        return [replace(each, job_id=f"x{each.job_id}") for each in self._jobs[:count]]

    def _update(self) -> None:
        chosen = random.sample(self._jobs, UPDATES_A_TICK)
        self._publish([replace(each, progress=random.random(), items_done=random.randrange(1000)) for each in chosen])

    async def _live(self, name: str) -> None:
        """News of many jobs, ten times a second, while somebody scrolls a little."""
        timer = QTimer()
        timer.timeout.connect(self._update)
        self._heart.reset()
        timer.start(TICK_MS)
        bar = self._table.verticalScrollBar()
        for step in range(LIVE_SECONDS):
            await asyncio.sleep(1.0)
            bar.setValue(bar.value() + (60 if step % 4 else 4000))
        timer.stop()
        self._say(name, limited=True)
        await asyncio.sleep(1.5)

    async def _scroll(self) -> None:
        """As a wheel does, then by dragging the bar through the whole list."""
        bar = self._table.verticalScrollBar()
        self._heart.reset()
        for _ in range(150):
            bar.setValue(bar.value() + 90)
            await asyncio.sleep(0.02)
        self._say("scroll by the wheel", limited=True)
        self._heart.reset()
        for step in range(100):
            bar.setValue(bar.maximum() * step // 100)
            await asyncio.sleep(0.03)
        self._say("scroll by dragging the bar", limited=True)

    # --- how it is measured

    async def _measure(
        self, name: str, action: Callable[[], object], settle_for: float = 0.5, until: Callable[[], bool] | None = None
    ) -> None:
        self._heart.reset()
        QTimer.singleShot(10, action)
        begun = time.perf_counter() + 0.01
        if until is not None:
            await self._until(until)
            waited = (time.perf_counter() - begun) * 1000
            await asyncio.sleep(settle_for)
            self._say(f"{name} (there after {waited:.0f} ms)")
            return
        await asyncio.sleep(settle_for)
        self._say(name)

    @staticmethod
    async def _until(happened: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not happened() and time.monotonic() < end:
            await asyncio.sleep(0.005)

    def _say(self, name: str, *, limited: bool = False) -> None:
        heart = self._heart
        text = f"{name:<52}{heart.longest:8.1f} ms, computing {heart.computing:6.1f} ms"
        if limited:
            (half, _), (most, computed) = heart.below(0.5), heart.below(0.99)
            text += f", p50 {half:.1f} ms, p99 {most:.1f} ms, p99 computing {computed:.1f} ms"
            self._holds = self._holds and heart.longest < WORST_MS and most < MOST_OF_THEM_MS
        print(text, flush=True)

    @staticmethod
    def _say_memory() -> None:
        print(f"{'memory, at most':<52}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")


def varied(count: int) -> list[Job]:
    """Return jobs as a long history has them: in no order of names or progress."""
    choice = random.Random(7)
    jobs = many_jobs(count)
    return [
        replace(
            each,
            name=f"Lot {choice.randrange(count * 3)} {choice.choice(('north', 'Süd', 'Œuvre', '수확', 'quay'))}",
            content=choice.choice((Content.IMAGES, Content.VIDEOS)),
            progress=1.0 if each.state.is_terminal else choice.random(),
            note=choice.choice(("", "", "look again")),
            credits=choice.random() * 10,
        )
        for each in jobs
    ]


async def play(count: int, home: Path) -> int:
    async with opened(home, key_store=SessionKeys()) as window:
        window.resize(1500, 900)
        window.show()
        keep()
        return 0 if await Bench(window, count).run() else 1


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    application = make_application()
    with tempfile.TemporaryDirectory() as home:
        return loop.run(application, play(count, Path(home)))


if __name__ == "__main__":
    sys.exit(main())
