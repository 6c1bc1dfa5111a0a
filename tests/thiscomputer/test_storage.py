"""What this computer holds: the same content once, removed only when nobody needs it, within limits, for a time."""

import os
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from making.local_service import LocalService, poll, tar_of
from making.media import code_picture, picture, picture_bytes, truncated_picture

WEEK = 7 * 86_400.0


@pytest.fixture
def own(tmp_path: Path) -> Iterator[LocalService]:
    """A service whose store belongs to one test."""
    with LocalService(tmp_path / "data", log=tmp_path / "log") as running:
        yield running


def _held(service: LocalService) -> list[Path]:
    return [Path(folder) / name for folder, _, names in os.walk(service.data / "files") for name in names]


def _storage(service: LocalService) -> dict[str, Any]:
    found: dict[str, Any] = service.ask("GET", "/this-computer/storage").json()["storage"]
    return found


def _files(service: LocalService, batch_id: str) -> dict[str, bytes]:
    listed = service.staging(f"/{batch_id}/list").json()["filesMetadata"]
    return {each["fileName"]: service.plain("GET", each["downloadURL"]).content for each in listed}


def _change(service: LocalService, **settings: object) -> None:
    assert service.ask("PATCH", "/this-computer/settings", json=settings).status_code == 200


def _age(service: LocalService, seconds: float) -> None:
    """Make everything in the store of a service that is not running so much older, as its own clock would have."""
    with closing(sqlite3.connect(service.data / "known.sqlite")) as db, db:
        db.execute("UPDATE batches SET created = created - ?, lived = lived - ?", (seconds, seconds))


def test_the_same_picture_is_kept_once_until_the_last_batch_with_it_is_gone(own: LocalService) -> None:
    data, other = picture_bytes(1), picture_bytes(2)
    for number in range(10):
        assert own.upload(f"b{number}", "same.jpg", data).status_code == 200
    assert own.upload_tar("in-bulk", tar_of([("same.jpg", data), ("again.jpg", data), ("other.jpg", other)])).is_success
    own.wait_for_shards("in-bulk")
    poll(lambda: len(_held(own)), lambda count: count == 2)  # the tar itself goes a moment after its shard is ready
    assert _storage(own)["inputs"] == len(data) + len(other)

    for number in range(9):
        assert own.staging(f"/b{number}", "DELETE").status_code == 200
    assert _files(own, "b9") == {"same.jpg": data}
    assert own.staging("/in-bulk", "DELETE").status_code == 200
    assert _storage(own)["inputs"] == len(data)
    assert _files(own, "b9") == {"same.jpg": data}
    assert own.staging("/b9", "DELETE").status_code == 200
    assert (_held(own), _storage(own)["inputs"]) == ([], 0)
    for path in ("/b9", "/b9/list", "/b9/count"):
        assert own.staging(path).status_code == 404
    assert own.staging("/b9", "DELETE").status_code == 404
    assert own.upload("b9", "same.jpg", data).status_code == 200  # the id is free again
    assert _files(own, "b9") == {"same.jpg": data}


def test_a_batch_in_use_stays_and_originals_are_never_touched(own: LocalService, tmp_path: Path) -> None:
    paths = {f"{number:04}.png": code_picture(tmp_path / "pictures" / "code.png", "x" * 300) for number in range(400)}
    assert own.refer("b", paths).status_code == 200
    own.start_job("j", "b", "read-codes", specification={"persistImagesOutputs": True})
    refused = own.staging("/b", "DELETE")
    assert (refused.status_code, own.job("j")["isTerminal"]) == (409, False)
    assert "A job that is not over uses the batch" in refused.json()["error"]["message"]
    assert own.jobs("/j/abort", "POST").status_code == 200
    assert own.staging("/b", "DELETE").status_code == 200
    assert paths["0000.png"].is_file()
    assert own.staging("/b").status_code == 404
    assert own.jobs("/j/restart", "POST").status_code == 404  # there is nothing left to work on
    poll(lambda: _held(own), lambda held: not held)  # what it had drawn goes too


def test_results_that_were_removed_are_named_no_more(own: LocalService) -> None:
    own.upload("b", "a.jpg", picture_bytes())
    own.start_job("j", "b")
    own.wait("j")
    assert _storage(own)["results"] > 0
    assert own.staging("/j-export", "DELETE").status_code == 200
    told = own.job("j")["lastNotification"]
    assert (told["resultsBatches"], told["processed"]) == ([], 1)
    assert "The results were removed" in told["message"]
    assert own.jobs("/j/stages").json()["stages"][1]["outputBatches"] == []
    assert _storage(own)["results"] == 0
    assert own.jobs("/j/restart", "POST").status_code == 200
    assert own.wait("j")["lastNotification"]["resultsBatches"] == ["j-export"]


def test_the_limit_refuses_whole_files_and_counts_from_the_moment_it_is_set(own: LocalService) -> None:
    data = os.urandom(700_000)
    assert own.upload("b", "first.jpg", data).status_code == 200
    _change(own, disk_limit_gb=0.001)
    for refused in (own.upload("b", "second.jpg", data[::-1]), own.upload_tar("t", tar_of([("x.jpg", data[1:])]))):
        assert (refused.status_code, refused.json()["error"]["type"]) == (507, "storage-limit")
        assert "Batchdock may keep 1 MB on this computer" in refused.json()["error"]["message"]
    assert not list((own.data / "incoming").iterdir())
    assert (len(_held(own)), _storage(own)["limit"]) == (1, 1_000_000)
    assert own.upload("b", "small.jpg", data[:1000]).status_code == 200
    assert own.staging("/b", "DELETE").status_code == 200
    assert own.upload("b", "second.jpg", data[::-1]).status_code == 200
    _change(own, disk_limit_gb=None)
    assert own.upload("b", "third.jpg", data).status_code == 200


