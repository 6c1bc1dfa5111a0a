"""What a recipe has handed over by reference, in a file of its own: names by the million, and no address."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

_TABLE = "CREATE TABLE IF NOT EXISTS had (name TEXT NOT NULL, job TEXT NOT NULL, PRIMARY KEY (name, job)) WITHOUT ROWID"


class Had:
    """Names with the job that they went into. Calls block; the file is open only while one goes on."""

    def __init__(self, path: Path) -> None:
        """`path` is made where it is not there."""
        self._path = path

    def put(self, job_id: str, names: Iterable[str]) -> None:
        """Note that these went into a job."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.execute(_TABLE)
            connection.executemany("INSERT OR IGNORE INTO had VALUES (?, ?)", ((name, job_id) for name in names))

    def forget(self, job_ids: Iterable[str]) -> None:
        """Forget what went into these jobs: it is new again."""
        if self._path.is_file():
            with closing(sqlite3.connect(self._path)) as connection, connection:
                connection.execute(_TABLE)
                connection.executemany("DELETE FROM had WHERE job = ?", ((job_id,) for job_id in job_ids))
