"""Batches, shards, parts and items in the database."""

import hashlib
import json
import sqlite3
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from batchdock.thiscomputer.refusal import Refusal, bad_request, not_found
from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.records import Arrival, BatchRecord, ItemRecord, PartRecord, ShardRecord
from batchdock.thiscomputer.store.webhooks import Told, queue_files, queue_ingest

_NEW_BATCH = (
    "INSERT INTO batches (batch_id, name, kind, content, job_id, created, lived) "
    "VALUES (?, ?, ?, ?, ?, ?, coalesce((SELECT lived FROM clock), 0))"
)

SHARD_LIMIT = 256
"""Objects in a shard that the service cuts itself."""

_ITEM = "item_id, batch_id, part, name, shard_id, content, nested, file_id, path, size"
_WAYS = {
    "simple-batch": "file by file",
    "sharded-batch": "in bulk",
    "multipart-batch": "part by part",
}
MULTIPART = "multipart-batch"


@dataclass(frozen=True, slots=True)
class Claim:
    """The batch that files are meant for: made by the first of them, checked by the others.

    A `part` makes it a multipart batch; `content` is then that of the part, and empty while it is not known.
    """

    batch_id: str
    name: str
    kind: str
    content: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Ingest:
    """What became of a list of references."""

    ingest_id: str
    shard_ids: tuple[str, ...]
    duplicated: bool


