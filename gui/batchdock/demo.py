"""The demo: the real window does its main job with the bundled samples, and a picture is taken of every step.

It drops the files as a mouse would, presses the same buttons, waits for the same job and saves through the same page.
Without a display it runs off screen; with one the window stays open afterwards. The smoke test is the same, always off
screen and in a folder that is gone afterwards: whether what was installed works.
"""

import argparse
import asyncio
import contextlib
import csv
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.bridge.log import close_log, open_log
from batchdock.core.errors import BatchdockError, FolderNotWritable
from batchdock.core.job import Job
from batchdock.core.resources import resource
from batchdock.core.states import JobState
from batchdock.flows.preferences import AUTOSAVE_FOLDER
from batchdock.keystore.session import SessionKeys
from batchdock.window.batches.browser.entries import Kind
from batchdock.window.main_window import MainWindow
from batchdock.window.results.viewer import Tab
from batchdock.window.sidebar import PLACES, Page, Place

WORKFLOW = "read-codes"
CODES = "codes.jpg"
"""The sample that has something to read in it."""

CODES_IN_IT = 3

STEP_LIMIT = 60.0
"""Seconds each step may take before the demo says which one did not happen."""


class StepMissing(Exception):
    """A step of the demo did not happen in time."""


def main(arguments: Sequence[str]) -> int:
    """Run the demo. Return 0 when every step happened and the results are there."""
    parser = argparse.ArgumentParser(prog="batchdock demo", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, default=Path("demo"), help="where a folder for this run is made")
    parser.add_argument("--close", action="store_true", help="close the window at the end, display or not")
    options = parser.parse_args(arguments)
    has_display = sys.platform != "linux" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if not has_display:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder = options.to.absolute() / f"{datetime.now():%Y-%m-%d %H.%M.%S}"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        print(FolderNotWritable(folder=options.to, reason=error.strerror), file=sys.stderr)  # noqa: T201
        return 1
    _say(f"Pictures of each step and the results go to\n{folder}")
    return _run(folder, stay=has_display and not options.close)


