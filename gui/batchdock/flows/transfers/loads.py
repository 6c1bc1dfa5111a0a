"""Cuts what is to be sent into loads: as they were planned, or out of files that went missing."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence

from batchdock.flows.intake.plan import REFERENCES_AT_ONCE, SHARD_BYTES, SHARD_FILES
from batchdock.flows.transfers.delivery import Load
from batchdock.store import FileRow, Piece, Way
from batchdock.store.sendings import Sendings

_ROWS_AT_ONCE = 500


async def planned_loads(sendings: Sendings, number: int, pieces: Sequence[Piece]) -> AsyncIterator[Load]:
    """Yield pieces with their files, which are read some hundred at a time."""
    for group in _groups(pieces):
        first = group[0].first
        rows = await asyncio.to_thread(sendings.files, number, first, group[-1].last)
        by_number = {row.number: row for row in rows}
        for piece in group:
            found = (by_number.get(each) for each in range(piece.first, piece.last))
            yield Load(tuple(row for row in found if row is not None), str(piece.piece), piece)


async def missing_loads(
    rows: Sequence[FileRow], way: Way, *, files: int | None, bytes: int | None
) -> AsyncIterator[Load]:
    """Yield loads of files from anywhere in a sending; `files` and `bytes` are what the service takes at once."""
    most = {Way.TARS: min(SHARD_FILES, files or SHARD_FILES), Way.REFERENCES: REFERENCES_AT_ONCE}.get(way, 1)
    largest = min(SHARD_BYTES, bytes or SHARD_BYTES)
    gathered: list[FileRow] = []
    size = 0
    for row in rows:
        if gathered and (len(gathered) >= most or size + row.size > largest):
            yield _again(gathered)
            gathered, size = [], 0
        gathered.append(row)
        size += row.size
    if gathered:
        yield _again(gathered)


def _again(rows: Sequence[FileRow]) -> Load:
    # A label of its own: the service takes one that it knows for the same list, which it believes to have.
    return Load(tuple(rows), f"again-{secrets.token_hex(4)}")


def _groups(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    for piece in pieces:
        if group and piece.last - group[0].first > _ROWS_AT_ONCE:
            yield group
            group = []
        group.append(piece)
    if group:
        yield group
