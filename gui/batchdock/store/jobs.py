"""The journal's pages about jobs: what was ordered, and how each job was last seen."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from batchdock.core.batch import Content
from batchdock.core.job import Job, JobDefinition
from batchdock.core.states import JobState
from batchdock.store.database import Database
from batchdock.store.text import restored, stored


class Phase(StrEnum):
    """How far an order of this app has come. The rest is told by the service."""

    SENDING = "sending"
    STARTING = "starting"
    STARTED = "started"
    ELSEWHERE = "elsewhere"
    """Not an order of this app: seen in the service's list."""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as it was last seen. `definition` is None for jobs of other programs."""

    job: Job
    phase: Phase
    definition: JobDefinition | None = None
    hidden: bool = False
    own_name: str | None = None
    saved: Path | None = None


_COLUMNS = "phase, snapshot, definition, hidden, own_name, saved"
_UPSERT = f"""
    INSERT INTO jobs (account_id, job_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, job_id) DO UPDATE SET phase = excluded.phase, snapshot = excluded.snapshot,
        definition = excluded.definition, hidden = excluded.hidden, own_name = excluded.own_name, saved = excluded.saved
"""  # noqa: S608 - only the constant above goes in


class JobRecords:
    """Reads and writes job records."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[JobRecord]:
        """Return every record, hidden ones too."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM jobs").fetchall()  # noqa: S608
        return [_record(row) for row in rows]

    def put(self, records: Iterable[JobRecord]) -> None:
        """Write records, all or none."""
        rows = [
            (
                record.job.account_id,
                record.job.job_id,
                record.phase,
                _snapshot(record.job),
                None if record.definition is None else json.dumps(asdict(record.definition)),
                record.hidden,
                record.own_name,
                None if record.saved is None else stored(str(record.saved)),
            )
            for record in records
        ]
        with self._database.writing() as connection:
            connection.executemany(_UPSERT, rows)

    def forget_account(self, account_id: str) -> None:
        """Drop the records of an account that is no longer connected."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM jobs WHERE account_id = ?", (account_id,))


def _snapshot(job: Job) -> str:
    # seconds_left is a thing of the moment.
    return json.dumps(asdict(replace(job, seconds_left=None)), default=datetime.isoformat, ensure_ascii=True)


def _record(row: tuple[Any, ...]) -> JobRecord:
    phase, snapshot, definition, hidden, own_name, saved = row
    fields = json.loads(snapshot)
    for name in ("created", "last_news"):
        if fields[name] is not None:
            fields[name] = datetime.fromisoformat(fields[name])
    fields["state"] = JobState(fields["state"])
    fields["content"] = Content(fields["content"])
    fields["output_batches"] = tuple(fields["output_batches"])
    return JobRecord(
        Job(**fields),
        Phase(phase),
        None if definition is None else _definition(json.loads(definition)),
        bool(hidden),
        own_name,
        None if saved is None else Path(restored(saved)),
    )


def _definition(fields: dict[str, Any]) -> JobDefinition:
    fields["content"] = Content(fields["content"])
    fields["image_outputs"] = tuple(fields["image_outputs"])
    return JobDefinition(**fields)
