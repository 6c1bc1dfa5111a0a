"""All transfers as a table, newest first."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.window.icons import icon
from batchdock.window.transfers.wording import amount_text, counts_text, transfer_icon, transfer_word
from batchdock.window.two_lines import SECOND_LINE_ROLE
from batchdock.window.wording import exact_time, rate_text, relative_time, time_left_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

NAME, STATE, PROGRESS, PACE, STARTED = range(5)

TRANSFER_ROLE = Qt.ItemDataRole.UserRole + 2


class TransfersModel(QAbstractTableModel):
    """Rows keyed by id; what changes repaints its row only."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._transfers: list[Transfer] = []
        self._places: dict[str, str] = {}

    def name_places(self, names: dict[str, str]) -> None:
        """Take over what people call each account."""
        self._places = names
        if self._transfers:
            self.dataChanged.emit(self.index(0, NAME), self.index(len(self._transfers) - 1, NAME))

    def show_transfers(self, transfers: Iterable[Transfer]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._transfers = sorted(transfers, key=lambda transfer: transfer.started, reverse=True)
        self.endResetModel()

    def update_transfers(self, transfers: Iterable[Transfer]) -> None:
        """Take over what has changed; new ones go on top."""
        rows = {transfer.transfer_id: row for row, transfer in enumerate(self._transfers)}
        fresh = []
        for transfer in transfers:
            row = rows.get(transfer.transfer_id)
            if row is None:
                fresh.append(transfer)
            elif self._transfers[row] != transfer:
                self._transfers[row] = transfer
                self.dataChanged.emit(self.index(row, 0), self.index(row, STARTED))
        if fresh:
            self.beginInsertRows(_ROOT, 0, len(fresh) - 1)
            self._transfers[:0] = sorted(fresh, key=lambda transfer: transfer.started, reverse=True)
            self.endInsertRows()

    def transfer(self, row: int) -> Transfer | None:
        """Return the transfer in `row`, or None outside."""
        return self._transfers[row] if 0 <= row < len(self._transfers) else None

    def moving_count(self) -> int:
        """Return how many have not ended."""
        return sum(not transfer.state.is_terminal for transfer in self._transfers)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._transfers)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            headings = (
                self.tr("Name"),
                self.tr("State"),
                self.tr("Progress"),
                self.tr("Speed"),
                self.tr("Started"),
            )
            return headings[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        transfer = self._transfers[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(transfer, index.column())
        if role == TRANSFER_ROLE:
            return transfer
        if role == SECOND_LINE_ROLE and index.column() == NAME:
            return self._about(transfer)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == NAME:
            return icon("cloud-upload" if transfer.kind is TransferKind.SENDING else "download")
        if role == Qt.ItemDataRole.DecorationRole and index.column() == STATE:
            return icon(*transfer_icon(transfer))
        if role == Qt.ItemDataRole.ToolTipRole:
            if index.column() == STARTED:
                return exact_time(transfer.started)
            return transfer.message or self._text(transfer, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == NAME:
            spoken = (transfer.name, transfer_word(transfer), self._about(transfer), transfer.message)
            return ", ".join(part for part in spoken if part)
        return None

    def _about(self, transfer: Transfer) -> str:
        place = self._places.get(transfer.account_id, transfer.account_id)
        return " · ".join(part for part in (place, counts_text(transfer), amount_text(transfer)) if part)

    def _text(self, transfer: Transfer, column: int) -> str:
        if column == NAME:
            return transfer.name
        if column == STATE:
            return transfer_word(transfer)
        if column == PACE and transfer.state is TransferState.MOVING:
            rate = rate_text(transfer.rate) if transfer.rate else ""
            left = time_left_text(transfer.seconds_left) if transfer.seconds_left is not None else ""
            return " · ".join(part for part in (rate, left) if part)
        if column == STARTED:
            return relative_time(transfer.started)
        return ""
