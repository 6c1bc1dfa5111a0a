"""What was found in a list of references, line by line: in a file of its own, so that a million lines cost no memory.

No address is in it. A line is found again in the list itself, by its place there.
"""

import hashlib
import json
import sqlite3
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.reference import LineCause, LineFinding

_CACHE_KIB = 8 * 1024
_TABLES = """
CREATE TABLE lines (
    number INTEGER PRIMARY KEY,
    start  INTEGER NOT NULL,
    length INTEGER NOT NULL,
    name   TEXT NOT NULL,
    folded INTEGER,
    kind   TEXT NOT NULL,
    cause  TEXT,
    first  INTEGER NOT NULL DEFAULT 0,
    place  INTEGER,
    rank   INTEGER
);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_SAME_NAMES = """
UPDATE lines SET first = twins.first, place = NULL, cause = CASE
    WHEN name = (SELECT name FROM lines earlier WHERE earlier.number = twins.first) THEN ? ELSE ? END
FROM (SELECT number, min(number) OVER (PARTITION BY folded) AS first FROM lines WHERE cause IS NULL) AS twins
WHERE lines.number = twins.number AND twins.first < twins.number
"""
_RANKS = """
UPDATE lines SET rank = ranked.rank
FROM (SELECT number, row_number() OVER (ORDER BY number) - 1 AS rank FROM lines WHERE cause IS NOT NULL) AS ranked
WHERE lines.number = ranked.number
"""
_PLACES = """
UPDATE lines SET place = ranked.place
FROM (SELECT number, row_number() OVER (PARTITION BY kind ORDER BY number) - 1 AS place FROM lines WHERE cause IS NULL)
    AS ranked
WHERE lines.number = ranked.number
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that says something: where it stands in the list in bytes, and what is to become of it."""

    number: int
    start: int
    length: int
    name: str
    content: Content
    cause: LineCause | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What is in a list. `expires`: until when the first of the usable addresses is good, where that can be told."""

    lines: int = 0
    blank: int = 0
    pictures: int = 0
    videos: int = 0
    causes: dict[LineCause, int] = field(default_factory=dict)
    expires: datetime | None = None

    @property
    def left_out(self) -> int:
        """How many lines are left out."""
        return sum(self.causes.values())

    @property
    def usable(self) -> int:
        """How many lines are of use."""
        return self.pictures + self.videos

    def of(self, content: Content) -> int:
        """Return how many usable lines are of this kind."""
        return self.videos if content is Content.VIDEOS else self.pictures


