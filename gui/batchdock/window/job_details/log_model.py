"""The log's model: lines in the order of the service, oldest first; new ones are added below."""

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.core.job import LogEntry, Severity
from batchdock.window.icons import icon
from batchdock.window.job_details.words import moment_tooltip
from batchdock.window.theme import Tint

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

TIME, MESSAGE = range(2)

SEVERITY_ICONS: dict[Severity, tuple[str, Tint]] = {
    Severity.INFO: ("info", Tint.MUTED),
    Severity.WARNING: ("triangle-alert", Tint.WARNING),
    Severity.ERROR: ("circle-x", Tint.BAD),
}


class LogModel(QAbstractTableModel):
    """Lines that match what is searched for. Times are local; the tooltip has UTC too."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[LogEntry] = []
        self._icons = {severity: icon(*look) for severity, look in SEVERITY_ICONS.items()}

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """What is shown."""
        return tuple(self._entries)

    def show_entries(self, entries: Sequence[LogEntry]) -> None:
        """Replace all lines."""
        self.beginResetModel()
        self._entries = list(entries)
        self.endResetModel()

    def add(self, entries: Sequence[LogEntry]) -> None:
        """Add lines at the end."""
        if entries:
            first = len(self._entries)
            self.beginInsertRows(_ROOT, first, first + len(entries) - 1)
            self._entries += entries
            self.endInsertRows()

    # --- Qt's questions

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Time"), self.tr("Message"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(entry) if index.column() == MESSAGE else _time(entry)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == MESSAGE:
            return self._icons[entry.severity]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(entry)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            spoken = (_time(entry), self._word(entry.severity), one_line(entry))
            return ", ".join(part for part in spoken if part)
        return None

    # --- inside

    def _word(self, severity: Severity) -> str:
        words = {Severity.INFO: "", Severity.WARNING: self.tr("warning"), Severity.ERROR: self.tr("error")}
        return words[severity]

    def _tooltip(self, entry: LogEntry) -> str:
        source = " · ".join(part for part in (entry.module, entry.log_type) if part)
        moment = "" if entry.created is None else moment_tooltip(entry.created)
        return "\n".join(part for part in (entry.message, moment, source) if part)


def one_line(entry: LogEntry) -> str:
    """Return what a line says, without its breaks; one without words has its type."""
    return (entry.message or entry.log_type).replace("\n", " ")


def text_of(entries: Iterable[LogEntry]) -> str:
    """Return lines as text, with zone and severity. Blocks for a while with many of them; for a thread."""
    return "\n".join(
        "\t".join(
            (
                "" if entry.created is None else f"{entry.created.astimezone():%Y-%m-%d %H:%M:%S %z}",
                entry.severity,
                one_line(entry),
            )
        )
        for entry in entries
    )


def _time(entry: LogEntry) -> str:
    return "" if entry.created is None else f"{entry.created.astimezone():%H:%M:%S}"