def smoke() -> int:
    """Do the same off screen and leave nothing behind. Return 0 when every step happened."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        with tempfile.TemporaryDirectory(prefix="batchdock-", ignore_cleanup_errors=True) as folder:
            return _run(Path(folder), stay=False)
    except OSError as error:
        print(FolderNotWritable(folder=Path(tempfile.gettempdir()), reason=error.strerror), file=sys.stderr)  # noqa: T201
        return 1


def _run(folder: Path, *, stay: bool) -> int:
    application = make_application()
    log = open_log(folder / "logs")
    try:
        return loop.run(application, _demo(folder, stay=stay))
    finally:
        close_log(log)


async def _demo(folder: Path, *, stay: bool) -> int:
    started = time.monotonic()
    try:
        async with opened(folder / "home", key_store=SessionKeys()) as window:
            await window.desk.preferences.set(AUTOSAVE_FOLDER, str(folder / "saved by itself"))
            tour = Tour(window, folder)
            await tour.go_round()
            _say(f"Done in {time.monotonic() - started:.0f} s.")
            if stay:
                _say("The window stays open; close it when you have seen enough.")
                closed = asyncio.Event()
                window.close_asked.connect(closed.set)
                await closed.wait()
    except (BatchdockError, StepMissing) as error:
        print(error, file=sys.stderr)  # noqa: T201  (the demo is a command)
        return 1
    finally:
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().set_exception_handler(None)
    return 0


class Tour:
    """One round through the main job, step by step, with a picture of each."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self._window = window
        self._folder = folder
        self._keys: list[tuple[str, str]] = []
        self._taken = 0

    async def go_round(self) -> None:
        """Drop, review, start, watch, look, save. Raise `StepMissing` when one of them does not happen."""
        self._window.show()
        self._window.resize(1280, 800)
        await self._picture("empty window")
        await self._drop()
        jobs = await self._start()
        ended = await self._watch(jobs)
        await self._look(ended)
        await self._save(ended)

    async def _drop(self) -> None:
        paths = [path for path in sorted(resource("samples").iterdir()) if path.suffix != ".txt"]
        _say(f"Dropping {len(paths)} sample files on the window")
        drop_on(self._window, paths)
        sheet = self._window.sheet
        if sheet is None:
            raise StepMissing("The window did not take the files.")
        await self._until("the files are looked at and can be started", lambda: sheet.start.isEnabled())
        sheet.form.workflows.choose(WORKFLOW)
        await self._until("the workflow is ready", lambda: sheet.start.isEnabled())
        await self._picture("review")

    async def _start(self) -> list[Job]:
        sheet = self._window.sheet
        if sheet is None:
            raise StepMissing("The review closed by itself.")
        sheet.started.connect(lambda jobs: self._keys.extend(job.key for job in jobs))
        _say("Pressing Start")
        sheet.start.click()
        await self._until("the jobs are in the table", lambda: bool(self._keys))
        await self._until("the job moves", lambda: any(job.progress or job.state.is_terminal for job in self._jobs()))
        await self._picture("progress")
        return self._jobs()

    async def _watch(self, jobs: list[Job]) -> list[Job]:
        names = ", ".join(f"“{job.name}”" for job in jobs)
        _say(f"Watching {names}")
        await self._until("the jobs are done", lambda: all(job.state.is_terminal for job in self._jobs()))
        ended = self._jobs()
        bad = [f"“{job.name}” is {job.state}: {job.message}" for job in ended if job.state is not JobState.DONE]
        if bad:
            raise StepMissing("\n".join(bad))
        _say("Done: " + ", ".join(f"“{job.name}”" for job in ended))
        await self._picture("done")
        return ended

    async def _look(self, jobs: list[Job]) -> None:
        self._window.show_results(jobs[0].key)
        results = self._window.results
        await self._until("the results can be looked at", lambda: results.state.selection is not None)
        await self._picture("results")
        results.viewer.show_tab(Tab.FILES)
        browser = results.browser
        await self._until("the files can be looked at", lambda: bool(browser.entries()))
        browser.tabs.setCurrentIndex(browser.tabs.count() - 1)
        drawn = (Kind.PICTURE, CODES)
        await self._until("the drawn pictures are there", lambda: drawn in self._shown())
        browser.select(self._shown().index(drawn))
        await self._until("the drawn picture is shown", lambda: browser.preview.caption.text().startswith(CODES))
        _say(f"Looking at what was found in {CODES}")
        await self._picture("drawn picture")

    async def _save(self, jobs: list[Job]) -> None:
        for job in jobs:
            self._window.results.show_job(job.key)
            saving = self._window.results.save_to(self._folder / "results")
            if saving is None:
                raise StepMissing(f"“{job.name}” has no results to save.")
            async with asyncio.timeout(STEP_LIMIT):
                await saving
        tables = sorted((self._folder / "results").rglob("results.csv"))
        if len(tables) != len(jobs):
            raise StepMissing("The results were not saved.")
        await self._picture("saved")
        self._window.go(Place(Page.TRANSFERS))
        await self._picture("transfers")
        self._window.go(PLACES[0])
        for table in tables:
            place = json.dumps(str(table.relative_to(self._folder)), ensure_ascii=False)
            _say(f"Saved {place}: {_told_of(table)}")

    def _shown(self) -> list[tuple[Kind, str]]:
        return [(entry.kind, entry.title) for entry in self._window.results.browser.entries()]

    def _jobs(self) -> list[Job]:
        model = self._window.jobs.model
        return [job for key in self._keys if (job := model.job(key)) is not None]

    async def _until(self, what: str, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + STEP_LIMIT
        while not holds():
            if time.monotonic() > end:
                await self._picture("stuck")
                raise StepMissing(f"Waited {STEP_LIMIT:.0f} s, but not so: {what}.")
            await asyncio.sleep(0.02)

    async def _picture(self, name: str) -> None:
        await asyncio.sleep(0.3)
        self._taken += 1
        self._window.grab().save(str(self._folder / f"{self._taken} {name}.png"))


def _told_of(table: Path) -> str:
    """Return what a saved table says. Raise `StepMissing` when the codes of the samples are not in it."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = next((row["text"].split() for row in rows if row.get("image") == CODES), None)
    if texts is None:
        return f"{len(rows)} rows"
    if len(texts) != CODES_IN_IT:
        raise StepMissing(f"In {CODES} there are {CODES_IN_IT} codes; found: {', '.join(texts) or 'none'}.")
    return f"{len(rows)} rows; in {CODES}: {', '.join(texts)}"


def drop_on(widget: QWidget, paths: Sequence[Path]) -> None:
    """Drop files on a widget as the desktop would: enter, then drop."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where = QPointF(widget.rect().center())
    nothing, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(widget, QDragEnterEvent(where.toPoint(), copy, data, left, nothing))
    QApplication.sendEvent(widget, QDropEvent(where, copy, data, left, nothing))


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  (the demo is a command)
