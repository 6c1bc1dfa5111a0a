"""Cuts the batch of a job into tasks. Everything here works inside the caller's transaction."""

import sqlite3
import uuid

from batchdock.thiscomputer.store.jobs import add_log
from batchdock.thiscomputer.store.stages import add_task, start_stage

TASK_LIMIT = 256
"""Pictures in a task where no shard groups them."""


def make_plan(db: sqlite3.Connection, job_id: str, batch_id: str, part: str, one_each: bool) -> None:
    """Cut a batch, or one part of it, into tasks: by its shards, and `one_each` for videos."""
    items = db.execute(
        "SELECT item_id, items.name, items.shard_id FROM items LEFT JOIN shards USING (shard_id) "
        "WHERE items.batch_id = ? AND items.part = ? ORDER BY shards.seq, item_id",
        (batch_id, part),
    ).fetchall()
    groups: list[list[sqlite3.Row]] = []
    for item in items:
        last = groups[-1] if groups else None
        full = last is None or one_each or last[0]["shard_id"] != item["shard_id"]
        if last is None or full or (item["shard_id"] is None and len(last) >= TASK_LIMIT):
            groups.append([item])
        else:
            last.append(item)
    stage_id = start_stage(db, job_id, "processing", max(1, len(groups)))
    position = 0
    for group in groups:
        task_id = str(uuid.uuid4())
        add_task(db, job_id, stage_id, task_id, len(group))
        db.executemany(
            "INSERT INTO job_items (job_id, position, name, item_id, task_id) VALUES (?, ?, ?, ?, ?)",
            [(job_id, position + index, row["name"], row["item_id"], task_id) for index, row in enumerate(group)],
        )
        position += len(group)


def note_missing_metadata(db: sqlite3.Connection, job_id: str, batch_id: str, part: str | None) -> None:
    """Say in the log how many of a job's pictures have nothing in a part with metadata."""
    if part is None:
        return
    total, found = db.execute(
        "SELECT count(*), count(metadata.item_id) FROM job_items LEFT JOIN items AS metadata ON metadata.batch_id = ? "
        "AND metadata.part = ? AND metadata.name = job_items.name || '.json' WHERE job_id = ?",
        (batch_id, part, job_id),
    ).fetchone()
    if found < total:
        message = f"{total - found} of {total} have no metadata in “{part}”; the usual values are used for them."
        add_log(db, job_id, "warning", "metadata-missing", {"message": message})
