"""Reads tables of JSON lines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from batchdock.flows.results.reading.encodings import LONGEST_LINE, encoding_of, lines_in
from batchdock.flows.results.reading.plain import parsed_leniently
from batchdock.flows.results.reading.troubles import Troubles

_SPACE = b" \t\r\n"

Told = tuple[int, dict[str, Any], int, int]
"""The number of a row (from 1), what it says, and where it stands: first byte, and how many."""


def json_lines(path: Path, shown: str, troubles: Troubles) -> Iterator[Told]:
    """Yield the rows of a table; lines that are none go to `troubles`. `shown` is how people know the file. Blocks."""
    decode = msgspec.json.Decoder().decode
    with path.open("rb") as file:
        encoding, start = encoding_of(file)
        for number, (line, length) in enumerate(lines_in(file, encoding), 1):
            try:
                row = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                row = _rescued(line, f"{shown}, line {number:,}", troubles, encoding)
            if row.__class__ is dict:
                yield number, row, start, length
            elif row is not None:
                troubles.add(f"{shown}, line {number:,}", "It is no row of a table. It was left out.")
            start += length


def _rescued(line: bytes, shown: str, troubles: Troubles, encoding: str) -> Any:
    """Return what a line says that is no JSON, None where nothing can be made of it."""
    if not line.strip(_SPACE):
        return None
    if len(line) >= LONGEST_LINE:
        troubles.add(shown, "It is longer than any row of results. It was left out.")
        return None
    text = line.decode("cp1252" if encoding == "cp1252" else "utf-8", "replace").strip()
    value = parsed_leniently(text)
    if value is None:
        troubles.add(shown, "It can not be read as JSON: it may be cut off. It was left out.")
    else:
        troubles.add(shown, "It is not quite JSON. What could be understood is shown.")
    return value
