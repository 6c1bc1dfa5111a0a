"""The journal's pages about sendings: every file, its name on the wire, and which pieces have arrived."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from batchdock.core.batch import Content
from batchdock.core.order import IngestNotice
from batchdock.store.database import Database
from batchdock.store.sending import FileRow, Piece, PieceState, Sending, Way
from batchdock.store.text import restored, stored

ROWS_AT_ONCE = 2_000
"""The lock is given back in between, so that nobody waits for a million rows."""
BREATH = 0.0005
"""Seconds: long enough for somebody else to take the lock, which whoever lets go of it would have again at once."""

TAR_HEADS_BYTES = 2_048
"""What a tar needs for a file beyond its bytes, at most: heads for a long name, and the rest of a block."""

_SENDING = (
    "number, transfer_id, account_id, batch_id, batch_name, content, way, started, files, bytes, finished, job_id, "
    "notice"
)
FILE_COLUMNS = "number, wire, original, path, size, modified, lost, sha256, sent"


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
        notice: IngestNotice | None = None,
    ) -> Sending:
        """Write a whole sending down. It counts only when all of it is there: a crash half-way leaves nothing.

        Takes about a second for 100,000 files.
        """
        with self._database.writing() as connection:
            number = connection.execute(
                "INSERT INTO sendings (transfer_id, account_id, batch_id, batch_name, content, way, started, files, "
                "bytes, finished, job_id, notice) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 1, ?, ?)",
                (
                    transfer_id,
                    account_id,
                    batch_id,
                    batch_name,
                    content,
                    way,
                    started.isoformat(),
                    job_id,
                    None if notice is None else json.dumps({"url": notice.url, "categories": notice.categories}),
                ),
            ).lastrowid
        count = size = 0
        for rows in chunks(files):
            values = [_values(number, row) for row in rows]  # Before the lock is taken.
            with self._database.writing() as connection:
                connection.executemany(
                    f"INSERT INTO files (sending, {FILE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                    values,
                )
            count += len(rows)
            size += sum(row.size for row in rows)
            time.sleep(BREATH)
        with self._database.writing(lasting=True) as connection:
            _insert_pieces(connection, number, pieces)
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

    def pieces(self, number: int, state: PieceState | None = None) -> list[Piece]:
        """Return the pieces of a sending, or those in one state, in the order of their files."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT piece, first, last, bytes, state FROM pieces WHERE sending = ? AND state = coalesce(?, state) "
                "ORDER BY first",
                (number, state),
            ).fetchall()
        return [Piece(piece, first, last, size, PieceState(state)) for piece, first, last, size, state in rows]

    def mark(self, number: int, pieces: Sequence[int], state: PieceState) -> None:
        """Note what is known of some pieces, in one transaction. The files of a confirmed one have arrived.

        A tar that is tried is on the disk before this returns: one that nobody knows to be on its way would be sent
        a second time, and double its pictures (contract §3.7).
        """
        lasting = state is PieceState.TRIED and self._way(number) is Way.TARS
        with self._database.writing(lasting=lasting) as connection:
            connection.executemany(
                "UPDATE pieces SET state = ? WHERE sending = ? AND piece = ?",
                [(state, number, piece) for piece in pieces],
            )
            if state is PieceState.CONFIRMED:
                _date(connection, number, pieces, time.time())

    def arrived(
        self, number: int, files: Sequence[tuple[int, bytes | None]], at: float, *, pieces: Sequence[int] = ()
    ) -> None:
        """Note that files are there: their numbers with the SHA-256 of what went over, and when (seconds since 1970).

        `pieces` are confirmed in the same transaction.
        """
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE files SET sha256 = coalesce(?, sha256), sent = ? WHERE sending = ? AND number = ?",
                [(sha256, at, number, file) for file, sha256 in files],
            )
            connection.executemany(
                "UPDATE pieces SET state = ? WHERE sending = ? AND piece = ?",
                [(PieceState.CONFIRMED, number, piece) for piece in pieces],
            )
            _date(connection, number, pieces, at)

    def replan(self, number: int, *, files: int | None = None, bytes: int | None = None) -> list[Piece]:
        """Cut the planned pieces that hold more than `files` files or make a tar of more than `bytes` bytes.

        Return the planned pieces as they are now. The new ones have numbers that none had before. A file that is too
        large by itself stays alone in its piece.
        """
        planned = self.pieces(number, PieceState.PLANNED)
        cut = [piece for piece in planned if _is_larger(piece, files, bytes)]
        made: list[Piece] = []
        for piece in cut:
            sizes = [row.size for row in self.files(number, piece.first, piece.last)]
            made += _cut(piece, sizes, files, bytes)
        with self._database.writing() as connection:
            (highest,) = connection.execute("SELECT max(piece) FROM pieces WHERE sending = ?", (number,)).fetchone()
            connection.executemany(
                "DELETE FROM pieces WHERE sending = ? AND piece = ?", [(number, piece.piece) for piece in cut]
            )
            fresh = [
                Piece((highest or 0) + 1 + n, piece.first, piece.last, piece.bytes) for n, piece in enumerate(made)
            ]
            _insert_pieces(connection, number, fresh)
        return self.pieces(number, PieceState.PLANNED)

    def doubt(self) -> None:
        """Take the planned tars of unfinished sendings for tried.

        For the start after an end that nobody saw: a power cut may have taken the last transactions along, and the
        service knows better than the journal what it has.
        """
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE pieces SET state = ? WHERE state = ? AND sending IN "
                "(SELECT number FROM sendings WHERE finished = 0 AND way = ?)",
                (PieceState.TRIED, PieceState.PLANNED, Way.TARS),
            )

    def files(self, number: int, first: int = 0, last: int | None = None) -> list[FileRow]:
        """Return the files `first` … `last - 1` of a sending."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {FILE_COLUMNS} FROM files WHERE sending = ? AND number >= ? AND number < ? "  # noqa: S608
                "ORDER BY number",
                (number, first, 2**62 if last is None else last),
            ).fetchall()
        return [file_row(row) for row in rows]

    def every_file(self, number: int) -> Iterator[FileRow]:
        """Yield all files of a sending, some thousand at a time. Belongs into a thread."""
        first = 0
        while rows := self.files(number, first, first + ROWS_AT_ONCE):
            yield from rows
            first = rows[-1].number + 1

    def change(self, number: int, files: Sequence[tuple[int, int, float]]) -> None:
        """Note what files are that went over as they were then: their numbers, sizes, and times of change."""
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE files SET size = ?, modified = ? WHERE sending = ? AND number = ?",
                [(size, modified, number, file) for file, size, modified in files],
            )

    def lose(self, number: int, file: int, cause: str) -> None:
        """Note that a file could not be sent after all, and why."""
        self.lose_all(number, [(file, cause)])

    def lose_all(self, number: int, losses: Sequence[tuple[int, str]]) -> None:
        """Note that files could not be sent after all: their numbers, and why."""
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE files SET lost = ?, sent = NULL WHERE sending = ? AND number = ?",
                [(cause, number, file) for file, cause in losses],
            )

    def lost(self, number: int) -> list[FileRow]:
        """Return the files that could not be sent after all."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {FILE_COLUMNS} FROM files WHERE sending = ? AND lost IS NOT NULL ORDER BY number",  # noqa: S608
                (number,),
            ).fetchall()
        return [file_row(row) for row in rows]

    def original(self, account_id: str, batch_id: str, wire: str) -> str | None:
        """Return the relative path that a file of a batch came with, or None when this app did not send it."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT original FROM files JOIN sendings ON files.sending = sendings.number "
                "WHERE account_id = ? AND batch_id = ? AND wire = ? ORDER BY sendings.number DESC LIMIT 1",
                (account_id, batch_id, wire),
            ).fetchone()
        return None if row is None else restored(row[0])

    def _way(self, number: int) -> Way:
        with self._database.reading() as connection:
            (way,) = connection.execute("SELECT way FROM sendings WHERE number = ?", (number,)).fetchone()
        return Way(way)

    def _select(self, where: str, values: tuple[object, ...]) -> list[Sending]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_SENDING} FROM sendings WHERE {where}", values).fetchall()  # noqa: S608
        return [_sending(row) for row in rows]


def chunks(files: Iterable[FileRow]) -> Iterator[list[FileRow]]:
    """Yield the files in lists of at most `ROWS_AT_ONCE`."""
    chunk: list[FileRow] = []
    for row in files:
        chunk.append(row)
        if len(chunk) == ROWS_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def file_row(row: tuple[Any, ...]) -> FileRow:
    """Return what `FILE_COLUMNS` hold."""
    number, wire, original, path, size, modified, lost, sha256, sent = row
    return FileRow(number, wire, restored(original), Path(restored(path)), size, modified, lost, sha256, sent)


def _values(number: int | None, row: FileRow) -> tuple[object, ...]:
    original, path = stored(row.original), stored(str(row.path))
    return (
        number,
        row.number,
        row.wire,
        original,
        path,
        row.size,
        row.modified,
        row.lost,
        row.sha256,
        row.sent,
    )


def _insert_pieces(connection: Any, number: int | None, pieces: Iterable[Piece]) -> None:
    connection.executemany(
        "INSERT INTO pieces (sending, piece, first, last, bytes, state) VALUES (?, ?, ?, ?, ?, ?)",
        [(number, piece.piece, piece.first, piece.last, piece.bytes, piece.state) for piece in pieces],
    )


def _date(connection: Any, number: int, pieces: Sequence[int], at: float) -> None:
    """Date the files of confirmed pieces that have no date yet."""
    connection.executemany(
        "UPDATE files SET sent = ? WHERE sending = ? AND lost IS NULL AND sent IS NULL "
        "AND number >= (SELECT first FROM pieces WHERE sending = ? AND piece = ?) "
        "AND number < (SELECT last FROM pieces WHERE sending = ? AND piece = ?)",
        [(at, number, number, piece, number, piece) for piece in pieces],
    )


def _is_larger(piece: Piece, files: int | None, size: int | None) -> bool:
    count = piece.last - piece.first
    too_many = files is not None and count > files
    return count > 1 and (too_many or (size is not None and piece.bytes + count * TAR_HEADS_BYTES > size))


def _cut(piece: Piece, sizes: Sequence[int], files: int | None, limit: int | None) -> Iterator[Piece]:
    first, size = piece.first, 0
    for number, more in enumerate(sizes, start=piece.first):
        count = number - first
        too_many = files is not None and count >= files
        too_large = limit is not None and size + more + (count + 1) * TAR_HEADS_BYTES > limit
        if count and (too_many or too_large):
            yield Piece(piece.piece, first, number, size)
            first, size = number, 0
        size += more
    yield Piece(piece.piece, first, piece.last, size)


def _sending(row: tuple[Any, ...]) -> Sending:
    values = list(row)
    values[5], values[6] = Content(values[5]), Way(values[6])
    values[7] = datetime.fromisoformat(values[7])
    values[10] = bool(values[10])
    values[12] = None if values[12] is None else _notice(json.loads(values[12]))
    return Sending(*values)


def _notice(told: dict[str, Any]) -> IngestNotice:
    return IngestNotice(url=told["url"], categories=tuple(told["categories"]))
