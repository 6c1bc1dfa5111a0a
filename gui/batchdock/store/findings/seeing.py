"""Gives pictures and findings as nouns, for as many pictures as fit on a screen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchdock.core.finding import (
    Box,
    Cell,
    Filter,
    Finding,
    Keypoint,
    Keypoints,
    Label,
    Mask,
    Outline,
    Picture,
    PngMask,
    Polygon,
    Shape,
)
from batchdock.core.problem import FileFailure
from batchdock.store.findings.choosing import counting

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Cursor

_SHAPES = {each.value: each for each in Shape}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the whole."""

    labels: tuple[Label, ...]
    outputs: tuple[str, ...]
    pictures: int
    findings: int
    of_videos: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where the row of a picture stands: bytes `start … start + length` of `path`, relative to the results."""

    path: str
    start: int
    length: int


def read_known(cursor: Cursor) -> Known:
    """Look at everything once; what is no index does not come through this."""
    labels = cursor.execute("select number, name, findings from labels order by number").fetchall()
    outputs = cursor.execute("select name from outputs order by number").fetchall()
    pictures, frames = cursor.execute("select count(*), count(frame) from pictures").fetchall()[0]
    (findings,) = cursor.execute("select count(*) from findings").fetchall()[0]
    return Known(
        tuple(Label(*row) for row in labels),
        tuple(name for (name,) in outputs),
        pictures,
        findings,
        of_videos=2 * frames > pictures,
    )


def read_pictures(cursor: Cursor, numbers: Sequence[int]) -> dict[int, Picture]:
    """Return pictures by number. `taken` is not in the tables."""
    rows = cursor.execute(
        "select number, name, frame, seconds, width, height, null, findings, best, problem, drawn "  # noqa: S608
        f"from pictures where {_within(cursor, numbers, 'number')}"
    ).fetchall()
    return {row[0]: Picture(*row) for row in rows}


def read_findings(
    cursor: Cursor, numbers: Sequence[int], filter: Filter, outputs: Sequence[str]
) -> dict[int, list[Finding]]:
    """Return the findings that count, by picture."""
    condition, values = counting(filter)
    found = cursor.execute(
        "select number, picture, output, shape, label, confidence, x, y, width, height, outline, text, track "  # noqa: S608
        f"from findings where {_within(cursor, numbers, 'picture')} and {condition} order by number",
        values,
    )
    findings: dict[int, list[Finding]] = {}
    while rows := found.fetchmany(5_000):
        for row in rows:
            findings.setdefault(row[1], []).append(_finding(row, outputs))
    return findings


def read_cells(cursor: Cursor, numbers: Sequence[int], outputs: Sequence[str]) -> dict[int, list[Cell]]:
    """Return plain values by picture."""
    rows = cursor.execute(
        f"select picture, output, value, text from cells where {_within(cursor, numbers, 'picture')} "  # noqa: S608
        "order by picture, output"
    ).fetchall()
    cells: dict[int, list[Cell]] = {}
    for picture, output, value, text in rows:
        cells.setdefault(picture, []).append(Cell(_output(outputs, output), text if value is None else value))
    return cells


def read_valued(cursor: Cursor, outputs: Sequence[str]) -> tuple[str, ...]:
    """Return the outputs that gave a plain value for any picture, in their order."""
    rows = cursor.execute("select distinct output from cells order by output").fetchall()
    return tuple(_output(outputs, number) for (number,) in rows)


def read_source(cursor: Cursor, number: int) -> Source | None:
    """Return where the row of a picture stands, None where it has none."""
    rows = cursor.execute(
        "select path, start, length from pictures join sources on sources.number = pictures.source "
        "where pictures.number = ? and start is not null and length is not null",
        [number],
    ).fetchall()
    return Source(*rows[0]) if rows else None


def read_sources(cursor: Cursor) -> list[tuple[str, int, float]]:
    """Return path, size and time of change of the files that were read."""
    return cursor.execute("select path, size, changed from sources order by number").fetchall()


def read_names(cursor: Cursor) -> list[str]:
    """Return the names of all pictures or videos, each once."""
    return [name for (name,) in cursor.execute("select distinct name from pictures").fetchall()]


def read_videos(cursor: Cursor) -> list[tuple[str, int, int]]:
    """Return name, first picture and number of frames of every video, in the order of the results."""
    return cursor.execute("select name, min(number), count(*) from pictures group by name order by 2").fetchall()


def read_troubles(cursor: Cursor) -> tuple[FileFailure, ...]:
    """Return what could not be read as it should be."""
    return tuple(FileFailure(*row) for row in cursor.execute("select name, reason from troubles").fetchall())


def _within(cursor: Cursor, numbers: Sequence[int], column: str) -> str:
    import numpy

    if not len(numbers):
        return "false"
    asked = numpy.unique(numpy.asarray(numbers, numpy.int32))
    cursor.register("asked", {"number": asked})
    # The ends let whole blocks of rows be passed over.
    first, last = int(asked[0]), int(asked[-1])
    return f"{column} between {first} and {last} and {column} in (select number from asked)"  # noqa: S608


def _finding(row: tuple[Any, ...], outputs: Sequence[str]) -> Finding:
    number, picture, output, shape, label, confidence, x, y, width, height, outline, text, track = row
    box = None if None in (x, y, width, height) else Box(x, y, width, height)
    return Finding(
        number,
        picture,
        _output(outputs, output),
        _SHAPES.get(shape, Shape.CLASS),
        label,
        confidence,
        box,
        None if outline is None else _outline(outline),
        text,
        track,
    )


def _outline(told: str) -> Outline | None:
    """Return what reading has written; None for anything else."""
    try:
        match json.loads(told):
            case {"polygon": list(points)}:
                return Polygon(tuple((float(x), float(y)) for x, y in points))
            case {"keypoints": list(points)}:
                return Keypoints(tuple(Keypoint(float(x), float(y), str(name), sure) for x, y, name, sure in points))
            case {"mask": [int(width), int(height), str(counts)]}:
                return Mask(width, height, counts)
            case {"png": str(png)}:
                return PngMask(png)
    except (ValueError, TypeError, RecursionError):
        return None
    return None


def _output(outputs: Sequence[str], number: int) -> str:
    return outputs[number] if 0 <= number < len(outputs) else ""
