"""The one connection to the journal's file, and the migrations that bring the file up to date."""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from batchdock.core.errors import DiskFull, FolderNotWritable, MadeByNewerVersion

_log = logging.getLogger(__name__)

_BUSY_SECONDS = 10
_GONE = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
"""What is answered when the disk went away."""


class Database:
    """A SQLite file in WAL mode, used from several threads one at a time.

    Several processes may have it open (a window and a command line); each statement is short.
    """

    def __init__(self, path: Path, migrations: str = "migrations", *, alone: bool = False) -> None:
        """Open or make the file, of the kind that the scripts in `migrations` make of it.

        With `alone` no other process has it open, and it may lie on a share of the network, where WAL can not be.
        Raise `FolderNotWritable` or `MadeByNewerVersion`.

        A file that is not a database any more is put aside (`set_aside`), and a new one made: a damaged memory must
        not keep anybody from working.
        """
        self.set_aside: Path | None = None
        self._folder, self._migrations, self._alone = path.parent, migrations, alone
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._opened(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise FolderNotWritable(folder=path.parent, reason=str(error)) from error
            self.set_aside = path.with_name(f"{path.stem}-damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}{path.suffix}")
            _log.warning("%s is damaged; it was put aside", path.name)
            path.rename(self.set_aside)
            for extra in ("-wal", "-shm"):
                path.with_name(path.name + extra).unlink(missing_ok=True)
            self._connection = self._opened(path)
        except OSError as error:
            raise FolderNotWritable(folder=path.parent, reason=error.strerror or str(error)) from error
        self._lock = threading.RLock()

    @contextmanager
    def writing(self, *, lasting: bool = False) -> Iterator[sqlite3.Connection]:
        """Give the connection for one transaction: all of it or nothing.

        A crash of this process loses nothing that was written. A power cut may lose the last transactions, but not up
        to one that is `lasting`: that waits for the disk. Raise `DiskFull`.
        """
        with self._lock, self._explained():
            if lasting:
                self._connection.execute("PRAGMA synchronous = FULL")
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:  # A full disk has ended it already.
                        self._connection.execute("ROLLBACK")
                    raise
            finally:
                if lasting:
                    self._connection.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise DiskFull(folder=self._folder, needed="the list of what was sent") from error
            if error.sqlite_errorcode & 0xFF in _GONE:
                raise FolderNotWritable(folder=self._folder, reason=str(error)) from error
            raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for looking."""
        with self._lock, self._explained():
            yield self._connection

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _opened(self, path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(f"PRAGMA journal_mode = {'TRUNCATE' if self._alone else 'WAL'}")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            _migrate(connection, self._migrations)
        except BaseException:
            connection.close()
            raise
        return connection


def _migrate(connection: sqlite3.Connection, name: str) -> None:
    folder = files("batchdock.store") / name
    scripts = sorted((script for script in folder.iterdir() if script.name.endswith(".sql")), key=lambda s: s.name)
    with closing(connection.execute("PRAGMA user_version")) as answer:
        version: int = answer.fetchone()[0]
    if version > len(scripts):
        raise MadeByNewerVersion(name="journal")
    for number, script in enumerate(scripts[version:], start=version + 1):
        # One transaction a step; executescript would commit by itself, so the BEGIN is part of the script. A second
        # process that opened the file at the same moment sees the version again inside the transaction.
        connection.execute("BEGIN IMMEDIATE")
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] < number:
                for statement in _statements(script.read_text(encoding="utf-8")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _statements(script: str) -> Iterator[str]:
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
