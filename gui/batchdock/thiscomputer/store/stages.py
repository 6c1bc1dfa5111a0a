"""Stages and tasks of jobs, how they begin and end. Everything here works inside the caller's transaction."""

import json
import sqlite3
import time
import uuid
from collections.abc import Mapping

from batchdock.thiscomputer.store.jobs import note_of


def start_stage(db: sqlite3.Connection, job_id: str, name: str, tasks_number: int) -> str:
    """Begin a stage, inside the caller's transaction, and return its id."""
    stage_id, now = str(uuid.uuid4()), time.time()
    note = json.dumps({"type": "progress", "message": "Started."})
    db.execute(
        "INSERT INTO stages "
        "(stage_id, job_id, name, status_type, outputs, notification, tasks_number, started, updated) "
        "VALUES (?, ?, ?, 'info', '[]', ?, ?, ?, ?)",
        (stage_id, job_id, name, note, tasks_number, now, now),
    )
    return stage_id


def forget_stage(db: sqlite3.Connection, job_id: str, name: str) -> None:
    """Take a stage back, with its tasks, as if it had never begun."""
    db.execute(
        "DELETE FROM tasks WHERE stage_id IN (SELECT stage_id FROM stages WHERE job_id = ? AND name = ?)",
        (job_id, name),
    )
    db.execute("DELETE FROM stages WHERE job_id = ? AND name = ?", (job_id, name))


def add_task(db: sqlite3.Connection, job_id: str, stage_id: str, task_id: str, total: int) -> None:
    """Add a task that waits."""
    db.execute(
        "INSERT INTO tasks (task_id, job_id, stage_id, status_type, notification, total, updated) "
        "VALUES (?, ?, ?, 'info', ?, ?, ?)",
        (task_id, job_id, stage_id, note_of("Waiting.", 0, total, 0), total, time.time()),
    )


def end_task(db: sqlite3.Connection, task_id: str, status_type: str, message: str) -> None:
    """End a task."""
    done, total, failed = db.execute("SELECT done, total, failed FROM tasks WHERE task_id = ?", (task_id,)).fetchone()
    progress = 1.0 if status_type == "success" else done / max(1, total)
    db.execute(
        "UPDATE tasks SET status_type = ?, progress = ?, notification = ?, updated = ? WHERE task_id = ?",
        (status_type, progress, note_of(message, done, total, failed), time.time(), task_id),
    )


def end_stage(db: sqlite3.Connection, job_id: str, name: str, status_type: str, message: str) -> None:
    """End a stage that has started."""
    note = json.dumps({"type": "progress", "message": message})
    db.execute(
        "UPDATE stages SET status_type = ?, notification = ?, updated = ? WHERE job_id = ? AND name = ?",
        (status_type, note, time.time(), job_id, name),
    )


def end_job(db: sqlite3.Connection, job_id: str, notification: Mapping[str, object], *, error: bool) -> None:
    """End a job."""
    db.execute(
        "UPDATE jobs SET state = 'ended', error = ?, notification = ?, updated = ? WHERE job_id = ?",
        (error, json.dumps(notification), time.time(), job_id),
    )


def touch_job(db: sqlite3.Connection, job_id: str, state: str | None = None) -> None:
    """Note that something happened in a job, perhaps that it is in another state."""
    db.execute("UPDATE jobs SET updated = ?, state = coalesce(?, state) WHERE job_id = ?", (time.time(), state, job_id))
