import asyncio
import gc
import os
import threading
import time
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from batchdock.core.intake import Finding, Review
from batchdock.flows.intake import Intake, reading
from batchdock.flows.intake.review import FRESH_LIMIT
from batchdock.flows.intake.scan import walk
from making.desks import bad_drop, good_drop, until
from making.media import picture_bytes, video


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
    drop = many(tmp_path / "drop", 2500)
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
    assert seen[-1].pictures == 2500


def test_an_empty_folder_is_finished_at_once(tmp_path: Path) -> None:
    seen: list[Review] = []
    asyncio.run(Intake().review([tmp_path], on_update=seen.append))
    assert seen == [Review(finished=True)]


def test_cancelling_stops_the_reading_thread(tmp_path: Path) -> None:
    drop = many(tmp_path / "drop", 2000)
    first = asyncio.Event()

    async def scenario() -> None:
        looking = asyncio.create_task(Intake().review([drop], on_update=lambda review: first.set()))
        await first.wait()
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking

    asyncio.run(scenario())
    deadline = time.monotonic() + 5
    while any(thread.name == "batchdock-intake" for thread in threading.enumerate()):
        assert time.monotonic() < deadline


def test_walking_needs_the_same_memory_for_more_folders(tmp_path: Path) -> None:
    for folder in range(20):
        (tmp_path / str(folder)).mkdir()
        for number in range(100):
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


class Hanging(type(Path())):  # type: ignore[misc]
    """A path on a share whose server is gone: whoever looks at it waits, here until `answer` is set."""

    answer = threading.Event()

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        self.answer.wait()
        raise OSError(107, "Transport endpoint is not connected")


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[Path]:
    Hanging.answer = threading.Event()
    yield Hanging(tmp_path / "share")
    Hanging.answer.set()


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_share_that_hangs_keeps_nothing_else_waiting(tmp_path: Path, hanging: Path, place: int) -> None:
    many(tmp_path / "one", 50)
    many(tmp_path / "two", 60)
    roots = [tmp_path / "one", tmp_path / "two"]
    roots.insert(place, hanging)
    seen: list[Review] = []

    async def scenario() -> None:
        looking = asyncio.create_task(Intake().review(roots, on_update=seen.append))
        await until(lambda: seen and seen[-1].silent == ("share",) and sum(len(each.fresh) for each in seen) >= 50)
        await until(lambda: sum(len(each.fresh) for each in seen) == 110)
        assert not seen[-1].finished
        Hanging.answer.set()
        await looking

    asyncio.run(scenario())
    last = seen[-1]
    assert (last.finished, last.silent) == (True, ())
    missed = [item for each in seen for item in each.fresh if item.finding is Finding.NOT_REACHABLE]
    assert [item.relative for item in missed] == ["share"]


@pytest.mark.parametrize("alone", [True, False])
def test_a_share_that_hangs_too_long_is_given_up(
    tmp_path: Path, hanging: Path, alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SILENT", 0.2)
    monkeypatch.setattr(reading, "GIVEN_UP", 0.6)
    many(tmp_path / "one", 5)
    seen: list[Review] = []
    asyncio.run(Intake().review([hanging, *([] if alone else [tmp_path / "one"])], on_update=seen.append))
    items = [item for each in seen for item in each.fresh]
    assert [item.relative for item in items if item.finding is Finding.NOT_REACHABLE] == ["share"]
    assert seen[-1].pictures == (0 if alone else 5)


def test_a_hundred_shares_that_hang_do_not_make_a_hundred_threads(
    tmp_path: Path, hanging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SILENT", 0.0)
    monkeypatch.setattr(reading, "MOST_THREADS", 3)

    def started() -> int:
        return sum(thread.name == "batchdock-intake" for thread in threading.enumerate())

    shares = [Hanging(tmp_path / f"share {number}") for number in range(100)]

    async def scenario() -> None:
        looking = asyncio.create_task(Intake().review(shares, on_update=lambda review: None))
        await until(lambda: started() == 3)
        await asyncio.sleep(0.5)  # Time for one more, if there were to be one.
        assert started() == 3
        looking.cancel()

    asyncio.run(scenario())


def test_a_file_that_is_being_copied_is_not_called_damaged(tmp_path: Path) -> None:
    whole = picture_bytes(1, (640, 480))
    cut, growing = tmp_path / "cut.jpg", tmp_path / "growing.jpg"
    cut.write_bytes(whole[:9000])
    growing.write_bytes(whole[:9000])
    ended = threading.Event()

    def copy() -> None:
        with growing.open("ab") as file:
            while not ended.wait(0.05):
                file.write(b"more")
                file.flush()

    copying = threading.Thread(target=copy)
    copying.start()
    seen: list[Review] = []
    try:
        asyncio.run(Intake().review([tmp_path], on_update=seen.append))
    finally:
        ended.set()
        copying.join()
    items = {item.relative: item.finding for each in seen for item in each.fresh}
    assert items == {"cut.jpg": Finding.DAMAGED, "growing.jpg": Finding.CHANGING}


def test_hidden_files_and_lengths_are_counted(tmp_path: Path) -> None:
    video(tmp_path / "a.mp4", frames=30)
    (tmp_path / ".DS_Store").touch()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").touch()
    seen: list[Review] = []
    asyncio.run(Intake().review([tmp_path], on_update=seen.append))
    assert (seen[-1].videos, seen[-1].passed_over) == (1, 2)
    (item,) = [item for each in seen for item in each.fresh]
    assert item.seconds == pytest.approx(3.0, abs=0.2)


def test_cancelling_does_not_wait_for_a_disk_that_hangs(hanging: Path) -> None:
    async def scenario() -> None:
        looking = asyncio.create_task(Intake().review([hanging], on_update=lambda review: None))
        await until(lambda: any(thread.name == "batchdock-intake" for thread in threading.enumerate()))
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking

    asyncio.run(scenario())
    assert not Hanging.answer.is_set()
    assert any(thread.name == "batchdock-intake" for thread in threading.enumerate())
