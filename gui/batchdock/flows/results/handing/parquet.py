"""The tables as Parquet, for data tools."""

from collections.abc import Sequence
from pathlib import Path

from batchdock.flows.results.handing.tables import Rows
from batchdock.flows.results.handing.words import Column
from batchdock.flows.results.handing.writer import Order, Sight
from batchdock.store.findings.parquet import ParquetTable

_KINDS = {
    "frame": "whole",
    "width": "whole",
    "height": "whole",
    "findings": "whole",
    "second": "number",
    "best": "number",
    "confidence": "number",
    "left": "number",
    "top": "number",
    "taken": "time",
}


class ParquetWriter:
    """Writes `<name> pictures.parquet` and `<name> findings.parquet`. Columns have the names that programs use.

    Plain values are text there: an output may give a number for one picture and a word for the next.
    """

    def __init__(self, order: Order) -> None:
        self._order, self._rows = order, Rows(order)
        self._names = [
            f"{order.name} {'frames' if order.of_videos else 'pictures'}.parquet",
            f"{order.name} findings.parquet",
        ]
        fixed = len(self._rows.picture_columns) - self._rows.more
        self._plain = range(len(self._rows.picture_columns) - len(order.valued), len(self._rows.picture_columns))
        kinds = [_KINDS.get(column.key, "text") for column in self._rows.picture_columns[:fixed]]
        kinds += ["whole"] * (self._rows.more - len(order.valued)) + ["text"] * len(order.valued)
        self._pictures = ParquetTable(order.scratch / "pictures.duckdb", _named(self._rows.picture_columns, kinds))
        # Boxes are measured in parts of pixels, pictures are not.
        boxes = [
            "number" if column.key in ("width", "height") else _KINDS.get(column.key, "text")
            for column in self._rows.finding_columns
        ]
        self._findings = ParquetTable(order.scratch / "findings.duckdb", _named(self._rows.finding_columns, boxes))

    def write(self, sights: Sequence[Sight]) -> None:
        """Append the pictures and their findings."""
        pictures = [self._rows.of_picture(sight) for sight in sights]
        for row in pictures:
            for at in self._plain:
                row[at] = None if row[at] is None else str(row[at])
        self._pictures.add(pictures)
        self._findings.add([row for sight in sights for row in self._rows.of_findings(sight)])

    def finish(self) -> Sequence[str]:
        """Write the files."""
        for table, name in zip((self._pictures, self._findings), self._names, strict=True):
            table.write(Path(self._order.folder, name))
            table.close()
        return self._names

    def close(self) -> None:
        """Let go of the databases."""
        self._pictures.close()
        self._findings.close()


def _named(columns: Sequence[Column], kinds: Sequence[str]) -> list[tuple[str, str]]:
    """Return the columns by the names that programs use; one that is there already gets a number."""
    taken: set[str] = set()
    named = []
    for column, kind in zip(columns, kinds, strict=True):
        key, number = column.key or "_", 2
        while key.casefold() in taken:
            key, number = f"{column.key} {number}", number + 1
        taken.add(key.casefold())
        named.append((key, kind))
    return named
