"""The tables as .csv, the way spreadsheets where this person lives read them by a double click."""

import csv
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from batchdock.flows.results.handing.tables import Rows
from batchdock.flows.results.handing.words import Column, Value
from batchdock.flows.results.handing.writer import Order, Sight
from batchdock.flows.results.table import BYTE_ORDER_MARK, harmless


class CsvWriter:
    """Writes `<name> pictures.csv` and `<name> findings.csv`: UTF-8 that Excel knows as such, no cell a formula."""

    def __init__(self, order: Order) -> None:
        self._order, self._rows = order, Rows(order)
        self._decimal = order.wishes.spelling.decimal
        self._files: list[TextIO] = []
        self._names = [f"{order.name} {'frames' if order.of_videos else 'pictures'}.csv", f"{order.name} findings.csv"]
        self._pictures = self._table(self._names[0], self._rows.picture_columns)
        self._findings = self._table(self._names[1], self._rows.finding_columns)

    def write(self, sights: Sequence[Sight]) -> None:
        """Append the pictures and their findings."""
        spelled = self._spelled
        for sight in sights:
            self._pictures(map(spelled, self._rows.of_picture(sight)))
            for row in self._rows.of_findings(sight):
                self._findings(map(spelled, row))

    def finish(self) -> Sequence[str]:
        """Have everything in the files."""
        for file in self._files:
            file.close()
        return self._names

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files:
            try:
                file.close()
            except OSError:
                continue

    def _table(self, name: str, columns: Sequence[Column]) -> Callable[[Any], Any]:
        file = Path(self._order.folder, name).open("w", encoding="utf-8", newline="")  # noqa: SIM115
        self._files.append(file)
        file.write(BYTE_ORDER_MARK)
        writer = csv.writer(file, delimiter=self._order.wishes.spelling.between, lineterminator="\r\n")
        writer.writerow([harmless(self._order.say(column.heading)) for column in columns])
        return writer.writerow

    def _spelled(self, value: Value) -> object:
        if isinstance(value, float):
            text = repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
            return text.replace(".", self._decimal)
        if isinstance(value, datetime):
            return value.isoformat(sep=" ", timespec="seconds")
        return harmless(value)
