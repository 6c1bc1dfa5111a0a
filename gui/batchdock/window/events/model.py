"""The events of a job as a list, newest first. Only numbers and times are held of those that are out of sight."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.flows.events.events import Index as Numbers
from batchdock.window.events.shelf import EventShelf
from batchdock.window.events.stretch import stamp
from batchdock.window.events.words import kind_text, spoken
from batchdock.window.plain_text import tooltip_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class EventsModel(QAbstractListModel):
    """A row an event."""

    def __init__(self, shelf: EventShelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._numbers, self._times = array("q"), array("q")
        self.newest = 0
        """The highest number: what has a higher one came later."""
        shelf.ready.connect(self._on_ready)

    def number(self, row: int) -> int:
        """Return the number of the event in a row."""
        return self._numbers[row]

    def time(self, row: int) -> int:
        """Return when the event in a row was, in milliseconds since 1970."""
        return self._times[row]

    def row_of(self, number: int, time: int) -> int | None:
        """Return where the event with this number and time is, if it is in the list."""
        row = self._place(time, number)
        return row if row < len(self._numbers) and self._numbers[row] == number else None

    def show(self, found: Numbers) -> None:
        """Show these events instead of those that were there."""
        self.beginResetModel()
        self._numbers, self._times = found.numbers, found.times
        self.newest = max(found.numbers, default=0)
        self.endResetModel()

    def add(self, found: Numbers) -> list[int]:
        """Put events where they belong by their times; return the rows they went to, the first row first."""
        rows: list[int] = []
        begin = 0
        self.newest = max(self.newest, *found.numbers, 0)
        while begin < len(found.numbers):
            row = self._place(found.times[begin], found.numbers[begin])
            end = begin + 1
            while end < len(found.numbers) and self._place(found.times[end], found.numbers[end]) == row:
                end += 1
            self.beginInsertRows(_ROOT, row, row + end - begin - 1)
            self._numbers[row:row] = found.numbers[begin:end]
            self._times[row:row] = found.times[begin:end]
            self.endInsertRows()
            rows += range(row, row + end - begin)
            begin = end
        return rows

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._numbers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return None
        event = self._shelf.event_of(self._numbers[index.row()])
        if event is None:
            return kind_text("")
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text(spoken(event))
        return spoken(event) if role == Qt.ItemDataRole.AccessibleTextRole else kind_text(event.kind)

    def _place(self, time: int, number: int) -> int:
        """Return the row before which an event belongs. The rows go down, and so do their keys."""
        return bisect_left(range(len(self._times)), (-time, -number), key=self._key)

    def _key(self, row: int) -> tuple[int, int]:
        return -self._times[row], -self._numbers[row]

    def _on_ready(self, numbers: Sequence[int]) -> None:
        """Tell that rows look different. Nothing here walks over the rows: there may be a million."""
        events = [event for number in numbers if (event := self._shelf.event_of(number)) is not None]
        rows = [row for event in events if (row := self.row_of(event.number, stamp(event.at))) is not None]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))
