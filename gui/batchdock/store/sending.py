"""What the journal knows of files on their way: a sending, its pieces, its files."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.order import IngestNotice


class Way(StrEnum):
    """How the files of a sending travel. Never two ways in one batch (contract §1.7)."""

    SINGLE = "single"
    TARS = "tars"
    REFERENCES = "references"
    VIDEOS = "videos"


class PieceState(IntEnum):
    """What is known of a piece."""

    PLANNED = 0
    TRIED = 1
    """It was on its way when something broke; it may have arrived."""
    CONFIRMED = 2


@dataclass(frozen=True, slots=True)
class Sending:
    """Files on their way into one batch. `files` and `bytes` are what was planned.

    `notice` is whom the service tells how the taking-in goes.
    """

    number: int
    transfer_id: str
    account_id: str
    batch_id: str
    batch_name: str
    content: Content
    way: Way
    started: datetime
    files: int
    bytes: int
    finished: bool = False
    job_id: str | None = None
    notice: IngestNotice | None = None


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of a sending. `wire` is its name there, `original` the relative path it came with.

    `sha256` is of the bytes that went over, where bytes did; `sent` is when the service had it (seconds since 1970).
    """

    number: int
    wire: str
    original: str
    path: Path
    size: int
    modified: float
    lost: str | None = None
    sha256: bytes | None = None
    sent: float | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """What goes over in one request: the files `first` … `last - 1`."""

    piece: int
    first: int
    last: int
    bytes: int
    state: PieceState = PieceState.PLANNED
