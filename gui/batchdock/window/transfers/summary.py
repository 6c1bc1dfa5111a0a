"""All transfers in one line, for the status bar."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from batchdock.core.transfer import Transfer, TransferKind, TransferState, Wanted
from batchdock.window.theme import Tint
from batchdock.window.transfers.wording import hold_clause, transfer_icon, transfer_word
from batchdock.window.wording import grouped, rate_text, time_left_text

_tr = QCoreApplication.translate


_ACTIVE = (TransferState.LISTING, TransferState.MOVING, TransferState.CHECKING)


@dataclass(frozen=True, slots=True)
class Summary:
    """What is said of the transfers that are not over; nothing when there are none."""

    text: str
    icon: str
    tint: Tint
    tooltip: str


def summary(transfers: Iterable[Transfer]) -> Summary | None:
    """Return “2 transfers · 18.0 MB/s · about 25 min”, “… · waiting for the internet” or “… · paused”."""
    open_ones = [each for each in transfers if not each.state.is_terminal]
    if not open_ones:
        return None
    running = [each for each in open_ones if each.wanted is Wanted.RUNNING] or open_ones
    first = _telling(running)
    active = [each for each in running if each.state in _ACTIVE] or running
    parts = [grouped(_tr("summary", "%n transfer(s)", None, len(active)), len(active))]
    if first.state is TransferState.MOVING:
        moving = [each for each in running if each.state is TransferState.MOVING]
        rate = sum(each.rate or 0.0 for each in moving)
        waits = [each.seconds_left for each in moving if each.seconds_left is not None]
        parts += [rate_text(rate)] if rate > 0 else []
        parts += [time_left_text(max(waits))] if waits else []
        sending = any(each.kind is TransferKind.SENDING for each in running)
        icon, tint = ("arrow-up" if sending else "arrow-down"), Tint.TEXT
    else:
        icon, tint = transfer_icon(first)
        if first.wanted is Wanted.PAUSED:
            icon, tint = "circle-pause", Tint.MUTED
            parts.append(_tr("summary", "paused"))
        elif first.state is TransferState.HELD and first.hold is not None:
            parts.append(hold_clause(first.hold))
        elif first.state is TransferState.CHECKING:
            parts.append(_tr("summary", "checking that everything arrived"))
        elif first.state is TransferState.LISTING:
            parts.append(_tr("summary", "looking what there is"))
    waiting = len(running) - len(active)
    if waiting:
        parts.append(grouped(_tr("summary", "%n waiting", None, waiting), waiting))
    lines = [f"{each.name}: {transfer_word(each)}" for each in open_ones[:10]]
    more = len(open_ones) - len(lines)
    if more > 0:
        lines.append(grouped(_tr("summary", "and %n more", None, more), more))
    return Summary(" · ".join(parts), icon, tint, "\n".join(lines))


def _telling(running: list[Transfer]) -> Transfer:
    """Return the transfer that stands for all: one that moves, else one that is checked, looks, is held, waits."""
    order = (
        TransferState.MOVING,
        TransferState.CHECKING,
        TransferState.LISTING,
        TransferState.HELD,
        TransferState.WAITING,
    )
    return min(running, key=lambda each: order.index(each.state) if each.state in order else len(order))
