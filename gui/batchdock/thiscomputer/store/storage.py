"""What is held, what of it may go, and how it goes."""

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from batchdock.thiscomputer.refusal import conflict, not_found
from batchdock.thiscomputer.store.clock import DAY
from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.jobs import add_log
from batchdock.thiscomputer.store.room import Room
from batchdock.thiscomputer.store.work import drop_rows

EXPIRY = 7 * DAY
"""How long batches and results stay where they are not kept for good (contract §1.7)."""

_BUSY = """
    EXISTS (SELECT 1 FROM shards WHERE shards.batch_id = batches.batch_id AND status_type = 'info')
    OR EXISTS (SELECT 1 FROM jobs WHERE state <> 'ended' AND (
        jobs.job_id = batches.job_id OR json_extract(definition, '$.jobInput.batchId') = batches.batch_id))
"""
_OLD = "batches.created <= :now - :age AND batches.lived <= (SELECT lived FROM clock) - :age"
"""Old by both clocks: a wrong date alone makes nothing old (`store/clock.py`)."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What is held, in bytes. `expired` may go; `limit` is None where only the disk limits it."""

    inputs: int
    results: int
    models: int
    expired: int
    free: int
    limit: int | None


class Storage:
    """Removes batches with all that hangs on them. Files that are only referred to are never touched."""

    def __init__(self, database: Database, files: FileStore, room: Room, keeps: Callable[[], bool]) -> None:
        """`keeps` tells whether batches stay for good."""
        self._database = database
        self._files = files
        self._room = room
        self._keeps = keeps

    @property
    def lifetime(self) -> float | None:
        """How many seconds after its creation a batch expires; None while batches stay for good."""
        return None if self._keeps() else EXPIRY

    def usage(self) -> Usage:
        """Return what is held now."""
        with self._database.reading() as db:
            results = db.execute(
                "SELECT coalesce(sum(size), 0) FROM (SELECT DISTINCT file_id, size FROM items JOIN batches "
                "USING (batch_id) WHERE job_id IS NOT NULL AND file_id IS NOT NULL)"
            ).fetchone()[0]
            spools = [row[0] for row in db.execute("SELECT DISTINCT file_id FROM spools")]
            expired = _bytes_of(db, self._expired(db))
            given_up = [row[0] for each in _exported(db) for row in _spools(db, each)]
        results += self._files.sizes(spools)
        return Usage(
            inputs=max(0, self._files.held - results),
            results=results,
            models=self._room.models,
            expired=expired + self._files.sizes(given_up),
            free=self._room.free,
            limit=self._room.limit,
        )

    def remove(self, batch_id: str) -> None:
        """Remove one batch. Raise `Refusal`: 404, or 409 while something is done with it."""
        with self._database.reading() as db:
            found = db.execute(f"SELECT ({_BUSY}) FROM batches WHERE batch_id = ?", (batch_id,)).fetchone()  # noqa: S608
        if found is None:
            raise not_found(f"There is no batch “{batch_id}”.")
        if found[0] or not self._remove(batch_id):
            raise conflict(f"A job that is not over uses the batch “{batch_id}”. Stop the job, or wait for its end.")

    def expire(self) -> int:
        """Remove batches whose time is over, and the rows of jobs with old results. Return how many batches went."""
        with self._database.reading() as db:
            expired = self._expired(db)
            exported = _exported(db, old=True)
        removed = sum(self._remove(each, "The results have expired and were removed.") for each in expired)
        self._forget(exported)
        return removed

    def clean_up(self) -> None:
        """Remove what has expired, what ended jobs keep for a restart, and every file that nothing refers to."""
        self.expire()
        with self._database.reading() as db:
            exported = _exported(db)
        self._forget(exported)
        if self.is_quiet():
            self._files.sweep()
            self._database.shrink()

    def is_quiet(self) -> bool:
        """Tell whether every job is over. In others a worker may be reading a picture that was just replaced."""
        with self._database.reading() as db:
            return db.execute("SELECT 1 FROM jobs WHERE state <> 'ended' LIMIT 1").fetchone() is None

    def _expired(self, db: sqlite3.Connection) -> list[str]:
        if self._keeps():
            return []
        sql = f"SELECT batch_id FROM batches WHERE {_OLD} AND NOT ({_BUSY}) ORDER BY seq"  # noqa: S608 - fixed text
        return [row[0] for row in db.execute(sql, {"now": time.time(), "age": EXPIRY})]

    def _remove(self, batch_id: str, said: str = "The results were removed from this computer.") -> bool:
        """Remove a batch unless something is done with it by now; `said` is added to what its job says."""
        with self._database.writing() as db:
            sql = f"SELECT job_id FROM batches WHERE batch_id = ? AND NOT ({_BUSY})"  # noqa: S608 - fixed text
            found = db.execute(sql, (batch_id,)).fetchone()
            if found is None:
                return False
            sql = "SELECT file_id FROM items WHERE batch_id = ? AND file_id IS NOT NULL"
            unneeded = [row[0] for row in db.execute(sql, (batch_id,))]
            if found["job_id"] is not None:
                _note_results_gone(db, found["job_id"], batch_id, said)
            sql = "SELECT job_id FROM jobs WHERE json_extract(definition, '$.jobInput.batchId') = ? OR job_id = ?"
            for (job_id,) in db.execute(sql, (batch_id, found["job_id"])).fetchall():
                unneeded += [row[0] for row in _spools(db, job_id)]
                drop_rows(db, job_id)
            for table in ("items", "parts", "shards", "ingests", "batches"):
                db.execute(f"DELETE FROM {table} WHERE batch_id = ?", (batch_id,))  # noqa: S608 - fixed names
        self._files.remove(unneeded)
        return True

    def _forget(self, job_ids: list[str]) -> None:
        """Drop the rows of jobs that have ended with results. Started again, such a job begins anew."""
        for job_id in job_ids:
            with self._database.writing() as db:
                if db.execute("SELECT state FROM jobs WHERE job_id = ?", (job_id,)).fetchone()[0] != "ended":
                    continue
                unneeded = [row[0] for row in _spools(db, job_id)]
                drop_rows(db, job_id)
            self._files.remove(unneeded)