class LookedList:
    """The file with what was found. Calls block; one thread at a time has it."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it. What was broken off is no use; `finished` tells."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # It can be made anew at any time, so nothing in it has to outlive a power cut.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}", "temp_store = FILE"):
            self._connection.execute(f"PRAGMA {pragma}")
        # Of this connection alone: pictures and videos of one list are looked for at the same time.
        self._connection.execute("CREATE TEMP TABLE listed (name TEXT PRIMARY KEY) WITHOUT ROWID")
        (tables,) = self._connection.execute("SELECT count(*) FROM main.sqlite_master").fetchone()
        if not tables:
            self._connection.executescript(_TABLES)

    @property
    def finished(self) -> bool:
        """True when all of the list was read."""
        return self._fact("counts") is not None

    def add(self, lines: Sequence[Line]) -> None:
        """Put down some lines."""
        with self._lock:
            self._connection.execute("BEGIN")
            self._connection.executemany(
                "INSERT INTO lines (number, start, length, name, folded, kind, cause) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        each.number,
                        each.start,
                        each.length,
                        each.name,
                        None if each.cause is not None else _folded(each.name),
                        each.content,
                        each.cause,
                    )
                    for each in lines
                ],
            )
            self._connection.execute("COMMIT")

    def finish(self, *, lines: int, blank: int, expires: datetime | None) -> Counts:
        """Find the names that are there twice, and count."""
        with self._lock:
            self._connection.execute("CREATE INDEX twins ON lines (folded, number) WHERE cause IS NULL")
            self._connection.execute(_SAME_NAMES, (LineCause.SAME_NAME, LineCause.SAME_BUT_CASE))
            self._connection.execute("DROP INDEX twins")
            self._arrange(lines, blank, None if expires is None else expires.timestamp())
        return self.counts()

    def leave_out(self, had: Path) -> Counts:
        """Leave out what is in the file `had` (see `store.had`), after `finish`, and count anew."""
        counts = self.counts()
        with self._lock:
            self._connection.execute("ATTACH ? AS before", (str(had),))
            try:
                self._connection.execute(
                    "UPDATE lines SET cause = ? WHERE cause IS NULL AND name IN (SELECT name FROM before.had)",
                    (LineCause.HAD_ALREADY,),
                )
            finally:
                self._connection.execute("DETACH before")
            for index in ("ranks", "places", "left_out"):
                self._connection.execute(f"DROP INDEX {index}")
            self._connection.execute("UPDATE lines SET place = NULL, rank = NULL")
            self._arrange(counts.lines, counts.blank, None if counts.expires is None else counts.expires.timestamp())
        return self.counts()

    def _arrange(self, lines: int, blank: int, expires: float | None) -> None:
        """Give every line its place among those like it, and count."""
        self._connection.execute(_PLACES)
        self._connection.execute(_RANKS)
        self._connection.execute("CREATE UNIQUE INDEX ranks ON lines (rank) WHERE rank IS NOT NULL")
        self._connection.execute("CREATE UNIQUE INDEX places ON lines (kind, place) WHERE place IS NOT NULL")
        self._connection.execute("CREATE INDEX left_out ON lines (cause, number) WHERE cause IS NOT NULL")
        kinds = dict(self._connection.execute("SELECT kind, count(*) FROM lines WHERE cause IS NULL GROUP BY kind"))
        found = dict(
            self._connection.execute("SELECT cause, count(*) FROM lines WHERE cause IS NOT NULL GROUP BY cause")
        )
        said = {
            "lines": lines,
            "blank": blank,
            "pictures": kinds.get(Content.IMAGES, 0),
            "videos": kinds.get(Content.VIDEOS, 0),
            "causes": found,
            "expires": expires,
        }
        self._connection.execute("INSERT OR REPLACE INTO facts VALUES ('counts', ?)", (json.dumps(said),))

    def counts(self) -> Counts:
        """Return what is in the list. Raise `KeyError` before `finish`."""
        text = self._fact("counts")
        if text is None:
            raise KeyError("counts")
        said = json.loads(text)
        expires = said["expires"]
        return Counts(
            said["lines"],
            said["blank"],
            said["pictures"],
            said["videos"],
            {each: said["causes"][each] for each in LineCause if each in said["causes"]},
            None if expires is None else datetime.fromtimestamp(expires, UTC),
        )

    def findings(self, first: int, count: int, cause: LineCause | None = None) -> list[LineFinding]:
        """Return some of the lines that are left out, from the `first`-th on: in their order, or those of one cause."""
        columns = "SELECT number, name, cause, first FROM lines WHERE"
        with self._lock:
            if cause is None:
                rows = self._connection.execute(
                    f"{columns} rank >= ? AND rank < ? ORDER BY rank", (first, first + count)
                ).fetchall()
            else:
                rows = self._connection.execute(
                    f"{columns} cause = ? AND cause IS NOT NULL ORDER BY number LIMIT ? OFFSET ?",
                    (cause, count, first),
                ).fetchall()
        return [LineFinding(number, name, LineCause(why), earlier) for number, name, why, earlier in rows]

    def findings_after(self, line: int, count: int) -> list[LineFinding]:
        """Return the lines that are left out after this one, at most so many."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT number, name, cause, first FROM lines WHERE rank IS NOT NULL AND number > ? "
                "ORDER BY number LIMIT ?",
                (line, count),
            ).fetchall()
        return [LineFinding(number, name, LineCause(why), earlier) for number, name, why, earlier in rows]

    def places(self, content: Content, first: int, count: int) -> list[Line]:
        """Return the usable lines of a kind, from the `first`-th on, at most so many."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT number, start, length, name FROM lines WHERE kind = ? AND place >= ? AND place < ? "
                "ORDER BY place",
                (content, first, first + count),
            ).fetchall()
        return [Line(number, start, length, name, content) for number, start, length, name in rows]

    def begin_listing(self) -> None:
        """Forget which names a service has listed."""
        with self._lock:
            self._connection.execute("DELETE FROM listed")

    def note_listed(self, names: Iterable[str]) -> None:
        """Note names that a service has listed."""
        with self._lock:
            self._connection.execute("BEGIN")
            self._connection.executemany("INSERT OR IGNORE INTO listed VALUES (?)", ((name,) for name in names))
            self._connection.execute("COMMIT")

    def not_listed(self, content: Content, most: int) -> tuple[int, list[str]]:
        """Return how many usable names of a kind a service has not listed, and the first of them."""
        where = "kind = ? AND place IS NOT NULL AND name NOT IN (SELECT name FROM listed)"
        with self._lock:
            (total,) = self._connection.execute(f"SELECT count(*) FROM lines WHERE {where}", (content,)).fetchone()  # noqa: S608
            rows = self._connection.execute(
                f"SELECT name FROM lines WHERE {where} ORDER BY place LIMIT ?",  # noqa: S608
                (content, most),
            ).fetchall()
        return total, [name for (name,) in rows]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def remove(self) -> None:
        """Close the file and delete it; where somebody else has it open it goes another time."""
        self.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _fact(self, name: str) -> str | None:
        with self._lock, closing(self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,))) as found:
            row = found.fetchone()
        return None if row is None else str(row[0])


def written(findings: Iterable[LineFinding]) -> Iterator[str]:
    """Yield findings as lines of JSON, for a file that people keep."""
    for each in findings:
        yield json.dumps({"line": each.line, "name": each.name, "cause": each.cause}, ensure_ascii=False)


def _folded(name: str) -> int:
    """Return a number that is the same for names that a disk may take for one: 64 bits of a hash."""
    folded = unicodedata.normalize("NFC", name).casefold() if not name.isascii() else name.lower()
    return int.from_bytes(
        hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )
