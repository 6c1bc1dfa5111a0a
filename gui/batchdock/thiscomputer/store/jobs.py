"""Jobs, stages, tasks and logs as the wire shows them."""

import json
import sqlite3
import time
from collections.abc import Iterable, Mapping

from batchdock.thiscomputer.refusal import bad_request, conflict, not_found
from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.records import JobRecord, LogRecord, StageRecord, TaskRecord

_END = 2**62
_COUNTED = """
    SELECT jobs.*, coalesce(sum(tasks.total), 0) AS total, coalesce(sum(tasks.done), 0) AS done,
           coalesce(sum(tasks.failed), 0) AS failed,
           coalesce(sum(CASE tasks.status_type WHEN 'info' THEN tasks.total * tasks.progress ELSE tasks.done END), 0.0)
               AS processed,
           (SELECT name FROM stages AS any WHERE any.job_id = jobs.job_id ORDER BY started DESC LIMIT 1) AS stage
    FROM jobs LEFT JOIN stages ON stages.job_id = jobs.job_id AND stages.name = 'processing'
    LEFT JOIN tasks ON tasks.stage_id = stages.stage_id
"""


class Jobs:
    """Reads and writes what is known of jobs. Paging: `after` is the last sequence number already seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, job_id: str, name: str, definition: dict[str, object], remarks: Iterable[str] = ()) -> bool:
        """Record a new job and `remarks` in its log; True if it is new.

        The same again is fine, another definition raises `Refusal` (409).
        """
        with self._database.writing() as db:
            if _is_known(db, job_id, definition):
                return False
            now = time.time()
            db.execute(
                "INSERT INTO jobs (job_id, name, definition, state, notification, created, updated) "
                "VALUES (?, ?, ?, 'queued', ?, ?, ?)",
                (job_id, name, json.dumps(definition), _progress_note("Waiting to start."), now, now),
            )
            add_log(db, job_id, "info", "job-created", {"message": "The job was created."})
            for remark in remarks:
                add_log(db, job_id, "info", "remark", {"message": remark})
        return True

    def is_known(self, job_id: str, definition: dict[str, object]) -> bool:
        """Tell whether there is this job already. Raise `Refusal` (409) where its definition is another one."""
        with self._database.reading() as db:
            return _is_known(db, job_id, definition)

    def restart(self, job_id: str, override: dict[str, object] | None) -> None:
        """Queue an ended job again. What has a result keeps it; the rest is tried anew. Raise `Refusal`."""
        with self._database.writing() as db:
            found = db.execute("SELECT state, overrides FROM jobs WHERE job_id = ?", (job_id,)).fetchone()
            if found is None:
                raise _unknown(job_id)
            if found["state"] != "ended":
                raise bad_request(f"The job “{job_id}” is still running. Stop it before you start it again.")
            _refuse_without_input(db, job_id)
            overrides = [*json.loads(found["overrides"]), *([override] if override else [])]
            db.execute(
                "DELETE FROM results WHERE job_id = ? AND name IN "
                "(SELECT name FROM job_items WHERE job_id = ? AND state <> 1)",
                (job_id, job_id),
            )
            db.execute("UPDATE job_items SET state = 0 WHERE job_id = ? AND state <> 1", (job_id,))
            db.execute("DELETE FROM logs WHERE job_id = ? AND kind = 'file-not-processed'", (job_id,))
            _reopen(db, job_id)
            note = _progress_note("Waiting to start again.")
            db.execute(
                "UPDATE jobs SET state = 'queued', error = 0, spent = 0, overrides = ?, notification = ?, updated = ? "
                "WHERE job_id = ?",
                (json.dumps(overrides), note, time.time(), job_id),
            )
            add_log(db, job_id, "info", "job-restarted", {"message": "The job was started again."})

    def all(self, after: int | None, limit: int, search: str = "") -> list[JobRecord]:
        """Return up to `limit` jobs, newest first; `search` looks into ids, names, workflows and how they ended."""
        pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        with self._database.reading() as db:
            found = db.execute(
                f"{_COUNTED} WHERE jobs.seq < ? AND (jobs.job_id LIKE ? ESCAPE '\\' OR jobs.name LIKE ? ESCAPE '\\' "
                "OR json_extract(jobs.definition, '$.processingSpecification.workflowId') LIKE ? ESCAPE '\\' "
                "OR json_extract(jobs.notification, '$.message') LIKE ? ESCAPE '\\') "
                "GROUP BY jobs.seq ORDER BY jobs.seq DESC LIMIT ?",
                (after or _END, pattern, pattern, pattern, pattern, limit),
            ).fetchall()
        return [_job(row) for row in found]

    def one(self, job_id: str) -> JobRecord:
        """Return one job. Raise `Refusal` (404)."""
        with self._database.reading() as db:
            found = db.execute(f"{_COUNTED} WHERE jobs.job_id = ? GROUP BY jobs.seq", (job_id,)).fetchone()
        if found is None:
            raise _unknown(job_id)
        return _job(found)

    def unfinished(self) -> list[JobRecord]:
        """Return the jobs that are not over, oldest first."""
        with self._database.reading() as db:
            found = db.execute(f"{_COUNTED} WHERE jobs.state <> 'ended' GROUP BY jobs.seq ORDER BY jobs.seq").fetchall()
        return [_job(row) for row in found]

    def stages(self, job_id: str) -> list[StageRecord]:
        """Return the stages that have started, in order."""
        with self._database.reading() as db:
            sql = "SELECT * FROM stages WHERE job_id = ? ORDER BY started, name DESC"
            found = db.execute(sql, (job_id,)).fetchall()
        return [_stage(row) for row in found]

    def tasks(self, job_id: str, stage_id: str, after: int | None, limit: int) -> list[TaskRecord]:
        """Return up to `limit` tasks of a stage, in order."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT * FROM tasks WHERE job_id = ? AND stage_id = ? AND seq > ? ORDER BY seq LIMIT ?",
                (job_id, stage_id, after or 0, limit),
            ).fetchall()
        return [_task(row) for row in found]

    def logs(self, job_id: str, severity: str | None, after: int | None, limit: int) -> list[LogRecord]:
        """Return up to `limit` log lines, oldest first."""
        where, values = ("", ()) if severity is None else (" AND severity = ?", (severity,))
        sql = f"SELECT * FROM logs WHERE job_id = ?{where} AND seq > ? ORDER BY seq LIMIT ?"  # noqa: S608 - fixed text
        with self._database.reading() as db:
            found = db.execute(sql, (job_id, *values, after or 0, limit)).fetchall()
        return [
            LogRecord(
                row["seq"],
                row["at"],
                row["stage_id"],
                row["task_id"],
                row["severity"],
                row["kind"],
                json.loads(row["payload"]),
            )
            for row in found
        ]


