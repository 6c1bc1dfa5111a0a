"""Reads the single files that some layouts have for each picture."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from batchdock.flows.results.reading.encodings import LONGEST_LINE, encoding_of
from batchdock.flows.results.reading.plain import parsed_leniently
from batchdock.flows.results.reading.troubles import Troubles


def document(path: Path, shown: str, troubles: Troubles) -> Any:
    """Return what a JSON file says, None where nothing can be made of it. Blocks."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > LONGEST_LINE:
                troubles.add(shown, "It is larger than any result. It was left out.")
                return None
            encoding, _ = encoding_of(file)
            data = file.read(LONGEST_LINE)
    except OSError as error:
        troubles.add(shown, f"The computer answered: {error.strerror}")
        return None
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = parsed_leniently(data.decode(encoding, "replace").strip())
    if value is None:
        troubles.add(shown, "It can not be read as JSON: it may be cut off. It was left out.")
    return value


def rows_in(said: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows that a file holds: one as an object, or several in a list."""
    if isinstance(said, dict):
        yield said
    elif isinstance(said, list):
        yield from (each for each in said if isinstance(each, dict))
