"""Small copies of pictures: kept up to a limit, let go of by use, and never in anybody's way."""

import sqlite3
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from batchdock.store.thumbnails import Thumbnail, Thumbnails, key_of

LARGE = 1 << 40


def _thumbnail(number: int, size: int = 1000) -> Thumbnail:
    return Thumbnail(bytes([number % 251]) * size, 4000, 3000)


def _key(number: int) -> bytes:
    return key_of(Path(f"/사진/{number}.jpg"), 10, 20, "256")


def test_what_is_put_is_there_also_next_time_and_for_others(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "thumbnails.sqlite"
    first, second = Thumbnails(path, lambda: LARGE), Thumbnails(path, lambda: LARGE)
    assert first.get(_key(1)) is None
    first.put(_key(1), _thumbnail(1))
    assert second.get(_key(1)) == _thumbnail(1)
    first.put(_key(1), _thumbnail(2))
    first.close()
    second.close()
    again = Thumbnails(path, lambda: LARGE)
    assert again.get(_key(1)) == _thumbnail(2)
    again.close()
    assert again.get(_key(1)) is None


def test_another_version_of_a_file_is_another_picture() -> None:
    path = Path("/a.jpg")
    keys = {
        key_of(path, 1, 2, "256"),
        key_of(path, 2, 2, "256"),
        key_of(path, 1, 3, "256"),
        key_of(path, 1, 2, "128"),
        key_of(Path("/b.jpg"), 1, 2, "256"),
    }
    assert len(keys) == 5


def test_what_was_longest_not_looked_at_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr("batchdock.store.thumbnails.time.time", lambda: now)
    kept = Thumbnails(tmp_path / "t.sqlite", lambda: 300 * 1000)
    for number in range(300):
        now += 10_000
        kept.put(_key(number), _thumbnail(number))
    now += 10_000
    for number in range(50):
        assert kept.get(_key(number)) is not None
    for number in range(300, 320):
        now += 10_000
        kept.put(_key(number), _thumbnail(number))
    there = {number for number in range(320) if kept.get(_key(number)) is not None}
    kept.close()
    assert set(range(50)) <= there
    assert set(range(300, 320)) <= there
    assert not set(range(50, 50 + 20)) & there
    assert len(there) <= 300


def test_a_lower_limit_gives_room_back_to_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite"
    limit = LARGE
    kept = Thumbnails(path, lambda: limit)
    for number in range(400):
        kept.put(_key(number), _thumbnail(number, 20_000))
    limit = 1_000_000
    kept.shrink()
    kept.close()
    assert path.stat().st_size < 2_500_000
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select sum(bytes) from thumbnails").fetchone()[0] <= 1_000_000


def test_reading_goes_on_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite"
    kept = Thumbnails(path, lambda: LARGE)
    kept.put(_key(1), _thumbnail(1))
    answers: list[Thumbnail | None] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        other.execute("delete from thumbnails")
        reading = threading.Thread(target=lambda: answers.append(kept.get(_key(1))))
        reading.start()
        reading.join(30)
        other.execute("rollback")
    kept.close()
    assert answers == [_thumbnail(1)]


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b""])
def test_a_broken_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "t.sqlite"
    path.write_bytes(damage)
    kept = Thumbnails(path, lambda: LARGE)
    assert kept.get(_key(1)) is None
    kept.put(_key(1), _thumbnail(1))
    assert kept.get(_key(1)) == _thumbnail(1)
    kept.close()


def test_one_that_breaks_while_it_is_open_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite"
    kept = Thumbnails(path, lambda: LARGE)
    for number in range(200):
        kept.put(_key(number), _thumbnail(number, 5000))
    kept.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    kept = Thumbnails(path, lambda: LARGE)
    assert [kept.get(_key(number)) for number in range(200)] == [None] * 200
    kept.put(_key(1), _thumbnail(1))
    assert kept.get(_key(1)) == _thumbnail(1)
    kept.close()


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    kept = Thumbnails(tmp_path / "file" / "t.sqlite", lambda: LARGE)
    kept.put(_key(1), _thumbnail(1))
    assert kept.get(_key(1)) is None
    kept.close()


def test_when_pictures_were_taken_is_remembered_also_that_nobody_knows(tmp_path: Path) -> None:
    kept = Thumbnails(tmp_path / "t.sqlite", lambda: LARGE)
    moments = {_key(1): datetime(2026, 3, 1, 6, 30), _key(2): None}
    kept.put_moments(moments)
    assert kept.moments([_key(1), _key(2), _key(3)]) == moments
    kept.close()
