"""What to do about an error, for everything that moves files: one table.

AGAIN      the same piece, after a pause; it may well work
HOLD       the whole transfer waits for something outside, and goes on by itself when that has changed
FILE       this file can not be sent or saved at all; the others go on
STOP       nothing more can be done without a person
"""

from dataclasses import dataclass
from enum import Enum, auto

from batchdock.core.errors import (
    AccessDenied,
    BatchdockError,
    BudgetReached,
    CertificateRefused,
    ConnectionProblem,
    CreditsUsedUp,
    DiskFull,
    FileTooLarge,
    FileUnreadable,
    KeyMissing,
    KeyRefused,
    LocalServiceStopped,
    NoNetwork,
    NotAllTakenIn,
    PlanMissing,
    ProxyRefused,
    ServiceTrouble,
    SignInNeeded,
    SourceGone,
    TooManyRequests,
    UnreadableAnswer,
    UsagePaused,
)
from batchdock.core.transfer import Hold


class Action(Enum):
    """What to do."""

    AGAIN = auto()
    HOLD = auto()
    FILE = auto()
    STOP = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, and what is waited for: at once with HOLD, after AGAIN came to nothing for a while."""

    action: Action
    hold: Hold | None = None


_TABLE: tuple[tuple[type[BatchdockError], Verdict], ...] = (
    # The first that fits, so the exact ones come first.
    (FileUnreadable, Verdict(Action.FILE)),
    (FileTooLarge, Verdict(Action.FILE)),
    (SourceGone, Verdict(Action.HOLD, Hold.SOURCE)),
    (DiskFull, Verdict(Action.HOLD, Hold.DISK)),
    (KeyRefused, Verdict(Action.HOLD, Hold.KEY)),
    (KeyMissing, Verdict(Action.HOLD, Hold.KEY)),
    (AccessDenied, Verdict(Action.HOLD, Hold.KEY)),
    (PlanMissing, Verdict(Action.HOLD, Hold.CREDITS)),
    (UsagePaused, Verdict(Action.HOLD, Hold.CREDITS)),
    (CreditsUsedUp, Verdict(Action.HOLD, Hold.CREDITS)),
    (BudgetReached, Verdict(Action.HOLD, Hold.CREDITS)),
    # The person decides, and nothing is asked before: as with money.
    (NotAllTakenIn, Verdict(Action.HOLD, Hold.CREDITS)),
    (SignInNeeded, Verdict(Action.AGAIN, Hold.SIGN_IN)),
    (CertificateRefused, Verdict(Action.HOLD, Hold.CERTIFICATE)),
    (ProxyRefused, Verdict(Action.AGAIN, Hold.OFFLINE)),
    (NoNetwork, Verdict(Action.AGAIN, Hold.OFFLINE)),
    (ConnectionProblem, Verdict(Action.AGAIN, Hold.OFFLINE)),
    (TooManyRequests, Verdict(Action.AGAIN, Hold.SERVICE)),
    (ServiceTrouble, Verdict(Action.AGAIN, Hold.SERVICE)),
    (UnreadableAnswer, Verdict(Action.AGAIN, Hold.SERVICE)),
    (LocalServiceStopped, Verdict(Action.AGAIN, Hold.SERVICE)),
)


def verdict(error: BatchdockError) -> Verdict:
    """Return what to do about `error`."""
    return next((found for kind, found in _TABLE if isinstance(error, kind)), Verdict(Action.STOP))
