"""What a start comes to: whether a person is asked first, why, and what limit holds the hard stop."""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why a person is asked before a start."""

    NOTHING = ""
    """Nobody is asked."""
    FIRST = "first"
    """Nothing was ever started at this account, and it costs money."""
    UNKNOWN = "unknown"
    """The cost is not known before a try."""
    SOFT = "soft"
    """With this, the account may go past its soft stop of the month."""
    THRESHOLD = "threshold"
    """The upper end of the estimate is above what the person starts unasked."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether to `ask` before a start, and `why`.

    `timeout_seconds`, machine time, is the highest limit the job may have (contract §4.1): with it the job stops by
    itself before it passes the account's hard stop. None means that nothing limits it. A lower one of the person's
    own stays.
    """

    ask: bool = False
    why: Why = Why.NOTHING
    timeout_seconds: int | None = None
