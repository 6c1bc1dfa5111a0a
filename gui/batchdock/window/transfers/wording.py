"""Words for what a transfer is doing."""

from PySide6.QtCore import QCoreApplication, QLocale

from batchdock.core.transfer import Hold, Transfer, TransferKind, TransferState
from batchdock.window.theme import Tint
from batchdock.window.wording import files_text, grouped, number_text, rate_text, size_text, time_left_text

_tr = QCoreApplication.translate

TINTS = {
    TransferState.WAITING: Tint.MUTED,
    TransferState.LISTING: Tint.ACCENT,
    TransferState.MOVING: Tint.ACCENT,
    TransferState.CHECKING: Tint.ACCENT,
    TransferState.PAUSED: Tint.MUTED,
    TransferState.HELD: Tint.WARNING,
    TransferState.DONE: Tint.GOOD,
    TransferState.DONE_WITH_PROBLEMS: Tint.WARNING,
    TransferState.FAILED: Tint.BAD,
    TransferState.STOPPED: Tint.MUTED,
}
_ICONS = {
    TransferState.WAITING: "clock",
    TransferState.LISTING: "folder-search",
    TransferState.CHECKING: "scan-search",
    TransferState.PAUSED: "circle-pause",
    TransferState.HELD: "hourglass",
    TransferState.DONE: "circle-check",
    TransferState.DONE_WITH_PROBLEMS: "triangle-alert",
    TransferState.FAILED: "circle-x",
    TransferState.STOPPED: "circle-stop",
}
_HOLD_ICONS = {
    Hold.OFFLINE: "wifi-off",
    Hold.SIGN_IN: "log-in",
    Hold.CERTIFICATE: "shield-alert",
    Hold.SERVICE: "server-off",
    Hold.KEY: "key-round",
    Hold.CREDITS: "wallet",
    Hold.DISK: "hard-drive",
    Hold.SOURCE: "unplug",
}


def transfer_word(transfer: Transfer) -> str:
    """Return the words for what it is doing, or for what it waits for."""
    if transfer.state is TransferState.MOVING:
        return _tr("transfers", "Uploading") if transfer.kind is TransferKind.SENDING else _tr("transfers", "Saving")
    if transfer.state is TransferState.HELD and transfer.hold is not None:
        return hold_word(transfer.hold)
    words = {
        TransferState.WAITING: _tr("transfers", "Waiting"),
        TransferState.LISTING: _tr("transfers", "Looking what there is"),
        TransferState.CHECKING: _tr("transfers", "Checking arrival"),
        TransferState.PAUSED: _tr("transfers", "Paused"),
        TransferState.HELD: _tr("transfers", "Waiting"),
        TransferState.DONE: _tr("transfers", "Done"),
        TransferState.DONE_WITH_PROBLEMS: _tr("transfers", "Done with problems"),
        TransferState.FAILED: _tr("transfers", "Failed"),
        TransferState.STOPPED: _tr("transfers", "Stopped"),
    }
    return words[transfer.state]


def hold_word(hold: Hold) -> str:
    """Return what is waited for."""
    words = {
        Hold.OFFLINE: _tr("transfers", "Waiting for the internet"),
        Hold.SIGN_IN: _tr("transfers", "Waiting for a sign-in"),
        Hold.CERTIFICATE: _tr("transfers", "Connection not trusted"),
        Hold.SERVICE: _tr("transfers", "Waiting for the service"),
        Hold.KEY: _tr("transfers", "Waiting for the key"),
        Hold.CREDITS: _tr("transfers", "On hold: payment"),
        Hold.DISK: _tr("transfers", "Paused: disk full"),
        Hold.SOURCE: _tr("transfers", "The drive is not there"),
    }
    return words[hold]


def hold_clause(hold: Hold) -> str:
    """Return what is waited for as the second part of a line: “waiting for the internet”."""
    word = hold_word(hold)
    return word[:1].lower() + word[1:]


def transfer_icon(transfer: Transfer) -> tuple[str, Tint]:
    """Return name and tint of the icon for what it is doing: an arrow while files move."""
    if transfer.state is TransferState.HELD and transfer.hold is not None:
        return _HOLD_ICONS[transfer.hold], Tint.WARNING
    moving = "arrow-up" if transfer.kind is TransferKind.SENDING else "arrow-down"
    return _ICONS.get(transfer.state, moving), TINTS[transfer.state]


def counts_text(transfer: Transfer) -> str:
    """Return “8,410 of 12,782”, or “12,782” when all are there."""
    if transfer.items_done == transfer.items_total:
        return number_text(transfer.items_total)
    return _of(number_text(transfer.items_done), number_text(transfer.items_total))


def spoken_counts(transfer: Transfer) -> str:
    """Return “8,410 of 12,782 files”, or “12,782 files” when all are there."""
    if transfer.items_done == transfer.items_total:
        return files_text(transfer.items_total)
    text = _tr("transfers", "%1 of %2 files")
    return text.replace("%1", number_text(transfer.items_done)).replace("%2", number_text(transfer.items_total))


def amount_text(transfer: Transfer) -> str:
    """Return “38.1 of 61.2 GB”, or one size when all is there."""
    done, total = transfer.bytes_done, transfer.bytes_total
    if not total:
        return size_text(done) if done else ""
    if done >= total:
        return size_text(total)
    unit = 1
    while total >= unit * 1000 and unit < 10**15:
        unit *= 1000
    return _of(QLocale().toString(done / unit, "f", 1 if total >= 1_000_000 else 0), size_text(total))


def pieces_text(transfer: Transfer) -> str:
    """Return “Package 33 of 50”: which of the tars, archives or single files is on its way. Nothing for one."""
    if transfer.pieces_total < 2:
        return ""
    if transfer.pieces_done >= transfer.pieces_total:
        return grouped(_tr("transfers", "%n package(s)", None, transfer.pieces_total), transfer.pieces_total)
    text = _tr("transfers", "Package %1 of %2").replace("%1", number_text(transfer.pieces_done + 1))
    return text.replace("%2", number_text(transfer.pieces_total))


def pace_text(transfer: Transfer) -> str:
    """Return “18.0 MB/s” while files move."""
    return rate_text(transfer.rate) if transfer.state is TransferState.MOVING and transfer.rate else ""


def left_text(transfer: Transfer) -> str:
    """Return “about 22 min” while files move."""
    moving = transfer.state is TransferState.MOVING and transfer.seconds_left is not None
    return time_left_text(transfer.seconds_left or 0.0) if moving else ""


def share_of(transfer: Transfer) -> float:
    """Return the progress, 0–1: by bytes where they are known, else by files."""
    if transfer.bytes_total:
        return min(1.0, transfer.bytes_done / transfer.bytes_total)
    return min(1.0, transfer.items_done / transfer.items_total) if transfer.items_total else 0.0


def _of(done: str, total: str) -> str:
    return _tr("transfers", "%1 of %2").replace("%1", done).replace("%2", total)
