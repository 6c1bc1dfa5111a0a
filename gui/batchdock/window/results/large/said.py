"""Everything the service said about a picture, as a tree: made as it is opened, never larger than can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from batchdock.window.flat_header import FlatHeader
from batchdock.window.theme import unit
from batchdock.window.wording import number_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

_MOST_ENTRIES = 1_000
"""Of one list or record."""

_TEXT_SHOWN = 500
_DEEPEST = 64


@dataclass(slots=True, eq=False)
class _Entry:
    """One line. What is in it is worked out when it is opened."""

    name: str
    value: object
    parent: "_Entry | None"
    row: int
    depth: int
    entries: "list[_Entry] | None" = field(default=None)


class SaidModel(QAbstractItemModel):
    """A record of any shape. Nothing of it is taken for markup, and nothing of it is done."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._top = _Entry("", {}, None, 0, 0)

    def show_record(self, record: object) -> None:
        """Replace everything."""
        self.beginResetModel()
        held = record if isinstance(record, Mapping | list) else {self.tr("Answer"): record}
        self._top = _Entry("", held if record is not None else {}, None, 0, 0)
        self.endResetModel()

    def text(self, index: Index) -> str:
        """Return the whole value of a line, or the name of one that has others below it, for the clipboard."""
        entry = self._entry(index)
        if entry.value is _MORE or isinstance(entry.value, Mapping | list):
            return entry.name
        return entry.value if isinstance(entry.value, str) else self._worded(entry.value)

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        entries = self._entries(self._entry(parent))
        return self.createIndex(row, column, entries[row]) if 0 <= row < len(entries) else QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        above = self._entry(index).parent if index.isValid() else None
        return QModelIndex() if above is None or above is self._top else self.createIndex(above.row, 0, above)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.column() > 0 else len(self._entries(self._entry(parent)))

    def hasChildren(self, parent: Index = _ROOT) -> bool:
        return parent.column() <= 0 and _holds_more(self._entry(parent))

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Name"), self.tr("Value"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        entry = self._entry(index)
        return entry.name if index.column() == 0 else self._worded(entry.value)

    def _worded(self, value: object) -> str:
        if value is None or value is _MORE:
            return ""
        if isinstance(value, Mapping | list):
            return "" if value else "–"
        if isinstance(value, bool):
            return self.tr("yes") if value else self.tr("no")
        text = value if isinstance(value, str) else str(value)
        line = " ".join(text[:_TEXT_SHOWN].split())
        return f"{line}…" if len(text) > _TEXT_SHOWN else line

    def _entry(self, index: Index) -> _Entry:
        found = index.internalPointer() if index.isValid() else None
        return found if isinstance(found, _Entry) else self._top

    def _entries(self, entry: _Entry) -> "list[_Entry]":
        if entry.entries is None:
            entry.entries = list(self._worked_out(entry)) if _holds_more(entry) else []
        return entry.entries

    def _worked_out(self, entry: _Entry) -> Sequence[_Entry]:
        value = entry.value
        if isinstance(value, Mapping):
            parts = [
                (str(name)[:_TEXT_SHOWN], value[name]) for name, _ in zip(value, range(_MOST_ENTRIES), strict=False)
            ]
        elif isinstance(value, list):
            parts = [(number_text(place + 1), each) for place, each in enumerate(value[:_MOST_ENTRIES])]
        else:
            return []
        left = len(value) - len(parts)
        if left:
            parts.append((self.tr("%1 more").replace("%1", number_text(left)), _MORE))
        return [_Entry(name, part, entry, row, entry.depth + 1) for row, (name, part) in enumerate(parts)]


_MORE = object()


def _holds_more(entry: _Entry) -> bool:
    return isinstance(entry.value, Mapping | list) and bool(entry.value) and entry.depth < _DEEPEST


class SaidTree(QTreeView):
    """Shows it. Copying takes the whole value of a line, however long."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said = SaidModel(self)
        self.setModel(self.said)
        self.setAccessibleName(self.tr("Everything the service said"))
        self.setUniformRowHeights(True)
        self.setTabKeyNavigation(False)
        header = FlatHeader(self)
        self.setHeader(header)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.resizeSection(0, unit(self) * 30)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy)

    def show_record(self, record: object) -> None:
        """Replace everything, with the first lines open."""
        self.said.show_record(record)
        if self.said.rowCount() == 1:
            self.expandToDepth(0)

    def copy(self) -> None:
        """Put the value of the line in hand on the clipboard."""
        if self.currentIndex().isValid():
            QGuiApplication.clipboard().setText(self.said.text(self.currentIndex()))
