"""The journal's pages about savings: which results are on their way home, where they grow, and what has come home."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from batchdock.core.batch import Choice, Saved
from batchdock.store.database import Database
from batchdock.store.text import restored, stored

_SAVING = "transfer_id, account_id, batch_ids, parts, name, place, growing, started, stopped, choices"

_SAVED = "account_id, batch_id, parts, choices, missing, folder, at"


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
    choices: tuple[Choice, ...] | None = None
    """Which files, a choice for each part that has any; None for all."""


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
            _choices_text(saving.choices),
        )
        with self._database.writing() as connection:
            connection.execute(f"INSERT INTO savings ({_SAVING}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608

    def unfinished(self) -> list[Saving]:
        """Return the savings that have not ended, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_SAVING} FROM savings ORDER BY number").fetchall()  # noqa: S608
        return [_saving(row) for row in rows]

    def unfinished_like(
        self,
        account_id: str,
        batch_ids: Sequence[str],
        parts: Sequence[str] | None,
        place: Path,
        name: str,
        choices: Sequence[Choice] | None = None,
    ) -> list[Saving]:
        """Return those that a person means who wants the same again; without a name, under any."""
        wanted = None if choices is None else tuple(choices)
        asked = (account_id, tuple(batch_ids), None if parts is None else tuple(parts), place, wanted)
        return [
            each
            for each in self.unfinished()
            if (each.account_id, each.batch_ids, each.parts, each.place, each.choices) == asked
            and name in ("", each.name)
        ]

    def stop(self, transfer_id: str, *, stopped: bool = True) -> None:
        """Note that a person has stopped a saving (or, undone, that it goes on)."""
        with self._database.writing() as connection:
            connection.execute("UPDATE savings SET stopped = ? WHERE transfer_id = ?", (stopped, transfer_id))

    def end(self, transfer_id: str) -> None:
        """Forget a saving: it is complete, or given up."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM savings WHERE transfer_id = ?", (transfer_id,))

    def note_saved(self, saved: Saved) -> None:
        """Write down what has come home. The same again, in the same folder, stands there once."""
        values = (
            saved.account_id,
            saved.batch_id,
            None if saved.parts is None else json.dumps(saved.parts),
            _choices_text(saved.choices),
            json.dumps(sorted(saved.missing, key=str)),
            stored(str(saved.folder)),
            saved.at.isoformat(),
        )
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM saved WHERE account_id = ? AND batch_id = ? AND folder = ?",
                (saved.account_id, saved.batch_id, values[5]),
            )
            connection.execute(f"INSERT INTO saved ({_SAVED}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608

    def saved(self, account_id: str, batch_id: str) -> list[Saved]:
        """Return what was saved of a batch, oldest first; whether the folders are still there is not looked at."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_SAVED} FROM saved WHERE account_id = ? AND batch_id = ? ORDER BY number",  # noqa: S608
                (account_id, batch_id),
            ).fetchall()
        return [_saved(row) for row in rows]


def _saving(row: tuple[Any, ...]) -> Saving:
    transfer_id, account_id, batch_ids, parts, name, place, growing, started, stopped, choices = row
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
        choices=_choices(choices),
    )


def _saved(row: tuple[Any, ...]) -> Saved:
    account_id, batch_id, parts, choices, missing, folder, at = row
    return Saved(
        account_id=account_id,
        batch_id=batch_id,
        folder=Path(restored(folder)),
        at=datetime.fromisoformat(at),
        parts=None if parts is None else tuple(json.loads(parts)),
        choices=_choices(choices),
        missing=frozenset((part, shard, name) for part, shard, name in json.loads(missing)),
    )


def _choices_text(choices: Sequence[Choice] | None) -> str | None:
    if choices is None:
        return None
    return json.dumps([[each.part, sorted(each.names, key=str), each.others] for each in choices])


def _choices(text: str | None) -> tuple[Choice, ...] | None:
    if text is None:
        return None
    return tuple(
        Choice(part, frozenset((shard, name) for shard, name in names), others=others)
        for part, names, others in json.loads(text)
    )