class Batches:
    """Reads and writes what is known of batches. Paging: `after` is the last sequence number already seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def check(self, claim: Claim) -> None:
        """Raise `Refusal` when files of this kind can not go into this batch (contract §1.7: no mixing)."""
        with self._database.reading() as db:
            refusal = _objection(db, claim)
        if refusal:
            raise refusal

    def add(self, claim: Claim, arrival: Arrival) -> None:
        """Put one file into a simple batch; the same name again replaces it."""
        with self._database.writing() as db:
            claim_batch(db, claim)
            put_items(db, claim.batch_id, claim.part, None, [arrival])

    def add_archive(self, claim: Claim, file_id: str) -> str:
        """Register a tar that arrived and return its shard id; it is unpacked later."""
        shard_id = str(uuid.uuid4())
        with self._database.writing() as db:
            claim_batch(db, claim)
            put_shard(db, claim, shard_id, "info", "waiting to be unpacked", 0, file_id)
        return shard_id

    def add_references(
        self, claim: Claim, arrivals: Sequence[Arrival], ingest_id: str | None, *, cut: bool, told: Told | None = None
    ) -> Ingest:
        """Record files that stay where they are; the same list again changes nothing. `cut` makes shards."""
        listed = claim.part + "".join(f"{each.name}\0{each.path!r}\0" for each in arrivals)
        digest = hashlib.sha256(listed.encode()).hexdigest()
        with self._database.writing() as db:
            claim_batch(db, claim)
            known = db.execute(
                "SELECT ingest_id, shard_ids FROM ingests WHERE batch_id = ? AND digest = ?", (claim.batch_id, digest)
            ).fetchone()
            if known:
                return Ingest(ingest_id or known["ingest_id"], tuple(json.loads(known["shard_ids"])), True)
            ingest_id = ingest_id or str(uuid.uuid4())
            shard_ids = []
            told = replace(told, ingest_id=ingest_id) if told else None
            if not cut:
                put_items(db, claim.batch_id, claim.part, None, arrivals)
                queue_files(db, told, claim.batch_id, None, arrivals)
            for start in range(0, len(arrivals) if cut else 0, SHARD_LIMIT):
                shard_id = str(uuid.uuid4())
                shard = arrivals[start : start + SHARD_LIMIT]
                put_shard(db, claim, shard_id, "success", "ready", len(shard), None)
                put_items(db, claim.batch_id, claim.part, shard_id, shard)
                shard_ids.append(shard_id)
                queue_files(db, told, claim.batch_id, shard_id, shard)
            db.execute(
                "INSERT INTO ingests VALUES (?, ?, ?, ?)", (claim.batch_id, digest, ingest_id, json.dumps(shard_ids))
            )
            queue_ingest(db, told, claim.batch_id, None)
        return Ingest(ingest_id, tuple(shard_ids), False)

    def waiting_shards(self) -> tuple[ShardRecord, ...]:
        """Return the shards whose tar is not unpacked yet, oldest first."""
        with self._database.reading() as db:
            found = db.execute("SELECT * FROM shards WHERE archive IS NOT NULL ORDER BY seq").fetchall()
        return tuple(_shard(row) for row in found)

    def finish_shard(
        self,
        shard: ShardRecord,
        arrivals: Sequence[Arrival],
        detail: dict[str, object] | None,
        told: Told | None = None,
    ) -> None:
        """Replace a shard's tar by the files that were in it. Raise `Refusal` where their part has other content."""
        with self._database.writing() as db:
            if shard.part:
                claim_batch(db, Claim(shard.batch_id, shard.batch_id, MULTIPART, arrivals[0].content, shard.part))
            put_items(db, shard.batch_id, shard.part, shard.shard_id, arrivals)
            end_shard(db, shard.shard_id, "success", "ready", len(arrivals), detail)
            queue_ingest(db, told, shard.batch_id, shard.shard_id)

    def note_shard(self, shard: ShardRecord, status_name: str) -> None:
        """Record why a shard has to wait."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE shards SET status_name = ?, at = ? WHERE shard_id = ?",
                (status_name, time.time(), shard.shard_id),
            )

    def fail_shard(self, shard: ShardRecord, reason: str, told: Told | None = None) -> None:
        """Record why a shard's tar could not be unpacked."""
        with self._database.writing() as db:
            end_shard(db, shard.shard_id, "error", "could not be unpacked", 0, {"message": reason})
            queue_ingest(db, told, shard.batch_id, shard.shard_id, ("archive-not-usable", reason))

    def all(self, after: int | None, limit: int) -> list[BatchRecord]:
        """Return up to `limit` batches, newest first."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT * FROM batches WHERE seq < ? ORDER BY seq DESC LIMIT ?", (after or _END, limit)
            ).fetchall()
        return [_batch(row) for row in found]

    def one(self, batch_id: str) -> BatchRecord:
        """Return one batch. Raise `Refusal` (404)."""
        with self._database.reading() as db:
            found = db.execute("SELECT * FROM batches WHERE batch_id = ?", (batch_id,)).fetchone()
        if found is None:
            raise not_found(f"There is no batch “{batch_id}”.")
        return _batch(found)

    def count(self, batch_id: str, part: str | None) -> int:
        """Return how many files the batch, or one part of it, holds."""
        where, values = ("", ()) if part is None else (" AND part = ?", (part,))
        with self._database.reading() as db:
            sql = f"SELECT count(*) FROM items WHERE batch_id = ?{where}"  # noqa: S608 - fixed text only
            return int(db.execute(sql, (batch_id, *values)).fetchone()[0])

    def is_waiting(self, batch_id: str) -> bool:
        """Tell whether tars of this batch are still to be unpacked, or files of it to be fetched."""
        with self._database.reading() as db:
            sql = "SELECT 1 FROM shards WHERE batch_id = ? AND status_type = 'info' LIMIT 1"
            return db.execute(sql, (batch_id,)).fetchone() is not None

    def parts(self, batch_id: str) -> tuple[PartRecord, ...]:
        """Return the parts of a batch."""
        with self._database.reading() as db:
            sql = (
                "SELECT name, content, nested, description, EXISTS "
                "(SELECT 1 FROM shards WHERE shards.batch_id = parts.batch_id AND shards.part = parts.name) "
                "FROM parts WHERE batch_id = ? ORDER BY name DESC"
            )
            found = db.execute(sql, (batch_id,)).fetchall()
        return tuple(PartRecord(*row) for row in found)

    def shards(self, batch_id: str, after: int | None, limit: int) -> list[ShardRecord]:
        """Return up to `limit` shards in order of arrival."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT * FROM shards WHERE batch_id = ? AND seq > ? ORDER BY seq LIMIT ?",
                (batch_id, after or 0, limit),
            ).fetchall()
        return [_shard(row) for row in found]

    def items(self, batch_id: str, part: str | None, after: int | None, limit: int) -> list[ItemRecord]:
        """Return up to `limit` files in order of arrival."""
        where, values = ("", ()) if part is None else (" AND part = ?", (part,))
        sql = (
            f"SELECT {_ITEM} FROM items WHERE batch_id = ?{where} AND item_id > ? "  # noqa: S608 - fixed text only
            "ORDER BY item_id LIMIT ?"
        )
        with self._database.reading() as db:
            found = db.execute(sql, (batch_id, *values, after or 0, limit)).fetchall()
        return [ItemRecord(*row) for row in found]

    def item(self, item_id: int) -> ItemRecord | None:
        """Return one file, or None."""
        with self._database.reading() as db:
            found = db.execute(f"SELECT {_ITEM} FROM items WHERE item_id = ?", (item_id,)).fetchone()  # noqa: S608
        return ItemRecord(*found) if found else None


_END = 2**62


def put_output(
    db: sqlite3.Connection, batch: BatchRecord, parts: Iterable[PartRecord], archives: Iterable[tuple[str, Arrival]]
) -> None:
    """Replace what a job put out, inside the caller's transaction. `archives` are (part, file) pairs."""
    db.execute("DELETE FROM items WHERE batch_id = ?", (batch.batch_id,))
    db.execute("DELETE FROM parts WHERE batch_id = ?", (batch.batch_id,))
    db.execute(
        # Results that were packed anew stay as long as others.
        f"{_NEW_BATCH} ON CONFLICT (batch_id) DO UPDATE SET created = excluded.created, lived = excluded.lived",
        (batch.batch_id, batch.name, batch.kind, batch.content, batch.job_id, batch.created),
    )
    db.executemany(
        "INSERT INTO parts VALUES (?, ?, ?, ?, ?)",
        [(batch.batch_id, part.name, part.content, part.nested, part.description) for part in parts],
    )
    for part_name, arrival in archives:
        put_items(db, batch.batch_id, part_name, "export-0", [arrival])


