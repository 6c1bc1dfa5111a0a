"""Words for what a transfer is doing."""

from PySide6.QtCore import QCoreApplication

from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.window.theme import Tint
from batchdock.window.wording import files_text, number_text, size_text

_tr = QCoreApplication.translate

TINTS = {
    TransferState.WAITING: Tint.MUTED,
    TransferState.MOVING: Tint.ACCENT,
    TransferState.CHECKING: Tint.ACCENT,
    TransferState.DONE: Tint.GOOD,
    TransferState.DONE_WITH_PROBLEMS: Tint.WARNING,
    TransferState.FAILED: Tint.BAD,
    TransferState.STOPPED: Tint.MUTED,
}
ICONS = {
    TransferState.WAITING: "clock",
    TransferState.CHECKING: "scan-search",
    TransferState.DONE: "circle-check",
    TransferState.DONE_WITH_PROBLEMS: "triangle-alert",
    TransferState.FAILED: "circle-x",
    TransferState.STOPPED: "circle-stop",
}


def transfer_word(transfer: Transfer) -> str:
    """Return the word for what it is doing."""
    if transfer.state is TransferState.MOVING:
        return _tr("transfers", "Uploading") if transfer.kind is TransferKind.SENDING else _tr("transfers", "Saving")
    words = {
        TransferState.WAITING: _tr("transfers", "Waiting"),
        TransferState.CHECKING: _tr("transfers", "Checking arrival"),
        TransferState.DONE: _tr("transfers", "Done"),
        TransferState.DONE_WITH_PROBLEMS: _tr("transfers", "Done with problems"),
        TransferState.FAILED: _tr("transfers", "Failed"),
        TransferState.STOPPED: _tr("transfers", "Stopped"),
    }
    return words[transfer.state]


def transfer_icon(transfer: Transfer) -> tuple[str, Tint]:
    """Return name and tint of the icon for what it is doing: an arrow while files move."""
    moving = "arrow-up" if transfer.kind is TransferKind.SENDING else "arrow-down"
    return ICONS.get(transfer.state, moving), TINTS[transfer.state]


def counts_text(transfer: Transfer) -> str:
    """Return “8,410 of 12,782 files”, or “300 files” when all are there."""
    if transfer.items_done == transfer.items_total:
        return files_text(transfer.items_total)
    text = _tr("transfers", "%1 of %2 files")
    return text.replace("%1", number_text(transfer.items_done)).replace("%2", number_text(transfer.items_total))


def amount_text(transfer: Transfer) -> str:
    """Return “38.1 GB of 61.2 GB”, or one size when all is there."""
    if not transfer.bytes_total:
        return size_text(transfer.bytes_done) if transfer.bytes_done else ""
    if transfer.bytes_done == transfer.bytes_total:
        return size_text(transfer.bytes_total)
    text = _tr("transfers", "%1 of %2")
    return text.replace("%1", size_text(transfer.bytes_done)).replace("%2", size_text(transfer.bytes_total))


def share_of(transfer: Transfer) -> float:
    """Return the progress, 0–1: by bytes where they are known, else by files."""
    if transfer.bytes_total:
        return min(1.0, transfer.bytes_done / transfer.bytes_total)
    return min(1.0, transfer.items_done / transfer.items_total) if transfer.items_total else 0.0
