"""The journal's page about datasets that are being taken out: what, and where to. What has come is in that folder."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from batchdock.store.database import Database
from batchdock.store.text import restored, stored

_TAKING = "transfer_id, account_id, name, folder, wishes, started, stopped"


@dataclass(frozen=True, slots=True)
class Taking:
    """Datasets of an account on their way into `folder`. `wishes` is JSON, whoever asked knows what it means."""

    transfer_id: str
    account_id: str
    name: str
    folder: Path
    wishes: str
    started: datetime
    stopped: bool = False
    """By a person: nobody goes on with it unless asked to."""


class Takings:
    """Reads and writes what is being taken out. One that has ended is forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, taking: Taking) -> None:
        """Write it down before anything is done for it."""
        values = (
            taking.transfer_id,
            taking.account_id,
            stored(taking.name),
            stored(str(taking.folder)),
            taking.wishes,
            taking.started.isoformat(),
            taking.stopped,
        )
        with self._database.writing() as connection:
            connection.execute(f"INSERT INTO takings ({_TAKING}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608

    def unfinished(self) -> list[Taking]:
        """Return those that have not ended, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_TAKING} FROM takings ORDER BY number").fetchall()  # noqa: S608
        return [_taking(row) for row in rows]

    def stop(self, transfer_id: str, *, stopped: bool = True) -> None:
        """Note that a person has stopped it (or, undone, that it goes on)."""
        with self._database.writing() as connection:
            connection.execute("UPDATE takings SET stopped = ? WHERE transfer_id = ?", (stopped, transfer_id))

    def end(self, transfer_id: str) -> None:
        """Forget it: it is complete, or given up."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM takings WHERE transfer_id = ?", (transfer_id,))


def _taking(row: tuple[Any, ...]) -> Taking:
    transfer_id, account_id, name, folder, wishes, started, stopped = row
    return Taking(
        transfer_id=transfer_id,
        account_id=account_id,
        name=restored(name),
        folder=Path(restored(folder)),
        wishes=wishes,
        started=datetime.fromisoformat(started),
        stopped=bool(stopped),
    )
