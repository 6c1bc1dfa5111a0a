"""Saves results in a folder that a person likes to open.

    <name>/results.csv                          one table of everything, or results.jsonl
    <name>/pictures/<original path>/…           drawn pictures      <name>/videos/<original path>/…
    <name>/details/<original path>/results.json
    <name>/not processed.csv                    if any, with the reasons

All of it grows in a hidden folder beside its place (growing.py) and appears there in one step, finished.
"""

import asyncio
import csv
import errno
import fnmatch
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from batchdock.core.batch import Content
from batchdock.core.errors import ArchiveDamaged, BatchdockError, DiskFull, FolderNotWritable
from batchdock.core.problem import FileFailure
from batchdock.flows.intake.names import legal, printable
from batchdock.flows.results.fetch import Fetcher, Listed
from batchdock.flows.results.growing import GrowingFolder
from batchdock.flows.results.places import Places, claim
from batchdock.flows.results.table import BYTE_ORDER_MARK, Restore, Tables, harmless
from batchdock.flows.results.unpack import members
from batchdock.flows.transfers.receive import check_room
from batchdock.flows.transfers.row import Row

_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
_VIDEOS = frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm"})
_TABLES = ("aggregated_results.csv", "aggregated_results.jsonl")
_VIDEO_TABLES = ("workflow_results_source_*.csv", "workflow_results_source_*.jsonl")
_FAILED = "failed_files_processing_*.jsonl"


@dataclass(frozen=True, slots=True)
class SaveReport:
    """What was saved: the folder, how many files it got, how many originals have results, and what did not work."""

    folder: Path
    files: int
    originals: int
    problems: tuple[FileFailure, ...]


class Saver:
    """Saves the files of some batches, once. `known` are files that can have no result."""

    def __init__(self, to: Path, name: str, restore: Restore, known: Iterable[FileFailure] = ()) -> None:
        self._to = to.absolute()
        self._name = legal(printable(name)).strip() or "Results"
        self._restore = restore
        self._problems = {failure.name: failure for failure in known}
        self._files = 0

    async def save(self, fetcher: Fetcher, files: Sequence[Listed], row: Row) -> SaveReport:
        """Fetch and save `files`. Raise `DiskFull`, `FolderNotWritable`, and what keeps files from being fetched."""
        try:
            await asyncio.to_thread(self._to.mkdir, parents=True, exist_ok=True)
            folder = await asyncio.to_thread(GrowingFolder.begin, self._to)
        except OSError as error:
            raise self._refused(error) from error
        growing = folder.path
        try:
            for name in ("incoming", "tables", "done"):
                (growing / name).mkdir()
            done = growing / "done"
            done.chmod(0o755)
            places, tables = (
                Places(self._restore),
                Tables(growing / "tables", lambda wire: printable(self._restore(wire))),
            )
            async for listed, fetched in fetcher.in_order(files, growing / "incoming", row.meter.add_bytes):
                if isinstance(fetched, Path):
                    await asyncio.to_thread(self._place, listed, fetched, done, places, tables)
                    fetched.unlink(missing_ok=True)
                else:
                    self._note(listed.file.name, "It is not at the service any more.")
                row.meter.add_items(1)
            return await asyncio.to_thread(self._finish, done, places, tables)
        except OSError as error:
            raise self._refused(error) from error
        finally:
            await asyncio.to_thread(folder.end)

    def _place(self, listed: Listed, fetched: Path, done: Path, places: Places, tables: Tables) -> None:
        file = listed.file
        check_room(done, fetched.stat().st_size)
        if not file.is_archive:
            self._place_plain(listed, fetched, done, places, tables)
            return
        try:
            for unpacked in members(fetched, file.name):
                parts, last = unpacked.parts, unpacked.parts[-1]
                if fnmatch.fnmatch(last, _FAILED):
                    self._note_failures(unpacked.read().decode("utf-8", "replace").splitlines())
                    continue
                target = self._table_path(parts, tables)
                if target is None:
                    self._files += 1
                    target = done / _place_of(parts, file.part or "", places)
                unpacked.save(target)
        except ArchiveDamaged as error:
            self._note(file.name, error.filled(error.message))

    def _place_plain(self, listed: Listed, fetched: Path, done: Path, places: Places, tables: Tables) -> None:
        name, sent = listed.file.name, listed.file.content in (Content.IMAGES, Content.VIDEOS)
        parts = tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))
        target = self._table_path(parts, tables)
        if target is None:
            self._files += 1
            target = done / (places.original(name) if sent else places.other(parts or ("_",)))
        target.parent.mkdir(parents=True, exist_ok=True)
        fetched.replace(target)

    @staticmethod
    def _table_path(parts: tuple[str, ...], tables: Tables) -> Path | None:
        last = parts[-1] if parts else ""
        suffix = PurePosixPath(last).suffix
        if last in _TABLES:
            return tables.next_path(suffix)
        if any(fnmatch.fnmatch(last, pattern) for pattern in _VIDEO_TABLES):
            return tables.next_path(suffix, of_video=parts[0] if len(parts) > 1 else None)
        return None

    def _finish(self, done: Path, places: Places, tables: Tables) -> SaveReport:
        self._files += len(tables.merge(done))
        problems = tuple(self._problems.values())
        if problems:
            self._files += 1
            _write_problems(done / "not processed.csv", problems)
        folder = claim(self._to, self._name)
        if os.name == "nt":
            folder.rmdir()  # Windows renames onto nothing, POSIX onto an empty folder.
        done.rename(folder)
        return SaveReport(folder, self._files, len(places.originals), problems)

    def _note_failures(self, lines: Iterable[str]) -> None:
        for line in lines:
            try:
                entry = json.loads(line)
                wire, cause = str(entry["file_path"]), str(entry["cause"])
            except (ValueError, KeyError, TypeError):
                continue
            wire = wire.replace("\\", "/").rsplit("/", 1)[-1]
            self._note(printable(self._restore(wire)), cause)

    def _note(self, name: str, cause: str) -> None:
        self._problems.setdefault(name, FileFailure(name, cause))

    def _refused(self, error: OSError) -> BatchdockError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return DiskFull(folder=self._to, needed="these results")
        return FolderNotWritable(folder=self._to, reason=error.strerror or str(error))


def _place_of(parts: tuple[str, ...], part: str, places: Places) -> PurePosixPath:
    suffix = PurePosixPath(parts[-1]).suffix.lower()
    if len(parts) > 1:
        if suffix == ".json":
            return places.details(parts[0], parts[1:])
        if suffix in _PICTURES:
            return places.picture(parts[0], parts[1:])
        if suffix in _VIDEOS:
            return places.picture(parts[0], parts[1:], "videos")
    return places.other((part, *parts) if part else parts)


def _write_problems(path: Path, problems: Sequence[FileFailure]) -> None:
    with path.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
        file.write(BYTE_ORDER_MARK)
        writer = csv.writer(file)
        writer.writerow(("file", "reason"))
        writer.writerows((harmless(problem.name), harmless(problem.cause)) for problem in problems)
