"""Which segment is looked at, and which of its files is in hand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from PySide6.QtCore import QObject, Signal

from batchdock.core.datasets.data import Json, Sensor
from batchdock.core.finding import Filter, Label, SortBy
from batchdock.flows.datasets.kinds import FileKind, kind_of
from batchdock.flows.datasets.labels.classes import Classes
from batchdock.flows.datasets.rows import Row, Rows
from batchdock.flows.results.opening import Seen, Selection
from batchdock.window.datasets.data.words import KIND_ICONS, kind_word, spoken
from batchdock.window.results.viewing import NOTHING_CURRENT, Viewing

MOST_SENSORS = 24
"""Beside each other in one row of a fusion dataset."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One segment as it is looked at. `sensors` are in a row beside each other; none in an ordinary dataset."""

    rows: Rows
    classes: Classes
    sensors: tuple[Sensor, ...] = ()

    @property
    def width(self) -> int:
        """How many files are in a row."""
        return max(1, len(self.sensors))

    def sensor(self, number: int) -> Sensor | None:
        """Return what has taken the file of this number; None in an ordinary dataset."""
        return self.sensors[number % len(self.sensors)] if self.sensors else None

    def calibration(self, name: str) -> Json | None:
        """Return what is told of a sensor; None where nothing is."""
        return next((each.raw for each in self.sensors if each.name == name), None)


class DataState(Viewing):
    """Files are numbered row by row, in a fusion dataset those of a frame sensor by sensor."""

    counted = Signal(int, bool)
    """So many rows are known; whether that is all."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: Shown | None = None
        self.rows = 0

    @property
    def labels(self) -> tuple[Label, ...]:
        return self.shown.classes.labels if self.shown is not None else ()

    @property
    def order(self) -> object:
        return (self.shown.rows.place, self.shown.width) if self.shown is not None else None

    @property
    def columns(self) -> int | None:
        return len(self.shown.sensors) if self.shown is not None and self.shown.sensors else None

    def show(self, shown: Shown | None) -> None:
        """Look at another segment; None: at nothing. The same one read anew stays where it is."""
        order = self.order
        self.shown = shown
        if order is not None and order == self.order:
            self.opened_changed.emit()
            return
        self.selection, self.rows, self.place = None, 0, 0
        self.opened_changed.emit()
        self._take_current(NOTHING_CURRENT)

    def take_count(self, rows: int, whole: bool) -> None:
        """So many rows are there as far as is known. What was known before is only corrected by what is certain."""
        if self.shown is None or (rows <= self.rows and not whole):
            return
        self.rows = rows
        numbers = numpy.arange(rows * self.shown.width, dtype=numpy.int32)
        self.selection = Selection(Filter(), SortBy.NAME, False, numbers, {}, {}, 0)
        if self.current >= len(numbers):
            self._take_current(NOTHING_CURRENT)
        self.selection_changed.emit()
        self.counted.emit(rows, whole)

    def spoken(self, seen: Seen) -> str:
        return self._absent(seen) or spoken(seen, self.labels, self._kind(seen))

    def sign(self, seen: Seen) -> str:
        if self._absent(seen):
            return "circle-dashed"
        return "triangle-alert" if seen.picture.problem else KIND_ICONS[self._kind(seen)]

    def remark(self, seen: Seen) -> str:
        return seen.picture.problem or self._absent(seen) or kind_word(self._kind(seen))

    def _absent(self, seen: Seen) -> str:
        """Return that there is no file in this place; nothing where there is one, or nobody knows."""
        if seen.picture.name or seen.picture.problem:
            return ""
        sensor = self.shown.sensor(seen.picture.number) if self.shown is not None else None
        return self.tr("No file of %1").replace("%1", sensor.name) if sensor is not None else self.tr("No file here")

    def _kind(self, seen: Seen) -> FileKind:
        sensor = self.shown.sensor(seen.picture.number) if self.shown is not None else None
        return kind_of(seen.picture.name, sensor.sensor_type if sensor is not None else "")


def in_a_row(sensors: Sequence[Sensor], row: Row) -> tuple[Sensor, ...]:
    """Return the sensors that are shown beside each other, cameras first: those that the service lists, and those that
    the first frame has files of."""
    known = {each.name: each for each in sensors}
    for data in row:
        known.setdefault(data.sensor, Sensor(data.sensor))
    ordered = sorted(known.values(), key=lambda each: ("CAMERA" not in each.sensor_type, each.name))
    return tuple(ordered[:MOST_SENSORS])
