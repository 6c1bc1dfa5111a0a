"""The store's own parts: files by content under many hands, the lived time, and disks with little room."""

import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from batchdock.core.errors import DiskFull
from batchdock.thiscomputer.store.batches import Batches, Claim
from batchdock.thiscomputer.store.clock import DAY, Clock
from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.records import Arrival
from batchdock.thiscomputer.store.references import References
from batchdock.thiscomputer.store.room import GIGABYTE, Room, reserve_of
from batchdock.thiscomputer.store.storage import Storage


class _Store:
    def __init__(self, data: Path, *, keeps: bool = True, limit_gb: float | None = None) -> None:
        self.database = Database(data / "known.sqlite")
        room = Room(data, lambda: limit_gb)
        self.files = FileStore(data, References(self.database), room)
        self.files.prepare()
        self.batches = Batches(self.database)
        self.storage = Storage(self.database, self.files, room, lambda: keeps)
        self.clock = Clock(self.database)

    def add(self, batch_id: str, data: bytes) -> str:
        file_id = self.files.write(data)
        arrival = Arrival("a.jpg", "images", len(data), 0.0, file_id=file_id)
        self.batches.add(Claim(batch_id, batch_id, "simple-batch", "images"), arrival)
        self.files.let_go([file_id])
        return file_id

    def ids(self) -> set[str]:
        return {each.batch_id for each in self.batches.all(None, 100)}


@pytest.fixture
def open_store(tmp_path: Path) -> Callable[..., _Store]:
    def opened(**options: object) -> _Store:
        tmp_path.joinpath("data").mkdir(exist_ok=True)
        return _Store(tmp_path / "data", **options)  # type: ignore[arg-type]

    return opened


def test_a_file_is_called_by_its_content_and_counted_once(open_store: Callable[..., _Store]) -> None:
    store = open_store()
    first, second = store.files.write(b"x" * 1000), store.files.write(b"x" * 1000)
    assert first == second
    assert store.files.held == 1000
    other = store.files.write(b"y" * 10)
    assert store.files.held == 1010
    store.files.remove([first, other])
    assert store.files.held == 1010  # their rows are on the way
    store.files.let_go([first, other])
    store.files.remove([first])
    assert store.files.path(first).is_file()  # it was kept twice, and let go once
    store.files.let_go([first])
    store.files.remove([first, other])
    assert (store.files.held, store.files.path(first).exists(), store.files.path(other).exists()) == (0, False, False)
    store.database.close()


