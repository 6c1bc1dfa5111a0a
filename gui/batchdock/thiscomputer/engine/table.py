"""Tables of results, written row by row: CSV for spreadsheets, JSON lines for programs (contract §5.3)."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol, TextIO

TableFormat = Literal["csv", "jsonl"]


class Table(Protocol):
    """Something that takes rows."""

    def add(self, row: Mapping[str, object]) -> None:
        """Append a row that has every column."""


class _Csv:
    def __init__(self, file: TextIO, columns: Sequence[str]) -> None:
        self._columns = columns
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(columns)

    def add(self, row: Mapping[str, object]) -> None:
        self._writer.writerow([_cell(row[column]) for column in self._columns])


class _JsonLines:
    def __init__(self, file: TextIO, columns: Sequence[str]) -> None:
        self._file = file
        self._columns = columns

    def add(self, row: Mapping[str, object]) -> None:
        self._file.write(json.dumps({column: row[column] for column in self._columns}, ensure_ascii=False) + "\n")


@contextmanager
def table_file(path: Path, table_format: TableFormat, columns: Sequence[str]) -> Iterator[Table]:
    """Write a table in UTF-8 to `path`. Half a surrogate, which no text may hold, becomes a question mark."""
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        yield _Csv(file, columns) if table_format == "csv" else _JsonLines(file, columns)


def _cell(value: object) -> object:
    """Return lists and objects as JSON text, as the reference client writes them; None as an empty cell."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