def add_log(
    db: sqlite3.Connection,
    job_id: str,
    severity: str,
    kind: str,
    payload: Mapping[str, object],
    *,
    stage_id: str | None = None,
    task_id: str | None = None,
) -> None:
    """Add a line to a job's log, inside the caller's transaction."""
    db.execute(
        "INSERT INTO logs (job_id, at, stage_id, task_id, severity, kind, payload) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (job_id, time.time(), stage_id, task_id, severity, kind, json.dumps(payload)),
    )


def note_of(message: str, done: int, total: int, failed: int) -> str:
    """Return the notification of a stage or task, as JSON."""
    return json.dumps({"type": "progress", "message": message, "done": done, "total": total, "failed": failed})


def _is_known(db: sqlite3.Connection, job_id: str, definition: dict[str, object]) -> bool:
    known = db.execute("SELECT definition FROM jobs WHERE job_id = ?", (job_id,)).fetchone()
    if known and _said(json.loads(known["definition"])) != _said(definition):
        raise conflict(f"There is a job “{job_id}” already, and its definition is different.")
    return known is not None


def _said(value: object) -> object:
    """Return a definition without what is null: clients leave such fields out, or do not (contract §4.1)."""
    if isinstance(value, dict):
        return {key: _said(each) for key, each in value.items() if each is not None}
    return [_said(each) for each in value] if isinstance(value, list) else value


