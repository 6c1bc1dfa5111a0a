"""Results that are open: found, read into tables, asked."""

from batchdock.flows.results.opening.answers import (
    FolderCount,
    Frames,
    JobCount,
    LabelCount,
    Reconnected,
    Seen,
    Selection,
    TimeCounts,
    TimeKind,
    VideoEntry,
)
from batchdock.flows.results.opening.opened import Opened

__all__ = [
    "FolderCount",
    "Frames",
    "JobCount",
    "LabelCount",
    "Opened",
    "Reconnected",
    "Seen",
    "Selection",
    "TimeCounts",
    "TimeKind",
    "VideoEntry",
]
