"""How long the event loop stands still while the job table does its heaviest things with many jobs.

    python tests/bench/job_table_gaps.py [how many jobs, else 10000]

A 5 ms heartbeat runs in the loop; printed is the longest gap between two beats during each action, in milliseconds, and
how much of it this process was really computing: on a busy machine the rest is waiting for a core.
"""

import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QCoreApplication, QElapsedTimer, Qt, QTimer
from PySide6.QtWidgets import QApplication

from batchdock.app import calm_collector
from batchdock.window.jobs.columns import PLACE
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.view import JobTable
from batchdock.window.jobs.views import JobView
from making.jobs import many_jobs


class Heartbeat:
    """Remembers the longest time between two beats."""

    def __init__(self) -> None:
        self._clock = QElapsedTimer()
        self._clock.start()
        self.longest = 0.0
        self.computing = 0.0
        self._spent = time.process_time()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def reset(self) -> None:
        self._clock.restart()
        self._spent = time.process_time()
        self.longest = self.computing = 0.0

    def _beat(self) -> None:
        gap, spent = self._clock.nsecsElapsed() / 1e6, time.process_time()
        if gap > self.longest:
            self.longest, self.computing = gap, (spent - self._spent) * 1e3
        self._clock.restart()
        self._spent = spent


def turn(seconds: float) -> None:
    """Let the event loop turn."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        QCoreApplication.processEvents()
        time.sleep(0.0005)


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    application = QApplication(sys.argv)
    jobs = many_jobs(count)
    model = JobModel()
    table = JobTable(model)
    table.resize(1400, 900)
    table.show()
    heart = Heartbeat()
    worst = 0.0
    turn(0.5)
    calm_collector()

    def measure(name: str, action: Callable[[], object], settle: float = 0.4) -> None:
        nonlocal worst
        heart.reset()
        QTimer.singleShot(10, action)
        turn(settle)
        worst = max(worst, heart.longest)
        print(f"{name:<46}{heart.longest:8.1f} ms, computing {heart.computing:6.1f} ms")

    def updates() -> None:
        chosen = random.sample(jobs, 500)
        model.put([replace(each, progress=random.random(), items_done=random.randrange(1000)) for each in chosen])

    scroll = table.verticalScrollBar()
    print(f"{count} jobs, longest gap in the event loop")
    measure("idle", lambda: None)
    measure("insert all", lambda: model.put(jobs))
    measure("insert 20 more", lambda: model.put(replace(each, job_id=f"x{each.job_id}") for each in jobs[:20]))
    for key in ("name", "state", "created", "progress", "items", "where"):
        measure(f"sort by {key}", partial(table.sortByColumn, PLACE[key], Qt.SortOrder.AscendingOrder))
    measure("sort by name, other way round", lambda: table.sortByColumn(PLACE["name"], Qt.SortOrder.DescendingOrder))
    measure("search “lot 17” (first, reads every job)", lambda: model.search("lot 17"))
    measure("search “read”", lambda: model.search("read"))
    measure("search nothing", lambda: model.search(""))
    measure("view Running", lambda: model.set_view(JobView.RUNNING))
    measure("view All", lambda: model.set_view(JobView.ALL))
    measure("select all", table.selectAll)
    measure("sort with all selected", lambda: table.sortByColumn(PLACE["items"], Qt.SortOrder.DescendingOrder))
    measure("read the selection", table.selected_jobs)
    measure("search with all selected", lambda: model.search("lot 9"))
    measure("and back", lambda: model.search(""))
    measure("scroll to the end", lambda: scroll.setValue(scroll.maximum()))
    for step in range(10):
        measure(f"scroll to {step * 10} %", partial(scroll.setValue, scroll.maximum() * step // 10), 0.1)
    measure("sort by progress again", lambda: table.sortByColumn(PLACE["progress"], Qt.SortOrder.AscendingOrder))
    measure("500 updates, and their new places", updates, 2.0)
    measure("500 updates again", updates, 2.0)
    measure("remove all", lambda: model.remove([each.key for each in jobs]))
    print(f"{'longest of all':<46}{worst:8.1f} ms")
    table.close()
    application.quit()
    return 0 if worst < 100 else 1


if __name__ == "__main__":
    sys.exit(main())
