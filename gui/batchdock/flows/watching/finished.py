"""Finds the finished files of a folder: those that did not change for a while and can be opened.

By looking at all of it again and again: that works on every disk and network drive, sees what happened while nobody
looked, and costs little (ADR 33). Touches the disk; runs in a thread.
"""

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.errors import FolderAway
from batchdock.core.watched import SETTLED_SECONDS, FinishedFile, Patterns, Stamp, WatchedFolder
from batchdock.flows.intake.scan import Root, Walk
from batchdock.flows.watching.wish import Identity
from batchdock.store.watched import WatchedRecords

_NOTED_AT_ONCE = 200
"""Files between two writes: what a kill makes be read again."""


@dataclass
class _Unsettled:
    stamp: Stamp
    since: float


class Looker:
    """Looks at one folder, and notes in the journal what is finished."""

    def __init__(
        self,
        folder: WatchedFolder,
        records: WatchedRecords,
        patterns: Patterns,
        settled_seconds: float = SETTLED_SECONDS,
        had: Callable[[], frozenset[Identity]] = frozenset,
    ) -> None:
        """`had` tells, whenever there is something new, which files were processed by other ways."""
        self._folder, self._records, self._patterns, self._settled = folder, records, patterns, settled_seconds
        self._had = had
        self._unsettled: dict[str, _Unsettled] = {}

    def look(self) -> int:
        """Look once at everything. Return how many files are not finished yet. Raise `FolderAway`."""
        try:
            with os.scandir(self._folder.path):
                pass
        except OSError as error:
            raise FolderAway(folder=self._folder.path, details=error.strerror or "") from error
        known = self._records.stamps(self._folder)
        unsettled, finished = dict[str, _Unsettled](), list[tuple[FinishedFile, bool]]()
        had: frozenset[Identity] | None = None
        for found in Walk({}).files(Root(self._folder.path, "")):
            if found.finding is not None or not self._patterns.fit(found.relative):
                continue
            stamp = stamp_of(found.path)
            if stamp is None or (found.relative, stamp) in known:
                continue
            before = self._unsettled.get(found.relative)
            now = time.monotonic()
            waits = before if before is not None and before.stamp == stamp else _Unsettled(stamp, now)
            file = self._finished(found.relative, stamp) if now - waits.since >= self._settled else None
            if file is None:
                unsettled[found.relative] = waits
                continue
            had = self._had() if had is None else had
            finished.append((file, self._identity(file) in had or self._is_renamed(file)))
            if len(finished) >= _NOTED_AT_ONCE:
                self._records.note(self._folder, finished, time.time())
                finished.clear()
        if finished:
            self._records.note(self._folder, finished, time.time())
        self._unsettled = unsettled
        return len(unsettled)

    def _finished(self, relative: str, stamp: Stamp) -> FinishedFile | None:
        """Return the file with its digest, unless it is empty, can not be opened or changes meanwhile."""
        if stamp.size == 0:
            return None
        digest = self._records.digest_of(self._folder, stamp)
        if digest is None:
            try:
                digest = digest_of(self._folder.path / relative)
            except OSError:
                return None
            if stamp_of(self._folder.path / relative) != stamp:
                return None
        return FinishedFile(relative, stamp, digest)

    def _identity(self, file: FinishedFile) -> Identity:
        return str(self._folder.path / file.path), file.stamp.size, round(file.stamp.modified / 1e9, 3)

    def _is_renamed(self, file: FinishedFile) -> bool:
        """Tell whether this is a file that was met under another name, which it has no more; a copy is its own."""
        places = self._records.places_of(self._folder, file.digest)
        if not places or file.path in places:
            return False
        return not any(self._is_there(path, stamp, file) for path, stamp in places.items())

    def _is_there(self, relative: str, stamp: Stamp, file: FinishedFile) -> bool:
        """Tell whether a file that was met still lies there with its content, and nothing else by its name."""
        now = stamp_of(self._folder.path / relative)
        if now is None or now == stamp or now.size != file.stamp.size:
            return now == stamp
        found = self._finished(relative, now)
        return found is not None and found.digest == file.digest


def stamp_of(path: Path) -> Stamp | None:
    """Return the stamp of a file, None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_size, found.st_mtime_ns, str(found.st_ino))


def digest_of(path: Path) -> bytes:
    """Return the SHA-256 of a file. Raise `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
