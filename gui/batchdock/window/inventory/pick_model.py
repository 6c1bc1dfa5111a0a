"""What can be picked from, as a list that grows while it is read and narrows while somebody searches it."""

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from batchdock.window.plain_text import tooltip_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class PickModel(QAbstractListModel):
    """Values with their titles, and which of them are picked. Picked ones that are not read yet stand first."""

    picked_changed = Signal()

    def __init__(self, *, several: bool, needed: bool = False, parent: QObject | None = None) -> None:
        """`several` may be picked, or one; with `needed` the one is not left again, but for another."""
        super().__init__(parent)
        self._several = several
        self._needed = needed
        self._all: dict[str, str] = {}
        self._hay: dict[str, str] = {}
        self._rows: list[str] = []
        self._picked: dict[str, None] = {}
        self._search = ""

    @property
    def picked(self) -> tuple[str, ...]:
        """The values that are picked, in the order in which they were."""
        return tuple(self._picked)

    @property
    def known(self) -> int:
        """How many there are, found by the search or not."""
        return len(self._all)

    def title_of(self, value: str) -> str:
        """Return the title of a value, as far as it is known."""
        return self._all.get(value) or value

    def pick(self, values: Iterable[str]) -> None:
        """Pick these and no others."""
        self._picked = dict.fromkeys(values)
        missing = [(value, value) for value in self._picked if value not in self._all]
        self.add(missing)
        self._redraw()
        self.picked_changed.emit()

    def toggle(self, row: int) -> None:
        """Pick what is in `row`, or leave it; where only one can be picked, instead of what was."""
        if not 0 <= row < len(self._rows):
            return
        value = self._rows[row]
        if value not in self._picked:
            self._picked = {**self._picked, value: None} if self._several else {value: None}
        elif self._several or not self._needed:
            del self._picked[value]
        self._redraw()
        self.picked_changed.emit()

    def add(self, choices: Sequence[tuple[str, str]]) -> None:
        """Take in more values with their titles."""
        fresh: list[str] = []
        for value, title in choices:
            known = value in self._all
            self._all[value] = title or value
            self._hay[value] = f"{title}\n{value}".casefold()
            if not known and self._search in self._hay[value]:
                fresh.append(value)
        if fresh:
            first = len(self._rows)
            self.beginInsertRows(_ROOT, first, first + len(fresh) - 1)
            self._rows.extend(fresh)
            self.endInsertRows()
        if len(fresh) < len(choices):
            self._redraw()

    def search(self, text: str) -> None:
        """Show only what has this text in its title or value."""
        self._search = text.strip().casefold()
        self.beginResetModel()
        self._rows = [value for value, hay in self._hay.items() if self._search in hay]
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self._rows):
            return None
        value = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._all[value]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text(value if value == self._all[value] else f"{self._all[value]}\n{value}")
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if value in self._picked else Qt.CheckState.Unchecked
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.toggle(index.row())
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable

    def _redraw(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))
