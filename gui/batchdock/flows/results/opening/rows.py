"""Reads the row of one picture again, from the table that it came from, to show all of it."""

import csv
import io
import json
from pathlib import Path

from batchdock.flows.results.opening.places import inside
from batchdock.flows.results.reading.encodings import encoding_of
from batchdock.flows.results.reading.plain import cell_value, unarmed
from batchdock.flows.results.reading.sheets import header_of
from batchdock.store.findings.seeing import Source

MOST_BYTES = 32 * 1024 * 1024
"""A row that is longer is shown up to here, as text."""
_SHEETS = (".csv", ".tsv")


def read_row(folder: Path, source: Source) -> object:
    """Return what stands there: parsed where it can be, else its text. None where nothing is. Blocks."""
    path = inside(folder, source.path)
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            encoding, mark = encoding_of(file)
            file.seek(max(source.start, mark))
            text = file.read(min(source.length, MOST_BYTES)).decode(encoding, "replace")
        return _cells(text, header_of(path)) if path.suffix.lower() in _SHEETS else _parsed(text)
    except (OSError, ValueError, csv.Error):
        return None


def _cells(text: str, columns: list[str]) -> object:
    """Return the cells of a row by column; those that hold JSON as what it says."""
    # The one of these that gives a cell for each column is what reading has found too.
    readings = []
    for separator in ",;\t":
        try:
            readings.append(next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), []))
        except csv.Error:
            continue
    cells = min(readings, key=lambda each: abs(len(each) - len(columns)), default=[])
    if not cells:
        return text
    names = [*columns, *(f"column {number + 1}" for number in range(len(columns), len(cells)))]
    return {
        name: cell_value(cell) if cell[:1] in ("{", "[") else unarmed(cell)
        for name, cell in zip(names, cells, strict=False)
    }


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
