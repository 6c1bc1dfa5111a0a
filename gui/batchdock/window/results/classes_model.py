"""The classes of opened results as a list: ticked ones count, with what the rest of the filter leaves of each."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.flows.results.opening import LabelCount
from batchdock.window.plain_text import tooltip_text
from batchdock.window.results.grid.words import findings_text
from batchdock.window.results.view_state import NO_CLASS, ViewState
from batchdock.window.wording import pictures_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_NONE = LabelCount(0, 0)

CLASS_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class ClassRow:
    """What one row says."""

    label: int
    name: str
    count: LabelCount
    is_ticked: bool


class ClassesModel(QAbstractListModel):
    """Rows in the order of the numbers, which is that of the findings in all pictures; searched by name."""

    def __init__(self, state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._known: list[tuple[int, str, str]] = []
        self._rows: list[tuple[int, str, str]] = []
        self.most_findings = 0
        """Of the class with the most, in all pictures, whatever the filter."""
        self._search = ""
        state.opened_changed.connect(self._read)
        state.filter_changed.connect(self._refresh)
        state.selection_changed.connect(self._refresh)
        self._read()

    def search(self, text: str) -> None:
        """Show only classes in whose name this text is."""
        self.beginResetModel()
        self._search = text.strip().casefold()
        self._rows = [row for row in self._known if self._search in row[2]]
        self.endResetModel()

    @property
    def known(self) -> int:
        """How many classes there are, whatever the search."""
        return len(self._known)

    def label(self, row: int) -> int:
        """Return the number of the class in a row."""
        return self._rows[row][0]

    def shortcut(self, label: int) -> int | None:
        """Return the digit, 1 to 9, that ticks a class; None for all but the first nine."""
        place = next((place for place, row in enumerate(self._known[:9]) if row[0] == label), None)
        return None if place is None else place + 1

    def by_shortcut(self, digit: int) -> int | None:
        """Return the class that a digit ticks."""
        return self._known[digit - 1][0] if digit <= len(self._known) else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        ticking = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | ticking

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        label, name, _ = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if self._is_ticked(label) else Qt.CheckState.Unchecked
        if role == CLASS_ROLE:
            return ClassRow(label, name, self._count(label), self._is_ticked(label))
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            said = self._said(label, name)
            return tooltip_text(said) if role == Qt.ItemDataRole.ToolTipRole else said
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self._state.toggle(self.label(index.row()))
        self._refresh()
        return True

    def _said(self, label: int, name: str) -> str:
        count = self._count(label)
        found = self.tr("%1 in %2").replace("%1", findings_text(count.findings))
        said = f"{name}: {found.replace('%2', pictures_text(count.pictures))}"
        digit = self.shortcut(label)
        return said if digit is None else f"{said} ({self.tr('key %1').replace('%1', str(digit))})"

    def _count(self, label: int) -> LabelCount:
        selection = self._state.selection
        return selection.labels.get(label, _NONE) if selection is not None else _NONE

    def _is_ticked(self, label: int) -> bool:
        chosen = self._state.filter.labels
        return chosen is None or label in chosen

    def _read(self) -> None:
        opened = self._state.opened
        labels = opened.labels if opened is not None else ()
        self.most_findings = max((label.findings for label in labels), default=0)
        self._known = [(label.number, label.name, label.name.casefold()) for label in labels]
        self.search("")

    def _refresh(self) -> None:
        selection = self._state.selection
        if selection is not None and NO_CLASS in selection.labels and self._known and self._known[-1][0] != NO_CLASS:
            name = self.tr("Without a class")
            self._known.append((NO_CLASS, name, name.casefold()))
            self.search(self._search)
        elif self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))
