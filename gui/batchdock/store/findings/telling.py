"""Answers about the pictures that were chosen: counts of classes, confidences, folders, and the frames of a video."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchdock.core.finding import Filter
from batchdock.store.findings.choosing import counting

if TYPE_CHECKING:
    import numpy
    from duckdb import DuckDBPyConnection as Cursor
    from numpy.typing import NDArray

    Numbers = NDArray[numpy.int32]

_CHOSEN = "chosen"


def count_labels(cursor: Cursor, filter: Filter, chosen: Numbers | None) -> dict[int, tuple[int, int]]:
    """Return by class in how many of the chosen pictures (None: all) it counts, and how often; whatever its classes."""
    condition, values = counting(filter, labels=False)
    rows = cursor.execute(
        "select label, count(*), sum(findings)::bigint from (select picture, label, count(*) as findings from findings "  # noqa: S608
        f"where {condition} and {_among(cursor, chosen)} group by picture, label) group by label",
        values,
    ).fetchall()
    return {label: (pictures, findings) for label, pictures, findings in rows}


def count_confidences(cursor: Cursor, filter: Filter, chosen: Numbers | None, bins: int) -> tuple[int, ...]:
    """Return how many findings lie in each of `bins` equal steps from 0 to 1; those without confidence in none."""
    condition, values = counting(filter)
    rows = cursor.execute(
        "select greatest(0, least(? - 1, floor(confidence * ?)::integer)) as bin, count(*) from findings "  # noqa: S608
        f"where confidence is not null and {condition} and {_among(cursor, chosen)} group by bin",
        [bins, bins, *values],
    ).fetchall()
    counts = dict(rows)
    return tuple(counts.get(each, 0) for each in range(bins))


def count_folders(
    cursor: Cursor, chosen: Numbers, findings: NDArray[numpy.int32], most: int
) -> list[tuple[str, int, int]]:
    """Return folder, pictures and findings for the fullest folders. `findings` are those of the chosen pictures."""
    cursor.register(_CHOSEN, {"number": chosen, "findings": findings})
    return cursor.execute(
        "select folder, count(*), sum(chosen.findings)::bigint from pictures join chosen using (number) "
        "group by folder order by count(*) desc, folder limit ?",
        [most],
    ).fetchall()


def read_seconds(cursor: Cursor, chosen: Numbers | None) -> dict[str, Any]:
    """Return `number` and `seconds` of the chosen pictures that are frames."""
    return cursor.execute(
        "select number, seconds from pictures where seconds is not null "  # noqa: S608
        f"and {_among(cursor, chosen, 'number')}"
    ).fetchnumpy()


def read_frames(cursor: Cursor, name: str) -> dict[str, Any]:
    """Return `number`, `seconds` (NaN where nobody knows) and `frame` (-1) of the frames of one video, by time."""
    return cursor.execute(
        "select number, coalesce(seconds, 'nan')::double as seconds, coalesce(frame, -1)::integer as frame "
        "from pictures where name = ? "
        "order by pictures.seconds nulls last, frame, number",
        [name],
    ).fetchnumpy()


def _among(cursor: Cursor, chosen: Numbers | None, column: str = "picture") -> str:
    """Return the condition under which a row belongs to a chosen picture."""
    if chosen is None:
        return "true"
    if not len(chosen):
        return "false"
    cursor.register(_CHOSEN, {"number": chosen})
    return f"{column} in (select number from {_CHOSEN})"  # noqa: S608
