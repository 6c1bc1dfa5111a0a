"""Which files of a bucket are meant, and their names in a batch: in a file, so that a million cost no memory.

No address and no secret is in it.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.bucket import BucketFile, flat_name, marked_name

_TABLES = """
CREATE TABLE files (
    number INTEGER PRIMARY KEY,
    path   TEXT NOT NULL,
    name   TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    size   INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    place  INTEGER NOT NULL,
    UNIQUE (kind, place)
);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE listed (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_CACHE_KIB = 8 * 1024
_IDENTITY = "path || char(10) || size"
"""What tells a file from others: another size under the same path is another file."""


@dataclass(frozen=True, slots=True)
class BucketCounts:
    """What matches a pattern, of how many that were looked at. `others` match, but are neither picture nor video."""

    looked_at: int = 0
    pictures: int = 0
    videos: int = 0
    others: int = 0
    bytes: int = 0

    @property
    def usable(self) -> int:
        """How many can be sent."""
        return self.pictures + self.videos

    def of(self, content: Content) -> int:
        """How many there are of a kind."""
        return {Content.IMAGES: self.pictures, Content.VIDEOS: self.videos}.get(content, 0)


class BucketFiles:
    """One list of files. Calls block for some milliseconds; safe from any thread, one at a time."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it. Raise `OSError`, also where it is damaged."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            self._connection.execute("PRAGMA synchronous = OFF")  # It can be listed again.
            if not self._connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                self._connection.executescript(_TABLES)
        except sqlite3.Error as error:
            self._connection.close()
            raise OSError(f"{path.name}: {error}") from error
        self._places: dict[Content, int] = {}

    @property
    def finished(self) -> bool:
        """True when all of the bucket was looked at."""
        with self._lock:
            return self._connection.execute("SELECT 1 FROM facts").fetchone() is not None

    def add(self, files: Iterable[tuple[BucketFile, Content]]) -> None:
        """Put down some files. Each gets a name that no other has, also where capital letters do not count."""
        with self._lock:
            self._connection.execute("BEGIN")
            for file, content in files:
                place = self._places.get(content, 0)
                name = flat_name(file.path)
                if self._put(file, name, content, place) or self._put(
                    file, marked_name(name, file.path), content, place
                ):
                    self._places[content] = place + 1  # Else the bucket has named it twice.
            self._connection.execute("COMMIT")

    def _put(self, file: BucketFile, name: str, content: Content, place: int) -> bool:
        cursor = self._connection.execute(
            "INSERT OR IGNORE INTO files (path, name, folded, size, kind, place) VALUES (?, ?, ?, ?, ?, ?)",
            (file.path, name, name.casefold(), file.size, content, place),
        )
        return cursor.rowcount > 0

    def finish(self, counts: BucketCounts) -> None:
        """Note that these are all."""
        with self._lock:
            kinds = {
                kind: (count, size)
                for kind, count, size in self._connection.execute(
                    "SELECT kind, count(*), sum(size) FROM files GROUP BY kind"
                )
            }
            pictures, videos = (kinds.get(each, (0, 0)) for each in (Content.IMAGES, Content.VIDEOS))
            said = [counts.looked_at, pictures[0], videos[0], counts.others, pictures[1] + videos[1]]
            self._connection.execute("INSERT OR REPLACE INTO facts VALUES ('counts', ?)", (json.dumps(said),))

    def leave_out(self, had: Path) -> BucketCounts:
        """Leave out what is in the file `had` (see `store.had`) with this size, after `finish`, and count anew."""
        counts = self.counts()
        with self._lock:
            self._connection.execute("ATTACH ? AS before", (str(had),))
            try:
                self._connection.execute(f"DELETE FROM files WHERE {_IDENTITY} IN (SELECT name FROM before.had)")  # noqa: S608
            finally:
                self._connection.execute("DETACH before")
            self._connection.execute(
                "CREATE TEMP TABLE places AS SELECT number, row_number() OVER (PARTITION BY kind ORDER BY place) - 1"
                " AS place FROM files"
            )
            self._connection.execute("UPDATE files SET place = -1 - place")  # Two must never have the same.
            self._connection.execute(
                "UPDATE files SET place = places.place FROM places WHERE places.number = files.number"
            )
            self._connection.execute("DROP TABLE places")
        self.finish(counts)
        return self.counts()

    def identities(self, content: Content, first: int, count: int) -> list[tuple[str, str]]:
        """Return names and what tells files of a kind from others, from the `first`-th on, at most so many."""
        with self._lock:
            return self._connection.execute(
                f"SELECT name, {_IDENTITY} FROM files WHERE kind = ? AND place >= ? AND place < ? ORDER BY place",  # noqa: S608
                (content, first, first + count),
            ).fetchall()

    def counts(self) -> BucketCounts:
        """Return what there is. Raise `KeyError` before `finish`."""
        with self._lock:
            row = self._connection.execute("SELECT value FROM facts WHERE name = 'counts'").fetchone()
        if row is None:
            raise KeyError("counts")
        return BucketCounts(*json.loads(row[0]))

    def some(self, content: Content, first: int, count: int) -> list[tuple[str, str]]:
        """Return paths and names of a kind, from the `first`-th on, at most so many."""
        with self._lock:
            return self._connection.execute(
                "SELECT path, name FROM files WHERE kind = ? AND place >= ? AND place < ? ORDER BY place",
                (content, first, first + count),
            ).fetchall()

    def begin_listing(self) -> None:
        """Forget which names a service has listed."""
        with self._lock:
            self._connection.execute("DELETE FROM listed")

    def note_listed(self, names: Sequence[str]) -> None:
        """Note names that a service has listed."""
        with self._lock:
            self._connection.execute("BEGIN")
            self._connection.executemany("INSERT OR IGNORE INTO listed VALUES (?)", ((name,) for name in names))
            self._connection.execute("COMMIT")

    def not_listed(self, content: Content, most: int) -> tuple[int, list[str]]:
        """Return how many of a kind a service has not listed, and the first of them."""
        where = "kind = ? AND name NOT IN (SELECT name FROM listed)"
        with self._lock:
            (total,) = self._connection.execute(f"SELECT count(*) FROM files WHERE {where}", (content,)).fetchone()  # noqa: S608
            rows = self._connection.execute(
                f"SELECT name FROM files WHERE {where} ORDER BY place LIMIT ?",  # noqa: S608
                (content, most),
            ).fetchall()
        return total, [name for (name,) in rows]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def remove(self) -> None:
        """Close the file and delete it."""
        self.close()
        self.path.unlink(missing_ok=True)
