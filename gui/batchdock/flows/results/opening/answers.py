"""What opened results answer. Arrays are NumPy's; a number is always the picture's place in the results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from batchdock.core.finding import Filter, Finding, Picture, Share, SortBy
from batchdock.core.job import Job

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LabelCount:
    """In how many pictures a class was found, and how often."""

    pictures: int
    findings: int


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The pictures that a filter lets through, in their order.

    `shares` is how many pictures each share would show under the rest of the filter. `labels` counts, by number of the
    class (-1 for findings without one), under the filter without its `labels`; a class that is not in it has none.
    `findings` is how many count in the selected pictures.
    """

    filter: Filter
    by: SortBy
    descending: bool
    numbers: NDArray[numpy.int32]
    shares: Mapping[Share, int]
    labels: Mapping[int, LabelCount]
    findings: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture with the findings that count, in the order of the results."""

    picture: Picture
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FolderCount:
    """What is directly in one folder ('' is the top)."""

    folder: str
    pictures: int
    findings: int


@dataclass(frozen=True, slots=True)
class JobCount:
    """What is in the results of one job, whatever the filter."""

    job: Job
    pictures: int
    findings: int


class TimeKind(StrEnum):
    """What time is counted by."""

    TAKEN = "taken"
    SECONDS = "seconds"
    NONE = "none"
    """Nobody knows when any of it was."""


@dataclass(frozen=True, slots=True)
class TimeCounts:
    """Pictures and findings over time. `edges` has one more entry than the counts: bin i is `edges[i] … edges[i + 1]`.

    The edges are times of the camera's clock, or seconds in the video.
    """

    kind: TimeKind
    edges: tuple[datetime, ...] | tuple[float, ...]
    pictures: tuple[int, ...]
    findings: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """The frames of one video by time: their numbers, when they are, and how many findings count in each.

    `seconds` are NaN where nobody knows; `frames` is which frame of the video it is (-1 where nobody knows).
    """

    numbers: NDArray[numpy.int32]
    seconds: NDArray[numpy.float64]
    findings: NDArray[numpy.int32]
    frames: NDArray[numpy.int32]


@dataclass(frozen=True, slots=True)
class VideoEntry:
    """One video: its name, the number of its first frame, and how many of its frames were looked at."""

    name: str
    number: int
    frames: int


@dataclass(frozen=True, slots=True)
class Reconnected:
    """How many originals were found in a folder, of how many there are."""

    found: int
    of: int
