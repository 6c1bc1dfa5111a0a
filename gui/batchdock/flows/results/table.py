"""Puts the tables of all archives into one, with the names the files came with.

Two passes, row by row, so that a million rows need no more memory than ten: first all tables are set aside and their
columns gathered, then one table with the union of the columns is written.
"""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
# One picture with many polygons makes a cell of megabytes; Python's own limit is 128 KiB.

Restore = Callable[[str], str]
"""Gives the original relative path for a name on the wire."""

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for an old code page."""

_FORMULA_BEGINS = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def harmless(cell: object) -> object:
    """Return a cell of a table that people open, so that no spreadsheet runs it.

    A spreadsheet takes text that begins with = + - @, or with a tab or line break and one of these behind it, for a
    formula, and a formula can send away what stands in other cells. Anybody can write one into a QR code or a file
    name. An apostrophe in front makes it text, in every spreadsheet. Numbers stay numbers, also with a sign. The exact
    text is in `results.json` and in tables of JSON lines, which no spreadsheet opens by a double click.
    """
    if isinstance(cell, str) and cell.startswith(_FORMULA_BEGINS) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


class Tables:
    """Gathers tables in a folder of their own and merges them."""

    def __init__(self, folder: Path, restore: Restore) -> None:
        self._folder = folder
        self._restore = restore
        self.found: list[tuple[str, str, str | None]] = []
        """What was set aside: name in the folder, suffix, and the one video it is about."""

    def next_path(self, suffix: str, *, of_video: str | None = None) -> Path:
        """Return where to write the next table (`.csv` or `.jsonl`). `of_video`: it is about this one file."""
        name = f"table-{len(self.found)}{suffix}"
        self.found.append((name, suffix, of_video))
        return self._folder / name

    def merge(self, target: Path) -> list[Path]:
        """Write `results.csv` and/or `results.jsonl` into the folder `target`; return what was written. Blocks."""
        written = []
        for suffix, write in ((".csv", self._write_csv), (".jsonl", self._write_jsonl)):
            if any(found == suffix for _, found, _ in self.found):
                path = target / f"results{suffix}"
                write(path)
                written.append(path)
        return written

    def _write_csv(self, target: Path) -> None:
        columns: dict[str, None] = {}
        # The names of the columns do not depend on the originals, which cost a look into the journal each.
        for row in self._rows(".csv", restore=str):
            columns.update(dict.fromkeys(row))
        with target.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
            file.write(BYTE_ORDER_MARK)
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(map(harmless, columns))
            for row in self._rows(".csv"):
                writer.writerow(harmless(row.get(column, "")) for column in columns)

    def _write_jsonl(self, target: Path) -> None:
        with target.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
            for row in self._rows(".jsonl"):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _rows(self, suffix: str, restore: Restore | None = None) -> Iterator[dict[str, object]]:
        for name, found, of_video in self.found:
            path = self._folder / name
            if found != suffix or not path.exists():
                continue
            for row in _read_csv(path) if suffix == ".csv" else _read_jsonl(path):
                yield _named(row, of_video, restore or self._restore)


def _named(row: dict[str, object], of_video: str | None, restore: Restore) -> dict[str, object]:
    """Return the row with the original name as its first column."""
    if of_video is not None:
        return {"video": restore(of_video), **row}
    name = row.pop("image", None)
    return {"image": restore(str(name)), **row} if name is not None else row


def _read_csv(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        for row in csv.DictReader(file, restkey="more"):
            yield {name: value for name, value in row.items() if value is not None}


def _read_jsonl(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError:
                row = {"unreadable": line.rstrip("\n")}
            yield row if isinstance(row, dict) else {"value": row}
