"""A store that the release before has written, opened by this one: everything goes on."""

import io
import os
import re
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.migrations import MIGRATIONS
from making.local_service import LocalService, poll
from making.media import code_picture, picture_bytes, truncated_picture

STORES = Path(__file__).parent / "stores"


def _archive() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        member = tarfile.TarInfo("0.jpg/results.json")
        member.size = 2
        tar.addfile(member, io.BytesIO(b"{}"))
    return out.getvalue()


def _content(name: str, folder: Path) -> bytes:
    if name.endswith(".tar.gz"):
        return _archive()
    if name == "bad.jpg":
        return truncated_picture(folder / "t.jpg").read_bytes()
    if name.endswith(".png"):
        return code_picture(folder / "c.png", f"code {int(name[:2])}" if name[0].isdigit() else "x").read_bytes()
    return picture_bytes(int(re.sub(r"\D", "", name)), (40, 30))


@pytest.fixture
def old_store(tmp_path: Path) -> Iterator[LocalService]:
    """The folder of the first release: its database as it was dumped, and the files that it names."""
    data = tmp_path / "data"
    for folder in ("files", "incoming", "work"):
        (data / folder).mkdir(parents=True)
    with closing(sqlite3.connect(data / "known.sqlite")) as db, db:
        db.executescript((STORES / "first.sql").read_text(encoding="utf-8"))
        for item_id, name, path in db.execute(
            "SELECT item_id, name, path FROM items WHERE path IS NOT NULL"
        ).fetchall():
            original = tmp_path / os.fsdecode(path)
            original.write_bytes(_content(name, tmp_path))
            db.execute("UPDATE items SET path = ? WHERE item_id = ?", (os.fsencode(original), item_id))
        held = db.execute("SELECT file_id, name FROM items WHERE file_id IS NOT NULL").fetchall()
        held += [(file_id, "spool") for (file_id,) in db.execute("SELECT file_id FROM spools").fetchall()]
    for file_id, name in held:
        place = data / "files" / file_id[:2] / file_id
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(bytes(100_000) if name == "spool" else _content(name, tmp_path))
    service = LocalService(data, log=tmp_path / "log")
    yield service
    service.hang_up()


def test_everything_of_the_release_before_goes_on(old_store: LocalService, tmp_path: Path) -> None:
    with old_store as service:
        batches = service.staging("").json()["batches"]
        assert [each["batchId"] for each in batches][-1] == "held"
        assert len(batches) == 7
        jobs = {each["jobId"]: each for each in service.jobs("").json()["jobs"]}
        assert {job_id: job["status"] for job_id, job in jobs.items() if job_id != "middle"} == {
            "ended": "completed",
            "ended-refs": "completed",
            "problems": "completed",
        }
        listed = service.staging("/held/list").json()["filesMetadata"]
        assert [service.plain("GET", each["downloadURL"]).content for each in listed] == [
            picture_bytes(0, (40, 30)),
            picture_bytes(1, (40, 30)),
        ]
        assert service.results("ended") == [("0.jpg/results.json", b"{}")]

        # What was in the middle is finished, with the results of before and of now.
        middle = service.wait("middle")
        assert (middle["status"], middle["lastNotification"]["processed"]) == ("completed", 20)
        (table,) = [data for name, data in service.results("middle") if name.endswith("aggregated_results.jsonl")]
        assert [f"code {number}".encode() in line for number, line in enumerate(table.splitlines())] == [True] * 20

        # What has ended is started again: from its rows, from held files, from originals.
        assert service.jobs("/problems/restart", "POST").status_code == 200
        problems = service.wait("problems")
        assert (problems["lastNotification"]["processed"], problems["lastNotification"]["failed"]) == (1, 1)
        for job_id in ("ended", "ended-refs"):
            assert service.jobs(f"/{job_id}/restart", "POST").status_code == 200
            assert service.wait(job_id)["lastNotification"]["processed"] == 2

        # The old ids live beside the new ones, and go like them.
        assert service.upload("held", "2.jpg", picture_bytes(0, (40, 30))).status_code == 200
        assert service.staging("/held/count").json()["count"] == 3
        assert service.staging("/held", "DELETE").status_code == 200
        assert service.ask("POST", "/this-computer/storage/clean-up").status_code == 200
        assert (tmp_path / "r0.jpg").is_file()
    with closing(sqlite3.connect(service.data / "known.sqlite")) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        sql = "SELECT file_id FROM items WHERE file_id IS NOT NULL UNION SELECT file_id FROM spools"
        named = {row[0] for row in db.execute(sql)}
    kept = {name for _, _, names in os.walk(service.data / "files") for name in names}
    assert kept == named
    assert "Traceback" not in service.log()


def test_what_was_kept_for_good_before_does_not_expire_at_once(old_store: LocalService) -> None:
    (old_store.data / "settings.json").write_text('{"keep": false}')
    with closing(sqlite3.connect(old_store.data / "known.sqlite")) as db, db:
        db.execute("UPDATE batches SET created = created - 100 * 86400")
    with old_store as service:
        service.wait("middle")
        poll(lambda: service.staging("/held").status_code, lambda code: code == 200)
        assert service.staging("").json()["batches"][-1]["batchId"] == "held"
        assert len(service.staging("").json()["batches"]) == 8


def test_a_migration_that_is_cut_off_is_as_if_it_had_never_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "known.sqlite"
    with closing(sqlite3.connect(place)) as db, db:
        db.executescript((STORES / "first.sql").read_text(encoding="utf-8"))
        before = list(db.iterdump())
    broken = (MIGRATIONS[0], MIGRATIONS[1] + "INSERT INTO nowhere VALUES (1);")
    monkeypatch.setattr("batchdock.thiscomputer.store.database.MIGRATIONS", broken)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        Database(place)
    with closing(sqlite3.connect(place)) as db:
        assert list(db.iterdump()) == before
        assert db.execute("PRAGMA user_version").fetchone()[0] == 1
    monkeypatch.undo()
    Database(place).close()
    with closing(sqlite3.connect(place)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
