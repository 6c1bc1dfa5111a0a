"""How long the event loop stands still while the real window does its heaviest things with many jobs.

    python tests/bench/job_table_gaps.py [how many jobs, else 10000]

A 5 ms heartbeat runs in the loop; printed is the longest gap between two beats during each action, in milliseconds, and
the most that the window's thread computed between two: on a busy machine the rest is waiting for a core, or for
Python's lock.
"""

import asyncio
import os
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import Qt, QTimer

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.bridge.garbage import settle
from batchdock.core.job import Job
from batchdock.flows.news import JobsChanged, JobsRemoved
from batchdock.keystore.session import SessionKeys
from batchdock.window.jobs.columns import PLACE
from batchdock.window.jobs.views import JobView
from batchdock.window.main_window import MainWindow
from making.heartbeat import Heartbeat
from making.jobs import many_jobs


async def play(count: int, home: Path) -> int:
    async with opened(home, key_store=SessionKeys()) as window:
        window.resize(1500, 900)
        window.show()
        settle()
        return await measure_all(window, count)


async def measure_all(window: MainWindow, count: int) -> int:
    jobs = many_jobs(count)
    model, table = window.jobs.model, window.jobs.table
    heart = Heartbeat()
    worst = 0.0
    await asyncio.sleep(1.0)

    async def measure(name: str, action: Callable[[], object], settle: float = 0.6) -> None:
        nonlocal worst
        heart.reset()
        QTimer.singleShot(10, action)
        await asyncio.sleep(settle)
        worst = max(worst, heart.longest)
        print(f"{name:<46}{heart.longest:8.1f} ms, computing {heart.computing:6.1f} ms")

    def publish(some: list[Job]) -> None:
        window.desk.news.publish(JobsChanged(tuple(some)))

    def updates() -> None:
        chosen = random.sample(jobs, 500)
        publish([replace(each, progress=random.random(), items_done=random.randrange(1000)) for each in chosen])

    scroll = table.verticalScrollBar()
    print(f"{count} jobs, longest gap in the event loop")
    await measure("idle", lambda: None)
    await measure("insert all", lambda: publish(jobs))
    await measure("insert 20 more", lambda: publish([replace(each, job_id=f"x{each.job_id}") for each in jobs[:20]]))
    for key in ("name", "state", "created", "progress", "items", "where"):
        await measure(f"sort by {key}", partial(table.sortByColumn, PLACE[key], Qt.SortOrder.AscendingOrder))
    await measure(
        "sort by name, other way round", lambda: table.sortByColumn(PLACE["name"], Qt.SortOrder.DescendingOrder)
    )
    await measure("search “lot 17” (first, reads every job)", lambda: model.search("lot 17"))
    await measure("search “read”", lambda: model.search("read"))
    await measure("search nothing", lambda: model.search(""))
    await measure("view Running", lambda: model.set_view(JobView.RUNNING))
    await measure("view All", lambda: model.set_view(JobView.ALL))
    await measure("select all", table.selectAll)
    await measure("sort with all selected", lambda: table.sortByColumn(PLACE["items"], Qt.SortOrder.DescendingOrder))
    await measure("read the selection", table.selected_jobs)
    await measure("search with all selected", lambda: model.search("lot 9"))
    await measure("and back", lambda: model.search(""))
    await measure("scroll to the end", lambda: scroll.setValue(scroll.maximum()))
    for step in range(10):
        await measure(f"scroll to {step * 10} %", partial(scroll.setValue, scroll.maximum() * step // 10), 0.1)
    await measure("sort by progress again", lambda: table.sortByColumn(PLACE["progress"], Qt.SortOrder.AscendingOrder))
    await measure("500 updates, and their new places", updates, 2.0)
    await measure("500 updates again", updates, 2.0)
    await measure("remove all", lambda: window.desk.news.publish(JobsRemoved(tuple(each.key for each in jobs))))
    print(f"{'longest of all':<46}{worst:8.1f} ms")
    return 0 if worst < 100 else 1


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    application = make_application()
    with tempfile.TemporaryDirectory() as home:
        return loop.run(application, play(count, Path(home)))


if __name__ == "__main__":
    sys.exit(main())
