"""All batches of all accounts as a table; sorts and filters by itself, without a proxy."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush

from batchdock.core.batch import Batch, BatchKind
from batchdock.window.batches.browser.entries import natural_key
from batchdock.window.expiry import countdown
from batchdock.window.icons import icon
from batchdock.window.theme import Tint, colour
from batchdock.window.wording import content_word, exact_times, number_text, relative_time

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

NAME, WHERE, CONTENT, KIND, FILES, CREATED, EXPIRES = range(7)

_ALIGN_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)


class BatchesModel(QAbstractTableModel):
    """Newest first, until a heading is clicked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: dict[str, tuple[Batch, ...]] = {}
        self._rows: list[Batch] = []
        self._counts: dict[tuple[str, str], int] = {}
        self._places: dict[str, str] = {}
        self._only = ""
        self._column, self._order = CREATED, Qt.SortOrder.DescendingOrder

    def name_places(self, names: dict[str, str]) -> None:
        """Take over what people call each account; batches of others are dropped."""
        self._places = names
        self._all = {account_id: batches for account_id, batches in self._all.items() if account_id in names}
        self._arrange()

    def show_batches(self, account_id: str, batches: Iterable[Batch]) -> None:
        """Replace the batches of one account."""
        self._all[account_id] = tuple(batches)
        self._arrange()

    def show_only(self, account_id: str) -> None:
        """Show one account's batches; an empty text shows all."""
        self._only = account_id
        self._arrange()

    def show_count(self, batch: Batch, count: int) -> None:
        """Take over how many files a batch holds."""
        self._counts[batch.account_id, batch.batch_id] = count
        row = self.row_of(batch)
        if row is not None:
            self.dataChanged.emit(self.index(row, FILES), self.index(row, FILES))

    def count(self, batch: Batch) -> int | None:
        """Return how many files a batch holds, None while nobody has counted."""
        return self._counts.get((batch.account_id, batch.batch_id))

    def tell_time(self) -> None:
        """Let everything that depends on the time be written anew."""
        if self._rows:
            self.dataChanged.emit(self.index(0, CREATED), self.index(len(self._rows) - 1, EXPIRES))

    def batch(self, row: int) -> Batch | None:
        """Return the batch in `row`, or None outside."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def first(self, count: int) -> list[Batch]:
        """Return the batches of the first rows."""
        return self._rows[:count]

    def row_of(self, batch: Batch) -> int | None:
        """Return the row of a batch, or None."""
        wanted = (batch.account_id, batch.batch_id)
        return next((row for row, each in enumerate(self._rows) if (each.account_id, each.batch_id) == wanted), None)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._column, self._order = column, order
        self._arrange()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 7

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_NUMBER if section == FILES else None
        if role == Qt.ItemDataRole.DisplayRole:
            headings = (
                self.tr("Name"),
                self.tr("Where"),
                self.tr("Content"),
                self.tr("Kind"),
                self.tr("Files"),
                self.tr("Created"),
                self.tr("Expires"),
            )
            return headings[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        batch = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(batch, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_NUMBER if index.column() == FILES else None
        if role == Qt.ItemDataRole.DecorationRole and index.column() == NAME:
            return icon("package-open" if batch.kind is BatchKind.MULTIPART else "layers")
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == EXPIRES:
            tint = countdown(batch.expires).tint
            return None if tint is Tint.TEXT else QBrush(colour(tint))
        if role == Qt.ItemDataRole.ToolTipRole:
            if index.column() == EXPIRES:
                return countdown(batch.expires).exact
            created = batch.created if index.column() == CREATED else None
            return self._text(batch, index.column()) if created is None else exact_times(created)
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == NAME:
            return ", ".join(part for part in (batch.name, content_word(batch.content), kind_word(batch.kind)) if part)
        return None

    def _text(self, batch: Batch, column: int) -> str:
        if column == FILES:
            count = self.count(batch)
            return "" if count is None else number_text(count)
        if column == CREATED:
            return relative_time(batch.created) if batch.created else "–"
        texts = {
            NAME: batch.name,
            WHERE: self._places.get(batch.account_id, batch.account_id),
            CONTENT: content_word(batch.content),
            KIND: kind_word(batch.kind),
            EXPIRES: countdown(batch.expires).text,
        }
        return texts[column]

    def _arrange(self) -> None:
        shown = [
            batch for account_id, batches in self._all.items() if self._only in ("", account_id) for batch in batches
        ]
        keys: dict[int, Callable[[Batch], Any]] = {
            CREATED: lambda batch: batch.created or _LONG_AGO,
            EXPIRES: lambda batch: batch.expires or _NEVER,
            FILES: lambda batch: self._counts.get((batch.account_id, batch.batch_id), -1),
        }
        key = keys.get(self._column, lambda batch: natural_key(self._text(batch, self._column)))
        shown.sort(key=key, reverse=self._order is Qt.SortOrder.DescendingOrder)
        self.beginResetModel()
        self._rows = shown
        self.endResetModel()


def kind_word(kind: BatchKind) -> str:
    """Return what people understand of a batch's kind."""
    words = {
        BatchKind.SIMPLE: QCoreApplication.translate("batches", "Files one by one"),
        BatchKind.SHARDED: QCoreApplication.translate("batches", "Files in packages"),
        BatchKind.MULTIPART: QCoreApplication.translate("batches", "Results"),
        BatchKind.UNKNOWN: "–",
    }
    return words[kind]
