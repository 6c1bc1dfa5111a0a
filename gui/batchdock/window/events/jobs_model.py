"""The jobs that have sent something, or may: name, how much, and when last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.core.event import Span
from batchdock.window.events.words import events_text
from batchdock.window.plain_text import tooltip_text
from batchdock.window.two_lines import SECOND_LINE_ROLE
from batchdock.window.wording import relative_time

Index = QModelIndex | QPersistentModelIndex
Key = tuple[str, str]
_ROOT = QModelIndex()
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Row:
    key: Key
    name: str
    span: Span


class JobsWithEvents(QAbstractListModel):
    """A row a job, the one that sent last first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []

    def key(self, row: int) -> Key | None:
        """Return which job is in a row."""
        return self._rows[row].key if 0 <= row < len(self._rows) else None

    def name(self, key: Key) -> str:
        """Return what a job is called."""
        return next((row.name for row in self._rows if row.key == key), key[1])

    def row_of(self, key: Key | None) -> int | None:
        """Return where a job is."""
        return next((place for place, row in enumerate(self._rows) if row.key == key), None)

    def show(self, spans: Mapping[Key, Span], names: Mapping[Key, str]) -> None:
        """Show these jobs. Those that were there keep their order until another one comes or goes."""
        found = {key: _Row(key, names.get(key) or key[1], span) for key, span in spans.items()}
        if {row.key for row in self._rows} == found.keys():
            self._rows = [found[row.key] for row in self._rows]
            if self._rows:
                self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))
            return
        self.beginResetModel()
        self._rows = sorted(found.values(), key=lambda row: row.span.last or _NEVER, reverse=True)
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        about = events_text(row.span.events) if row.span.events else self.tr("Nothing came yet")
        if row.span.last is not None:
            about = f"{about} · {relative_time(row.span.last)}"
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == SECOND_LINE_ROLE:
            return about
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.name}, {about}"
        return tooltip_text(f"{row.name}\n{about}") if role == Qt.ItemDataRole.ToolTipRole else None
