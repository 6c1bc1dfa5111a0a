"""The work of jobs: which items, which of them have an outcome, and the rows that came out."""

import json
import sqlite3
import time
import uuid
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from batchdock.thiscomputer.store.batches import put_output
from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.jobs import add_log, note_of
from batchdock.thiscomputer.store.planning import make_plan, note_missing_metadata
from batchdock.thiscomputer.store.records import Arrival, BatchRecord, PartRecord
from batchdock.thiscomputer.store.stages import (
    add_task,
    end_job,
    end_stage,
    end_task,
    forget_stage,
    start_stage,
    touch_job,
)
from batchdock.thiscomputer.store.webhooks import queue_job_over

PENDING, DONE, FAILED, LEFT_OUT = range(4)
"""States of an item in a job. Only `DONE` survives a restart."""

WHOLE = -1
"""The frame number of a row that is about the whole item."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One item that is still to be processed, and the file of metadata about it, if there is one."""

    position: int
    name: str
    file_id: str | None
    path: bytes | None
    metadata_file_id: str | None = None
    metadata_path: bytes | None = None


RowToStore = tuple[int, str, str, str | None, float | None]
"""Frame, outputs, images, cause, seconds: ready for the table."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item, with its rows, which are read once. `is_partial`: failed, and yet there is something."""

    position: int
    name: str
    state: int
    rows: Iterable[RowToStore]
    cause: str | None = None
    is_partial: bool = False


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

    def plan(
        self, job_id: str, batch_id: str, part: str | None, metadata_part: str | None, *, one_each: bool
    ) -> list[TaskState]:
        """Cut the batch, or one part of it, as it is now into tasks, once. Return the tasks, also of an earlier plan.

        With a `metadata_part` the log says how many items have nothing in it.
        """
        with self._database.writing() as db:
            if db.execute("SELECT 1 FROM job_items WHERE job_id = ? LIMIT 1", (job_id,)).fetchone() is None:
                make_plan(db, job_id, batch_id, part or "", one_each)
                note_missing_metadata(db, job_id, batch_id, metadata_part)
            touch_job(db, job_id, "processing")
            found = db.execute(
                "SELECT task_id, tasks.status_type <> 'info', total, done, failed "
                "FROM tasks JOIN stages USING (stage_id) "
                "WHERE stages.job_id = ? AND stages.name = 'processing' ORDER BY tasks.seq",
                (job_id,),
            ).fetchall()
        return [TaskState(row[0], bool(row[1]), *row[2:]) for row in found]

    def bytes_of_tasks(self, job_id: str) -> dict[str, int]:
        """Return how many bytes the items of each task have together."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT task_id, sum(size) FROM job_items JOIN items USING (item_id) WHERE job_id = ? GROUP BY task_id",
                (job_id,),
            ).fetchall()
        return {row[0]: row[1] for row in found}

    def pieces(self, task_id: str, after: int, limit: int, metadata_part: str | None = None) -> list[Piece]:
        """Return up to `limit` pending items of a task behind position `after`, with their metadata from that part."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT position, job_items.name, items.file_id, items.path, metadata.file_id, metadata.path "
                "FROM job_items JOIN items USING (item_id) LEFT JOIN items AS metadata ON "
                "metadata.batch_id = items.batch_id AND metadata.part = ? AND metadata.name = items.name || '.json' "
                "WHERE task_id = ? AND state = 0 AND position > ? ORDER BY position LIMIT ?",
                (metadata_part, task_id, after, limit),
            ).fetchall()
        return [Piece(*row) for row in found]

    def record(
        self,
        job_id: str,
        task_id: str,
        outcomes: Sequence[Outcome],
        spools: Iterable[str],
        failures_allowed: int | None,
    ) -> TaskState:
        """Write what became of a chunk, exactly once, and return where its task stands now.

        In the same transaction the task ends when nothing is left, and gives up when more than `failures_allowed`
        items had no result: what is pending then gets the outcome “left out”.
        """
        with self._database.writing() as db:
            db.executemany(
                "INSERT INTO spools (job_id, file_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [(job_id, each) for each in spools],
            )
            for each in outcomes:
                _record(db, job_id, task_id, each)
            total, done, failed = _count(db, job_id, task_id)
            if failures_allowed is not None and failed > failures_allowed:
                _give_up(db, job_id, task_id, failed, failures_allowed)
                total, done, failed = _count(db, job_id, task_id)
                end_task(db, task_id, "error", f"Stopped: {failed} of {total} could not be processed.")
            elif done == total == 1 and any(each.is_partial for each in outcomes):
                end_task(db, task_id, "error", "Processed in part.")
            elif done == total and failed == total:
                end_task(db, task_id, "error", f"None of {total} could be processed.")
            elif done == total:
                end_task(db, task_id, "success", f"{total - failed} of {total} processed.")
            return TaskState(task_id, done == total, total, done, failed)

    def spent(self, job_id: str) -> float:
        """Return how many seconds of work a job has had, as far as they are written down."""
        with self._database.reading() as db:
            return float(db.execute("SELECT spent FROM jobs WHERE job_id = ?", (job_id,)).fetchone()[0])

    def leave_out(self, job_id: str, spent: float, limit: float) -> list[TaskState]:
        """Give every item that is pending the outcome “left out”, because the job's time is over.

        Return the tasks that end by that.
        """
        cause = f"It was left out: the time limit of the job was reached ({limit:g} seconds of work)."
        states = []
        with self._database.writing() as db:
            sql = "SELECT task_id FROM tasks WHERE job_id = ? AND status_type = 'info' ORDER BY seq"
            for (task_id,) in db.execute(sql, (job_id,)).fetchall():
                left = _leave_out(db, job_id, task_id, cause)
                total, done, failed = _count(db, job_id, task_id)
                end_task(db, task_id, "error", f"Stopped: there was no time for {left} of {total}.")
                states.append(TaskState(task_id, True, total, done, failed))
            db.execute("UPDATE jobs SET spent = ? WHERE job_id = ?", (spent, job_id))
            message = f"The time limit of the job was reached ({limit:g} seconds of work). The rest was left out."
            add_log(db, job_id, "error", "job-timed-out", {"message": message})
        return states

    def note_spent(self, job_id: str, spent: float) -> None:
        """Write down how many seconds of work a job has had."""
        with self._database.writing() as db:
            db.execute("UPDATE jobs SET spent = ? WHERE job_id = ?", (spent, job_id))

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
            end_stage(db, job_id, name, status_type, message)

    def start_export(self, job_id: str, total: int) -> str:
        """Begin (again) the export stage: one task. Return its id."""
        task_id = str(uuid.uuid4())
        with self._database.writing() as db:
            forget_stage(db, job_id, "export")
            stage_id = start_stage(db, job_id, "export", 1)
            add_task(db, job_id, stage_id, task_id, total)
            touch_job(db, job_id, "export")
        return task_id

    def note_export(self, job_id: str, task_id: str, done: int, total: int) -> None:
        """Record how far the export is."""
        message = f"{min(done, total)} of {total} packed."
        with self._database.writing() as db:
            db.execute(
                "UPDATE tasks SET progress = ?, done = ?, notification = ?, updated = ? WHERE task_id = ?",
                (min(1.0, done / max(1, total)), done, note_of(message, done, total, 0), time.time(), task_id),
            )
            touch_job(db, job_id)

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

    def count_partial(self, job_id: str) -> int:
        """Return how many items of a job failed, and yet have results."""
        with self._database.reading() as db:
            sql = (
                "SELECT count(*) FROM job_items WHERE job_id = ? AND state = ? AND EXISTS (SELECT 1 FROM results "
                "WHERE results.job_id = job_items.job_id AND results.name = job_items.name AND cause IS NULL)"
            )
            return int(db.execute(sql, (job_id, FAILED)).fetchone()[0])

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

    def outlived(self, job_id: str, *, failed: int) -> list[str]:
        """Return the ids of the files that go when a job ends well: earlier results and, unless something is left to
        try again, the drawn pictures.
        """
        with self._database.reading() as db:
            sql = "SELECT file_id FROM items JOIN batches USING (batch_id) WHERE job_id = ? AND file_id IS NOT NULL"
            found = db.execute(sql, (job_id,)).fetchall()
            if not failed:
                found += db.execute("SELECT file_id FROM spools WHERE job_id = ?", (job_id,)).fetchall()
        return [row[0] for row in found]

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

        The rows are kept only where something is left to try again. Return the ids of files that may not be needed any
        more.
        """
        unneeded = self.outlived(job_id, failed=cast(int, notification["failed"]))
        with self._database.writing() as db:
            put_output(db, batch, parts, archives)
            db.execute(
                "UPDATE stages SET outputs = ? WHERE job_id = ? AND name = 'export'",
                (json.dumps([batch.batch_id]), job_id),
            )
            end_task(db, task_id, "success", "Packed.")
            end_stage(db, job_id, "export", "success", "The results are ready.")
            end_job(db, job_id, notification, error=False)
            add_log(db, job_id, "info", "job-finished", {"message": notification["message"]})
            queue_job_over(db, job_id, well=True)
            if not notification["failed"]:
                drop_rows(db, job_id)
        return unneeded

    def end(self, job_id: str, notification: Mapping[str, object]) -> None:
        """End a job without results: stopped, or failed. Stages and tasks that were moving end with an error.

        A stopped job counts as an error too (contract §4.3): a script must not take it for a finished one.
        """
        message = str(notification["message"])
        with self._database.writing() as db:
            sql = "SELECT task_id FROM tasks WHERE job_id = ? AND status_type = 'info'"
            for (task_id,) in db.execute(sql, (job_id,)).fetchall():
                end_task(db, task_id, "error", message)
            sql = "SELECT name FROM stages WHERE job_id = ? AND status_type = 'info'"
            for (name,) in db.execute(sql, (job_id,)).fetchall():
                end_stage(db, job_id, name, "error", message)
            end_job(db, job_id, notification, error=True)
            severity = "info" if notification["type"] == "aborted" else "error"
            add_log(db, job_id, severity, f"job-{notification['type']}", {"message": message})
            queue_job_over(db, job_id, well=False)

    def note_continued(self, job_id: str) -> None:
        """Record that a job goes on after the service had stopped in the middle of it."""
        with self._database.writing() as db:
            message = "The service had stopped; the job goes on where it was."
            add_log(db, job_id, "info", "job-continued", {"message": message})


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
        ((job_id, outcome.name, *row) for row in outcome.rows),
    )
    if outcome.cause:
        payload = {"file": outcome.name, "cause": outcome.cause}
        add_log(db, job_id, "warning", "file-not-processed", payload, task_id=task_id)


def _give_up(db: sqlite3.Connection, job_id: str, task_id: str, failed: int, allowed: int) -> None:
    cause = f"It was left out: {failed} others of its group could not be processed, and {allowed} were allowed."
    _leave_out(db, job_id, task_id, cause)
    message = f"A group was stopped: {failed} could not be processed, and {allowed} were allowed."
    add_log(db, job_id, "error", "task-stopped", {"message": message}, task_id=task_id)


def _leave_out(db: sqlite3.Connection, job_id: str, task_id: str, cause: str) -> int:
    left = db.execute("SELECT position, name FROM job_items WHERE task_id = ? AND state = 0", (task_id,)).fetchall()
    for position, name in left:
        row = (WHOLE, "{}", "{}", cause, None)
        _record(db, job_id, task_id, Outcome(position, name, LEFT_OUT, [row], cause))
    return len(left)


def _count(db: sqlite3.Connection, job_id: str, task_id: str) -> tuple[int, int, int]:
    total, done, failed = db.execute(
        "SELECT count(*), sum(state <> 0), sum(state > 1) FROM job_items WHERE task_id = ?", (task_id,)
    ).fetchone()
    note = note_of(f"{done} of {total} processed.", done, total, failed)
    db.execute(
        "UPDATE tasks SET done = ?, failed = ?, progress = ?, notification = ?, updated = ? WHERE task_id = ?",
        (done, failed, done / max(1, total), note, time.time(), task_id),
    )
    touch_job(db, job_id)
    return total, done, failed


def drop_rows(db: sqlite3.Connection, job_id: str) -> None:
    """Forget what a job has done so far, inside the caller's transaction. Started again, it begins anew."""
    for table in ("spools", "results", "job_items"):
        db.execute(f"DELETE FROM {table} WHERE job_id = ?", (job_id,))  # noqa: S608 - fixed names
