"""What a job with very many tasks costs the window: first paint, sorting, filtering, and news every second.

    python tests/bench/task_list_gaps.py [how many tasks, else 100000] [how many seconds of news, else 20]

Each second all tasks come anew, a thousand of them changed, as from a service that is asked again. Printed are the
times from asking to seeing, the gaps between two beats of a 5 ms heartbeat, in milliseconds, what the window's thread
computed in the longest of them (on a busy machine the rest is waiting for a core), and the memory of the process.
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

from PySide6.QtCore import Qt

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.bridge.garbage import keep
from batchdock.core.batch import Progress
from batchdock.core.job import Task
from batchdock.keystore.session import SessionKeys
from batchdock.window.job_details.steps import Steps
from batchdock.window.job_details.task_model import COLUMNS
from batchdock.window.job_details.words import Kind
from batchdock.window.main_window import MainWindow
from making.heartbeat import Heartbeat
from making.jobs import job
from making.stages import detail, stage, task

FIRST_PAINT, SORTED, P99, LONGEST = 1000.0, 200.0, 16.0, 100.0
MEMORY_MB = 500.0
CHANGED = 1000


class Gaps(Heartbeat):
    """Every gap, not only the longest."""

    def __init__(self) -> None:
        self.all: list[float] = []
        super().__init__()

    def _beat(self) -> None:
        self.all.append(self._clock.nsecsElapsed() / 1e6)
        super()._beat()

    def p99(self) -> float:
        """Return the gap that 99 of 100 stay below."""
        return sorted(self.all)[int(len(self.all) * 0.99)] if self.all else 0.0


def made(count: int) -> list[Task]:
    """Return tasks of all kinds."""
    tasks = []
    for number in range(count):
        if number % 10 < 5:
            each = task(number, Progress.SUCCESS, 1.0, done=128, total=128, failed=0)
        elif number % 1000 == 7:
            each = task(number, Progress.ERROR, 0.4, message="The machine ran out of memory.", done=51, total=128)
        else:
            running = number % 10 < 7
            each = task(number, Progress.MOVING, (number % 97) / 97 if running else None, total=128)
        tasks.append(each)
    return tasks


def moved(tasks: list[Task]) -> list[Task]:
    """Return all tasks as a service would tell them again, a thousand of them further on."""
    fresh = [replace(each) for each in tasks]
    for place in random.sample(range(len(fresh)), min(CHANGED, len(fresh))):
        each = fresh[place]
        share = (each.progress or 0.0) + 0.2
        ended = share >= 1.0
        status = Progress.SUCCESS if ended else Progress.MOVING
        fresh[place] = replace(each, status=status, progress=min(share, 1.0), done=round(128 * min(share, 1.0)))
    return fresh


async def seen(steps: Steps, what: Callable[[], object]) -> float:
    """Wait until `what` is true and painted; return the milliseconds that took."""
    began = time.perf_counter()
    async with asyncio.timeout(30):
        while not what():
            await asyncio.sleep(0.001)
    steps.table.viewport().repaint()
    return (time.perf_counter() - began) * 1e3


async def measure(window: MainWindow, count: int, seconds: int) -> list[str]:
    steps = window.jobs.details.steps
    tasks = made(count)
    keep()
    said: list[str] = []
    gaps = Gaps()

    def line(name: str, took: float, limit: float) -> None:
        said.append(f"{name:<44}{took:8.1f} ms, limit {limit:.0f}{'' if took < limit else '   TOO LONG'}")
        print(said[-1])

    await asyncio.sleep(1.0)
    gaps.reset()
    gaps.all.clear()
    steps.take(detail(job(1), stage("processing", tasks)))
    line("first paint", await seen(steps, lambda: steps.model.rowCount() == count), FIRST_PAINT)
    for column in COLUMNS:
        for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder):
            steps.table.sortByColumn(COLUMNS.index(column), order)
            there = partial(lambda: steps.model.sheet.arrangement == steps.model.wanted)
            line(f"sort by {column}, {order.name[:-5].lower()}", await seen(steps, there), SORTED)
    steps.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    for kind in (*Kind, None):
        steps.chips.chips[kind].click()
        line(f"show {kind or 'all'}", await seen(steps, lambda: steps.model.sheet.arrangement.kind is kind), SORTED)  # noqa: B023
    print(f"gaps while sorting and filtering: p99 {gaps.p99():.1f} ms, longest {gaps.longest:.1f} ms")
    await news(window, gaps, tasks, seconds, line)
    return said


async def news(
    window: MainWindow, gaps: Gaps, tasks: list[Task], seconds: int, line: Callable[[str, float, float], None]
) -> None:
    """Replace all tasks every second, and scroll meanwhile."""
    gaps.reset()
    gaps.all.clear()
    steps = window.jobs.details.steps
    bar = steps.table.verticalScrollBar()
    for _ in range(seconds):
        # Another process tells these in truth; here they are made on the other thread.
        tasks = await window._context.background.run(asyncio.to_thread(moved, tasks))
        told = detail(job(1), stage("processing", tasks))
        steps.take(told)
        window.jobs.details.problems.take(told)
        del told
        for step in range(10):
            bar.setValue((bar.value() + 37 * (step + 1)) % max(1, bar.maximum()))
            await asyncio.sleep(0.1)
    line(f"gaps with news every second for {seconds} s, p99", gaps.p99(), P99)
    line("longest", gaps.longest, LONGEST)
    line("computed in one go by the window's thread", gaps.computing, LONGEST)


async def play(count: int, seconds: int, home: Path) -> int:
    async with opened(home, key_store=SessionKeys()) as window:
        window.resize(1500, 900)
        window.show()
        window.jobs.model.put([job(1)])
        window.jobs.show_details(True)
        window.jobs.table.go_to(job(1).key)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        said = await measure(window, count, seconds)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"memory at most {memory:.0f} MB ({before:.0f} MB before), limit {MEMORY_MB:.0f}; load {os.getloadavg()[0]:.1f}"
    )
    return 0 if memory < MEMORY_MB and not any("TOO LONG" in each for each in said) else 1


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    application = make_application()
    with tempfile.TemporaryDirectory() as home:
        return loop.run(application, play(count, seconds, Path(home)))


if __name__ == "__main__":
    sys.exit(main())
