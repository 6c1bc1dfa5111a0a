"""What Batchdock remembers: the journal (SQLite) and the settings (one small JSON file). No keys, no signed URLs."""

from batchdock.store.bucket_savings import BucketSaving
from batchdock.store.files import Seen
from batchdock.store.fillings import Filling
from batchdock.store.jobs import JobRecord, Phase
from batchdock.store.journal import Journal
from batchdock.store.queue import Queued
from batchdock.store.savings import Saving
from batchdock.store.sending import FileRow, Piece, PieceState, Sending, Way
from batchdock.store.settings import Settings
from batchdock.store.takings import Taking

__all__ = [
    "BucketSaving",
    "FileRow",
    "Filling",
    "JobRecord",
    "Journal",
    "Phase",
    "Piece",
    "PieceState",
    "Queued",
    "Saving",
    "Seen",
    "Sending",
    "Settings",
    "Taking",
    "Way",
]
