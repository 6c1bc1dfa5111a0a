"""The tables of opened results: opened to be read only, and asked questions, each of which can be given up.

DuckDB is bounded in memory and threads and reaches nothing but its own file. It blocks: all of this belongs into a
thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from batchdock.store.findings import QUIET

if TYPE_CHECKING:
    from typing import TypeAlias

    from duckdb import DuckDBPyConnection

    Cursor: TypeAlias = DuckDBPyConnection

_Answer = TypeVar("_Answer")

MEMORY_LIMIT = "256MB"
THREADS = 2


class GivenUp(Exception):
    """The question was given up before it was answered."""


class BrokenIndex(Exception):
    """The file holds no such tables: it is cut short, of another version, or something else."""


class Tables:
    """One open index. `scratch` is a folder for what does not fit into the memory."""

    def __init__(self, index: Path, scratch: Path) -> None:
        """Open it. Raise `BrokenIndex`."""
        import duckdb  # Takes 0.2 s the first time, and who only looks at jobs never needs it.

        try:
            self._connection = duckdb.connect(
                str(index),
                read_only=True,
                config={"memory_limit": MEMORY_LIMIT, "threads": THREADS, "temp_directory": str(scratch)},
            )
            # From here on it reads and writes nothing but this file and the scratch.
            self._connection.execute("set enable_external_access = false")
        except (duckdb.Error, OSError) as error:
            raise BrokenIndex(type(error).__name__) from error

    def ask(self, question: Question[_Answer]) -> _Answer:
        """Answer a question. Raise `GivenUp`, `BrokenIndex`."""
        import duckdb

        cursor = self._connection.cursor()
        try:
            cursor.execute(QUIET)
            return question.answer(cursor)
        except duckdb.Error as error:
            if question.given_up:
                raise GivenUp from error
            raise BrokenIndex(f"{type(error).__name__}: {error}") from error
        finally:
            cursor.close()

    def close(self) -> None:
        """Give the file back. Not while a question is answered."""
        self._connection.close()


class Question(Generic[_Answer]):
    """Something to ask, once. `give_up` works from any thread, at any time."""

    def __init__(self, work: Callable[[Cursor], _Answer]) -> None:
        self._work = work
        self._cursor: Cursor | None = None
        self._turn = threading.Lock()
        self.given_up = False

    def answer(self, cursor: Cursor) -> _Answer:
        """Do the work. Raise `GivenUp`, and what DuckDB raises."""
        with self._turn:
            self._cursor = cursor
        try:
            if self.given_up:
                raise GivenUp
            return self._work(cursor)
        finally:
            with self._turn:
                self._cursor = None

    def give_up(self) -> None:
        """Have `answer` end soon."""
        with self._turn:
            self.given_up = True
            if self._cursor is not None:
                self._cursor.interrupt()
