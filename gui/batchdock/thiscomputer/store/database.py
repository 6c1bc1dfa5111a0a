"""The SQLite file: one guarded writer, a few readers, and migrations."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock

from batchdock.core.errors import MadeByNewerVersion
from batchdock.thiscomputer.store.migrations import MIGRATIONS
from batchdock.thiscomputer.store.trouble import storage_problem

_READERS_KEPT = 8

_WORTH_SHRINKING = 8_000_000
"""Bytes of deleted rows that are left for others to come."""


class Database:
    """Opens the file at `path`. Safe from any thread.

    WAL: readers never wait for the writer. synchronous=FULL: what was answered with 200 (an upload, a job) survives
    a power cut as well as kill -9; writes come in transactions of a whole chunk or shard, so the price is small.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._readers: LifoQueue[sqlite3.Connection] = LifoQueue()
        with self._worded():
            self._writer = self._connect()
            try:
                self._migrate()
            except BaseException:
                self._writer.close()  # and with it goes what was begun
                raise

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the writer inside a transaction: committed at the end, undone by any exception."""
        with self._lock, self._worded():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state of the file for as long as it is held."""
        with self._worded():
            try:
                connection = self._readers.get_nowait()
            except Empty:
                connection = self._connect()
                connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")
                if self._readers.qsize() < _READERS_KEPT:
                    self._readers.put(connection)
                else:
                    connection.close()

    def shrink(self) -> None:
        """Give back what deleted rows took, where that is worth the work and the disk has room for it."""
        with self._lock, self._worded():
            pages, unused, size = (
                int(self._writer.execute(f"PRAGMA {name}").fetchone()[0])
                for name in ("page_count", "freelist_count", "page_size")
            )
            left = (pages - unused) * size
            if unused * size > _WORTH_SHRINKING and shutil.disk_usage(self._path.parent).free > 4 * left:
                self._writer.execute("VACUUM")
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection that is not in use."""
        with self._lock:
            while not self._readers.empty():
                self._readers.get_nowait().close()
            self._writer.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _migrate(self) -> None:
        taken = int(self._writer.execute("PRAGMA user_version").fetchone()[0])
        if taken > len(MIGRATIONS):
            raise MadeByNewerVersion(name=f"folder {self._path.parent}")
        for number, script in enumerate(MIGRATIONS[taken:], start=taken + 1):
            self._writer.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")

    @contextmanager
    def _worded(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            problem = storage_problem(error, self._path.parent)
            if problem is None:
                raise
            raise problem from error