def _objection(db: sqlite3.Connection, claim: Claim) -> Refusal | None:
    found = db.execute("SELECT kind, content, job_id FROM batches WHERE batch_id = ?", (claim.batch_id,)).fetchone()
    if found is None:
        return None
    if found["kind"] != claim.kind or found["job_id"]:
        way = "by a job" if found["job_id"] else _WAYS[found["kind"]]
        return bad_request(
            f"The batch “{claim.batch_id}” was filled {way} ({found['kind']}) "
            f"and can not be filled {_WAYS[claim.kind]} too. Use another batch id."
        )
    if not claim.part and found["content"] != claim.content:
        return bad_request(
            f"The batch “{claim.batch_id}” holds {found['content']}; {claim.content} need a batch of their own."
        )
    sql = "SELECT content FROM parts WHERE batch_id = ? AND name = ?"
    part = db.execute(sql, (claim.batch_id, claim.part)).fetchone()
    if part and claim.content not in ("", part["content"]):
        return bad_request(f"The part “{claim.part}” holds {part['content']}; {claim.content} need one of their own.")
    return None


def claim_batch(db: sqlite3.Connection, claim: Claim) -> None:
    """Make the batch that files are meant for, where it is not there yet. Raise `Refusal` where it is another one."""
    refusal = _objection(db, claim)
    if refusal:
        raise refusal
    db.execute(
        f"{_NEW_BATCH} ON CONFLICT (batch_id) DO NOTHING",
        (claim.batch_id, claim.name, claim.kind, claim.content or "mixed", None, time.time()),
    )
    if claim.part and claim.content:
        db.execute(
            "INSERT INTO parts VALUES (?, ?, ?, NULL, '') ON CONFLICT (batch_id, name) DO NOTHING",
            (claim.batch_id, claim.part, claim.content),
        )
        db.execute(
            "UPDATE batches SET content = (SELECT CASE count(DISTINCT content) WHEN 1 THEN min(content) ELSE 'mixed' "
            "END FROM parts WHERE parts.batch_id = batches.batch_id) WHERE batch_id = ?",
            (claim.batch_id,),
        )


def put_items(
    db: sqlite3.Connection, batch_id: str, part: str, shard_id: str | None, arrivals: Iterable[Arrival]
) -> None:
    """Put files into a batch; the same name again replaces it."""
    db.executemany(
        "INSERT INTO items (batch_id, part, name, shard_id, content, nested, file_id, path, size, modified) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (batch_id, part, name) DO UPDATE SET "
        "shard_id = excluded.shard_id, content = excluded.content, nested = excluded.nested, "
        "file_id = excluded.file_id, path = excluded.path, size = excluded.size, modified = excluded.modified",
        [(batch_id, part, each.name, shard_id, each.content, each.nested, *_place(each)) for each in arrivals],
    )


def _place(arrival: Arrival) -> tuple[str | None, bytes | None, int, float]:
    return (arrival.file_id, arrival.path, arrival.size, arrival.modified)


def put_shard(
    db: sqlite3.Connection, claim: Claim, shard_id: str, type_: str, name: str, objects: int, archive: str | None
) -> None:
    """Put a shard down."""
    db.execute(
        "INSERT INTO shards (shard_id, batch_id, part, status_type, status_name, at, objects, archive) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (shard_id, claim.batch_id, claim.part, type_, name, time.time(), objects, archive),
    )


def end_shard(
    db: sqlite3.Connection, shard_id: str, type_: str, name: str, objects: int, detail: dict[str, object] | None
) -> None:
    """Say how a shard ended."""
    db.execute(
        "UPDATE shards SET status_type = ?, status_name = ?, at = ?, objects = ?, archive = NULL, detail = ? "
        "WHERE shard_id = ?",
        (type_, name, time.time(), objects, json.dumps(detail) if detail else None, shard_id),
    )


def _batch(row: sqlite3.Row) -> BatchRecord:
    return BatchRecord(*(row[each] for each in ("seq", "batch_id", "name", "kind", "content", "job_id", "created")))


def _shard(row: sqlite3.Row) -> ShardRecord:
    return ShardRecord(
        seq=row["seq"],
        shard_id=row["shard_id"],
        batch_id=row["batch_id"],
        status_type=row["status_type"],
        status_name=row["status_name"],
        at=row["at"],
        objects=row["objects"],
        archive=row["archive"],
        detail=json.loads(row["detail"]) if row["detail"] else None,
        part=row["part"],
    )
