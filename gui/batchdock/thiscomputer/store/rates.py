"""How fast earlier runs were, by workflow, content, size of the pictures and what did the work."""

import time
from dataclasses import dataclass

from batchdock.thiscomputer.store.database import Database

_MEMORY = 2_000
"""Items after which a run outweighs what was known: the programs, the pictures and the computer change."""

_KEPT = 500
"""Kinds of runs that are remembered. A cluster is another device with every worker more or less."""

_UNKNOWN_SIZE = 0.0


@dataclass(frozen=True, slots=True)
class Rate:
    """Items a second that earlier runs had, and from how many items that is known. `megapixels` None: not known."""

    workflow_id: str
    content: str
    megapixels: float | None
    items_per_second: float
    items: int


class Rates:
    """Remembers rates: one mean for each kind of run, in which later runs weigh more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self, workflow_id: str, content: str, megapixels: float | None, device: str, *, items: float, seconds: float
    ) -> None:
        """Take in a run: so many items in so many seconds."""
        key = (workflow_id, content, megapixels or _UNKNOWN_SIZE, device)
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO rates (workflow_id, content, megapixels, device, items, seconds, updated) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "items = excluded.items + rates.items * min(1, ? / rates.items), "
                "seconds = excluded.seconds + rates.seconds * min(1, ? / rates.items), updated = excluded.updated",
                (*key, items, seconds, time.time(), float(_MEMORY), float(_MEMORY)),
            )
            last = "SELECT updated FROM rates ORDER BY updated DESC LIMIT 1 OFFSET ?"
            db.execute(f"DELETE FROM rates WHERE updated <= ({last})", (_KEPT,))  # noqa: S608 - fixed text

    def usual(self, workflow_id: str, content: str, device: str) -> float | None:
        """Return what is to be expected of a run whose pictures nobody has opened yet: as the last one was."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT items / seconds FROM rates WHERE workflow_id = ? AND content = ? AND device = ? "
                "ORDER BY updated DESC LIMIT 1",
                (workflow_id, content, device),
            ).fetchone()
        return None if found is None else float(found[0])

    def all(self, device: str) -> list[Rate]:
        """Return one rate for each workflow, content and size: with `device`, or else what did it last."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT workflow_id, content, megapixels, items / seconds AS rate, items FROM rates "
                "ORDER BY workflow_id, content, megapixels, device = ?, updated",
                (device,),
            ).fetchall()
        last = {(row[0], row[1], row[2]): row for row in found}
        return [
            Rate(row["workflow_id"], row["content"], row["megapixels"] or None, row["rate"], round(row["items"]))
            for row in last.values()
        ]
