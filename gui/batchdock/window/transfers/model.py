"""All transfers as a table, in the order of the queue."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.core.transfer import Transfer, TransferKind
from batchdock.flows.transfers.course import ranked
from batchdock.window.icons import icon
from batchdock.window.jobs.ordering import ranges
from batchdock.window.transfers.wording import (
    amount_text,
    counts_text,
    left_text,
    pace_text,
    share_of,
    spoken_counts,
    transfer_icon,
    transfer_word,
)
from batchdock.window.two_lines import SECOND_LINE_ROLE
from batchdock.window.wording import number_text, percent_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

NAME, STATE, PROGRESS, FILES, PACE, RETRIED, FAILED = range(7)

TRANSFER_ROLE = Qt.ItemDataRole.UserRole + 2


class TransfersModel(QAbstractTableModel):
    """Rows keyed by id. What changes repaints its row, if that is on screen; the order changes only with the queue."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._transfers: list[Transfer] = []
        self._row_of: dict[str, int] = {}
        self._places: dict[str, str] = {}
        self._shown = (0, 1 << 30)

    def name_places(self, names: dict[str, str]) -> None:
        """Take over what people call each account."""
        self._places = names
        self._announce(range(len(self._transfers)))

    def place_of(self, transfer: Transfer) -> str:
        """Return what people call the account of `transfer`."""
        return self._places.get(transfer.account_id, transfer.account_id)

    def set_shown_rows(self, first: int, last: int) -> None:
        """Say which rows are on screen; changes elsewhere need no announcement."""
        self._shown = (first, last)

    def show_transfers(self, transfers: Iterable[Transfer]) -> None:
        """Show exactly these; rows that stay keep their selection."""
        wanted = {transfer.transfer_id: transfer for transfer in transfers}
        gone = [row for row, transfer in enumerate(self._transfers) if transfer.transfer_id not in wanted]
        for first, last in reversed(ranges(gone) if gone else []):
            self.beginRemoveRows(_ROOT, first, last)
            del self._transfers[first : last + 1]
            self._number()
            self.endRemoveRows()
        self.update_transfers(wanted.values())

    def update_transfers(self, transfers: Iterable[Transfer]) -> None:
        """Take over what has changed; new ones go where the queue has them."""
        fresh: list[Transfer] = []
        changed: list[int] = []
        moved = False
        for transfer in transfers:
            row = self._row_of.get(transfer.transfer_id)
            if row is None:
                fresh.append(transfer)
            elif (before := self._transfers[row]) != transfer:
                moved = moved or _place(before) != _place(transfer)
                self._transfers[row] = transfer
                changed.append(row)
        if moved:
            self._put_in_order()
        else:
            self._announce(changed)
        if fresh:
            self._insert(fresh)

    def transfer(self, row: int) -> Transfer | None:
        """Return the transfer in `row`, or None outside."""
        return self._transfers[row] if 0 <= row < len(self._transfers) else None

    def row_of(self, transfer_id: str) -> int | None:
        """Return the row of a transfer, or None."""
        return self._row_of.get(transfer_id)

    def all(self) -> tuple[Transfer, ...]:
        """Return every transfer, in the order of the rows."""
        return tuple(self._transfers)

    def moving_count(self) -> int:
        """Return how many have not ended."""
        return sum(not transfer.state.is_terminal for transfer in self._transfers)

    # --- Qt's questions

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._transfers)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 7

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings()[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (RETRIED, FAILED):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        transfer, column = self._transfers[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(transfer, column)
        if role == SECOND_LINE_ROLE:
            return self._second_line(transfer, column)
        if role == TRANSFER_ROLE:
            return transfer
        if role == Qt.ItemDataRole.DecorationRole and column == NAME:
            return icon("cloud-upload" if transfer.kind is TransferKind.SENDING else "download")
        if role == Qt.ItemDataRole.DecorationRole and column == STATE:
            return icon(*transfer_icon(transfer))
        if role == Qt.ItemDataRole.ToolTipRole:
            said = (self._text(transfer, column), self._second_line(transfer, column))
            return transfer.message if column == STATE and transfer.message else "\n".join(filter(None, said))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(transfer, column)
        return None

    # --- inside

    def _headings(self) -> tuple[str, ...]:
        return (
            self.tr("Name"),
            self.tr("State"),
            self.tr("Progress"),
            self.tr("Files"),
            self.tr("Speed"),
            self.tr("Retried"),
            self.tr("Failed"),
        )

    def _text(self, transfer: Transfer, column: int) -> str:
        match column:
            case 0:
                return transfer.name
            case 1:
                return transfer_word(transfer)
            case 2:
                return percent_text(share_of(transfer))
            case 3:
                return counts_text(transfer)
            case 4:
                return pace_text(transfer)
            case 5:
                return number_text(transfer.retried) if transfer.retried else ""
        return number_text(transfer.failed) if transfer.failed else ""

    def _second_line(self, transfer: Transfer, column: int) -> str:
        if column == NAME:
            return self.place_of(transfer)
        if column == FILES:
            return amount_text(transfer)
        return left_text(transfer) if column == PACE else ""

    def _spoken(self, transfer: Transfer, column: int) -> str:
        if column == NAME:
            said = (transfer.name, transfer_word(transfer), self.place_of(transfer), spoken_counts(transfer))
            return ", ".join(part for part in (*said, amount_text(transfer), transfer.message) if part)
        lines = (self._text(transfer, column), self._second_line(transfer, column))
        text = ", ".join(filter(None, lines))
        return f"{self._headings()[column]}: {text or self.tr('none')}"

    def _announce(self, rows: Iterable[int]) -> None:
        first_shown, last_shown = self._shown
        on_screen = [row for row in rows if first_shown <= row <= last_shown]
        for first, last in ranges(on_screen) if on_screen else []:
            self.dataChanged.emit(self.index(first, NAME), self.index(last, FAILED))

    def _insert(self, fresh: list[Transfer]) -> None:
        target = sorted([*self._transfers, *fresh], key=_place)
        new = {transfer.transfer_id for transfer in fresh}
        for first, last in ranges(row for row, transfer in enumerate(target) if transfer.transfer_id in new):
            self.beginInsertRows(_ROOT, first, last)
            self._transfers[first:first] = target[first : last + 1]
            self._number()
            self.endInsertRows()

    def _put_in_order(self) -> None:
        """Rows move; what is selected and current moves with them."""
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        ids = [self._transfers[index.row()].transfer_id for index in kept]
        self._transfers.sort(key=_place)
        self._number()
        now = [self.index(self._row_of[each], old.column()) for each, old in zip(ids, kept, strict=True)]
        self.changePersistentIndexList(kept, now)
        self.layoutChanged.emit()

    def _number(self) -> None:
        self._row_of = {transfer.transfer_id: row for row, transfer in enumerate(self._transfers)}


def _place(transfer: Transfer) -> tuple[bool, float, float, str]:
    return *ranked(transfer), transfer.transfer_id
