"""Gives all pictures and findings as columns, for holding two runs against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from duckdb import DuckDBPyConnection as Cursor
    from numpy.typing import NDArray

    Numbers = NDArray[numpy.int64]
    Lengths = NDArray[numpy.float64]

_BY_WORD = "shape in ('class', 'text', 'code')"


@dataclass(frozen=True, slots=True, eq=False)
class Everything:
    """Pictures by number, and one row a finding."""

    names: tuple[str, ...]
    frames: Numbers
    """-1 for what is no frame of a video."""
    picture: Numbers
    label: Numbers
    confidence: Lengths
    """1 where there is none."""
    boxes: Lengths
    """x, y, width and height a row; not-a-number for classes, texts and codes, which are compared by what they say."""
    words: NDArray[numpy.uint64]
    """The same number for what reads the same; 0 where nothing was read."""


def read_everything(cursor: Cursor) -> Everything:
    """Read all of it: 500,000 findings are some 30 MB."""
    import numpy

    pictures = cursor.execute("select name, coalesce(frame, -1)::bigint as frame from pictures order by number")
    named = pictures.fetchnumpy()
    lengths = ", ".join(
        f"case when {_BY_WORD} then 'nan' else coalesce({each}, 'nan') end::double as {each}"
        for each in ("x", "y", "width", "height")
    )
    found = cursor.execute(
        "select picture::bigint as picture, label::bigint as label, "  # noqa: S608
        f"coalesce(confidence, 1)::double as confidence, {lengths}, "
        f"case when {_BY_WORD} and text <> '' then hash(text) else 0 end::ubigint as words "
        "from findings order by number"
    ).fetchnumpy()
    return Everything(
        names=tuple(named["name"].tolist()),
        frames=numpy.asarray(named["frame"], numpy.int64),
        picture=numpy.asarray(found["picture"], numpy.int64),
        label=numpy.asarray(found["label"], numpy.int64),
        confidence=numpy.asarray(found["confidence"], numpy.float64),
        boxes=numpy.column_stack([found[each] for each in ("x", "y", "width", "height")]).astype(numpy.float64),
        words=numpy.asarray(found["words"], numpy.uint64),
    )
