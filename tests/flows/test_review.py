import asyncio
import gc
import threading
import time
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest

from batchdock.core.intake import Review
from batchdock.flows.intake import Intake
from batchdock.flows.intake.review import FRESH_LIMIT
from batchdock.flows.intake.scan import walk
from making.desks import bad_drop, good_drop
from making.media import picture_bytes


def many(root: Path, count: int) -> Path:
    """Make many small pictures of different sizes, so that none has to be read for copies."""
    data = picture_bytes(1, (8, 8))
    root.mkdir()
    for number in range(count):
        (root / f"{number}.jpg").write_bytes(data + bytes(number))
    return root


def test_a_drop_is_counted_while_it_is_looked_at(tmp_path: Path) -> None:
    good_drop(tmp_path / "drop")
    bad_drop(tmp_path / "drop" / "bad")
    seen: list[Review] = []
    asyncio.run(Intake().review([tmp_path / "drop"], on_update=seen.append))
    last = seen[-1]
    assert last.finished
    assert (last.pictures, last.videos, last.findings) == (8, 0, 5)
    items = [item for review in seen for item in review.fresh]
    assert len(items) == 13
    assert last.size == sum(item.size for item in items if item.usable)
    assert len({item.relative for item in items}) == 13


def test_the_first_update_is_quick_and_no_update_is_too_large(tmp_path: Path) -> None:
    drop = many(tmp_path / "drop", 5000)
    times: list[float] = []
    seen: list[Review] = []

    def on_update(review: Review) -> None:
        times.append(time.monotonic())
        seen.append(review)

    started = time.monotonic()
    asyncio.run(Intake().review([drop], on_update=on_update))
    assert times[0] - started < 0.3
    assert max(len(review.fresh) for review in seen) <= FRESH_LIMIT
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.09
    assert seen[-1].pictures == 5000


def test_an_empty_folder_is_finished_at_once(tmp_path: Path) -> None:
    seen: list[Review] = []
    asyncio.run(Intake().review([tmp_path], on_update=seen.append))
    assert seen == [Review(finished=True)]


def test_cancelling_stops_the_reading_thread(tmp_path: Path) -> None:
    drop = many(tmp_path / "drop", 3000)
    first = asyncio.Event()

    async def scenario() -> float:
        looking = asyncio.create_task(Intake().review([drop], on_update=lambda review: first.set()))
        await first.wait()
        started = time.monotonic()
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking
        return time.monotonic() - started

    assert asyncio.run(scenario()) < 0.1
    deadline = time.monotonic() + 5
    while any(thread.name == "batchdock-intake" for thread in threading.enumerate()):
        assert time.monotonic() < deadline


def test_walking_needs_the_same_memory_for_more_folders(tmp_path: Path) -> None:
    for folder in range(40):
        (tmp_path / str(folder)).mkdir()
        for number in range(250):
            (tmp_path / str(folder) / f"{number}.jpg").touch()

    def peak(roots: list[Path]) -> int:
        gc.collect()
        tracemalloc.start()
        for _ in walk(roots):
            pass
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    assert peak([tmp_path]) < 2 * peak([tmp_path / "0"]) + 100_000
