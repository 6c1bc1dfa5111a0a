"""Turns the rows that a worker returned into what the tables and the spool hold."""

import json
from collections.abc import Sequence

from batchdock.thiscomputer.engine.rows import Row
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.work import DONE, FAILED, WHOLE, Outcome, Piece

_NO_ROW = "The workflow had no answer for it."


def gather(pieces: Sequence[Piece], rows: Sequence[Row], files: FileStore) -> tuple[list[Outcome], str | None]:
    """Return the outcomes of a chunk and the id of the file that holds its drawn pictures. Raise OSError.

    All pictures of a chunk go into one file, because one fsync is as dear as a thousand kilobytes.
    """
    by_name: dict[str, list[Row]] = {piece.name: [] for piece in pieces}
    for row in rows:
        by_name[row.name].append(row)
    spooled = b"".join(data for row in rows for data in row.images.values())
    spool = files.write(spooled) if spooled else None
    places = _places(rows, spool)
    outcomes = []
    for piece in pieces:
        found = by_name[piece.name] or [Row(piece.name, cause=_NO_ROW)]
        cause = next((row.cause for row in found if row.cause), None)
        stored = [
            (
                WHOLE if row.frame is None else row.frame,
                json.dumps(row.outputs),
                json.dumps(places.get(id(row), {})),
                row.cause,
                row.seconds,
            )
            for row in found
        ]
        outcomes.append(Outcome(piece.position, piece.name, FAILED if cause else DONE, stored, cause))
    return outcomes, spool


def _places(rows: Sequence[Row], spool: str | None) -> dict[int, dict[str, tuple[str, int, int]]]:
    places: dict[int, dict[str, tuple[str, int, int]]] = {}
    offset = 0
    for row in rows:
        for output, data in row.images.items():
            assert spool is not None  # some picture has bytes
            places.setdefault(id(row), {})[output] = (spool, offset, len(data))
            offset += len(data)
    return places
