"""The journal's pages about savings: which results are on their way home, and where they grow."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from batchdock.store.database import Database
from batchdock.store.text import restored, stored

_SAVING = "transfer_id, account_id, batch_ids, parts, name, place, growing, started, stopped"


@dataclass(frozen=True, slots=True)
class Saving:
    """Results of some batches (or of some of their parts) on their way into the folder `place`, as `name`."""

    transfer_id: str
    account_id: str
    batch_ids: tuple[str, ...]
    parts: tuple[str, ...] | None
    name: str
    place: Path
    growing: Path
    started: datetime
    stopped: bool = False
    """By a person: nobody goes on with it unless asked to."""


class Savings:
    """Reads and writes savings. One that has ended is forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, saving: Saving) -> None:
        """Write a saving down before anything is done for it."""
        values = (
            saving.transfer_id,
            saving.account_id,
            json.dumps(saving.batch_ids),
            None if saving.parts is None else json.dumps(saving.parts),
            stored(saving.name),
            stored(str(saving.place)),
            stored(str(saving.growing)),
            saving.started.isoformat(),
            saving.stopped,
        )
        with self._database.writing() as connection:
            connection.execute(f"INSERT INTO savings ({_SAVING}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608

    def unfinished(self) -> list[Saving]:
        """Return the savings that have not ended, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_SAVING} FROM savings ORDER BY number").fetchall()  # noqa: S608
        return [_saving(row) for row in rows]

    def unfinished_like(
        self, account_id: str, batch_ids: Sequence[str], parts: Sequence[str] | None, place: Path, name: str
    ) -> list[Saving]:
        """Return those that a person means who wants the same again; without a name, under any."""
        asked = (account_id, tuple(batch_ids), None if parts is None else tuple(parts), place)
        return [
            each
            for each in self.unfinished()
            if (each.account_id, each.batch_ids, each.parts, each.place) == asked and name in ("", each.name)
        ]

    def stop(self, transfer_id: str, *, stopped: bool = True) -> None:
        """Note that a person has stopped a saving (or, undone, that it goes on)."""
        with self._database.writing() as connection:
            connection.execute("UPDATE savings SET stopped = ? WHERE transfer_id = ?", (stopped, transfer_id))

    def end(self, transfer_id: str) -> None:
        """Forget a saving: it is complete, or given up."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM savings WHERE transfer_id = ?", (transfer_id,))


def _saving(row: tuple[Any, ...]) -> Saving:
    transfer_id, account_id, batch_ids, parts, name, place, growing, started, stopped = row
    return Saving(
        transfer_id=transfer_id,
        account_id=account_id,
        batch_ids=tuple(json.loads(batch_ids)),
        parts=None if parts is None else tuple(json.loads(parts)),
        name=restored(name),
        place=Path(restored(place)),
        growing=Path(restored(growing)),
        started=datetime.fromisoformat(started),
        stopped=bool(stopped),
    )
