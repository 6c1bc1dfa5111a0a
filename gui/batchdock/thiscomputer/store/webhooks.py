"""Notifications that somebody asked for (contract §6), kept until they are delivered or given up.

They are queued in the transaction of what they tell about: what is in the database is told, once the line is there.
Their addresses are secrets: whoever has one can pretend to be this computer.
"""

import json
import sqlite3
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.jobs import add_log
from batchdock.thiscomputer.store.records import Arrival

INGEST_STATUS, FILES_STATUS = "ingest-status", "files-status"
CATEGORIES = (INGEST_STATUS, FILES_STATUS)

_URL_LIMIT = 2048
_FILES_LIMIT = 1000
"""Files that one notification names; of more it says that there are more."""


@dataclass(frozen=True, slots=True)
class Told:
    """Where whoever sent files wants to be told about them, as which ingest, and what."""

    ingest_id: str
    url: str = field(repr=False)
    categories: Collection[str] = (INGEST_STATUS,)


@dataclass(frozen=True, slots=True)
class Webhook:
    """One notification that is due. `attempts` are those that were made."""

    event_id: str
    url: str = field(repr=False)
    body: dict[str, object]
    attempts: int

    @property
    def host(self) -> str:
        """What of the address may be shown."""
        return urlsplit(self.url).hostname or ""


def objection_to_url(url: object) -> str | None:
    """Return why nothing can be sent to this address, or None."""
    wanted = "A notificationsURL is an address that begins with https:// or http://, without a name and password."
    if not isinstance(url, str) or len(url) > _URL_LIMIT or not url.isascii() or not url.isprintable() or " " in url:
        return wanted
    try:
        parts = urlsplit(url)
        fits = parts.port != 0  # reading it checks it
    except ValueError:
        return wanted
    fits = fits and parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    return None if fits else wanted


def queue_job_over(db: sqlite3.Connection, job_id: str, *, well: bool) -> None:
    """Queue what a job that is over tells, if it was asked to. Inside the caller's transaction."""
    sql = "SELECT json_extract(definition, '$.notificationsURL') FROM jobs WHERE job_id = ?"
    url = db.execute(sql, (job_id,)).fetchone()[0]
    if url:
        body = {
            "type": "roboflow-batch-job-notification-v1",
            "job_id": job_id,
            "job_state": "success" if well else "fail",
        }
        _queue(db, url, body, job_id)


def queue_ingest(
    db: sqlite3.Connection,
    told: Told | None,
    batch_id: str,
    shard_id: str | None,
    problem: tuple[str, str] | None = None,
) -> None:
    """Queue that files are in their batch, or with a `problem` (type, reason) that they are not."""
    if told and INGEST_STATUS in told.categories:
        details = {"type": problem[0], "reason": problem[1]} if problem else None
        said = {"type": "ingest-status-notification-v1", "success": problem is None, "error_details": details}
        _queue(db, told.url, _of_ingest(told, batch_id, shard_id, said))


def queue_files(
    db: sqlite3.Connection,
    told: Told | None,
    batch_id: str,
    shard_id: str | None,
    ingested: Sequence[Arrival],
    failed: Sequence[tuple[str, str, str]] = (),
) -> None:
    """Queue which files are in their batch, and which are not (name, type, reason), for whoever wanted to know."""
    if told and FILES_STATUS in told.categories:
        said = {
            "type": "ingest-files-status-notification-v1",
            "success": True,
            "ingested_files": [each.name for each in ingested[:_FILES_LIMIT]],
            "failed_files": [
                {"type": kind, "file_name": name, "reason": reason} for name, kind, reason in failed[:_FILES_LIMIT]
            ],
            "content_truncated": max(len(ingested), len(failed)) > _FILES_LIMIT,
        }
        _queue(db, told.url, _of_ingest(told, batch_id, shard_id, said))


class Webhooks:
    """What is queued. Safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, at: float) -> list[Webhook]:
        """Return what is to be sent by `at`, longest due first."""
        with self._database.reading() as db:
            sql = "SELECT event_id, url, body, attempts FROM webhooks WHERE due <= ? ORDER BY due, seq LIMIT 100"
            found = db.execute(sql, (at,)).fetchall()
        return [Webhook(row["event_id"], row["url"], json.loads(row["body"]), row["attempts"]) for row in found]

    def next_due(self) -> float | None:
        """Return when the next one is due, or None while there is none."""
        with self._database.reading() as db:
            found = db.execute("SELECT min(due) FROM webhooks").fetchone()[0]
        return None if found is None else float(found)

    def delivered(self, webhook: Webhook) -> None:
        """Forget one that has arrived."""
        with self._database.writing() as db:
            db.execute("DELETE FROM webhooks WHERE event_id = ?", (webhook.event_id,))

    def postpone(self, webhook: Webhook, due: float) -> None:
        """Count an attempt that was in vain."""
        with self._database.writing() as db:
            sql = "UPDATE webhooks SET attempts = attempts + 1, due = ? WHERE event_id = ?"
            db.execute(sql, (due, webhook.event_id))

    def give_up(self, webhook: Webhook, reason: str) -> None:
        """Forget one that never arrived; what it was about a job, the log of the job says."""
        with self._database.writing() as db:
            found = db.execute("SELECT job_id FROM webhooks WHERE event_id = ?", (webhook.event_id,)).fetchone()
            if found and found["job_id"]:
                message = f"The notification could not be delivered, {webhook.attempts + 1} times: {reason}."
                add_log(db, found["job_id"], "warning", "notification-not-delivered", {"message": message})
            db.execute("DELETE FROM webhooks WHERE event_id = ?", (webhook.event_id,))


def _of_ingest(told: Told, batch_id: str, shard_id: str | None, said: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "roboflow-data-staging-notification-v1",
        "ingest_id": told.ingest_id,
        "batch_id": batch_id,
        "shard_id": shard_id,
        "notification": said,
    }


def _queue(db: sqlite3.Connection, url: str, body: Mapping[str, object], job_id: str | None = None) -> None:
    event_id = str(uuid.uuid4())
    db.execute(
        "INSERT INTO webhooks (event_id, url, body, job_id, due) VALUES (?, ?, ?, ?, ?)",
        (event_id, url, json.dumps({**body, "event_id": event_id}), job_id, time.time()),
    )
