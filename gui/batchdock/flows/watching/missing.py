"""What a batch of a watched folder missed: it waits for another one.

Files go on living while their batch is worked on: they are renamed, deleted, written anew, and their disk is unplugged.
So at the end it is compared what was claimed with what went over and came out, by content where it is known.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.intake import Finding, Item
from batchdock.core.job import Job
from batchdock.core.problem import GONE, NOT_READ
from batchdock.core.watched import FinishedFile, Stamp, WatchedBatch
from batchdock.flows.intake.names import printable
from batchdock.flows.watching.finished import digest_of, stamp_of
from batchdock.store import FileRow, Journal

_TRIES = 3
"""How often a file is ordered that its disk does not hand over."""
_PASSING = frozenset((Finding.VANISHED, Finding.NOT_REACHABLE, Finding.CHANGING))

Causes = Mapping[tuple[str, str], Mapping[str, str]]
"""Why files of jobs have no result, by their original names."""


@dataclass(frozen=True, slots=True)
class Met:
    """What was found where the files of a batch were: those that can be sent, and the places of those that can not."""

    usable: tuple[Item, ...]
    refused: frozenset[Path]


@dataclass(frozen=True, slots=True)
class Missed:
    """The files that wait for another batch, and those that went over in their place: other bytes, the same name."""

    files: tuple[FinishedFile, ...] = ()
    others: tuple[FinishedFile, ...] = ()


def sorted_out(journal: Journal, batch: WatchedBatch, items: Iterable[Item]) -> Met:
    """Tell which items are what was claimed, and of those, which can be used. Blocks."""
    claimed = {(batch.folder.path / each.path, each.stamp) for each in journal.watched.files_of(batch)}
    still = [item for item in items if (item.path, stamp_of(item.path)) in claimed]
    refused = (item.path for item in still if not item.usable and item.finding not in _PASSING)
    return Met(tuple(item for item in still if item.usable), frozenset(refused))


class Missing:
    """Compares the end of batches with what was claimed for them."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._tries: Counter[tuple[str, bytes]] = Counter()

    def of(self, batch: WatchedBatch, refused: Collection[Path], jobs: Iterable[Job], causes: Causes) -> Missed:
        """Return what a batch missed. `refused` was there as it was claimed and is nothing to be sent. Blocks."""
        sent = dict(self._sent(jobs, causes))
        again, others = list[FinishedFile](), list[FinishedFile]()
        files = self._journal.watched.files_of(batch)
        for file in files:
            place = batch.folder.path / file.path
            if place not in sent:
                if place not in refused or stamp_of(place) != file.stamp:
                    again.append(file)
                continue
            row, cause = sent[place]
            if not _is_of(row, file):
                again.append(file)
                if row.sha256 is not None and row.lost is None:
                    others.append(_as_sent(file.path, row, row.sha256))
            elif self._may_go_again(place, file, row, cause) if cause is not None else _is_doubtful(place, file, row):
                again.append(file)
        # Of files with the same bytes only one is sent.
        contents, chosen = {each.digest for each in again}, set(again)
        again += [
            each
            for each in files
            if each.digest in contents and each not in chosen and batch.folder.path / each.path not in sent
        ]
        return Missed(tuple(again), tuple(others))

    def _sent(self, jobs: Iterable[Job], causes: Causes) -> Iterable[tuple[Path, tuple[FileRow, str | None]]]:
        for job in jobs:
            failed = causes.get(job.key, {})
            for sending in self._journal.sendings.of_batch(job.account_id, job.batch_id):
                for row, _ in self._journal.files.lines(sending.number):
                    yield row.path, (row, row.lost or failed.get(printable(row.original)))

    def _may_go_again(self, place: Path, file: FinishedFile, row: FileRow, cause: str) -> bool:
        """Tell whether a file without a result may have one the next time: it was not there, or not as it was."""
        if row.sha256 is not None and row.lost is None:
            return False  # All of it was there.
        if cause.startswith(GONE) or stamp_of(place) != file.stamp:
            return True
        if not cause.startswith(NOT_READ):
            return False
        self._tries[file.path, file.digest] += 1
        return self._tries[file.path, file.digest] < _TRIES


def _is_of(row: FileRow, file: FinishedFile) -> bool:
    """Tell whether this is what was claimed and not what lay there later. References have no digest."""
    if row.sha256 is not None:
        return row.sha256 == file.digest
    return row.size == file.stamp.size and abs(row.modified - file.stamp.modified / 1e9) < 1e-5


def _is_doubtful(place: Path, file: FinishedFile, row: FileRow) -> bool:
    """Tell whether another file has the place now, so that nobody knows which of them has the result.

    A reference is read some time after it was handed over. Once more is better than never.
    """
    now = stamp_of(place)
    if row.sha256 is not None or now is None or now == file.stamp:
        return False
    try:
        return now.size != file.stamp.size or digest_of(place) != file.digest
    except OSError:
        return True


def _as_sent(path: str, row: FileRow, digest: bytes) -> FinishedFile:
    return FinishedFile(path, Stamp(row.size, int(row.modified * 1e9), ""), digest)
