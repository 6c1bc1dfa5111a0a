"""A tree of named values: names on the left, values on the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from batchdock.window.icons import icon
from batchdock.window.plain_text import tooltip_text
from batchdock.window.results.large.findings_list import dot
from batchdock.window.theme import Tint, unit

Index = QModelIndex | QPersistentModelIndex

_UNFOLDED_AT_ONCE = 300
"""Lines. Of longer trees only the top is unfolded: Qt lays out every line that is."""
_LONGEST_TOOLTIP = 2000
_WIDEST_NAME = 60
_OF_NAMES = 0.55
"""In steps of `theme.unit`; longer names end in dots, and the values beside them stay in view."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it says, a remark beside it, and what is below it.

    `copied` is what copying the remark gives where that is something else; `told` is the tooltip of the text alone.
    """

    text: str
    remark: str = ""
    icon: tuple[str, Tint] | None = None
    tooltip: str = ""
    below: tuple["Line", ...] = ()
    copied: str = ""
    told: str = ""
    colour: QColor | None = None
    """Of a class: a round spot stands where others have an icon."""


@dataclass(slots=True)
class _Place:
    """Where a line stands: its row below the line of number `above` (-1: at the top), and the numbers below it."""

    line: Line
    row: int
    above: int
    below: list[int]


class OutlineModel(QAbstractItemModel):
    """Lines and the lines below them. Lines of unchanged shape are replaced in place, so that nothing folds up."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self._places: list[_Place] = []
        self._top: list[int] = []
        self.line_height = 0
        """In pixels; the view sets it from its font."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def show(self, lines: Sequence[Line]) -> bool:
        """Show these lines. Tell whether their shape is another one: then all of them are new to the view."""
        new = tuple(lines)
        if new == self._lines:
            return False
        before, (places, top) = self._places, _placed(new)
        if _shape(places) != _shape(before):
            self.beginResetModel()
            self._lines, self._places, self._top = new, places, top
            self.endResetModel()
            return True
        self._lines, self._places, self._top = new, places, top
        for number, (was, now) in enumerate(zip(before, places, strict=True)):
            if was.line != now.line:
                self.dataChanged.emit(self.createIndex(now.row, 0, number), self.createIndex(now.row, 1, number))
        return False

    def line(self, index: Index) -> Line | None:
        """Return the line of an index."""
        return self._places[index.internalId()].line if index.isValid() else None

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        below = self._places[parent.internalId()].below if parent.isValid() else self._top
        return self.createIndex(row, column, below[row])

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        above = self._places[index.internalId()].above if index.isValid() else -1
        return self.createIndex(self._places[above].row, 0, above) if above >= 0 else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._top)
        return 0 if parent.column() else len(self._places[parent.internalId()].below)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self._places[index.internalId()].line
        if role == Qt.ItemDataRole.DisplayRole:
            # A line of a table is one line, whatever a service puts into a text.
            return " ".join(line.remark[:_LONGEST_TOOLTIP].split()) if index.column() else line.text
        if role == Qt.ItemDataRole.DecorationRole and not index.column() and line.icon is not None:
            return icon(*line.icon)
        if role == Qt.ItemDataRole.DecorationRole and not index.column() and line.colour is not None:
            return dot(line.colour)
        if role == Qt.ItemDataRole.ToolTipRole:
            told = (line.told if not index.column() else "") or line.tooltip or line.text
            return tooltip_text(told[:_LONGEST_TOOLTIP])
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, self.line_height)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (line.text, line.remark) if part)
        return None


class Outline(QTreeView):
    """Shows an `OutlineModel` quietly."""

    def __init__(self, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = OutlineModel(self)
        self.lines.line_height = self.fontMetrics().height() + unit(self) * 2
        self.setModel(self.lines)
        self.setAccessibleName(accessible_name)
        self.setHeaderHidden(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformRowHeights(True)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        side = unit(self) * 4
        self.setIconSize(QSize(side, side))
        self.setIndentation(unit(self) * 4)
        header = self.header()
        header.setStretchLastSection(True)
        self.setMinimumHeight(unit(self) * 24)
        self._wanted = 0

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines, unfolded, each remark beside the longest text. What somebody has folded up stays so."""
        if self.lines.show(lines):
            if _count(lines) <= _UNFOLDED_AT_ONCE:
                self.expandAll()
            else:
                self.expandToDepth(0)
        widest = max((self._width_of(line, 0) for line in lines), default=0)
        self._wanted = min(widest + unit(self) * 5, unit(self) * _WIDEST_NAME)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave the values something to be read in, however long the names are."""
        self.setColumnWidth(0, min(self._wanted, round(self.viewport().width() * _OF_NAMES)))

    def _width_of(self, line: Line, depth: int) -> int:
        """Return how much room the texts of a line and those below it need; a group has the whole width to itself."""
        own = 0
        if depth or line.remark:
            own = self.fontMetrics().horizontalAdvance(line.text) + self.indentation() * (depth + 1)
            own += self.iconSize().width() + unit(self) if line.colour is not None else 0
        return max((self._width_of(each, depth + 1) for each in line.below), default=own) if line.below else own


def _placed(lines: tuple[Line, ...]) -> tuple[list[_Place], list[int]]:
    """Number the lines, each before those below it."""
    places: list[_Place] = []

    def place(some: tuple[Line, ...], above: int) -> list[int]:
        numbers = []
        for row, line in enumerate(some):
            here = _Place(line, row, above, [])
            numbers.append(len(places))
            places.append(here)
            here.below.extend(place(line.below, numbers[-1]))
        return numbers

    return places, place(lines, -1)


def _shape(places: list[_Place]) -> list[tuple[str, int, int]]:
    return [(each.line.text, each.above, len(each.below)) for each in places]


def _count(lines: Sequence[Line]) -> int:
    return sum(1 + _count(line.below) for line in lines)
