"""The journal's pages about jobs: what was ordered, and how each job was last seen."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
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

    DRAFT = "draft"
    """Not to be started before somebody says so."""
    SENDING = "sending"
    STARTING = "starting"
    STARTED = "started"
    ELSEWHERE = "elsewhere"
    """Not an order of this app: seen in the service's list."""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as it was last seen. `definition` is None for jobs of other programs.

    `trial` jobs run over a few files, to know what all of them take. One that `waits` is not asked for again before a
    person says so.
    """

    job: Job
    phase: Phase
    definition: JobDefinition | None = None
    hidden: bool = False
    own_name: str | None = None
    saved: Path | None = None
    trial: bool = False
    waits: bool = False


_TIMES = ("created", "last_news", "started", "ended", "expires", "goes_out")
_CREATED = "json_extract(snapshot, '$.created')"
_NOT_AT_SERVICE = "('draft', 'sending', 'starting')"
_COLUMNS = "phase, snapshot, definition, hidden, own_name, saved, trial, waits"
_UPSERT = f"""
    INSERT INTO jobs (account_id, job_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, job_id) DO UPDATE SET phase = excluded.phase, snapshot = excluded.snapshot,
        definition = excluded.definition, hidden = excluded.hidden, own_name = excluded.own_name,
        saved = excluded.saved, trial = excluded.trial, waits = excluded.waits
"""  # noqa: S608 - only the constant above goes in


class JobRecords:
    """Reads and writes job records."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[JobRecord]:
        """Return every record, hidden ones too. Takes seconds for 100,000."""
        return self._select("", ())

    def first(self, count: int) -> list[JobRecord]:
        """Return the newest `count` records, and all that are not with a service yet, newest first."""
        newest = self._select(f"ORDER BY {_CREATED} DESC LIMIT ?", (count,))
        seen = {record.job.key for record in newest}
        here = self._select(f"WHERE phase IN {_NOT_AT_SERVICE}", ())
        return newest + [record for record in here if record.job.key not in seen]

    def after(self, key: tuple[str, str], count: int) -> list[JobRecord]:
        """Return the `count` records after this one, in the order of their keys: all of them, bit by bit."""
        return self._select("WHERE (account_id, job_id) > (?, ?) ORDER BY account_id, job_id LIMIT ?", (*key, count))

    def _select(self, clause: str, values: tuple[object, ...]) -> list[JobRecord]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM jobs {clause}", values).fetchall()  # noqa: S608
        return [_record(row) for row in rows]  # Others may use the file meanwhile.

    def get(self, account_id: str, job_id: str) -> JobRecord | None:
        """Return one record as it is written down now, perhaps by another process."""
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM jobs WHERE account_id = ? AND job_id = ?",  # noqa: S608
                (account_id, job_id),
            ).fetchone()
        return None if row is None else _record(row)

    def put(self, records: Iterable[JobRecord]) -> None:
        """Write records, all or none."""
        rows = [
            (
                record.job.account_id,
                record.job.job_id,
                record.phase,
                _told(replace(record.job, seconds_left=None), _SEEN),  # That is a thing of the moment.
                None if record.definition is None else _told(record.definition, _DEFINED),
                record.hidden,
                record.own_name,
                None if record.saved is None else stored(str(record.saved)),
                record.trial,
                record.waits,
            )
            for record in records
        ]
        with self._database.writing() as connection:
            connection.executemany(_UPSERT, rows)

    def forget(self, keys: Iterable[tuple[str, str]]) -> None:
        """Drop the records of jobs that their service does not have any more."""
        with self._database.writing() as connection:
            connection.executemany("DELETE FROM jobs WHERE account_id = ? AND job_id = ?", list(keys))

    def forget_account(self, account_id: str) -> None:
        """Drop the records of an account that is no longer connected."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM jobs WHERE account_id = ?", (account_id,))


def _defaults(kind: type[Job] | type[JobDefinition]) -> dict[str, object]:
    """Return the fields of a kind with what they are when nobody says otherwise; `...` where somebody has to."""
    found: dict[str, object] = {}
    for each in fields(kind):
        made = each.default_factory() if each.default_factory is not MISSING else each.default
        found[each.name] = ... if made is MISSING else made
    return found


_SEEN = _defaults(Job)
_DEFINED = _defaults(JobDefinition)


def _told(what: Job | JobDefinition, known: Mapping[str, object]) -> str:
    """Return as JSON what is not as it would be anyway: most of it, and reading 100,000 takes a third of the time."""
    told = {name: value for name, usual in known.items() if (value := getattr(what, name)) != usual}
    return json.dumps(told, default=datetime.isoformat, ensure_ascii=True)


# Each saves a third of the time that reading 100,000 records takes.
_read = json.JSONDecoder().raw_decode
_STATES = {each.value: each for each in JobState}
_CONTENTS = {each.value: each for each in Content}


def _record(row: tuple[Any, ...]) -> JobRecord:
    phase, snapshot, definition, hidden, own_name, saved, trial, waits = row
    told, _ = _read(snapshot)
    for name in _TIMES:
        if told.get(name) is not None:
            told[name] = datetime.fromisoformat(told[name])
    told["state"] = _STATES[told["state"]]
    if "content" in told:
        told["content"] = _CONTENTS[told["content"]]
    for name in ("output_batches", "tags", "groups"):
        if name in told:
            told[name] = tuple(told[name])
    return JobRecord(
        Job(**told),
        Phase(phase),
        None if definition is None else _definition(_read(definition)[0]),
        bool(hidden),
        own_name,
        None if saved is None else Path(restored(saved)),
        bool(trial),
        bool(waits),
    )


def _definition(told: dict[str, Any]) -> JobDefinition:
    told["content"] = _CONTENTS[told["content"]]
    if "image_outputs" in told:
        told["image_outputs"] = tuple(told["image_outputs"])
    return JobDefinition(**told)
