"""An index as plain rows, to look at what was read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from batchdock.flows.results.reading import read_results

Row = dict[str, Any]


class Indexed:
    """Everything that is in an index. Findings have their label and output by name."""

    def __init__(self, index: Path) -> None:
        with duckdb.connect(str(index), read_only=True) as connection:

            def rows(question: str) -> list[Row]:
                told = connection.execute(question)
                columns = [each[0] for each in told.description or ()]
                return [dict(zip(columns, row, strict=True)) for row in told.fetchall()]

            self.pictures = rows("select * from pictures order by number")
            self.findings = rows(
                "select f.*, l.name as name, o.name as output_name from findings f "
                "left join labels l on l.number = label left join outputs o on o.number = output order by f.number"
            )
            self.cells = rows(
                "select picture, o.name as output, coalesce(text, value::varchar) as said, value, text from cells "
                "left join outputs o on o.number = output order by picture, cells.output"
            )
            self.labels = [(row["name"], row["findings"]) for row in rows("select * from labels order by number")]
            self.sources = [row["path"] for row in rows("select * from sources order by number")]
            self.troubles = [(row["name"], row["reason"]) for row in rows("select * from troubles")]
            self.places = rows("select * from places order by place")

    @property
    def names(self) -> list[str]:
        """Return the names of the pictures in the order of the index."""
        return [row["name"] for row in self.pictures]

    def told(self, picture: int = 0) -> Mapping[str, Any]:
        """Return the plain values of a picture by output."""
        return {
            row["output"]: row["text"] if row["value"] is None else row["value"]
            for row in self.cells
            if row["picture"] == picture
        }

    def of(self, picture: int = 0) -> list[Row]:
        """Return the findings of a picture."""
        return [row for row in self.findings if row["picture"] == picture]


def indexed(folder: Path) -> Indexed:
    """Read the results in `folder` and return what the index says."""
    index = folder.parent / f"{folder.name}.duckdb"
    index.unlink(missing_ok=True)
    read_results(folder, index, _deaf)
    return Indexed(index)


def _deaf(done: int, total: int) -> None:
    assert 0 <= done <= total
