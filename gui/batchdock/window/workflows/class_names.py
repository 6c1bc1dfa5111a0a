"""The classes of a model as a table: numbers, and names that may be typed, pasted or read from a file."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QWidget

from batchdock.flows.own_files import NAME_CHARACTERS, names_in_lines
from batchdock.window.quiet_table import QuietTable
from batchdock.window.theme import unit
from batchdock.window.wording import number_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
NUMBER, NAME = 0, 1


class ClassNamesModel(QAbstractTableModel):
    """Rows of number and name. Names can be changed only where the model itself has none.

    Where it does not even say how many classes there are, any number of names may be given: the last row is an empty
    one for the next.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self._given: tuple[str, ...] = ()
        self._fixed = True
        self._open_ended = False

    def show_names(self, names: Sequence[str], *, fixed: bool) -> None:
        """Replace all rows by what the model says."""
        self.beginResetModel()
        self._names, self._given, self._fixed = list(names), tuple(names), fixed
        self._open_ended = not names and not fixed
        self.endResetModel()

    def names(self) -> tuple[str, ...]:
        """Return all names if the person has given some, else nothing."""
        return tuple(self._names) if tuple(self._names) != self._given else ()

    def put(self, names: Sequence[str], first: int = 0) -> None:
        """Write `names` from row `first` on, as far as there are rows; the rest is left out."""
        if self._fixed or not names:
            return
        room = len(names) if self._open_ended else len(self._names) - first
        written = [each.strip()[:NAME_CHARACTERS] for each in names[:room]]
        more = max(0, first + len(written) - len(self._names))
        if more:
            self.beginInsertRows(_ROOT, len(self._names), len(self._names) + more - 1)
        self._names[first : first + len(written)] = written
        if more:
            self.endInsertRows()
        self.dataChanged.emit(self.index(first, NAME), self.index(first + len(written) - 1, NAME))
        self.changed.emit()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._names) + self._open_ended

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.tr("No.") if section == NUMBER else self.tr("Name")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        name = self._names[index.row()] if index.row() < len(self._names) else ""
        if index.column() == NUMBER:
            return number_text(index.row()) if role == Qt.ItemDataRole.DisplayRole else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            return name
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed; an empty name goes back to what the model said."""
        if role != Qt.ItemDataRole.EditRole or index.column() != NAME or self._fixed:
            return False
        name = str(value).strip() or (self._given[index.row()] if index.row() < len(self._given) else "")
        self.put([name] if name else [], index.row())
        return bool(name)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == NAME and not self._fixed else flags


class ClassNamesTable(QuietTable):
    """Shows a `ClassNamesModel`; lines that are pasted fill it from the current row on."""

    def __init__(self, model: ClassNamesModel, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(accessible_name, parent)
        self._names = model
        self.setModel(model)
        self.size_columns(NAME, {NUMBER: "0000"})
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        self.verticalHeader().setDefaultSectionSize(unit(self) * 7)

    def paste(self) -> None:
        """Write the lines of the clipboard from the current row on."""
        self._names.put(names_in_lines(QGuiApplication.clipboard().text()), max(0, self.currentIndex().row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            super().keyPressEvent(event)
