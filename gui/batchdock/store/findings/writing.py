"""Writes an index: what was read goes in by the column, a chunk of pictures at a time.

DuckDB blocks, and belongs into the process that reads.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchdock.core.finding import Shape
from batchdock.store.findings import QUIET
from batchdock.store.findings.arranging import arrange

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

SHAPES = tuple(Shape)
"""A finding's shape is its place in here, until it is written."""

NONE = -1
"""In a column of whole numbers: there is none. In one of other numbers that is NaN."""

_MEMORY_LIMIT_MB = 300
_SORTING_BYTES = 400
"""For each name, while they are put in order: that is not done in pieces."""
_MOST_MEMORY_MB = 2_000
_THREADS = 2


def _ints() -> array[int]:
    return array("i")


def _longs() -> array[int]:
    return array("q")


def _reals() -> array[float]:
    return array("d")


@dataclass(slots=True)
class Pictures:
    """Columns of `pictures`; see schema.sql. What can be counted is not in here."""

    name: list[str] = field(default_factory=list)
    frame: array[int] = field(default_factory=_ints)
    seconds: array[float] = field(default_factory=_reals)
    width: array[int] = field(default_factory=_ints)
    height: array[int] = field(default_factory=_ints)
    problem: dict[int, str] = field(default_factory=dict)
    """By place in this chunk: few have one."""
    source: array[int] = field(default_factory=_ints)
    start: array[int] = field(default_factory=_longs)
    length: array[int] = field(default_factory=_longs)


@dataclass(slots=True)
class Findings:
    """Columns of `findings`. `picture` is its place in this chunk; `x` and `y` are the upper left corner."""

    picture: array[int] = field(default_factory=_ints)
    output: array[int] = field(default_factory=_ints)
    shape: array[int] = field(default_factory=_ints)
    label: array[int] = field(default_factory=_ints)
    confidence: array[float] = field(default_factory=_reals)
    x: array[float] = field(default_factory=_reals)
    y: array[float] = field(default_factory=_reals)
    width: array[float] = field(default_factory=_reals)
    height: array[float] = field(default_factory=_reals)
    text: dict[int, str] = field(default_factory=dict)
    """By place in this chunk, as the two that follow."""
    track: dict[int, str] = field(default_factory=dict)
    outline: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Cells:
    """Columns of `cells`. `picture` is its place in this chunk."""

    picture: array[int] = field(default_factory=_ints)
    output: array[int] = field(default_factory=_ints)
    value: array[float] = field(default_factory=_reals)
    text: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Chunk:
    """As many pictures as are written at once, in their order, with all that belongs to them."""

    pictures: Pictures = field(default_factory=Pictures)
    findings: Findings = field(default_factory=Findings)
    cells: Cells = field(default_factory=Cells)


