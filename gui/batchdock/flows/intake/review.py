"""Looks at a drop: counts while it scans, and says of each file what it is or why it stays out."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.intake import Item, Review
from batchdock.flows.intake.check import Checker
from batchdock.flows.intake.scan import walk

FRESH_LIMIT = 2_000
"""Items in one update: what a table takes in without a hitch."""

_INTERVAL = 0.1
_FIRST = 0.2
_AHEAD = 2 * FRESH_LIMIT
"""How far the reading thread may be ahead of the updates: memory stays flat however many files there are."""


class Intake:
    """Scans and checks what is dropped."""

    async def review(self, paths: Sequence[Path], *, on_update: Callable[[Review], None]) -> None:
        """Look at everything below `paths`. `on_update` is called on the loop's thread, at most ten times a second.

        The first update comes within 0.3 s, even from a disk that hangs; the last has `finished`. Cancel the task to
        stop at once.
        """
        reader = _Reader(paths)
        tally = Review()
        started = updated = time.monotonic()
        first = True
        try:
            reader.start()
            while not tally.finished:
                await asyncio.sleep(_INTERVAL)
                fresh, finished = reader.taken(FRESH_LIMIT)
                now = time.monotonic()
                if fresh or finished or (first and now - started >= _FIRST) or now - updated >= 1.0:
                    tally = _added(tally, fresh, finished)
                    first, updated = False, now
                    on_update(tally)
        finally:
            reader.cancel()


class _Reader(threading.Thread):
    """The thread that touches the disk. A daemon: a share that hangs must not keep the app from quitting."""

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__(name="batchdock-intake", daemon=True)
        self._paths = tuple(paths)
        self._items: queue.Queue[Item | BaseException | None] = queue.Queue(_AHEAD)
        self._cancelled = threading.Event()

    def run(self) -> None:
        checker = Checker(self._cancelled.is_set)
        try:
            for found in walk(self._paths):
                self._put(checker.check(found))
                if self._cancelled.is_set():
                    return
            self._put(None)
        except Exception as error:
            self._put(error)

    def taken(self, limit: int) -> tuple[list[Item], bool]:
        """Return up to `limit` new items, and whether these were the last. Raise what stopped the thread."""
        taken: list[Item] = []
        while len(taken) < limit:
            try:
                item = self._items.get_nowait()
            except queue.Empty:
                return taken, False
            if item is None:
                return taken, True
            if isinstance(item, BaseException):
                raise item
            taken.append(item)
        return taken, False

    def cancel(self) -> None:
        """Let the thread end at its next step."""
        self._cancelled.set()

    def _put(self, item: Item | BaseException | None) -> None:
        while not self._cancelled.is_set():
            try:
                self._items.put(item, timeout=_INTERVAL)
            except queue.Full:
                continue
            return


def _added(tally: Review, fresh: Sequence[Item], finished: bool) -> Review:
    usable = [item for item in fresh if item.usable]
    pictures = sum(item.content is Content.IMAGES for item in usable)
    return Review(
        fresh=tuple(fresh),
        pictures=tally.pictures + pictures,
        videos=tally.videos + len(usable) - pictures,
        size=tally.size + sum(item.size for item in usable),
        findings=tally.findings + len(fresh) - len(usable),
        finished=finished,
    )
