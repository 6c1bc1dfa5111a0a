"""The columns of the two tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from batchdock.core.finding import Cell, Label, SortBy

_tr = QCoreApplication.translate

MOST_CLASSES = 6
"""So many of the commonest classes have a column."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `width` is in letters, a start; `key` is what it is remembered by."""

    key: str
    title: str
    width: int = 10
    number: bool = False
    sort: SortBy | None = None
    """What the pictures can be ordered by here."""
    label: int | None = None
    """Of which class it is the count."""
    output: str = ""
    """Of which output it is the plain value."""
    shown: bool = True


def picture_columns(labels: Sequence[Label], outputs: Sequence[str], cells: Iterable[Cell] = ()) -> tuple[Column, ...]:
    """Return the columns of a table with one row a picture. By `cells` of some of them is told which outputs have plain
    values, and numbers only; others are hidden until one has."""
    there: dict[str, bool] = {}
    for cell in cells:
        there[cell.output] = there.get(cell.output, True) and not isinstance(cell.value, str)
    return (
        Column("name", _tr("results-table", "Name"), 34, sort=SortBy.NAME),
        Column("folder", _tr("results-table", "Folder"), 20),
        Column("findings", _tr("results-table", "Findings"), 9, number=True, sort=SortBy.FINDINGS),
        Column("best", _tr("results-table", "Surest"), 9, number=True, sort=SortBy.BEST),
        *(
            Column(f"class:{label.name}", label.name, min(14, len(label.name)), number=True, label=label.number)
            for label in labels[:MOST_CLASSES]
        ),
        *(
            Column(f"output:{output}", output, 14, there.get(output, False), output=output, shown=output in there)
            for output in outputs
        ),
        Column("problem", _tr("results-table", "Problem"), 30),
    )


def finding_columns() -> tuple[Column, ...]:
    """Return the columns of a table with one row a finding. They come picture by picture, so that pictures sort."""
    return (
        Column("name", _tr("results-table", "Picture"), 34, sort=SortBy.NAME),
        Column("class", _tr("results-table", "Class"), 20),
        Column("confidence", _tr("results-table", "Confidence"), 10, number=True, sort=SortBy.BEST),
        Column("x", _tr("results-table", "Left"), 7, number=True),
        Column("y", _tr("results-table", "Top"), 7, number=True),
        Column("width", _tr("results-table", "Width"), 7, number=True),
        Column("height", _tr("results-table", "Height"), 7, number=True),
        Column("text", _tr("results-table", "Text"), 30),
    )
