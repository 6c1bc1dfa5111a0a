"""The work of jobs: which items, which of them have an outcome, and the rows that came out."""

import json
import sqlite3
import time
import uuid
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from batchdock.thiscomputer.store.batches import put_output
from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.jobs import add_log, note_of
from batchdock.thiscomputer.store.records import Arrival, BatchRecord, PartRecord

PENDING, DONE, FAILED, LEFT_OUT = range(4)
"""States of an item in a job. Only `DONE` survives a restart."""

WHOLE = -1
"""The frame number of a row that is about the whole item."""

TASK_LIMIT = 256
"""Pictures in a task where no shard groups them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One item that is still to be processed."""

    position: int
    name: str
    file_id: str | None
    path: bytes | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: its rows as (frame, outputs, images, cause, seconds), ready for the table."""

    position: int
    name: str
    state: int
    rows: Sequence[tuple[int, str, str, str | None, float | None]]
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class TaskState:
    """Where a task stands."""

    task_id: str
    ended: bool
    total: int
    done: int
    failed: int


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row of results. `images` maps an output to (file id, offset, length)."""

    name: str
    frame: int
    outputs: dict[str, object]
    images: dict[str, tuple[str, int, int]]
    cause: str | None
    seconds: float | None


class Work:
    """Reads and writes the work of jobs. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, job_id: str, batch_id: str, *, one_each: bool) -> list[TaskState]:
        """Cut the batch as it is now into tasks, once. Return the tasks, also of an earlier plan."""
        with self._database.writing() as db:
            if db.execute("SELECT 1 FROM job_items WHERE job_id = ? LIMIT 1", (job_id,)).fetchone() is None:
                _plan(db, job_id, batch_id, one_each)
            _touch_job(db, job_id, "processing")
            found = db.execute(
                "SELECT task_id, tasks.status_type <> 'info', total, done, failed "
                "FROM tasks JOIN stages USING (stage_id) "
                "WHERE stages.job_id = ? AND stages.name = 'processing' ORDER BY tasks.seq",
                (job_id,),
            ).fetchall()
        return [TaskState(row[0], bool(row[1]), *row[2:]) for row in found]

    def pieces(self, task_id: str, after: int, limit: int) -> list[Piece]:
        """Return up to `limit` pending items of a task behind position `after`."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT position, job_items.name, file_id, path FROM job_items JOIN items USING (item_id) "
                "WHERE task_id = ? AND state = 0 AND position > ? ORDER BY position LIMIT ?",
                (task_id, after, limit),
            ).fetchall()
        return [Piece(*row) for row in found]

    def record(
        self, job_id: str, task_id: str, outcomes: Sequence[Outcome], spool: str | None, failures_allowed: int | None
    ) -> TaskState:
        """Write what became of a chunk, exactly once, and return where its task stands now.

        In the same transaction the task ends when nothing is left, and gives up when more than `failures_allowed`
        items had no result: what is pending then gets the outcome “left out”.
        """
        with self._database.writing() as db:
            if spool:
                db.execute("INSERT INTO spools VALUES (?, ?)", (spool, job_id))
            for each in outcomes:
                _record(db, job_id, task_id, each)
            total, done, failed = _count(db, job_id, task_id)
            if failures_allowed is not None and failed > failures_allowed:
                _give_up(db, job_id, task_id, failed, failures_allowed)
                total, done, failed = _count(db, job_id, task_id)
                _end_task(db, task_id, "error", f"Stopped: {failed} of {total} could not be processed.")
            elif done == total and failed == total:
                _end_task(db, task_id, "error", f"None of {total} could be processed.")
            elif done == total:
                _end_task(db, task_id, "success", f"{total - failed} of {total} processed.")
            return TaskState(task_id, done == total, total, done, failed)

    def note_parts(self, parts: Mapping[str, float]) -> None:
        """Record how much of the one item is done, 0–1, that each of these tasks has."""
        with self._database.writing() as db:
            for task_id, part in parts.items():
                note = note_of(f"{part:.0%} of the video processed.", 0, 1, 0)
                db.execute(
                    "UPDATE tasks SET progress = ?, notification = ?, updated = ? "
                    "WHERE task_id = ? AND status_type = 'info' AND total = 1 AND done = 0",
                    (part, note, time.time(), task_id),
                )

    def end_stage(self, job_id: str, name: str, status_type: str, message: str) -> None:
        """End a stage that has started."""
        with self._database.writing() as db:
            _end_stage(db, job_id, name, status_type, message)

    def start_export(self, job_id: str, total: int) -> str:
        """Begin (again) the export stage: one task. Return its id."""
        task_id = str(uuid.uuid4())
        with self._database.writing() as db:
            _forget_stage(db, job_id, "export")
            stage_id = _start_stage(db, job_id, "export", 1)
            _add_task(db, job_id, stage_id, task_id, total)
            _touch_job(db, job_id, "export")
        return task_id

    def note_export(self, job_id: str, task_id: str, done: int, total: int) -> None:
        """Record how far the export is."""
        message = f"{min(done, total)} of {total} packed."
        with self._database.writing() as db:
            db.execute(
                "UPDATE tasks SET progress = ?, done = ?, notification = ?, updated = ? WHERE task_id = ?",
                (min(1.0, done / max(1, total)), done, note_of(message, done, total, 0), time.time(), task_id),
            )
            _touch_job(db, job_id)

    def rows(self, job_id: str) -> Generator[StoredRow, None, None]:
        """Yield every row of a job by name and frame, from one state of the database."""
        with self._database.reading() as db:
            sql = (
                "SELECT name, frame, outputs, images, cause, seconds FROM results WHERE job_id = ? ORDER BY name, frame"
            )
            for row in db.execute(sql, (job_id,)):
                images = {output: tuple(place) for output, place in json.loads(row["images"]).items()}
                outputs = json.loads(row["outputs"])
                yield StoredRow(row["name"], row["frame"], outputs, images, row["cause"], row["seconds"])

    def output_name(self, job_id: str) -> str:
        """Return the id of the batch for this job's results: one that is its own, or free."""
        wanted = f"{job_id}-export"
        with self._database.reading() as db:
            for number in range(1, 1000):
                name = wanted if number == 1 else f"{wanted}-{number}"
                found = db.execute("SELECT job_id FROM batches WHERE batch_id = ?", (name,)).fetchone()
                if found is None or found["job_id"] == job_id:
                    return name
        raise LookupError("no free name for the results")

    def finish(
        self,
        job_id: str,
        task_id: str,
        batch: BatchRecord,
        parts: Iterable[PartRecord],
        archives: Iterable[tuple[str, Arrival]],
        notification: Mapping[str, object],
    ) -> list[str]:
        """End a job well: outputs, stage, task and job change together, so that a kill leaves all or nothing.

        The rows are kept only where something is left to try again. Return the ids of files no longer needed.
        """
        with self._database.writing() as db:
            put_output(db, batch, parts, archives)
            db.execute(
                "UPDATE stages SET outputs = ? WHERE job_id = ? AND name = 'export'",
                (json.dumps([batch.batch_id]), job_id),
            )
            _end_task(db, task_id, "success", "Packed.")
            _end_stage(db, job_id, "export", "success", "The results are ready.")
            _end_job(db, job_id, notification, error=False)
            add_log(db, job_id, "info", "job-finished", {"message": notification["message"]})
            return [] if notification["failed"] else _drop_rows(db, job_id)

    def end(self, job_id: str, notification: Mapping[str, object]) -> None:
        """End a job without results: stopped, or failed. Stages and tasks that were moving end with an error.

        A stopped job counts as an error too (contract §4.3): a script must not take it for a finished one.
        """
        message = str(notification["message"])
        with self._database.writing() as db:
            sql = "SELECT task_id FROM tasks WHERE job_id = ? AND status_type = 'info'"
            for (task_id,) in db.execute(sql, (job_id,)).fetchall():
                _end_task(db, task_id, "error", message)
            sql = "SELECT name FROM stages WHERE job_id = ? AND status_type = 'info'"
            for (name,) in db.execute(sql, (job_id,)).fetchall():
                _end_stage(db, job_id, name, "error", message)
            _end_job(db, job_id, notification, error=True)
            severity = "info" if notification["type"] == "aborted" else "error"
            add_log(db, job_id, severity, f"job-{notification['type']}", {"message": message})

    def note_continued(self, job_id: str) -> None:
        """Record that a job goes on after the service had stopped in the middle of it."""
        with self._database.writing() as db:
            message = "The service had stopped; the job goes on where it was."
            add_log(db, job_id, "info", "job-continued", {"message": message})


