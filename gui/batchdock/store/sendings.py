"""The journal's pages about sendings: every file, its name on the wire, and which pieces have arrived."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any

from batchdock.core.batch import Content
from batchdock.store.database import Database
from batchdock.store.text import restored, stored

_ROWS_AT_ONCE = 5_000
"""The lock is given back in between, so that nobody waits for a million rows."""


class Way(StrEnum):
    """How the files of a sending travel. Never two ways in one batch (contract §1.7)."""

    SINGLE = "single"
    TARS = "tars"
    REFERENCES = "references"
    VIDEOS = "videos"


class PieceState(IntEnum):
    """What is known of a piece."""

    PLANNED = 0
    TRIED = 1
    """It was on its way when something broke; it may have arrived."""
    CONFIRMED = 2


@dataclass(frozen=True, slots=True)
class Sending:
    """Files on their way into one batch. `files` and `bytes` are what was planned."""

    number: int
    transfer_id: str
    account_id: str
    batch_id: str
    batch_name: str
    content: Content
    way: Way
    started: datetime
    files: int
    bytes: int
    finished: bool = False
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of a sending. `wire` is its name there, `original` the relative path it came with."""

    number: int
    wire: str
    original: str
    path: Path
    size: int
    modified: float
    lost: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """What goes over in one request: the files `first` … `last - 1`."""

    piece: int
    first: int
    last: int
    bytes: int
    state: PieceState = PieceState.PLANNED


_SENDING = (
    "number, transfer_id, account_id, batch_id, batch_name, content, way, started, files, bytes, finished, job_id"
)
_FILE = "number, wire, original, path, size, modified, lost"


class Sendings:
    """Reads and writes sendings, their pieces and files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self,
        *,
        transfer_id: str,
        account_id: str,
        batch_id: str,
        batch_name: str,
        content: Content,
        way: Way,
        started: datetime,
        job_id: str | None,
        files: Iterable[FileRow],
        pieces: Sequence[Piece],
    ) -> Sending:
        """Write a whole sending down. It counts only when all of it is there: a crash half-way leaves nothing."""
        with self._database.writing() as connection:
            number = connection.execute(
                "INSERT INTO sendings (transfer_id, account_id, batch_id, batch_name, content, way, started, files, "
                "bytes, finished, job_id) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 1, ?)",
                (transfer_id, account_id, batch_id, batch_name, content, way, started.isoformat(), job_id),
            ).lastrowid
        count = size = 0
        for rows in _chunks(files):
            with self._database.writing() as connection:
                connection.executemany(
                    f"INSERT INTO files (sending, {_FILE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                    [
                        (
                            number,
                            row.number,
                            row.wire,
                            stored(row.original),
                            stored(str(row.path)),
                            row.size,
                            row.modified,
                            row.lost,
                        )
                        for row in rows
                    ],
                )
            count += len(rows)
            size += sum(row.size for row in rows)
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT INTO pieces (sending, piece, first, last, bytes, state) VALUES (?, ?, ?, ?, ?, ?)",
                [(number, piece.piece, piece.first, piece.last, piece.bytes, piece.state) for piece in pieces],
            )
            connection.execute(
                "UPDATE sendings SET files = ?, bytes = ?, finished = 0 WHERE number = ?", (count, size, number)
            )
        return self.get(transfer_id)

    def get(self, transfer_id: str) -> Sending:
        """Return one sending. Raise `KeyError`."""
        found = self._select("transfer_id = ?", (transfer_id,))
        if not found:
            raise KeyError(transfer_id)
        return found[0]

    def unfinished(self) -> list[Sending]:
        """Return the sendings that have not ended, oldest first."""
        return self._select("finished = 0 ORDER BY number", ())

    def of_batch(self, account_id: str, batch_id: str) -> list[Sending]:
        """Return what was sent into a batch. A sending that a crash left half written has no files and is none."""
        return self._select("account_id = ? AND batch_id = ? AND files > 0 ORDER BY number", (account_id, batch_id))

    def finish(self, number: int, *, finished: bool = True) -> None:
        """Note that a sending needs nothing more (or, undone, that it does)."""
        with self._database.writing() as connection:
            connection.execute("UPDATE sendings SET finished = ? WHERE number = ?", (finished, number))

    def pieces(self, number: int) -> list[Piece]:
        """Return the pieces of a sending, in order."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT piece, first, last, bytes, state FROM pieces WHERE sending = ? ORDER BY piece", (number,)
            ).fetchall()
        return [Piece(piece, first, last, size, PieceState(state)) for piece, first, last, size, state in rows]

    def mark(self, number: int, pieces: Sequence[int], state: PieceState) -> None:
        """Note what is known of some pieces."""
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE pieces SET state = ? WHERE sending = ? AND piece = ?",
                [(state, number, piece) for piece in pieces],
            )

    def files(self, number: int, first: int = 0, last: int | None = None) -> list[FileRow]:
        """Return the files `first` … `last - 1` of a sending."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_FILE} FROM files WHERE sending = ? AND number >= ? AND number < ? ORDER BY number",  # noqa: S608
                (number, first, 2**62 if last is None else last),
            ).fetchall()
        return [_file(row) for row in rows]

    def every_file(self, number: int) -> Iterator[FileRow]:
        """Yield all files of a sending, a few thousand at a time."""
        first = 0
        while rows := self.files(number, first, first + _ROWS_AT_ONCE):
            yield from rows
            first = rows[-1].number + 1

    def lose(self, number: int, file: int, cause: str) -> None:
        """Note that a file could not be sent after all, and why."""
        with self._database.writing() as connection:
            connection.execute("UPDATE files SET lost = ? WHERE sending = ? AND number = ?", (cause, number, file))

    def lost(self, number: int) -> list[FileRow]:
        """Return the files that could not be sent after all."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_FILE} FROM files WHERE sending = ? AND lost IS NOT NULL ORDER BY number",  # noqa: S608
                (number,),
            ).fetchall()
        return [_file(row) for row in rows]

    def original(self, account_id: str, batch_id: str, wire: str) -> str | None:
        """Return the relative path that a file of a batch came with, or None when this app did not send it."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT original FROM files JOIN sendings ON files.sending = sendings.number "
                "WHERE account_id = ? AND batch_id = ? AND wire = ? ORDER BY sendings.number DESC LIMIT 1",
                (account_id, batch_id, wire),
            ).fetchone()
        return None if row is None else restored(row[0])

    def _select(self, where: str, values: tuple[object, ...]) -> list[Sending]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_SENDING} FROM sendings WHERE {where}", values).fetchall()  # noqa: S608
        return [_sending(row) for row in rows]


def _chunks(files: Iterable[FileRow]) -> Iterator[list[FileRow]]:
    chunk: list[FileRow] = []
    for row in files:
        chunk.append(row)
        if len(chunk) == _ROWS_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _file(row: tuple[Any, ...]) -> FileRow:
    number, wire, original, path, size, modified, lost = row
    return FileRow(number, wire, restored(original), Path(restored(path)), size, modified, lost)


def _sending(row: tuple[Any, ...]) -> Sending:
    values = list(row)
    values[5], values[6] = Content(values[5]), Way(values[6])
    values[7] = datetime.fromisoformat(values[7])
    values[10] = bool(values[10])
    return Sending(*values)
