"""The journal's page about watched folders: each finished file once, in one batch."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from batchdock.core.watched import FinishedFile, Stamp, WatchedBatch, WatchedFolder
from batchdock.store.database import Database
from batchdock.store.text import restored, stored

WATCH_MARK = "w-"
"""How the ids of all jobs begin that were gathered from a watched folder."""

# Left alone, SQLite goes through the whole folder instead, for each file.
_ALIKE = "watched_files INDEXED BY watched_files_alike"
_WAITING = "watched_files INDEXED BY watched_files_waiting"


class WatchedRecords:
    """Reads and writes it. A batch is claimed in one transaction, before anything is started."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def folder(self, path: Path, task: str) -> WatchedFolder:
        """Return what is known of a folder that is watched for a task; it is noted if it is new."""
        with self._database.writing(lasting=True) as connection:
            connection.execute(
                "INSERT OR IGNORE INTO watched_folders (mark, path, task) VALUES (?, ?, ?)",
                (f"{WATCH_MARK}{secrets.token_hex(4)}", stored(str(path)), task),
            )
            number, mark = connection.execute(
                "SELECT number, mark FROM watched_folders WHERE path = ? AND task = ?", (stored(str(path)), task)
            ).fetchone()
        return WatchedFolder(number, mark, path)

    def stamps(self, folder: WatchedFolder) -> set[tuple[str, Stamp]]:
        """Return all files that are known, by path and stamp."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT path, size, modified, inode FROM watched_files WHERE folder = ?", (folder.number,)
            )
            return {(restored(path), Stamp(size, modified, inode)) for path, size, modified, inode in rows}

    def digest_of(self, folder: WatchedFolder, stamp: Stamp) -> bytes | None:
        """Return the digest of a file with this stamp under any name, or None."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT digest FROM watched_files WHERE folder = ? AND size = ? AND modified = ? AND inode = ?",
                (folder.number, stamp.size, stamp.modified, stamp.inode),
            ).fetchone()
        return None if row is None else bytes(row[0])

    def places_of(self, folder: WatchedFolder, digest: bytes) -> dict[str, Stamp]:
        """Return the names under which this content was met, with the stamp that each had then."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT path, size, modified, inode FROM {_ALIKE} WHERE folder = ? AND digest = ?",  # noqa: S608
                (folder.number, digest),
            )
            return {restored(path): Stamp(size, modified, inode) for path, size, modified, inode in rows}

    def note(self, folder: WatchedFolder, files: Iterable[tuple[FinishedFile, bool]], now: float) -> None:
        """Note finished files, each with whether it is one that was met under another name.

        One that was met under this very name with this content gets its new stamp and nothing else.
        """
        with self._database.writing(lasting=True) as connection:
            connection.executemany(
                """
                INSERT INTO watched_files (folder, path, digest, size, modified, inode, seen, renamed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
                SET size = excluded.size, modified = excluded.modified, inode = excluded.inode
                """,
                (
                    (
                        folder.number,
                        stored(each.path),
                        each.digest,
                        each.stamp.size,
                        each.stamp.modified,
                        each.stamp.inode,
                        now,
                        renamed,
                    )
                    for each, renamed in files
                ),
            )

    def waiting(self, folder: WatchedFolder) -> tuple[int, float]:
        """Return how many files wait for a batch, and since when the first does."""
        with self._database.reading() as connection:
            count, since = connection.execute(
                f"SELECT count(*), min(seen) FROM {_WAITING} WHERE folder = ? AND batch IS NULL AND renamed = 0",  # noqa: S608
                (folder.number,),
            ).fetchone()
        return count, since or 0.0

    def claim(self, folder: WatchedFolder, limit: int) -> WatchedBatch | None:
        """Make a batch of at most `limit` files that wait, the first ones first; None where none waits."""
        with self._database.writing(lasting=True) as connection:
            rows = connection.execute(
                f"SELECT path, digest FROM {_WAITING} WHERE folder = ? AND batch IS NULL AND renamed = 0"  # noqa: S608
                " ORDER BY seen, path LIMIT ?",
                (folder.number, limit),
            ).fetchall()
            if not rows:
                return None
            (number,) = connection.execute(
                "SELECT coalesce(max(batch), 0) + 1 FROM watched_batches WHERE folder = ?", (folder.number,)
            ).fetchone()
            connection.execute("INSERT INTO watched_batches (folder, batch) VALUES (?, ?)", (folder.number, number))
            connection.executemany(
                "UPDATE watched_files SET batch = ? WHERE folder = ? AND path = ? AND digest = ?",
                ((number, folder.number, path, digest) for path, digest in rows),
            )
        return WatchedBatch(folder, number, tuple(dict.fromkeys(restored(path) for path, _ in rows)))

    def claimed(self, folder: WatchedFolder) -> list[WatchedBatch]:
        """Return the batches that are not done, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT batch, path FROM watched_batches CROSS JOIN {_WAITING} USING (folder, batch)"  # noqa: S608
                " WHERE folder = ? AND done = 0 ORDER BY batch, path",
                (folder.number,),
            ).fetchall()
        found: dict[int, dict[str, None]] = {}
        for number, path in rows:
            found.setdefault(number, {})[restored(path)] = None
        return [WatchedBatch(folder, number, tuple(paths)) for number, paths in found.items()]

    def files_of(self, batch: WatchedBatch) -> list[FinishedFile]:
        """Return what was claimed for a batch. A file that was written anew while it waited is two."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT path, size, modified, inode, digest FROM {_WAITING} WHERE folder = ? AND batch = ?"  # noqa: S608
                " ORDER BY path",
                (batch.folder.number, batch.number),
            )
            return [
                FinishedFile(restored(path), Stamp(size, modified, inode), bytes(digest))
                for path, size, modified, inode, digest in rows
            ]

    def finish(
        self, batch: WatchedBatch, missed: Iterable[FinishedFile] = (), others: Iterable[FinishedFile] = ()
    ) -> None:
        """Note that a batch needs nothing more. What it `missed` waits again, under the name that it has by then.

        `others` were processed with it, though nobody had claimed them.
        """
        folder, number = batch.folder.number, batch.number
        with self._database.writing(lasting=True) as connection:
            for each in missed:
                connection.execute(
                    "DELETE FROM watched_files WHERE folder = ? AND path = ? AND batch = ? AND digest = ?",
                    (folder, stored(each.path), number, each.digest),
                )
                # It was taken for known under another name only because of this one.
                connection.execute(
                    f"DELETE FROM {_ALIKE} WHERE folder = ? AND digest = ? AND renamed = 1 AND NOT EXISTS"  # noqa: S608
                    f" (SELECT 1 FROM {_ALIKE} WHERE folder = ? AND digest = ? AND renamed = 0)",
                    (folder, each.digest, folder, each.digest),
                )
            connection.executemany(
                "INSERT INTO watched_files (folder, path, digest, size, modified, inode, seen, batch)"
                " VALUES (?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
                (
                    (
                        folder,
                        stored(each.path),
                        each.digest,
                        each.stamp.size,
                        each.stamp.modified,
                        each.stamp.inode,
                        number,
                    )
                    for each in others
                ),
            )
            connection.execute("UPDATE watched_batches SET done = 1 WHERE folder = ? AND batch = ?", (folder, number))
