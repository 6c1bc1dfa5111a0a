"""Small copies of pictures, and when they were taken: a cache that may be lost at any time, in a file of its own."""

import contextlib
import hashlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)

_VERSION = 1
_SCHEMA = """
create table thumbnails (key blob primary key, used integer not null, bytes integer not null,
                         width integer not null, height integer not null, jpeg blob not null);
create index by_use on thumbnails (used, bytes);
create table taken (key blob primary key, moment text) without rowid;
"""
_BUSY_SECONDS = 1.0
"""Another Batchdock may be writing. Who waits longer has decoded the picture by then."""

_STALE_SECONDS = 3600
"""When a picture was last looked at is known to the hour: to write it down each time would cost more than reading."""

_STEP = 64
"""Pictures that are let go of at a time."""

_MOST_MOMENTS = 1_000_000
_FREE_PAGES = 2048


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small copy as JPEG, and the width and height of the picture itself, in pixels."""

    jpeg: bytes
    full_width: int
    full_height: int


def key_of(path: Path, size: int, changed: int, about: str = "") -> bytes:
    """Return what one version of a file (`changed`: nanoseconds) is kept under; `about` is what of it."""
    text = f"{path}\0{size}\0{changed}\0{about}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()


class Thumbnails:
    """The file is opened, or made, when it is first needed; a broken one is made anew. Nothing here ever raises:
    what can not be read is not there, and what can not be written is not kept. Safe from any thread.

    Reading goes on while others write or let go of old pictures: each has a connection of its own.
    """

    def __init__(self, path: Path, limit: Callable[[], int]) -> None:
        """`limit` tells how many bytes of pictures may be kept."""
        self._path, self._limit = path, limit
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._reading, self._writing = threading.Lock(), threading.RLock()
        self._is_off = False
        self._held = 0
        self._touched: set[bytes] = set()

    def get(self, key: bytes) -> Thumbnail | None:
        """Return a picture, if it is kept."""
        rows = self._read("select used, width, height, jpeg from thumbnails where key = ?", key)
        if not rows:
            return None
        used, width, height, jpeg = rows[0]
        if time.time() - used > _STALE_SECONDS:
            with self._writing:
                self._touched.add(key)
        return Thumbnail(jpeg, width, height)

    def put(self, key: bytes, thumbnail: Thumbnail) -> None:
        """Keep a picture, and let go of those that were longest not looked at where that is too much."""
        row = (key, int(time.time()), len(thumbnail.jpeg), thumbnail.full_width, thumbnail.full_height, thumbnail.jpeg)
        with self._changing() as connection:
            if connection is None:
                return
            before = connection.execute("select bytes from thumbnails where key = ?", (key,)).fetchone()
            connection.execute("insert or replace into thumbnails values (?, ?, ?, ?, ?, ?)", row)
            self._held += len(thumbnail.jpeg) - (before[0] if before else 0)
            self._touch(connection)
            if self._held > self._limit():
                self._let_go(connection)

    def moments(self, keys: Iterable[bytes]) -> Mapping[bytes, datetime | None]:
        """Return when pictures were taken: those of which it is known, or known that nobody knows (None)."""
        known: dict[bytes, datetime | None] = {}
        for key in keys:
            rows = self._read("select moment from taken where key = ?", key)
            if rows:
                with suppress(ValueError):
                    known[key] = datetime.fromisoformat(rows[0][0]) if rows[0][0] is not None else None
        return known

    def put_moments(self, moments: Mapping[bytes, datetime | None]) -> None:
        """Remember when pictures were taken."""
        rows = [(key, moment.isoformat() if moment is not None else None) for key, moment in moments.items()]
        with self._changing() as connection:
            if connection is not None:
                connection.executemany("insert or replace into taken values (?, ?)", rows)

    def shrink(self) -> None:
        """Let go of what is more than the limit, and give the room back to the disk. Others get their turn between."""
        goes_on = True
        while goes_on:
            goes_on, free = False, 0
            with self._changing() as connection:
                if connection is not None:
                    if self._held > self._limit():
                        goes_on = self._let_go(connection)
                    free = connection.execute("pragma freelist_count").fetchone()[0]
            if not goes_on and connection is not None and free:
                goes_on = self._give_back()

    def close(self) -> None:
        """Close the file. Nothing is kept from here on."""
        with self._writing:
            if self._writer is not None:
                with self._changing() as connection:
                    if connection is not None:
                        self._touch(connection)
        with self._writing, self._reading:
            self._is_off = True
            self._drop()

    def _read(self, statement: str, key: bytes) -> list[tuple[Any, ...]]:
        try:
            rows = self._asked(statement, key)
            if rows is None:
                with self._writing:
                    self._opened()
                rows = self._asked(statement, key)
            return rows or []
        except sqlite3.OperationalError as error:
            _log.debug("Nothing was read from the thumbnails: %s", error)
        except sqlite3.DatabaseError:
            self._begin_anew()
        return []

    def _asked(self, statement: str, key: bytes) -> list[tuple[Any, ...]] | None:
        with self._reading:
            return None if self._reader is None else self._reader.execute(statement, (key,)).fetchall()

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection | None]:
        """Give the connection for one change: all of it or nothing. None where nothing can be kept."""
        with self._writing:
            connection = self._opened()
            if connection is None:
                yield None
                return
            held = self._held
            try:
                connection.execute("begin immediate")
                yield connection
                connection.execute("commit")
            except sqlite3.Error as error:
                self._held = held
                with suppress(sqlite3.Error):
                    connection.execute("rollback")
                if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
                    self._begin_anew()
                else:
                    _log.debug("The thumbnails were not changed: %s", error)

    def _opened(self) -> sqlite3.Connection | None:
        if self._writer is None and not self._is_off:
            for is_last in (False, True):
                try:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    self._writer = self._connected()
                    self._prepare(self._writer)
                    with self._reading:
                        self._reader = self._connected()
                    break
                except (sqlite3.Error, OSError) as error:
                    _log.info("The thumbnails can not be used: %s", error)
                    self._drop()
                    is_busy = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
                    if is_last or is_busy or not self._removed():
                        self._is_off = True
                        break
        return self._writer

    def _connected(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("pragma user_version").fetchone()[0]
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError("another version")
        if version == 0:
            connection.execute("pragma auto_vacuum = incremental")
        connection.execute("pragma journal_mode = wal")
        # A power cut may damage the file; then it is made anew.
        connection.execute("pragma synchronous = off")
        connection.execute("begin immediate")
        # A second process that opened the file at the same moment sees the version again inside the transaction.
        if connection.execute("pragma user_version").fetchone()[0] == 0:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"pragma user_version = {_VERSION}")
        connection.execute("commit")
        self._held = connection.execute("select total(bytes) from thumbnails").fetchone()[0]
        if connection.execute("select count(*) from taken").fetchone()[0] > _MOST_MOMENTS:
            connection.execute("delete from taken")

    def _touch(self, connection: sqlite3.Connection) -> None:
        touched, self._touched = [(int(time.time()), key) for key in self._touched], set()
        if touched:
            connection.executemany("update thumbnails set used = ? where key = ?", touched)

    def _let_go(self, connection: sqlite3.Connection) -> bool:
        """Delete some of the pictures that were longest not looked at. Tell whether that was anything."""
        self._touch(connection)
        oldest = "select rowid, bytes from thumbnails order by used, rowid limit ?"
        rows = connection.execute(oldest, (_STEP,)).fetchall()
        connection.executemany("delete from thumbnails where rowid = ?", [(rowid,) for rowid, _ in rows])
        self._held -= sum(size for _, size in rows)
        return bool(rows)

    def _give_back(self) -> bool:
        """Give free room back to the disk. Tell whether there is more."""
        with self._writing:
            connection = self._opened()
            if connection is None:
                return False
            try:
                before = connection.execute("pragma freelist_count").fetchone()[0]
                connection.execute(f"pragma incremental_vacuum({_FREE_PAGES})").fetchall()
                after = connection.execute("pragma freelist_count").fetchone()[0]
                if after == 0:
                    connection.execute("pragma wal_checkpoint(truncate)").fetchall()
            except sqlite3.Error as error:
                _log.debug("No room was given back: %s", error)
                return False
            return bool(0 < after < before)

    def _begin_anew(self) -> None:
        _log.warning("The thumbnails are damaged; they are made anew")
        with self._writing, self._reading:
            self._drop()
            self._is_off |= not self._removed()

    def _removed(self) -> bool:
        try:
            for extra in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + extra).unlink(missing_ok=True)
        except OSError:  # Somebody else has it open.
            return False
        return True

    def _drop(self) -> None:
        for connection in (self._reader, self._writer):
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()
        self._reader = self._writer = None
        self._held = 0
