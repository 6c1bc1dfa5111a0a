"""How long there is still something at a service: in words, in a colour that says how soon, and as an exact time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QCoreApplication

from batchdock.window.theme import Tint
from batchdock.window.wording import countdown_text, duration_text, exact_times

FAR_AWAY = timedelta(days=365 * 5)
"""An expiry later than this is a service's way to say never."""
SOON = timedelta(days=1)
TICK_MS = 30_000
"""What is left is written anew so often."""

_tr = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Countdown:
    """`text` is “in 2 days 4 h”, “expired” or “never”, `exact` the moment itself for a tooltip, local and UTC."""

    text: str
    tint: Tint
    exact: str
    is_over: bool = False
    ends: bool = True
    """False for what never expires."""
    short: str = ""
    """“2 d 4 h left”, where there is little room."""


def countdown(expires: datetime | None, now: datetime | None = None) -> Countdown:
    """Return what to show of an expiry."""
    left = None if expires is None else expires - (now or datetime.now(UTC))
    if expires is None or left is None or left > FAR_AWAY:
        never = _tr("expiry", "never")
        return Countdown(never, Tint.MUTED, never, ends=False)
    if left <= timedelta(0):
        return Countdown(_tr("expiry", "expired"), Tint.MUTED, exact_times(expires), is_over=True)
    seconds = left.total_seconds()
    short = _tr("expiry", "%1 left").replace("%1", duration_text(seconds))
    tint = Tint.BAD if left < SOON else Tint.TEXT
    return Countdown(countdown_text(seconds), tint, exact_times(expires), short=short)
