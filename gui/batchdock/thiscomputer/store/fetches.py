"""Files that are to be fetched from addresses: their shards in the database, never the addresses, which are secrets."""

import hashlib
import json
import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from batchdock.core.reference import Reference
from batchdock.thiscomputer.refusal import Refusal
from batchdock.thiscomputer.store.batches import Claim, Ingest, claim_batch, end_shard, put_items, put_shard
from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.records import Arrival
from batchdock.thiscomputer.store.webhooks import Told, queue_files, queue_ingest

PICTURES_A_SHARD = 64
"""Few enough that people see it move; a video is a shard of its own."""

_INTERRUPTED = "interrupted"
_WAITING = "waiting to be fetched"


@dataclass(frozen=True, slots=True)
class ToFetch:
    """A shard whose files are to be fetched. `told` is whoever wants to know."""

    shard_id: str
    claim: Claim
    references: tuple[Reference, ...] = field(repr=False)
    told: Told | None = None


class Fetches:
    """Reads and writes what is known of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self, claim: Claim, references: Sequence[Reference], ingest_id: str | None, told: Told | None
    ) -> tuple[Ingest, list[ToFetch]]:
        """Record that files are to be fetched, and return their shards. The same list again changes nothing.

        Under an ingest id that is known the same names are the same list: their addresses may be signed anew. What an
        end of the service interrupted is fetched then after all.
        """
        digest = _digest(claim, references, ingest_id)
        with self._database.writing() as db:
            claim_batch(db, claim)
            sql = "SELECT ingest_id, shard_ids FROM ingests WHERE batch_id = ? AND digest = ?"
            known = db.execute(sql, (claim.batch_id, digest)).fetchone()
            size = 1 if claim.content == "videos" else PICTURES_A_SHARD
            cut = [tuple(references[start : start + size]) for start in range(0, len(references), size)]
            if known:
                shard_ids = tuple(json.loads(known["shard_ids"]))
                told = replace(told, ingest_id=known["ingest_id"]) if told else None
                revived = _revived(db, shard_ids)
                again = [
                    ToFetch(shard_id, claim, some, told)
                    for shard_id, some in zip(shard_ids, cut, strict=False)
                    if shard_id in revived
                ]
                return Ingest(ingest_id or known["ingest_id"], shard_ids, not again), again
            ingest_id = ingest_id or str(uuid.uuid4())
            told = replace(told, ingest_id=ingest_id) if told else None
            made = [ToFetch(str(uuid.uuid4()), claim, some, told) for some in cut]
            for each in made:
                put_shard(db, claim, each.shard_id, "info", _WAITING, 0, None)
            shard_ids = tuple(each.shard_id for each in made)
            db.execute(
                "INSERT INTO ingests VALUES (?, ?, ?, ?)", (claim.batch_id, digest, ingest_id, json.dumps(shard_ids))
            )
        return Ingest(ingest_id, shard_ids, False), made

    def finish(self, shard: ToFetch, arrivals: Sequence[Arrival], failed: Sequence[tuple[str, str, str]]) -> None:
        """Put down what was fetched of a shard, and what was not: name, type and reason."""
        batch_id = shard.claim.batch_id
        listed = [{"type": kind, "fileName": name, "reason": why} for name, kind, why in failed]
        with self._database.writing() as db:
            if not db.execute("SELECT 1 FROM shards WHERE shard_id = ?", (shard.shard_id,)).fetchone():
                return  # The batch was removed meanwhile.
            put_items(db, batch_id, shard.claim.part, shard.shard_id, arrivals)
            well = bool(arrivals)
            end_shard(
                db,
                shard.shard_id,
                "success" if well else "error",
                "ready" if well else "could not be fetched",
                len(arrivals),
                {"failedFiles": listed} if listed else None,
            )
            queue_files(db, shard.told, batch_id, shard.shard_id, arrivals, failed)
            problem = None if well else (failed[0][1], failed[0][2])
            queue_ingest(db, shard.told, batch_id, shard.shard_id, problem)

    def interrupt(self) -> None:
        """Say of what an earlier process was to fetch that it was not: nobody has the addresses any more."""
        detail = json.dumps({"message": "The service ended before these files were fetched. Hand them over again."})
        with self._database.writing() as db:
            db.execute(
                "UPDATE shards SET status_type = 'error', status_name = ?, detail = ? "
                "WHERE status_type = 'info' AND archive IS NULL",
                (_INTERRUPTED, detail),
            )


def check_fetched(claim: Claim) -> Claim:
    """Return the claim of files that are fetched: always in shards. Raise `Refusal` for parts."""
    if claim.part:
        raise Refusal(400, "Files from addresses go into a batch of their own, not into a part of one.")
    return replace(claim, kind="sharded-batch")


def _revived(db: sqlite3.Connection, shard_ids: Sequence[str]) -> set[str]:
    """Let the shards that were interrupted wait again, and return them."""
    marks = json.dumps(shard_ids)
    sql = "SELECT shard_id FROM shards WHERE status_name = ? AND shard_id IN (SELECT value FROM json_each(?))"
    found = {row[0] for row in db.execute(sql, (_INTERRUPTED, marks))}
    db.execute(
        "UPDATE shards SET status_type = 'info', status_name = ?, detail = NULL "
        "WHERE shard_id IN (SELECT value FROM json_each(?))",
        (_WAITING, json.dumps(sorted(found))),
    )
    return found


def _digest(claim: Claim, references: Sequence[Reference], ingest_id: str | None) -> str:
    digest = hashlib.sha256(f"fetch\0{claim.part}\0{ingest_id or ''}\0".encode())
    for each in references:
        digest.update(f"{each.name}\0{'' if ingest_id else each.url}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
