"""Where pictures lie in the grid: arithmetic over equal cells, so that five million cost as much as five."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect

_LARGEST = 2**31 - 1
"""The farthest a scroll bar goes."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """All lengths in device-independent pixels. Cells fill the width; there is always at least one column."""

    count: int
    width: int
    columns: int
    cell: int
    """Width of a cell, the gap to the next not included."""
    tile: int
    """Height of the picture's place in a cell."""
    words: int
    """Height of the line under it."""
    gap: int

    @classmethod
    def over(cls, count: int, width: int, wanted: int, words: int, gap: int, columns: int | None = None) -> "Lattice":
        """Return the lattice for `count` pictures that are about `wanted` wide, or in so many `columns`."""
        columns = max(1, columns if columns is not None else round((width + gap) / (wanted + gap)))
        cell = max(1, (width - gap * (columns - 1)) // columns)
        return cls(count, width, columns, cell, max(1, cell * 3 // 4), words, gap)

    @property
    def pitch(self) -> int:
        """The distance from one row to the next."""
        return self.tile + self.words + self.gap

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return -(-self.count // self.columns)

    @property
    def height(self) -> int:
        """How high everything is together."""
        return min(_LARGEST, max(0, self.rows * self.pitch - self.gap))

    def rect(self, place: int) -> QRect:
        """Return where the cell of a place is, from the upper left corner of everything."""
        row, column = divmod(place, self.columns)
        left = column * (self.cell + self.gap)
        return QRect(left, row * self.pitch, self.cell, self.tile + self.words)

    def place_at(self, point: QPoint) -> int | None:
        """Return the place whose cell holds this point, or None between cells and outside."""
        if not 0 <= point.x() < self.width or point.y() < 0:
            return None
        column, beside = divmod(point.x(), self.cell + self.gap)
        row, below = divmod(point.y(), self.pitch)
        place = row * self.columns + column
        inside = column < self.columns and beside < self.cell and below < self.tile + self.words
        return place if inside and place < self.count else None

    def between(self, top: int, bottom: int) -> range:
        """Return the places of which something lies between two heights."""
        first = max(0, top // self.pitch) * self.columns
        last = (max(0, bottom) // self.pitch + 1) * self.columns
        return range(min(first, self.count), min(last, self.count))