def _plan(db: sqlite3.Connection, job_id: str, batch_id: str, one_each: bool) -> None:
    items = db.execute(
        "SELECT item_id, items.name, items.shard_id FROM items LEFT JOIN shards USING (shard_id) "
        "WHERE items.batch_id = ? ORDER BY shards.seq, item_id",
        (batch_id,),
    ).fetchall()
    groups: list[list[sqlite3.Row]] = []
    for item in items:
        last = groups[-1] if groups else None
        full = last is None or one_each or last[0]["shard_id"] != item["shard_id"]
        if last is None or full or (item["shard_id"] is None and len(last) >= TASK_LIMIT):
            groups.append([item])
        else:
            last.append(item)
    stage_id = _start_stage(db, job_id, "processing", max(1, len(groups)))
    position = 0
    for group in groups:
        task_id = str(uuid.uuid4())
        _add_task(db, job_id, stage_id, task_id, len(group))
        db.executemany(
            "INSERT INTO job_items (job_id, position, name, item_id, task_id) VALUES (?, ?, ?, ?, ?)",
            [(job_id, position + index, row["name"], row["item_id"], task_id) for index, row in enumerate(group)],
        )
        position += len(group)


def _record(db: sqlite3.Connection, job_id: str, task_id: str, outcome: Outcome) -> None:
    changed = db.execute(
        "UPDATE job_items SET state = ? WHERE job_id = ? AND position = ? AND state = 0",
        (outcome.state, job_id, outcome.position),
    ).rowcount
    if not changed:
        return  # it has an outcome already
    db.executemany(
        "INSERT OR REPLACE INTO results (job_id, name, frame, outputs, images, cause, seconds) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(job_id, outcome.name, *row) for row in outcome.rows],
    )
    if outcome.cause:
        payload = {"file": outcome.name, "cause": outcome.cause}
        add_log(db, job_id, "warning", "file-not-processed", payload, task_id=task_id)