class IndexWriter:
    """Fills a new index. Every method blocks and raises `OSError` where the disk does not take it."""

    def __init__(self, index: Path, scratch: Path) -> None:
        """Make the file `index`. `scratch` is a folder for what does not fit into the memory."""
        import duckdb

        bounds = {"memory_limit": f"{_MEMORY_LIMIT_MB}MB", "threads": str(_THREADS), "temp_directory": str(scratch)}
        self._error = duckdb.Error
        self._connection = self._kept(duckdb.connect, str(index), config=bounds)
        self._kept(self._connection.execute, QUIET)
        self._kept(self._connection.execute, files(__package__).joinpath("schema.sql").read_text(encoding="utf-8"))
        self.pictures = 0
        self.findings = 0

    def add(self, chunk: Chunk) -> list[int]:
        """Write a chunk behind the ones before. Return its pictures, by place, with findings outside of them."""
        import numpy

        pictures, findings, cells = chunk.pictures, chunk.findings, chunk.cells
        count, found = len(pictures.name), len(findings.picture)
        of = numpy.frombuffer(findings.picture, "i4")
        confidence = numpy.frombuffer(findings.confidence, "f8").astype("f4")
        boxes = _boxes(findings)
        self._insert(
            "pictures",
            "select number, name, folder, nullif(frame, -1), seconds, nullif(width, -1), nullif(height, -1), findings, "
            "best, problem, '', nullif(source, -1), nullif(start, -1), nullif(length, -1) from chunk",
            number=numpy.arange(self.pictures, self.pictures + count, dtype="i4"),
            name=_texts(pictures.name),
            folder=_texts([name.rpartition("/")[0] for name in pictures.name]),
            frame=numpy.frombuffer(pictures.frame, "i4"),
            seconds=numpy.frombuffer(pictures.seconds, "f8"),
            width=numpy.frombuffer(pictures.width, "i4"),
            height=numpy.frombuffer(pictures.height, "i4"),
            findings=numpy.bincount(of, minlength=count).astype("i4"),
            best=_highest(of, confidence, count),
            problem=_sparse(pictures.problem, count),
            source=numpy.frombuffer(pictures.source, "i4"),
            start=numpy.frombuffer(pictures.start, "i8"),
            length=numpy.frombuffer(pictures.length, "i8"),
        )
        shapes = ", ".join(f"'{shape.value}'" for shape in SHAPES)
        self._insert(
            "findings",
            f"select number, picture, output, [{shapes}][shape + 1], label, confidence, x, y, width, height, "  # noqa: S608 - our own
            "text, track, nullif(outline, '') from chunk",
            number=numpy.arange(self.findings, self.findings + found, dtype="i4"),
            picture=of + self.pictures,
            output=numpy.frombuffer(findings.output, "i4"),
            shape=numpy.frombuffer(findings.shape, "i4"),
            label=numpy.frombuffer(findings.label, "i4"),
            confidence=confidence,
            x=boxes[0],
            y=boxes[1],
            width=boxes[2],
            height=boxes[3],
            text=_sparse(findings.text, found),
            track=_sparse(findings.track, found),
            outline=_sparse(findings.outline, found),
        )
        self._insert(
            "cells",
            "select picture, output, value, case when value is null then text end from chunk",
            picture=numpy.frombuffer(cells.picture, "i4") + self.pictures,
            output=numpy.frombuffer(cells.output, "i4"),
            value=numpy.frombuffer(cells.value, "f8"),
            text=_sparse(cells.text, len(cells.picture)),
        )
        self.pictures += count
        self.findings += found
        return _outside(of, boxes, pictures)

    def draw(self, drawn: Sequence[tuple[str, str, str]]) -> None:
        """Say which pictures the service has drawn: the name it may belong to, another one it may, and its path.

        A name may also be without its extension; the first one that fits counts.
        """
        if not drawn:
            return
        self._insert_rows("drawn(first varchar, second varchar, path varchar)", drawn)
        self._execute(
            """
            create temp table meant as
            with told as (
              select first as key, path, 0 as rank from drawn union all select second, path, 2 from drawn
            ),
            named as (
              select distinct name, regexp_replace(name, '\\.[^./]*$', '') as stem from pictures
            ),
            fitting as (
              select name, path, rank from named join told on key = name
              union all select name, path, rank + 1 from named join told on key = stem
            )
            select name, arg_min(path, (rank, path)) as path from fitting group by name
            """
        )
        self._execute("update pictures set drawn = meant.path from meant where meant.name = pictures.name")

    def finish(
        self,
        labels: Mapping[str, int],
        outputs: Sequence[str],
        sources: Sequence[tuple[str, int, float]],
        troubles: Sequence[tuple[str, str]],
    ) -> None:
        """Write what is known of the whole, and give the file back.

        `labels` are the numbers that findings have until now: classes get new ones, by how often they are found.
        `sources` are path, size and time of change.
        """
        import numpy

        counts = dict(self._execute("select label, count(*) from findings group by label").fetchall())
        order = sorted((name for name in labels if labels[name] in counts), key=_most_first(labels, counts))
        numbers = numpy.full(len(labels), NONE)
        for number, name in enumerate(order):
            numbers[labels[name]] = number
        if numbers.tolist() != list(range(len(labels))):
            self._connection.register("chunk", {"old": numpy.arange(len(labels)), "new": numbers})
            self._execute("update findings set label = chunk.new from chunk where label = chunk.old")
            self._connection.unregister("chunk")
        self._insert_rows("labels", [(number, name, counts[labels[name]]) for number, name in enumerate(order)])
        self._insert_rows("outputs", list(enumerate(outputs)))
        self._insert_rows("sources", [(number, *source) for number, source in enumerate(sources)])
        self._insert_rows("troubles", troubles)
        self._arrange()
        self._execute("checkpoint")
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    def _arrange(self) -> None:
        """Put the pictures in order; where there are more than the memory takes, in that in which they came."""
        import duckdb

        limit = max(_MEMORY_LIMIT_MB, self.pictures * _SORTING_BYTES // 1_000_000)
        self._execute(f"set memory_limit = '{min(limit, _MOST_MEMORY_MB)}MB'")
        try:
            arrange(self._connection)
        except duckdb.OutOfMemoryException:
            self._execute("insert into places select number, number, lower(name) from pictures")
        except duckdb.Error as error:
            raise OSError(f"{type(error).__name__}: {error}") from error

    def _insert(self, table: str, question: str, **columns: NDArray[Any]) -> None:
        if not len(next(iter(columns.values()))):
            return
        self._connection.register("chunk", columns)
        self._execute(f"insert into {table} {question}")
        self._connection.unregister("chunk")

    def _insert_rows(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        name, _, columns = table.partition("(")
        if columns:
            self._execute(f"create temp table {table}")
        if rows:
            made = {f"c{place}": _column([row[place] for row in rows]) for place in range(len(rows[0]))}
            self._insert(name, f"select {', '.join(made)} from chunk", **made)  # noqa: S608 - our own names

    def _execute(self, question: str) -> Any:
        return self._kept(self._connection.execute, question)

    def _kept(self, done: Any, *given: Any, **named: Any) -> Any:
        try:
            return done(*given, **named)
        except self._error as error:
            raise OSError(f"{type(error).__name__}: {error}") from error


def _boxes(findings: Findings) -> tuple[NDArray[numpy.float32], ...]:
    """Return x, y, width and height: all of them or, where one is no number, none. No size is below 0."""
    import numpy

    with numpy.errstate(over="ignore", invalid="ignore"):
        x, y, width, height = (
            numpy.frombuffer(column, "f8").astype("f4")
            for column in (findings.x, findings.y, findings.width, findings.height)
        )
        x, y = numpy.where(width < 0, x + width, x), numpy.where(height < 0, y + height, y)
        width, height = numpy.abs(width), numpy.abs(height)
        wrong = ~(numpy.isfinite(x) & numpy.isfinite(y) & numpy.isfinite(width) & numpy.isfinite(height))
    for column in (x, y, width, height):
        column[wrong] = numpy.nan
    return x, y, width, height


def _outside(of: NDArray[numpy.int32], boxes: tuple[NDArray[numpy.float32], ...], pictures: Pictures) -> list[int]:
    """Return the pictures of boxes that do not touch them at all."""
    import numpy

    if not len(of):
        return []
    x, y, width, height = boxes
    wide, high = (numpy.frombuffer(column, "i4")[of] for column in (pictures.width, pictures.height))
    out = (wide > 0) & ((x >= wide) | (y >= high) | (x + width <= 0) | (y + height <= 0))
    return [int(picture) for picture in numpy.unique(of[out])]


def _highest(of: NDArray[numpy.int32], confidence: NDArray[numpy.float32], count: int) -> NDArray[numpy.float32]:
    import numpy

    best = numpy.full(count, numpy.nan, "f4")
    if len(of):
        with_some, starts = numpy.unique(of, return_index=True)
        best[with_some] = numpy.fmax.reduceat(confidence, starts)
    return best


def _texts(values: Sequence[str]) -> NDArray[Any]:
    import numpy

    column = numpy.empty(len(values), object)
    column[:] = values
    return column


def _column(values: Sequence[object]) -> NDArray[Any]:
    import numpy

    return numpy.asarray(values) if not isinstance(values[0], str) else _texts([str(value) for value in values])


def _sparse(values: Mapping[int, str], count: int) -> NDArray[Any]:
    """Return a column of texts of which most are empty."""
    import numpy

    column = numpy.full(count, "", object)
    for place, value in values.items():
        column[place] = value
    return column


def _most_first(labels: Mapping[str, int], counts: Mapping[int, int]) -> Any:
    def key(name: str) -> tuple[int, str]:
        return -counts[labels[name]], name

    return key
