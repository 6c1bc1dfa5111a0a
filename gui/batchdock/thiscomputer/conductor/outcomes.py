"""Turns the rows that a worker returned into what the tables and the spools hold."""

import json
from collections.abc import Iterator, Sequence

from batchdock.thiscomputer.engine.rows import Packed, Row
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.work import DONE, FAILED, WHOLE, Outcome, Piece, RowToStore

_NO_ROW = "The workflow had no answer for it."


def gather(pieces: Sequence[Piece], rows: Sequence[Row], files: FileStore) -> tuple[list[Outcome], list[str]]:
    """Return the outcomes of a chunk and the ids of the files that hold what was drawn.

    Raise OSError; `DiskFull` or `Refusal` where there is no room.

    All pictures of a chunk go into one file, because one fsync is as dear as a thousand kilobytes. A drawn video is a
    file already, and moved in. The rows of an outcome are made while they are read, once: a video has many.
    """
    by_name: dict[str, list[Row]] = {piece.name: [] for piece in pieces}
    for row in rows:
        by_name[row.name].append(row)
    spooled = b"".join(data for row in rows for data in row.images.values())
    spools = [files.write(spooled)] if spooled else []
    places = _places(rows, spools)
    for row in rows:
        for output, path in row.files.items():
            size = path.stat().st_size
            try:
                files.admit_written(size, instead_of=())
                spools.append(files.keep_file(path))
            except BaseException:
                files.let_go(spools)
                raise
            places.setdefault(id(row), {})[output] = (spools[-1], 0, size)
    outcomes = []
    for piece in pieces:
        found = by_name[piece.name] or [Row(piece.name, cause=_NO_ROW)]
        cause = next((row.cause for row in found if row.cause), None)
        state = FAILED if cause else DONE
        is_partial = bool(cause) and any(row.cause is None for row in found)
        outcomes.append(Outcome(piece.position, piece.name, state, _stored(found, places), cause, is_partial))
    return outcomes, spools


_Places = dict[int, dict[str, tuple[str, int, int]]]
"""Of a row, by its identity: what was drawn, and in which file, from where, how long."""


def _stored(rows: Sequence[Row], places: _Places) -> Iterator[RowToStore]:
    for row in rows:
        outputs = row.outputs.text if isinstance(row.outputs, Packed) else json.dumps(row.outputs)
        frame = WHOLE if row.frame is None else row.frame
        yield frame, outputs, json.dumps(places.get(id(row), {})), row.cause, row.seconds


def _places(rows: Sequence[Row], spools: Sequence[str]) -> _Places:
    places: _Places = {}
    offset = 0
    for row in rows:
        for output, data in row.images.items():
            places.setdefault(id(row), {})[output] = (spools[0], offset, len(data))
            offset += len(data)
    return places
