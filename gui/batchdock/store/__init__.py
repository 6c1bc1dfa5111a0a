"""What Batchdock remembers: the journal (SQLite) and the settings (one small JSON file). No keys, no signed URLs."""

from batchdock.store.files import Seen
from batchdock.store.jobs import JobRecord, Phase
from batchdock.store.journal import Journal
from batchdock.store.queue import Queued
from batchdock.store.savings import Saving
from batchdock.store.sending import FileRow, Piece, PieceState, Sending, Way
from batchdock.store.settings import Settings

__all__ = [
    "FileRow",
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
    "Way",
]
