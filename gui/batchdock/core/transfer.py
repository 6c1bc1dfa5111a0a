"""Transfers: files on their way to a service, or results on their way home."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class TransferKind(StrEnum):
    """Which way the files go."""

    SENDING = "sending"
    SAVING = "saving"


class TransferState(StrEnum):
    """What a transfer is doing. What the person wants of it (`Transfer.wanted`) is another thing."""

    WAITING = "waiting"
    """For its turn."""
    LISTING = "listing"
    """Nothing moves yet: it is found out what there is."""
    MOVING = "moving"
    CHECKING = "checking"
    PAUSED = "paused"
    """By a person."""
    HELD = "held"
    """By something outside (`Transfer.hold`); goes on by itself."""
    DONE = "done"
    DONE_WITH_PROBLEMS = "done-with-problems"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def is_terminal(self) -> bool:
        """True when nothing more moves by itself."""
        return self in (
            TransferState.DONE,
            TransferState.DONE_WITH_PROBLEMS,
            TransferState.FAILED,
            TransferState.STOPPED,
        )


class Hold(StrEnum):
    """What a transfer waits for that nobody here can hurry."""

    OFFLINE = "offline"
    """No way to the service: no network, no such host, no answer."""
    SIGN_IN = "sign-in"
    """The network wants somebody to sign in first (a captive portal)."""
    CERTIFICATE = "certificate"
    SERVICE = "service"
    """The service answers, with errors."""
    KEY = "key"
    CREDITS = "credits"
    DISK = "disk"
    """No room where the files go to."""
    SOURCE = "source"
    """The folder or drive that the files come from is not there."""


class Wanted(StrEnum):
    """What the person wants of a transfer; written down, so that it is the same after a restart."""

    RUNNING = "running"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One row of the transfers page. Sizes in bytes, `rate` in bytes a second; items are files, never attempts.

    `pieces_…` count what goes over in one go: tars, single pictures, videos, archives. `retried` counts the tries that
    came to nothing, `failed` the files that could not be sent or saved at all. `rank` is the place in the queue.
    """

    transfer_id: str
    kind: TransferKind
    name: str
    account_id: str
    state: TransferState
    items_done: int
    items_total: int
    bytes_done: int
    bytes_total: int
    started: datetime
    rate: float | None = None
    seconds_left: float | None = None
    message: str = ""
    place: Path | None = None
    wanted: Wanted = Wanted.RUNNING
    hold: Hold | None = None
    pieces_done: int = 0
    pieces_total: int = 0
    retried: int = 0
    failed: int = 0
    rank: float = 0.0
