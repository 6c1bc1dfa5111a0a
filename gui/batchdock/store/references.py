"""The journal's page about references on their way into batches: from where, into which, and what was handed over."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from batchdock.core.batch import Content
from batchdock.core.order import IngestNotice
from batchdock.store.database import Database
from batchdock.store.text import restored, stored

_SENDING = "number, transfer_id, account_id, name, batch_id, content, files, origin, job, notice, started, stopped"


class ChunkState(IntEnum):
    """What is known of a chunk. TRIED: it may have been taken, the answer was not seen."""

    PLANNED = 0
    TRIED = 1
    TAKEN = 2


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one request hands over: `files` references from the place `first` on."""

    chunk: int
    first: int
    files: int
    ingest_id: str
    digest: bytes | None = None
    state: ChunkState = ChunkState.PLANNED


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSending:
    """References of one kind on their way into one batch.

    `origin` says how they are had again after a restart, without any secret. `job` is what is to be started when all
    are taken in, empty for nothing; whoever asked knows what it means. 0 as `number`: not written down yet.
    """

    transfer_id: str
    account_id: str
    name: str
    batch_id: str
    content: Content
    files: int
    origin: Mapping[str, Any]
    started: datetime
    job: Mapping[str, Any] = field(default_factory=dict)
    notice: IngestNotice | None = None
    stopped: bool = False
    number: int = 0


class ReferenceSendings:
    """Reads and writes them. One that has ended stays as long as news of its batch may come."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, sendings: Sequence[tuple[ReferenceSending, Sequence[Chunk]]]) -> None:
        """Write down, in one transaction, what is about to be handed over. Nothing was asked of a service before."""
        with self._database.writing(lasting=True) as connection:
            for sending, chunks in sendings:
                cursor = connection.execute(
                    "INSERT INTO reference_sendings (transfer_id, account_id, name, batch_id, content, files, origin, "
                    "job, notice, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        sending.transfer_id,
                        sending.account_id,
                        stored(sending.name),
                        sending.batch_id,
                        sending.content,
                        sending.files,
                        stored(json.dumps(dict(sending.origin))),
                        stored(json.dumps(dict(sending.job))) if sending.job else b"",
                        stored(json.dumps(asdict(sending.notice))) if sending.notice is not None else b"",
                        sending.started.isoformat(),
                    ),
                )
                connection.executemany(
                    "INSERT INTO reference_chunks (sending, chunk, first, files, ingest_id) VALUES (?, ?, ?, ?, ?)",
                    [(cursor.lastrowid, each.chunk, each.first, each.files, each.ingest_id) for each in chunks],
                )

    def get(self, transfer_id: str) -> ReferenceSending:
        """Return one of them. Raise `KeyError`."""
        found = self._select("transfer_id = ?", (transfer_id,))
        if not found:
            raise KeyError(transfer_id)
        return found[0]

    def unfinished(self) -> list[ReferenceSending]:
        """Return those that have not ended, oldest first."""
        return self._select("finished = 0 ORDER BY number", ())

    def of_batch(self, account_id: str, batch_id: str) -> list[ReferenceSending]:
        """Return what was handed over for a batch, oldest first."""
        return self._select("account_id = ? AND batch_id = ? ORDER BY number", (account_id, batch_id))

    def uses_of(self, key: str, value: str) -> int:
        """Tell how many that have not ended have this in their origin."""
        return sum(each.origin.get(key) == value for each in self.unfinished())

    def chunks(self, transfer_id: str) -> list[Chunk]:
        """Return the chunks of one, in their order."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT chunk, first, c.files, ingest_id, digest, state FROM reference_chunks c "
                "JOIN reference_sendings s ON s.number = c.sending WHERE transfer_id = ? ORDER BY chunk",
                (transfer_id,),
            ).fetchall()
        return [
            Chunk(chunk, first, files, ingest, digest, ChunkState(state))
            for chunk, first, files, ingest, digest, state in rows
        ]

    def mark(self, transfer_id: str, chunk: int, state: ChunkState, digest: bytes | None = None) -> None:
        """Note what is known of a chunk, before and after it is tried."""
        with self._database.writing(lasting=state is ChunkState.TRIED) as connection:
            connection.execute(
                "UPDATE reference_chunks SET state = ?, digest = coalesce(?, digest) WHERE chunk = ? AND sending = "
                "(SELECT number FROM reference_sendings WHERE transfer_id = ?)",
                (state, digest, chunk, transfer_id),
            )

    def stop(self, transfer_id: str, *, stopped: bool = True) -> None:
        """Note that a person has stopped it (or, undone, that it goes on)."""
        self._set("stopped", transfer_id, stopped)

    def finish(self, transfer_id: str, *, finished: bool = True) -> None:
        """Note that nothing more is to be done for it (or, undone, that something is)."""
        self._set("finished", transfer_id, finished)

    def forget_before(self, moment: datetime) -> None:
        """Forget what ended and was begun before `moment`: the services have deleted those batches."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM reference_sendings WHERE finished AND started < ?", (moment.isoformat(),))

    def _set(self, column: str, transfer_id: str, value: bool) -> None:
        with self._database.writing() as connection:
            connection.execute(
                f"UPDATE reference_sendings SET {column} = ? WHERE transfer_id = ?",  # noqa: S608
                (value, transfer_id),
            )

    def _select(self, where: str, values: Sequence[object]) -> list[ReferenceSending]:
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_SENDING} FROM reference_sendings WHERE {where}",  # noqa: S608
                values,
            ).fetchall()
        return [_sending(row) for row in rows]


def _sending(row: tuple[Any, ...]) -> ReferenceSending:
    number, transfer_id, account_id, name, batch_id, content, files, origin, job, notice, started, stopped = row
    told = json.loads(restored(notice)) if notice else None
    return ReferenceSending(
        number=number,
        transfer_id=transfer_id,
        account_id=account_id,
        name=restored(name),
        batch_id=batch_id,
        content=Content(content),
        files=files,
        origin=json.loads(restored(origin)),
        job=json.loads(restored(job)) if job else {},
        notice=None if told is None else IngestNotice(url=told["url"], categories=tuple(told["categories"])),
        started=datetime.fromisoformat(started),
        stopped=bool(stopped),
    )
