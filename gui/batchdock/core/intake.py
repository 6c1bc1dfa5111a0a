"""What is dropped: items, what is wrong with some of them, and what becomes of the rest."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from batchdock.core.batch import Content

PICTURE_LIMIT_BYTES = 20 * 1024 * 1024
"""No service accepts a larger picture (contract §1.7)."""

PICTURE_LIMIT_PIXELS = 200_000_000
"""More than any camera makes; decoding needs three to four bytes of memory for each."""


class Finding(StrEnum):
    """Why an item is left out. The order is the one in which they are shown."""

    DAMAGED = "damaged"
    EMPTY = "empty"
    CHANGING = "changing"
    NOT_A_PICTURE = "not-a-picture"
    OTHER_FORMAT = "other-format"
    TOO_MANY_BYTES = "too-many-bytes"
    TOO_MANY_PIXELS = "too-many-pixels"
    EXACT_COPY = "exact-copy"
    NEAR_COPY = "near-copy"
    """Only when the person asked for the best of each only."""
    HAD_ALREADY = "had-already"
    """Only when the person asked for what an earlier job did not have."""
    NO_PERMISSION = "no-permission"
    BROKEN_LINK = "broken-link"
    NOT_REACHABLE = "not-reachable"
    VANISHED = "vanished"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Item:
    """One dropped file, or a folder that could not be read.

    `relative` is the path below what was dropped, with forward slashes, and is what comes back in the results.
    `content` is IMAGES or VIDEOS by what the bytes are, not by the extension; UNKNOWN where a finding stands instead.
    `seconds` is how long a video is, as its header tells; None for pictures and for videos that do not say.
    """

    path: Path
    relative: str
    size: int
    modified: float
    content: Content
    finding: Finding | None = None
    note: str = ""
    """What exactly was found, for the person: “same as a/b.jpg”, “20,000 × 20,000 pixels”."""
    seconds: float | None = None

    @property
    def usable(self) -> bool:
        """True when the item goes into a batch."""
        return self.finding is None


@dataclass(frozen=True, slots=True)
class Review:
    """What is known while a drop is looked at. `fresh` holds only the items since the last one."""

    fresh: tuple[Item, ...] = ()
    pictures: int = 0
    videos: int = 0
    size: int = 0
    findings: int = 0
    finished: bool = False
    passed_over: int = 0
    """Hidden and system files and folders that were not even looked at; a folder counts once."""
    silent: tuple[str, ...] = ()
    """What was dropped and does not answer: its disk or share hangs. The look at it goes on."""


@dataclass(frozen=True, slots=True)
class CloserLook:
    """What is known while every picture is decoded. `damaged` holds only what was found since the last one.

    `alike` comes with the last: groups of pictures that look almost the same, the best of each first.
    """

    looked_at: int = 0
    total: int = 0
    damaged: tuple[Item, ...] = ()
    alike: tuple[tuple[Item, ...], ...] = ()
    finished: bool = False