def _exported(db: sqlite3.Connection, *, old: bool = False) -> list[str]:
    """Return the ended jobs that have results, and still the rows that they were made from."""
    sql = (
        "SELECT DISTINCT jobs.job_id FROM jobs JOIN batches USING (job_id) WHERE state = 'ended' AND error = 0 "
        "AND EXISTS (SELECT 1 FROM job_items WHERE job_items.job_id = jobs.job_id)"
    )
    if not old:
        return [row[0] for row in db.execute(sql)]
    return [row[0] for row in db.execute(f"{sql} AND {_OLD}", {"now": time.time(), "age": EXPIRY})]


def _spools(db: sqlite3.Connection, job_id: str) -> list[sqlite3.Row]:
    return db.execute("SELECT file_id FROM spools WHERE job_id = ?", (job_id,)).fetchall()


def _bytes_of(db: sqlite3.Connection, batch_ids: list[str]) -> int:
    """Return what would come free without these batches: what others refer to as well stays."""
    going = "(SELECT value FROM json_each(:going))"
    found = db.execute(
        f"SELECT coalesce(sum(size), 0) FROM (SELECT DISTINCT file_id, size FROM items AS one WHERE batch_id IN {going} "  # noqa: S608, E501
        "AND file_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM items AS other "
        f"WHERE other.file_id = one.file_id AND other.batch_id NOT IN {going}))",
        {"going": json.dumps(batch_ids)},
    ).fetchone()
    return int(found[0])


def _note_results_gone(db: sqlite3.Connection, job_id: str, batch_id: str, said: str) -> None:
    found = db.execute("SELECT notification FROM jobs WHERE job_id = ?", (job_id,)).fetchone()
    notification = json.loads(found["notification"])
    left = [each for each in notification.get("resultsBatches", []) if each != batch_id]
    if left == notification.get("resultsBatches", []):
        return
    notification |= {"resultsBatches": left, "message": f"{notification['message']} {said}"}
    db.execute("UPDATE jobs SET notification = ? WHERE job_id = ?", (json.dumps(notification), job_id))
    db.execute("UPDATE stages SET outputs = ? WHERE job_id = ? AND name = 'export'", (json.dumps(left), job_id))
    add_log(db, job_id, "info", "results-removed", {"message": said})
