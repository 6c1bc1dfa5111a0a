"""The files that stay out, under the reason for it."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from batchdock.core.intake import Finding, Item
from batchdock.window.icons import icon
from batchdock.window.intake.findings import finding_advice, finding_title
from batchdock.window.theme import Tint
from batchdock.window.wording import number_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

NAME, NOTE = range(2)


class LeftOutModel(QAbstractTableModel):
    """A flat table: for each reason a heading with its count, then its files. Reasons keep the order of `Finding`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: dict[Finding, list[Item]] = {}
        self._file_icon = icon("file", Tint.MUTED)

    def add(self, items: list[Item]) -> None:
        """Put each item at the end of its group."""
        fresh: dict[Finding, list[Item]] = {}
        for item in items:
            if item.finding is not None:
                fresh.setdefault(item.finding, []).append(item)
        for finding, more in fresh.items():
            self._extend(finding, more)

    def put(self, groups: dict[Finding, list[Item]]) -> None:
        """Show these groups and no others."""
        self.beginResetModel()
        self._groups = {finding: list(items) for finding, items in groups.items() if items}
        self.endResetModel()

    def folder_of(self, row: int) -> Path | None:
        """Return the folder of the file in this row; for a heading, that of its first file."""
        if not 0 <= row < self.rowCount():
            return None
        finding, item = self._at(row)
        return (item or self._groups[finding][0]).path.parent

    def heading_rows(self) -> list[int]:
        """Return the rows of the headings."""
        rows, row = [], 0
        for finding in Finding:
            if finding in self._groups:
                rows.append(row)
                row += 1 + len(self._groups[finding])
        return rows

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else sum(1 + len(items) for items in self._groups.values())

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Left out"), self.tr("What was found"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        finding, item = self._at(index.row())
        if item is None:
            return self._heading(finding, index.column(), role)
        if role == Qt.ItemDataRole.DisplayRole:
            return item.relative if index.column() == NAME else item.note
        if role == Qt.ItemDataRole.DecorationRole and index.column() == NAME:
            return self._file_icon
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (str(item.path), item.note) if part)
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == NAME:
            return ", ".join(part for part in (item.relative, finding_title(finding), item.note) if part)
        return None

    def _heading(self, finding: Finding, column: int, role: int) -> Any:
        if column == NOTE:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{finding_title(finding)} · {number_text(len(self._groups[finding]))}"
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ToolTipRole:
            return finding_advice(finding)
        if role == Qt.ItemDataRole.DecorationRole:
            return icon("triangle-alert", Tint.WARNING)
        return None

    def _extend(self, finding: Finding, more: list[Item]) -> None:
        start = 0
        for each in Finding:
            if each is finding:
                break
            if each in self._groups:
                start += 1 + len(self._groups[each])
        if finding not in self._groups:
            self.beginInsertRows(_ROOT, start, start + len(more))
            self._groups[finding] = list(more)
            self.endInsertRows()
            return
        group = self._groups[finding]
        first = start + 1 + len(group)
        self.beginInsertRows(_ROOT, first, first + len(more) - 1)
        group.extend(more)
        self.endInsertRows()
        heading = self.index(start, NAME)
        self.dataChanged.emit(heading, heading)

    def _at(self, row: int) -> tuple[Finding, Item | None]:
        for finding in Finding:
            group = self._groups.get(finding)
            if group is None:
                continue
            if row <= len(group):
                return finding, (None if row == 0 else group[row - 1])
            row -= 1 + len(group)
        raise IndexError(row)
