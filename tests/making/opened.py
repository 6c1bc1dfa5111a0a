"""Opened results whose tables were written directly, row by row, and what a filter shows of them by the plain rules."""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
import numpy

from batchdock.core.finding import SURE, Box, Cell, Filter, Finding, Picture, Shape, Share
from batchdock.core.problem import FileFailure
from batchdock.flows.results.opening import Opened
from batchdock.flows.results.opening.asking import Asking
from batchdock.flows.results.opening.originals import Originals
from batchdock.flows.results.opening.selecting import Selecting
from batchdock.store import Journal, Settings
from batchdock.store.findings import SCHEMA
from batchdock.store.findings.arranging import arrange
from batchdock.store.findings.asking import Question, Tables
from batchdock.store.findings.seeing import read_known

OUTPUT = "predictions"


@dataclass
class Rows:
    """What is in the results. Numbers are places in these lists."""

    pictures: list[Picture] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    outlines: dict[int, str] = field(default_factory=dict)
    """JSON by number of the finding, whatever it says."""
    cells: dict[int, list[Cell]] = field(default_factory=dict)
    labels: Sequence[str] = ("person", "car", "dog")
    sources: list[Path] = field(default_factory=list)
    places: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Source, start and length by number of the picture."""
    troubles: list[FileFailure] = field(default_factory=list)

    def picture(
        self,
        name: str,
        *found: tuple[int, float | None],
        problem: str = "",
        frame: int | None = None,
        seconds: float | None = None,
        drawn: str = "",
        texts: Sequence[str] = (),
        cells: Sequence[Cell] = (),
    ) -> int:
        """Add a picture with findings: number of the class (-1 for none), and confidence. Return its number."""
        number = len(self.pictures)
        for place, (label, confidence) in enumerate(found):
            box = Box(10.0 * place, 5.0, 20.0, 30.0)
            text = texts[place] if place < len(texts) else ""
            shape = Shape.TEXT if text else Shape.BOX
            kept = None if confidence is None else _as_stored(confidence)
            self.findings.append(Finding(len(self.findings), number, OUTPUT, shape, label, kept, box, text=text))
        best = max((_as_stored(confidence) for _, confidence in found if confidence is not None), default=None)
        made_picture = Picture(number, name, frame, seconds, 640, 480, None, len(found), best, problem, drawn)
        self.pictures.append(made_picture)
        if cells:
            self.cells[number] = list(cells)
        return number

    def write(self, index: Path, folder: Path) -> Path:
        """Write the tables, as reading does. `folder` is that of the results."""
        outputs = [OUTPUT, *dict.fromkeys(cell.output for cells in self.cells.values() for cell in cells)]
        with duckdb.connect(str(index)) as connection:
            connection.execute(SCHEMA)
            _insert(connection, "outputs", enumerate(outputs))
            counted = ((n, name, sum(each.label == n for each in self.findings)) for n, name in enumerate(self.labels))
            _insert(connection, "labels", counted)
            _insert(connection, "pictures", map(self._picture_row, self.pictures))
            _insert(connection, "findings", map(self._finding_row, self.findings))
            for number, cells in sorted(self.cells.items()):
                _insert(connection, "cells", [(number, outputs.index(each.output), *_cell(each)) for each in cells])
            for number, path in enumerate(self.sources):
                state = path.stat()
                place = path.relative_to(folder).as_posix()
                _insert(connection, "sources", [(number, place, state.st_size, state.st_mtime)])
            _insert(connection, "troubles", [(each.name, each.cause) for each in self.troubles])
            arrange(connection)
        return index

    def counting(self, number: int, filter: Filter) -> list[Finding]:
        """Return the findings of a picture that count, by the words of `Filter`."""
        return [
            each
            for each in self.findings
            if each.picture == number
            and (filter.labels is None or each.label in filter.labels)
            and (each.confidence is None or _as_stored(filter.least) <= each.confidence <= _as_stored(filter.most))
        ]

    def shown(self, filter: Filter) -> set[int]:
        """Return the pictures that a filter shows, by the words of `Filter` and `Share`."""
        return {each.number for each in self.pictures if self._passes(each, filter)}

    def _passes(self, picture: Picture, filter: Filter) -> bool:
        found = self.counting(picture.number, filter)
        sure = any(each.confidence is None or each.confidence >= SURE for each in found)
        share = {
            Share.ALL: filter.labels is None or bool(found),
            Share.WITH_FINDINGS: bool(found),
            Share.NOTHING: not found and not picture.problem,
            Share.UNSURE: bool(found) and not sure,
            Share.NOT_READABLE: bool(picture.problem),
        }[filter.share]
        folder, _, _ = picture.name.rpartition("/")
        in_folder = not filter.folder or f"{folder}/".startswith(f"{filter.folder}/")
        texts = [each.text for each in self.findings if each.picture == picture.number]
        sought = filter.search.casefold()
        return share and in_folder and any(sought in each.casefold() for each in (picture.name, *texts))

    def _picture_row(self, picture: Picture) -> tuple[object, ...]:
        folder, _, _ = picture.name.rpartition("/")
        return (
            *(picture.number, picture.name, folder, picture.frame, picture.seconds, picture.width, picture.height),
            *(picture.findings, picture.best, picture.problem, picture.drawn),
            *self.places.get(picture.number, (None, None, None)),
        )

    def _finding_row(self, each: Finding) -> tuple[object, ...]:
        box = (
            (None, None, None, None) if each.box is None else (each.box.x, each.box.y, each.box.width, each.box.height)
        )
        outline = self.outlines.get(each.number)
        return (
            *(each.number, each.picture, 0, each.shape.value, each.label, each.confidence),
            *(*box, each.text, each.track, outline),
        )


@asynccontextmanager
async def opened(
    rows: Rows,
    scratch: Path,
    *,
    journal: Journal | None = None,
    batches: Sequence[tuple[str, str]] = (),
    taken: dict[Path, datetime] | None = None,
) -> AsyncIterator[Opened]:
    """Open what was written; the results are in `scratch/results`. Close it in the end."""
    folder = scratch / "results"
    folder.mkdir(parents=True, exist_ok=True)
    tables = Tables(rows.write(scratch / "made.duckdb", folder), scratch / "spilled")
    own = journal or Journal(scratch)

    async def ask_taken(paths: Sequence[Path]) -> list[datetime | None]:
        return [(taken or {}).get(path) for path in paths]

    async def fetch(name: str) -> Path | None:
        return None

    made = Opened(
        name="Lot 17",
        folder=folder,
        job=None,
        known=tables.ask(Question(read_known)),
        asking=Asking(tables, folder),
        selecting=tables.ask(Question(Selecting.begin)),
        originals=Originals(own, Settings(scratch), "lot", folder, batches),
        taken=ask_taken,
        fetch=fetch,
        on_close=lambda opened: None,
    )
    try:
        yield made
    finally:
        await made.close()
        if journal is None:
            own.close()


def outline(**told: object) -> str:
    """Return an outline as reading writes it."""
    return json.dumps(told)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[object]]) -> None:
    for row in rows:
        connection.execute(f"insert into {table} values ({', '.join('?' * len(row))})", list(row))


def _cell(cell: Cell) -> tuple[float | None, str | None]:
    return (None, cell.value) if isinstance(cell.value, str) else (cell.value, None)


def _as_stored(number: float) -> float:
    """Return a number as the tables have it, in four bytes."""
    return float(numpy.float32(number))
