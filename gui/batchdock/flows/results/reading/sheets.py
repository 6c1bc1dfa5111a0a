"""Reads tables of comma-separated values."""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from batchdock.flows.results.reading.encodings import LONGEST_LINE, encoding_of, lines_in
from batchdock.flows.results.reading.lines import Told
from batchdock.flows.results.reading.plain import cell_value, unarmed
from batchdock.flows.results.reading.troubles import Troubles

_MOST_COLUMNS = 2_000
_MOST_GOING_BACK = 100


def header_of(path: Path) -> list[str]:
    """Return the names of the columns, for who shows a row again (opening/rows.py). Blocks."""
    with path.open("rb") as file:
        return _Reader(file).header


def sheet_rows(path: Path, shown: str, troubles: Troubles) -> Iterator[Told]:
    """Yield the rows of a table; what is none goes to `troubles`. Cells with JSON in them are read as that. Blocks."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    with path.open("rb") as file:
        reader = _Reader(file)
        if reader.encoding == "cp1252":
            troubles.add(shown, "It is not written in UTF-8. Letters with accents may be wrong.")
        columns = [(place, name) for place, name in enumerate(reader.header) if name]
        wide = len(reader.header)
        for number, (cells, start, length) in enumerate(reader.rows(shown, troubles), 1):
            if len(cells) > wide:
                troubles.add(f"{shown}, row {number:,}", "It has more cells than there are columns.")
            row = {name: cell_value(cells[place]) for place, name in columns if place < len(cells)}
            yield number, row, start, length


class _Reader:
    """Reads rows and knows where they stand. A quote that is never closed costs one row, not the rest of the file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.encoding, self._place = encoding_of(file)
        self._letters = "cp1252" if self.encoding == "cp1252" else "utf-8"
        self._lines = lines_in(file, self.encoding)
        self._number = 0
        self._row_began = self._place
        first = self._next_line()
        self._separator = max(",;\t", key=first.count)
        try:
            cells = next(csv.reader([first], delimiter=self._separator), [])
        except csv.Error:
            cells = first.split(self._separator)
        self.header = _named([unarmed(cell.strip()) for cell in cells[:_MOST_COLUMNS]])

    def rows(self, shown: str, troubles: Troubles) -> Iterator[tuple[list[str], int, int]]:
        """Yield cells, first byte and length of each row."""
        going_back = 0
        while True:
            # Each goes on where the one before gave up.
            reader = csv.reader(iter(self._next_line, ""), delimiter=self._separator, strict=True)
            self._row_began, number = self._place, self._number
            try:
                for cells in reader:
                    if cells:
                        yield cells, self._row_began, self._place - self._row_began
                    self._row_began, number = self._place, self._number
                return
            except csv.Error:
                troubles.add(
                    f"{shown}, line {number + 1:,}",
                    "It is no row of a table: a quotation mark is missing, or too much.",
                )
                going_back += 1
                if going_back > _MOST_GOING_BACK and self._number - number > 1:
                    troubles.add(shown, "Too much of it is broken. The rest was left out.")
                    return
                start = self._go_back(number)
                whole = self._next_line().partition('"')[0].split(self._separator)[:-1]
                if whole:
                    yield whole, start, self._place - start

    def _go_back(self, number: int) -> int:
        self._file.seek(self._row_began)
        self._lines = lines_in(self._file, self.encoding)
        self._place, self._number = self._row_began, number
        return self._place

    def _next_line(self) -> str:
        """Return the next line, "" at the end."""
        line, length = next(self._lines, (b"", 0))
        self._place += length
        self._number += 1
        if self._place - self._row_began > LONGEST_LINE:
            raise csv.Error
        return line.decode(self._letters, "replace").replace("\0", "")


def _named(cells: list[str]) -> list[str]:
    """Return the names of columns, each another one."""
    names: dict[str, None] = {}
    for place, cell in enumerate(cells, 1):
        name = cell or f"column {place}"
        number = 2
        while name in names:
            name, number = f"{cell} ({number})", number + 1
        names[name] = None
    return list(names)