def _progress_note(message: str) -> str:
    return json.dumps({"type": "progress", "message": message})


def _refuse_without_input(db: sqlite3.Connection, job_id: str) -> None:
    """Raise `Refusal` (404) where what is left to do has been removed. Packing what is done needs no pictures."""
    batch_id = db.execute(
        "SELECT json_extract(definition, '$.jobInput.batchId') FROM jobs WHERE job_id = ?", (job_id,)
    ).fetchone()[0]
    begun = db.execute("SELECT 1 FROM job_items WHERE job_id = ? LIMIT 1", (job_id,)).fetchone()
    if begun is None and db.execute("SELECT 1 FROM batches WHERE batch_id = ?", (batch_id,)).fetchone() is None:
        raise not_found(f"There is no batch “{batch_id}” any more. Send the files again, and start a new job.")


def _reopen(db: sqlite3.Connection, job_id: str) -> None:
    """Take back the stages that have to run again: export always, all of them where the rows were given up."""
    kept = db.execute("SELECT 1 FROM job_items WHERE job_id = ? LIMIT 1", (job_id,)).fetchone()
    forgotten = db.execute(
        "SELECT stage_id FROM stages WHERE job_id = ? AND (name = 'export' OR ?)", (job_id, not kept)
    ).fetchall()
    for (stage_id,) in forgotten:
        db.execute("DELETE FROM tasks WHERE stage_id = ?", (stage_id,))
        db.execute("DELETE FROM stages WHERE stage_id = ?", (stage_id,))
    now = time.time()
    unfinished = db.execute(
        "SELECT task_id, count(*) AS total, sum(state = 1) AS done FROM job_items WHERE job_id = ? "
        "GROUP BY task_id HAVING sum(state <> 1) > 0",
        (job_id,),
    ).fetchall()
    for task_id, total, done in unfinished:
        note = note_of("Waiting to start again.", done, total, 0)
        db.execute(
            "UPDATE tasks SET status_type = 'info', progress = ?, done = ?, failed = 0, notification = ?, updated = ? "
            "WHERE task_id = ?",
            (done / total if done else None, done, note, now, task_id),
        )
    db.execute(
        "UPDATE stages SET status_type = 'info', notification = ?, updated = ? WHERE job_id = ?",
        (_progress_note("Waiting to start again."), now, job_id),
    )


def _unknown(job_id: str) -> Exception:
    return not_found(f"There is no job “{job_id}”.")


def _job(row: sqlite3.Row) -> JobRecord:
    return JobRecord(
        seq=row["seq"],
        job_id=row["job_id"],
        name=row["name"],
        definition=json.loads(row["definition"]),
        overrides=tuple(json.loads(row["overrides"])),
        state=row["state"],
        error=bool(row["error"]),
        notification=json.loads(row["notification"]),
        created=row["created"],
        updated=row["updated"],
        total=row["total"],
        done=row["done"],
        failed=row["failed"],
        processed=row["processed"],
        stage=row["stage"],
    )


def _stage(row: sqlite3.Row) -> StageRecord:
    return StageRecord(
        stage_id=row["stage_id"],
        name=row["name"],
        status_type=row["status_type"],
        notification=json.loads(row["notification"]),
        outputs=tuple(json.loads(row["outputs"])),
        tasks_number=row["tasks_number"],
        started=row["started"],
        updated=row["updated"],
    )


def _task(row: sqlite3.Row) -> TaskRecord:
    return TaskRecord(
        seq=row["seq"],
        task_id=row["task_id"],
        status_type=row["status_type"],
        progress=row["progress"],
        notification=json.loads(row["notification"]),
        total=row["total"],
        done=row["done"],
        failed=row["failed"],
        updated=row["updated"],
    )