def test_a_job_beyond_the_limit_ends_with_a_sentence_and_goes_on_later(own: LocalService, tmp_path: Path) -> None:
    names = {f"{number:03}.jpg": picture(tmp_path / f"{number}.jpg", number, (640, 480)) for number in range(40)}
    assert own.refer("b", names).status_code == 200
    _change(own, disk_limit_gb=0.0001)
    own.start_job("j", "b", "read-codes", specification={"persistImagesOutputs": True})
    job = own.wait("j")
    assert (job["status"], job["lastNotification"]["resultsBatches"]) == ("failed", [])
    assert "Batchdock may keep 100 kB" in job["lastNotification"]["message"]
    assert sum(each.stat().st_size for each in _held(own)) <= 100_000
    _change(own, disk_limit_gb=1)
    assert own.jobs("/j/restart", "POST").status_code == 200
    assert own.wait("j")["lastNotification"]["processed"] == 40


def test_batches_expire_where_they_are_not_kept(own: LocalService, tmp_path: Path) -> None:
    original = picture(tmp_path / "original.jpg")
    own.upload("old", "a.jpg", picture_bytes(1))
    own.refer("old-referred", {"original.jpg": original})
    own.start_job("j", "old")
    own.wait("j")
    ten_years = own.staging("/old").json()["batch"]
    assert int(ten_years["expiryDate"][:4]) - int(ten_years["createdDate"][:4]) in (9, 10)
    own.stop()
    _age(own, WEEK + 60)
    own.start()
    own.upload("young", "b.jpg", picture_bytes(2))
    assert own.staging("/old").status_code == 200
    assert _storage(own)["expired"] == 0

    _change(own, keep=False)  # at once, without starting anew
    for batch_id in ("old", "old-referred", "j-export"):
        poll(partial(own.staging, f"/{batch_id}"), lambda answer: answer.status_code == 404)
    assert _files(own, "young") == {"b.jpg": picture_bytes(2)}
    batch = own.staging("/young").json()["batch"]
    days = _day(batch["expiryDate"]) - _day(batch["createdDate"])
    assert days == WEEK
    told = own.job("j")["lastNotification"]
    assert (told["resultsBatches"], "have expired" in told["message"]) == ([], True)
    assert [each["logType"] for each in own.jobs("/j/logs").json()["logs"]][-1] == "results-removed"
    assert own.jobs("/j/restart", "POST").status_code == 404
    assert original.is_file()
    poll(lambda: len(_held(own)), lambda count: count == 1)
    assert "Removed what has expired: 3 batches" in own.log()


def _names(results: Iterable[tuple[str, bytes]]) -> list[str]:
    """Return the names of results without the times in them."""
    return sorted(re.sub(r"\d{4}(_\d\d){5}", "", name) for name, _ in results)


def _day(text: str) -> float:
    return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))


def test_what_a_restart_would_need_goes_by_cleaning_up(own: LocalService, tmp_path: Path) -> None:
    own.upload("b", "good.png", code_picture(tmp_path / "c.png", "x").read_bytes())
    own.upload("b", "bad.jpg", truncated_picture(tmp_path / "t.jpg").read_bytes())
    own.start_job("j", "b", "read-codes", specification={"persistImagesOutputs": True})
    assert own.wait("j")["lastNotification"]["failed"] == 1
    results = own.results("j")
    (own.data / "files" / "ab").mkdir(exist_ok=True)
    (own.data / "files" / "ab" / ("ab" * 32)).write_bytes(b"nobody needs this")
    before = _storage(own)
    assert before["expired"] > 0
    after = own.ask("POST", "/this-computer/storage/clean-up").json()["storage"]
    assert after["expired"] == 0
    assert after["results"] == before["results"] - before["expired"]
    assert not (own.data / "files" / "ab" / ("ab" * 32)).exists()
    assert own.results("j") == results
    assert own.jobs("/j/restart", "POST").status_code == 200
    assert own.wait("j")["lastNotification"]["processed"] == 1
    assert _names(own.results("j")) == _names(results)


def test_a_newer_store_is_left_alone(own: LocalService) -> None:
    own.upload("b", "a.jpg", picture_bytes())
    own.stop()
    with closing(sqlite3.connect(own.data / "known.sqlite")) as db, db:
        db.execute("PRAGMA user_version = 99")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (own.data / "work" / "from-there").write_text("x")
    before = {each: each.read_bytes() for each in own.data.rglob("*") if each.is_file() and each.suffix == ".sqlite"}
    said = own.launch()
    assert own.process.wait(60) == 4
    assert "written by a newer Batchdock" in said["message"]
    assert {each: each.read_bytes() for each in before} == before
    assert (own.data / "work" / "from-there").is_file()
    with closing(sqlite3.connect(own.data / "known.sqlite")) as db, db:
        db.execute("PRAGMA user_version = 3")
    own.process.stdin.close()  # type: ignore[union-attr]
    own.process.stdout.close()  # type: ignore[union-attr]
    own.start()
    assert own.staging("/b").status_code == 200