def _give_up(db: sqlite3.Connection, job_id: str, task_id: str, failed: int, allowed: int) -> None:
    cause = f"It was left out: {failed} others of its group could not be processed, and {allowed} were allowed."
    left = db.execute("SELECT position, name FROM job_items WHERE task_id = ? AND state = 0", (task_id,)).fetchall()
    for position, name in left:
        row = (WHOLE, "{}", "{}", cause, None)
        _record(db, job_id, task_id, Outcome(position, name, LEFT_OUT, [row], cause))
    message = f"A group was stopped: {failed} could not be processed, and {allowed} were allowed."
    add_log(db, job_id, "error", "task-stopped", {"message": message}, task_id=task_id)


def _count(db: sqlite3.Connection, job_id: str, task_id: str) -> tuple[int, int, int]:
    total, done, failed = db.execute(
        "SELECT count(*), sum(state <> 0), sum(state > 1) FROM job_items WHERE task_id = ?", (task_id,)
    ).fetchone()
    note = note_of(f"{done} of {total} processed.", done, total, failed)
    db.execute(
        "UPDATE tasks SET done = ?, failed = ?, progress = ?, notification = ?, updated = ? WHERE task_id = ?",
        (done, failed, done / max(1, total), note, time.time(), task_id),
    )
    _touch_job(db, job_id)
    return total, done, failed


def _drop_rows(db: sqlite3.Connection, job_id: str) -> list[str]:
    spools = [row[0] for row in db.execute("SELECT file_id FROM spools WHERE job_id = ?", (job_id,))]
    for table in ("spools", "results", "job_items"):
        db.execute(f"DELETE FROM {table} WHERE job_id = ?", (job_id,))  # noqa: S608 - fixed names
    return spools


def _start_stage(db: sqlite3.Connection, job_id: str, name: str, tasks_number: int) -> str:
    stage_id, now = str(uuid.uuid4()), time.time()
    note = json.dumps({"type": "progress", "message": "Started."})
    db.execute(
        "INSERT INTO stages "
        "(stage_id, job_id, name, status_type, outputs, notification, tasks_number, started, updated) "
        "VALUES (?, ?, ?, 'info', '[]', ?, ?, ?, ?)",
        (stage_id, job_id, name, note, tasks_number, now, now),
    )
    return stage_id


def _forget_stage(db: sqlite3.Connection, job_id: str, name: str) -> None:
    db.execute(
        "DELETE FROM tasks WHERE stage_id IN (SELECT stage_id FROM stages WHERE job_id = ? AND name = ?)",
        (job_id, name),
    )
    db.execute("DELETE FROM stages WHERE job_id = ? AND name = ?", (job_id, name))


def _add_task(db: sqlite3.Connection, job_id: str, stage_id: str, task_id: str, total: int) -> None:
    db.execute(
        "INSERT INTO tasks (task_id, job_id, stage_id, status_type, notification, total, updated) "
        "VALUES (?, ?, ?, 'info', ?, ?, ?)",
        (task_id, job_id, stage_id, note_of("Waiting.", 0, total, 0), total, time.time()),
    )


def _end_task(db: sqlite3.Connection, task_id: str, status_type: str, message: str) -> None:
    done, total, failed = db.execute("SELECT done, total, failed FROM tasks WHERE task_id = ?", (task_id,)).fetchone()
    progress = 1.0 if status_type == "success" else done / max(1, total)
    db.execute(
        "UPDATE tasks SET status_type = ?, progress = ?, notification = ?, updated = ? WHERE task_id = ?",
        (status_type, progress, note_of(message, done, total, failed), time.time(), task_id),
    )


def _end_stage(db: sqlite3.Connection, job_id: str, name: str, status_type: str, message: str) -> None:
    note = json.dumps({"type": "progress", "message": message})
    db.execute(
        "UPDATE stages SET status_type = ?, notification = ?, updated = ? WHERE job_id = ? AND name = ?",
        (status_type, note, time.time(), job_id, name),
    )


def _end_job(db: sqlite3.Connection, job_id: str, notification: Mapping[str, object], *, error: bool) -> None:
    db.execute(
        "UPDATE jobs SET state = 'ended', error = ?, notification = ?, updated = ? WHERE job_id = ?",
        (error, json.dumps(notification), time.time(), job_id),
    )


def _touch_job(db: sqlite3.Connection, job_id: str, state: str | None = None) -> None:
    db.execute("UPDATE jobs SET updated = ?, state = coalesce(?, state) WHERE job_id = ?", (time.time(), state, job_id))
