"""The journal's page about files on their way into drafts of datasets: which, and where to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from batchdock.store.database import Database
from batchdock.store.text import restored, stored

_FILLING = "transfer_id, account_id, name, wish, draft, started, stopped"


@dataclass(frozen=True, slots=True)
class Filling:
    """Files on their way into a dataset. `wish` is JSON, whoever asked knows what it means."""

    transfer_id: str
    account_id: str
    name: str
    wish: str
    started: datetime
    draft: int = 0
    """The number of the draft they go to; 0 until there is one."""
    stopped: bool = False
    """By a person: nobody goes on with it unless asked to."""


class Fillings:
    """Reads and writes what is on its way. One that has ended is forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, filling: Filling) -> None:
        """Write it down before anything is done for it."""
        values = (
            filling.transfer_id,
            filling.account_id,
            stored(filling.name),
            stored(filling.wish),
            filling.draft,
            filling.started.isoformat(),
            filling.stopped,
        )
        with self._database.writing() as connection:
            connection.execute(f"INSERT INTO fillings ({_FILLING}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608

    def unfinished(self) -> list[Filling]:
        """Return those that have not ended, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_FILLING} FROM fillings ORDER BY number").fetchall()  # noqa: S608
        return [_filling(row) for row in rows]

    def wish(self, transfer_id: str) -> str:
        """Return what is wished for, as it is by now. Raise `KeyError`."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT wish FROM fillings WHERE transfer_id = ?", (transfer_id,)).fetchone()
        if row is None:
            raise KeyError(transfer_id)
        return restored(row[0])

    def change(self, transfer_id: str, wish: str) -> None:
        """Wish for something else: its files are elsewhere by now, or some are given up."""
        with self._database.writing() as connection:
            connection.execute("UPDATE fillings SET wish = ? WHERE transfer_id = ?", (stored(wish), transfer_id))

    def draft_of(self, transfer_id: str) -> int:
        """Return the number of the draft it goes to; 0 while there is none."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT draft FROM fillings WHERE transfer_id = ?", (transfer_id,)).fetchone()
        return int(row[0]) if row is not None else 0

    def note_draft(self, transfer_id: str, draft: int) -> None:
        """Write down which draft it goes to."""
        with self._database.writing() as connection:
            connection.execute("UPDATE fillings SET draft = ? WHERE transfer_id = ?", (draft, transfer_id))

    def stop(self, transfer_id: str, *, stopped: bool = True) -> None:
        """Note that a person has stopped it (or, undone, that it goes on)."""
        with self._database.writing() as connection:
            connection.execute("UPDATE fillings SET stopped = ? WHERE transfer_id = ?", (stopped, transfer_id))

    def end(self, transfer_id: str) -> None:
        """Forget it: it is done, or given up."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM fillings WHERE transfer_id = ?", (transfer_id,))


def _filling(row: tuple[Any, ...]) -> Filling:
    transfer_id, account_id, name, wish, draft, started, stopped = row
    return Filling(
        transfer_id=transfer_id,
        account_id=account_id,
        name=restored(name),
        wish=restored(wish),
        started=datetime.fromisoformat(started),
        draft=draft,
        stopped=bool(stopped),
    )
