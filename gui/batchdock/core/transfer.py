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
    """What a transfer is doing."""

    WAITING = "waiting"
    MOVING = "moving"
    CHECKING = "checking"
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


@dataclass(frozen=True, slots=True)
class Transfer:
    """One row of the transfers page. Sizes in bytes, `rate` in bytes a second; items are files, never attempts."""

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