@pytest.mark.skipif(sys.platform != "linux", reason="open files are told apart by /proc")
def test_a_file_is_on_the_disk_before_its_row(
    open_store: Callable[..., _Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was answered with 200 survives a power cut: content, then name, then the folder, and only then the row."""
    store = open_store()
    steps: list[str] = []
    sync, replace = os.fsync, Path.replace

    def noted_sync(descriptor: int) -> None:
        steps.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().relative_to(tmp_path / 'data').parts[0]}")
        sync(descriptor)

    def noted_replace(self: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    store.files.write(b"first")
    # The folder of the file, and the one above where that is new.
    assert steps == ["sync incoming", "rename", "sync files", "sync files"]
    steps.clear()
    store.files.write(b"first")
    assert steps == ["sync files"]  # it may have come a moment ago, and its name not be on the disk yet
    store.database.close()


def test_what_was_replaced_goes_when_nothing_runs(open_store: Callable[..., _Store]) -> None:
    store = open_store()
    store.add("b", b"first")
    store.add("b", b"second one")
    assert store.files.held == 15
    assert not store.files.is_swept
    store.storage.clean_up()
    assert (store.files.held, store.files.is_swept) == (10, True)
    store.database.close()


def test_a_file_that_a_disk_has_cut_is_replaced_by_the_same_content(open_store: Callable[..., _Store]) -> None:
    store = open_store()
    file_id = store.files.write(b"whole content")
    assert store.files.held == 13
    store.files.path(file_id).write_bytes(b"whole")
    assert store.files.write(b"whole content") == file_id
    assert store.files.path(file_id).read_bytes() == b"whole content"
    store.database.close()


def test_files_of_many_hands_are_there_while_a_row_names_them(open_store: Callable[..., _Store]) -> None:
    """Eight threads put the same few contents into batches of their own and take them out again, with a sweep between.

    What a row names has to be there at every moment.
    """
    store = open_store()
    contents = [bytes([number]) * 500 for number in range(3)]
    stop = threading.Event()

    def sweep() -> None:
        while not stop.is_set():
            store.files.sweep()

    def work(worker: int) -> int:
        missing = 0
        for turn in range(15):
            batch_id = f"b-{worker}-{turn}"
            file_id = store.add(batch_id, contents[turn % 3])
            missing += not store.files.path(file_id).is_file()
            store.storage.remove(batch_id)
        return missing

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(work, range(8))) == 0
    finally:
        stop.set()
        sweeper.join()
    assert (store.files.held, store.ids()) == (0, set())
    store.database.close()


def _lived(store: _Store) -> float:
    with store.database.reading() as db:
        return float(db.execute("SELECT lived FROM clock").fetchone()[0])


def test_lived_time_passes_as_days_do_and_no_wrong_date_makes_it_jump(open_store: Callable[..., _Store]) -> None:
    store = open_store(keeps=False)
    now = time.time() - 60 * DAY
    store.clock.tick(now)
    for hour in range(24):
        store.clock.tick(now + hour * DAY / 24)
    assert _lived(store) == pytest.approx(23 / 24 * DAY)
    before = _lived(store)
    store.clock.tick(now - 20 * 365 * DAY)  # a flat battery
    assert _lived(store) == before
    store.clock.tick(now + 10 * 365 * DAY)  # a wrong year
    assert _lived(store) == before + 2 * DAY
    store.clock.tick(now + DAY)
    assert _lived(store) == before + 2 * DAY
    store.database.close()


def test_a_clock_that_jumps_by_years_removes_nothing_and_days_do(
    open_store: Callable[..., _Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(keeps=False)
    today = time.time()
    store.clock.tick(today)
    store.add("b", b"content")

    def look(now: float) -> set[str]:
        monkeypatch.setattr(time, "time", lambda: now)
        store.clock.tick()
        store.storage.expire()
        return store.ids()

    assert look(today + 10 * 365 * DAY) == {"b"}
    assert look(today - 10 * 365 * DAY) == {"b"}
    assert look(today + 10 * 365 * DAY) == {"b"}
    assert look(today + DAY) == {"b"}
    for day in range(1, 3):
        assert look(today + day * DAY) == {"b"}
    for day in range(3, 7):
        look(today + day * DAY)
    assert look(today + 7.1 * DAY) == set()
    assert store.files.held == 0
    store.database.close()


def test_seven_days_are_seven_days(open_store: Callable[..., _Store], monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(keeps=False)
    today = time.time()
    store.clock.tick(today)
    store.add("b", b"content")
    for hour in range(0, 7 * 24, 6):
        monkeypatch.setattr(time, "time", lambda now=today + hour * 3600.0: now)
        store.clock.tick()
        assert store.storage.expire() == 0
    monkeypatch.setattr(time, "time", lambda: today + 7 * DAY + 1)
    store.clock.tick()
    assert (store.storage.expire(), store.ids()) == (1, set())
    store.database.close()


def test_room_is_left_on_the_disk() -> None:
    assert reserve_of(64 * GIGABYTE) == GIGABYTE
    assert reserve_of(4000 * GIGABYTE) == GIGABYTE
    assert reserve_of(5_000_000) == 250_000


def test_a_disk_with_little_room_refuses_before_it_is_full(open_store: Callable[..., _Store], tmp_path: Path) -> None:
    store = open_store()
    free = store.storage.usage().free
    with pytest.raises(DiskFull, match="stay free for the computer itself"):
        store.files.admit(free)
    store.files.admit(1)
    with pytest.raises(ValueError, match="not a file id"):
        store.files.path("../" + "a" * 61)
    assert store.files.path("a" * 32).name == "a" * 32
    assert not list((tmp_path / "data" / "incoming").iterdir())
    store.database.close()
