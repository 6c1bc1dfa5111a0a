"""Looks for files across all sendings: what they are, what they are called, and where they went."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.store.database import Database
from batchdock.store.sending import FileRow, Sending
from batchdock.store.sendings import BREATH, FILE_COLUMNS, ROWS_AT_ONCE, file_row
from batchdock.store.text import restored, stored

_THERE = "account_id = ? AND lost IS NULL AND (sent IS NOT NULL OR finished = 0)"
"""A file that has arrived, or is on its way."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file that is in a batch, or on its way there. `sha256` is None where no bytes went over yet."""

    batch_id: str
    path: Path
    size: int
    modified: float
    sha256: bytes | None


class Files:
    """Reads, and moves, the files of sendings. Each call may take a second for 100,000 files: use a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, account_id: str, kinds: Iterable[tuple[int, float]]) -> Iterator[Seen]:
        """Yield the files of these sizes (bytes) with these times of their last change."""
        yield from self._seen(account_id, "size = ? AND modified = ?", kinds)

    def hashed(self, account_id: str, sizes: Iterable[int]) -> Iterator[Seen]:
        """Yield the files of these sizes (bytes) whose SHA-256 is known."""
        yield from self._seen(account_id, "size = ? AND sha256 IS NOT NULL", ((size,) for size in sizes))

    def wires(self, account_id: str, batch_id: str) -> list[str]:
        """Return the names on the wire that a batch has already."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT wire FROM files JOIN sendings ON files.sending = sendings.number "
                "WHERE account_id = ? AND batch_id = ?",
                (account_id, batch_id),
            ).fetchall()
        return [wire for (wire,) in rows]

    def wire(self, account_id: str, batch_id: str, original: str) -> str | None:
        """Return the name on the wire of what came into a batch as `original`, None where this app did not send it."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT wire FROM files JOIN sendings ON files.sending = sendings.number "
                "WHERE account_id = ? AND batch_id = ? AND original = ? AND lost IS NULL LIMIT 1",
                (account_id, batch_id, stored(original)),
            ).fetchone()
        return None if row is None else str(row[0])

    def tops(self, account_id: str, batch_id: str, most: int) -> list[Path]:
        """Return what to drop to have the files of a batch again: files, and folders with all below them.

        More than `most` of them are too many to name; then it is the folders that they lay in.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT CASE WHEN replace(CAST(substr(path, -length(original)) AS TEXT), '\\', '/') = "
                "CAST(original AS TEXT) THEN CAST(substr(path, 1, length(path) - length(original)) || "
                "CASE instr(original, x'2F') WHEN 0 THEN original "
                "ELSE substr(original, 1, instr(original, x'2F') - 1) END AS BLOB) "
                "ELSE path END FROM files JOIN sendings ON files.sending = sendings.number "
                "WHERE account_id = ? AND batch_id = ? LIMIT ?",
                (account_id, batch_id, most + 1),
            ).fetchall()
        if len(rows) > most:
            return self.roots(account_id, batch_id)
        return [Path(restored(top)) for (top,) in rows]

    def twice(self, account_id: str, batch_id: str) -> list[str]:
        """Return the relative paths with which several files came into a batch."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT original FROM files JOIN sendings ON files.sending = sendings.number "
                "WHERE account_id = ? AND batch_id = ? GROUP BY original HAVING count(DISTINCT path) > 1",
                (account_id, batch_id),
            ).fetchall()
        return [restored(original) for (original,) in rows]

    def begun(self, account_id: str, batch_id: str) -> datetime | None:
        """Return when the first file of a batch was sent, as far as this app did it."""
        with self._database.reading() as connection:
            (started,) = connection.execute(
                "SELECT min(started) FROM sendings WHERE account_id = ? AND batch_id = ? AND files > 0",
                (account_id, batch_id),
            ).fetchone()
        return None if started is None else datetime.fromisoformat(started)

    def twin(self, sending: Sending, content: Content) -> str | None:
        """Return the batch that took the videos when `sending` took the pictures of the same drop, or the reverse."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT batch_id FROM sendings WHERE number IN (?, ?) AND account_id = ? AND batch_name = ? "
                "AND content = ? AND files > 0",
                (sending.number - 1, sending.number + 1, sending.account_id, sending.batch_name, content),
            ).fetchone()
        return None if row is None else str(row[0])

    def folder(self, number: int) -> Path | None:
        """Return the folder that holds the first and the last file of a sending, and so most likely all of them."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT path FROM files WHERE sending = ? AND number IN (0, (SELECT max(number) FROM files "
                "WHERE sending = ?))",
                (number, number),
            ).fetchall()
        parents = [str(Path(restored(path)).parent) for (path,) in rows]
        try:
            return Path(os.path.commonpath(parents)) if parents else None
        except ValueError:
            return None  # On two drives.

    def roots(self, account_id: str, batch_id: str) -> list[Path]:
        """Return the folders below which the files of a batch were found: what is above their relative paths.

        Of a file that has moved since, and has no such path any more, it is the folder it is in.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT CASE WHEN replace(CAST(substr(path, -length(original)) AS TEXT), '\\', '/') = "
                "CAST(original AS TEXT) THEN substr(path, 1, length(path) - length(original)) "
                "ELSE CAST(rtrim(CAST(path AS TEXT), replace(replace(CAST(path AS TEXT), '/', ''), '\\', '')) AS BLOB) "
                "END FROM files JOIN sendings ON files.sending = sendings.number "
                "WHERE account_id = ? AND batch_id = ?",
                (account_id, batch_id),
            ).fetchall()
        return [Path(restored(root)) for (root,) in rows if root]

    def identities(self, account_id: str, batch_id: str) -> set[tuple[str, int, float]]:
        """Return path, size and time of change of every file that went into a batch, or is on its way there."""
        found: set[tuple[str, int, float]] = set()
        last = (0, -1)
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(
                    "SELECT sending, files.number, path, size, modified FROM files "
                    "JOIN sendings ON files.sending = sendings.number "
                    "WHERE account_id = ? AND batch_id = ? AND lost IS NULL AND (sending, files.number) > (?, ?) "
                    "ORDER BY sending, files.number LIMIT ?",
                    (account_id, batch_id, *last, ROWS_AT_ONCE),
                ).fetchall()
            found.update((restored(path), size, modified) for _, _, path, size, modified in rows)
            if len(rows) < ROWS_AT_ONCE:
                return found
            last = (rows[-1][0], rows[-1][1])
            time.sleep(BREATH)

    def tally(self, number: int) -> tuple[int, int]:
        """Return how many files of a sending have arrived, and their bytes."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT count(*), coalesce(sum(size), 0) FROM files WHERE sending = ? AND lost IS NULL", (number,)
            ).fetchone()
        return int(row[0]), int(row[1])

    def unsent(self, number: int) -> Iterator[FileRow]:
        """Yield the files of a sending that have not arrived for certain, and are not lost."""
        for row, _ in self._rows(number, "AND lost IS NULL AND sent IS NULL"):
            yield row

    def relocate(self, number: int, places: Sequence[tuple[int, Path]]) -> None:
        """Note that files of a sending are elsewhere now: their numbers and paths, all or none."""
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE files SET path = ? WHERE sending = ? AND number = ?",
                [(stored(str(path)), number, file) for file, path in places],
            )

    def lines(self, number: int) -> Iterator[tuple[FileRow, int]]:
        """Yield all files of a sending, each with the number of its piece."""
        yield from self._rows(number, "")

    def _rows(self, number: int, condition: str) -> Iterator[tuple[FileRow, int]]:
        columns = ", ".join(f"files.{column}" for column in FILE_COLUMNS.split(", "))
        first = 0
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(
                    f"SELECT {columns}, (SELECT piece FROM pieces WHERE sending = ? AND first <= files.number "  # noqa: S608
                    f"ORDER BY first DESC LIMIT 1) FROM files WHERE sending = ? AND files.number >= ? {condition} "
                    "ORDER BY files.number LIMIT ?",
                    (number, number, first, ROWS_AT_ONCE),
                ).fetchall()
            for row in rows:
                yield file_row(row[:-1]), row[-1]
            if len(rows) < ROWS_AT_ONCE:
                return
            first = rows[-1][0] + 1
            time.sleep(BREATH)

    def _seen(self, account_id: str, where: str, kinds: Iterable[tuple[float, ...]]) -> Iterator[Seen]:
        asked = iter(kinds)
        while some := list(islice(asked, ROWS_AT_ONCE)):
            rows = []
            with self._database.reading() as connection:
                for kind in some:
                    rows += connection.execute(
                        "SELECT batch_id, path, size, modified, sha256 FROM files "  # noqa: S608
                        f"JOIN sendings ON files.sending = sendings.number WHERE {where} AND {_THERE}",
                        (*kind, account_id),
                    ).fetchall()
            for batch_id, path, size, modified, sha256 in rows:
                yield Seen(batch_id, Path(restored(path)), size, modified, sha256)
            time.sleep(BREATH)
