"""A real drag, from another process, with a real mouse, onto the real app on a real (virtual) screen."""

import asyncio
import csv
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.flows.desk import Desk
from batchdock.keystore.session import SessionKeys
from making.media import picture
from making.screen import Screen, missing_packages, virtual_screen, wait_for

DRAG_SOURCE = Path(__file__).parents[1] / "making" / "drag_source.py"


@contextmanager
def running(command: list[str], screen: Screen, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=screen.environment(**environment))
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


async def what_became_of_it(home: Path, to: Path) -> tuple[tuple[Job, ...], Path]:
    """Open the same home once more, without a window, and save the results of its only job."""
    desk = await Desk.open(home, key_store=SessionKeys())
    try:
        await desk.jobs.refresh()
        jobs = desk.jobs.all()
        ended = await asyncio.wait_for(desk.jobs.ended(jobs[0].key), 60)
        report = await desk.results.save(ended.account_id, ended.output_batches, to, name="saved")
        return tuple(desk.jobs.all()), report.folder
    finally:
        await desk.close()


@pytest.mark.timeout(170)
def test_files_dragged_from_another_process_are_ingested(tmp_path: Path, home: Path) -> None:
    missing = missing_packages()
    assert not missing, f"needs a virtual screen: apt-get install {' '.join(missing)}"
    names = {"box 1.jpg", "수확 2.jpg", "with, comma.jpg"}
    files = [picture(tmp_path / "card" / name, seed) for seed, name in enumerate(sorted(names))]
    with (
        virtual_screen() as screen,
        running([sys.executable, "-m", "batchdock"], screen, BATCHDOCK_HOME=str(home)) as app,
        running([sys.executable, str(DRAG_SOURCE), *map(str, files)], screen),
    ):
        window = screen.window_named("Batchdock")
        screen.do("windowsize", "--sync", window, 1200, 800)
        screen.do("windowmove", "--sync", window, 150, 50)
        screen.window_named("drag source")
        screen.drag((60, 60), (700, 400))
        screen.do("windowactivate", "--sync", window)
        # Ctrl+Return is Start. It does nothing until everything is counted, so it is pressed until a job is there.
        journal = home / "journal.sqlite"
        before = journal.read_bytes() if journal.exists() else b""

        def started() -> str:
            screen.do("key", "--clearmodifiers", "ctrl+Return")
            wal = journal.with_name("journal.sqlite-wal")
            written = (journal.read_bytes() if journal.exists() else b"") + (wal.read_bytes() if wal.exists() else b"")
            return "yes" if written != before and b"with, comma.jpg" in written else ""

        wait_for(started, 60)
        screen.do("key", "--clearmodifiers", "ctrl+q")

        def ended() -> str:
            screen.do("key", "Return")  # If the job still runs, the window asks first; Quit is its default.
            return "yes" if app.poll() is not None else ""

        wait_for(ended, 60)
        assert app.returncode == 0
    jobs, folder = asyncio.run(what_became_of_it(home, tmp_path / "out"))
    assert [(job.state, job.items_done, job.problems) for job in jobs] == [(JobState.DONE, 3, 0)]
    with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    assert {name for name in names for row in rows if name in row.values()} == names
