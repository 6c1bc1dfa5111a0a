"""Tables on their way into Parquet files: rows go into a database of their own, which writes the file at the end."""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from batchdock.store.findings import QUIET

KINDS = {"text": "varchar", "whole": "bigint", "number": "double", "time": "timestamp"}
"""What a column holds, and what it is called in the database."""


class ParquetTable:
    """One table. `columns` are pairs of name and kind (see `KINDS`). Everything blocks, and raises `OSError`.

    `scratch` is a file that is made, and removed in the end.
    """

    def __init__(self, scratch: Path, columns: Sequence[tuple[str, str]]) -> None:
        self._scratch = scratch
        self._kinds = [KINDS[kind] for _, kind in columns]
        listed = ", ".join(f"{_quoted(name)} {KINDS[kind]}" for name, kind in columns)
        import duckdb  # Takes 0.2 s the first time, and who hands on something else never needs it.

        with _disk():
            self._base = duckdb.connect(str(scratch), config={"memory_limit": "256MB", "threads": 2})
            self._base.execute(QUIET)
            self._base.execute(f"create table rows ({listed})")

    def add(self, rows: Sequence[Sequence[object]]) -> None:
        """Append rows, in their order."""
        if not rows:
            return
        # A list a column: a row at a time would take a hundred times as long.
        lists = {f"c{at}": list(column) for at, column in enumerate(zip(*rows, strict=True))}
        given = ", ".join(f"unnest($c{at}::{kind}[])" for at, kind in enumerate(self._kinds))
        with _disk():
            self._base.execute(f"insert into rows select {given}", lists)

    def write(self, target: Path) -> None:
        """Write the file."""
        place = str(target).replace("'", "''")
        with _disk():
            self._base.execute(f"copy rows to '{place}' (format parquet, compression zstd)")

    def close(self) -> None:
        """Let go of the database. Never raises."""
        self._base.close()
        for each in (self._scratch, self._scratch.with_name(f"{self._scratch.name}.wal")):
            with suppress(OSError):
                each.unlink(missing_ok=True)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _disk() -> Iterator[None]:
    """Raise what the disk answers as everything else does that writes files."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.FatalException) as error:
        full = "space" in str(error).lower()
        code = errno.ENOSPC if full else errno.EIO
        raise OSError(code, os.strerror(code)) from error
