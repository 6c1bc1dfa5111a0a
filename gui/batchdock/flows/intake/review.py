"""Looks at a drop: counts while it scans, and says of each file what it is or why it stays out."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.intake import CloserLook, Item, Review
from batchdock.flows.intake.reading import Reading

FRESH_LIMIT = 2_000
"""Items in one update: what a table takes in without a hitch."""

_INTERVAL = 0.1
_FIRST = 0.2


class Intake:
    """Scans and checks what is dropped."""

    async def review(self, paths: Sequence[Path], *, on_update: Callable[[Review], None]) -> None:
        """Look at everything below `paths`. `on_update` is called on the loop's thread, at most ten times a second.

        The first update comes within 0.3 s, even from a disk that hangs; the last has `finished`. One that hangs does
        not keep the others waiting, and is given up after `reading.GIVEN_UP` seconds. Cancel the task to stop at once.
        """
        reading = Reading(paths)
        tally = Review()
        started = updated = time.monotonic()
        first = True
        try:
            reading.tend()
            while not tally.finished:
                await asyncio.sleep(_INTERVAL)
                reading.tend()
                fresh, finished = reading.taken(FRESH_LIMIT)
                now = time.monotonic()
                if fresh or finished or (first and now - started >= _FIRST) or now - updated >= 1.0:
                    tally = _added(tally, fresh, finished, reading)
                    first, updated = False, now
                    on_update(tally)
        finally:
            reading.cancel()

    async def look_closer(self, items: Sequence[Item], *, on_update: Callable[[CloserLook], None]) -> None:
        """Decode every picture of `items`: find damage inside, and pictures that look almost the same.

        `on_update` is called on the loop's thread, at most ten times a second; the last has `finished`. Cancel the
        task to stop.
        """
        # Here, because a command that only sends need not load what decodes.
        from batchdock.flows.intake.closer import look_closer

        await look_closer(items, on_update)


def _added(tally: Review, fresh: Sequence[Item], finished: bool, reading: Reading) -> Review:
    usable = [item for item in fresh if item.usable]
    pictures = sum(item.content is Content.IMAGES for item in usable)
    return Review(
        fresh=tuple(fresh),
        pictures=tally.pictures + pictures,
        videos=tally.videos + len(usable) - pictures,
        size=tally.size + sum(item.size for item in usable),
        findings=tally.findings + len(fresh) - len(usable),
        finished=finished,
        passed_over=reading.passed_over,
        silent=reading.silent(),
    )
