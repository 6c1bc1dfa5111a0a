"""Gives everything that was fetched its place in the growing folder, and writes down that it has it.

results.csv                          one table of everything, or results.jsonl
pictures/<original path>/…           drawn pictures      videos/<original path>/…
details/<original path>/results.json
not processed.csv                    if any, with the reasons
"""

import csv
import errno
import fnmatch
import json
import os
import posixpath
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.errors import ArchiveDamaged, BatchdockError
from batchdock.core.problem import FileFailure
from batchdock.flows.intake.names import printable
from batchdock.flows.results.early import Early
from batchdock.flows.results.fetch import Fetched
from batchdock.flows.results.growing import GrowingFolder
from batchdock.flows.results.listing import Listed
from batchdock.flows.results.note import FileKey, Note, Step
from batchdock.flows.results.places import Places, appear, demanding
from batchdock.flows.results.table import BYTE_ORDER_MARK, Restore, Tables, harmless
from batchdock.flows.results.unpack import Refused, Unpacked, members
from batchdock.flows.transfers.receive import check_room

_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
_VIDEOS = frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm"})
_TABLES = ("aggregated_results.csv", "aggregated_results.jsonl")
_VIDEO_TABLES = ("workflow_results_source_*.csv", "workflow_results_source_*.jsonl")
_FAILED = "failed_files_processing_*.jsonl"

_NAMED_LIMIT = 1_000
"""An archive with more than these that are refused is no honest one; the rest is counted."""
_ROOM_BYTES = 32 * 1024 * 1024
"""How much is written between two looks at the room that is left."""
_FOLDERS_KNOWN = 20_000
_UNFIT_NAME = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP)
_OPEN = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class SaveReport:
    """What was saved: the folder, how many files it got, how many originals have results, and what did not work.

    `problems` have no result; of these, `refused` are what could not be fetched or had to stay in its archive.
    `renamed` have a result, but not under the name they came with.
    """

    folder: Path
    files: int
    originals: int
    problems: tuple[FileFailure, ...]
    refused: tuple[FileFailure, ...] = ()
    renamed: tuple[FileFailure, ...] = ()
    missing: frozenset[FileKey] = frozenset()
    """The listed files of which nothing could be had."""


class Stopped(Exception):
    """Somebody wants it to stop; what is written down stays."""


class Placer:
    """Places what was fetched, one listed file after the other. Everything blocks and raises `OSError`, `DiskFull`."""

    def __init__(self, folder: GrowingFolder, restore: Restore, known: Iterable[FileFailure]) -> None:
        """Take in what earlier runs have placed. `known` are files that can have no result."""
        self._folder = folder
        self._done = str(folder.done)
        self._restore = restore
        self._note = Note(folder.note)
        self._tables = Tables(folder.tables, lambda wire: printable(restore(wire)))
        self._early = Early(folder, self._note, self._tables)
        self._problems = {failure.name: failure for failure in known}
        self._refused: dict[str, FileFailure] = {}
        self._renamed: dict[str, FileFailure] = {}
        self._files = 0
        self._since_look = 0
        self._folders: set[str] = set()
        self._stopping = False
        self.placed: set[FileKey] = set()
        self._missing: set[FileKey] = set()
        if not self._note.unbroken:
            shutil.rmtree(folder.incoming, ignore_errors=True)
            folder.incoming.mkdir()
        self.settled = self._note.settled_as is not None and not folder.done.exists()
        """True when all is done and the folder has appeared; only nobody was told."""
        if not self.settled:
            folder.done.mkdir(exist_ok=True)
        self._places = Places(restore, demanding(folder.incoming))
        self._take_in()

    def put(self, group: Sequence[tuple[Listed, Fetched | BatchdockError]]) -> None:
        """Place what has come, and write it down. Raise `Stopped` where somebody wants it."""
        steps: list[Step] = []
        try:
            for listed, fetched in group:
                check_room(self._folder.path)
                steps.append(self._step(listed, fetched))
        finally:
            self._note.add(steps)
            for step, (_, fetched) in zip(steps, group, strict=False):
                self._count(step)
                if isinstance(fetched, Fetched) and fetched.content is None:
                    fetched.path.unlink(missing_ok=True)

    def stop(self) -> None:
        """Have `put` end soon, from another thread."""
        self._stopping = True

    def bring_tables(self, to: Path, name: str) -> Path | None:
        """Let the tables appear below `to`, before everything else. Return the folder, None where there are none."""
        return self._early.bring(to, name)

    def finish(self, to: Path, name: str) -> SaveReport:
        """Write the tables and let the folder appear below `to`; where the tables have, it is filled up."""
        if self.settled:
            return self._report(to / (self._note.settled_as or name))
        early = self._early.place(to)
        if early is None or not self._early.has_all_tables():
            self._tables.merge(self._folder.done)
        if self._told():
            _write_problems(self._folder.done / "not processed.csv", self._told())
        if early is not None:
            return self._report(self._early.join(early))
        return self._report(appear(self._folder.done, to, name, self._note.settle))

    def miss(self, name: str, cause: str) -> None:
        """Name something that can not be saved."""
        self._problems.setdefault(name, FileFailure(name, cause))
        self._refused.setdefault(name, FileFailure(name, cause))

    def close(self) -> None:
        """Close the note."""
        self._note.close()

    def _take_in(self) -> None:
        made: set[str] = set()
        for step in self._note.steps():
            self._places.take_in(homes=step.homes, stems=step.stems, originals=step.originals, made=step.made)
            self._tables.found += [(name, suffix, of_video) for name, suffix, of_video in step.tables]
            self._count(step)
            made.update(step.made)
        self._note.forget_steps()
        for root, _, names in os.walk(self._done):
            below = root[len(self._done) + 1 :].replace(os.sep, "/")
            for each in names:
                if (f"{below}/{each}" if below else each) not in made:
                    os.unlink(os.path.join(root, each))  # noqa: PTH108, PTH118 - a million of them

    def _count(self, step: Step) -> None:
        self.placed.add(step.key)
        if step.refused and not step.made and not step.tables:
            self._missing.add(step.key)
        self._files += len(step.made)
        for name, cause in step.failed:
            self._problems.setdefault(name, FileFailure(name, cause))
        for name, cause in step.refused:
            self.miss(name, cause)
        for name, cause in step.renamed:
            self._renamed.setdefault(name, FileFailure(name, cause))

    def _report(self, folder: Path) -> SaveReport:
        files = self._files + len({suffix for _, suffix, _ in self._tables.found}) + bool(self._told())
        return SaveReport(
            folder=folder,
            files=files,
            originals=len(self._places.originals),
            problems=tuple(self._problems.values()),
            refused=tuple(self._refused.values()),
            renamed=tuple(self._renamed.values()),
            missing=frozenset(self._missing),
        )

    def _told(self) -> tuple[FileFailure, ...]:
        return (*self._problems.values(), *self._renamed.values())

    def _step(self, listed: Listed, fetched: Fetched | BatchdockError) -> Step:
        if self._stopping:
            raise Stopped
        step = Step(listed.key)
        if isinstance(fetched, BatchdockError):
            step.refused.append((listed.file.name, str(fetched.values.get("reason", ""))))
            return step
        places = self._places
        homes, stems, tables = len(places.homes), len(places.stems), len(self._tables.found)
        if listed.file.is_archive:
            self._unpack(listed, fetched, step)
        else:
            self._put_plain(listed, fetched, step)
        # Dictionaries keep their order: what came last is what this step gave.
        step.homes = dict(_behind(places.homes, homes))
        step.stems = dict(_behind(places.stems, stems))
        step.tables = self._tables.found[tables:]
        return step

    def _unpack(self, listed: Listed, fetched: Fetched, step: Step) -> None:
        name = printable(listed.file.name)
        unnamed = 0
        try:
            for found in members(fetched.path if fetched.content is None else fetched.content, name):
                if self._stopping:
                    raise Stopped
                refused = found if isinstance(found, Refused) else self._put_member(found, listed, step)
                if refused is None:
                    continue
                if len(step.refused) < _NAMED_LIMIT:
                    step.refused.append((f"{name}: {printable(refused.name)}", refused.reason))
                else:
                    unnamed += 1
        except ArchiveDamaged as error:
            step.refused.append((name, error.filled(error.message)))
        if unnamed:
            step.refused.append((f"{name}: …", f"Left out as well, and not named: {unnamed:,}."))

    def _put_member(self, found: Unpacked, listed: Listed, step: Step) -> Refused | None:
        parts = found.parts
        if fnmatch.fnmatchcase(parts[-1], _FAILED):
            step.failed += self._failures(found.read().decode("utf-8", "replace").splitlines())
            return None
        table = self._table_path(parts)
        if table is not None:
            self._write(table.as_posix(), found.pieces())
            return None
        rest = parts[1:]
        kind = _kind_of(parts)
        if kind is None:
            rest = (listed.file.part, *parts) if listed.file.part else parts
            wanted = self._places.other(rest)
        elif kind == "details":
            wanted = self._places.details(parts[0], rest)
        else:
            wanted = self._places.picture(parts[0], rest, kind)
        if kind is not None:
            step.originals.append(parts[0])
        shown = "/".join(parts)
        try:
            self._put(wanted, "/".join(rest), found.pieces(), f"{printable(found.archive)}: {printable(shown)}", step)
        except OSError as error:
            if error.errno not in _UNFIT_NAME:
                raise
            return Refused(shown, f"The computer answered: {error.strerror}")
        return None

    def _put_plain(self, listed: Listed, fetched: Fetched, step: Step) -> None:
        name = listed.file.name
        parts = tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))
        source = fetched.path if fetched.content is None else (fetched.content,)
        table = self._table_path(parts)
        if table is not None:
            self._write(table.as_posix(), source)
            return
        if listed.file.content in (Content.IMAGES, Content.VIDEOS):
            wanted, tail = self._places.original(name), ""
            step.originals.append(name)
        else:
            wanted, tail = self._places.other(parts or ("_",)), "/".join(parts)
        try:
            self._put(wanted, tail, source, printable(name), step)
        except OSError as error:
            if error.errno not in _UNFIT_NAME:
                raise
            step.refused.append((printable(name), f"The computer answered: {error.strerror}"))

    def _put(self, wanted: str, tail: str, source: Iterable[bytes] | Path, shown: str, step: Step) -> None:
        """Write a file to the place that it wants, or near it. `tail` is how the place should end."""
        given = self._places.occupy(wanted)
        path = f"{self._done}/{given}"
        self._write(path, source)
        if given != wanted and _same(path, f"{self._done}/{wanted}"):
            os.unlink(path)  # noqa: PTH108 - a text
            self._places.give_back(given)
            return
        step.made.append(given)
        if not given.endswith(tail) or given != wanted:
            step.renamed.append((shown, f"Saved as “{printable(given)}”."))

    def _write(self, path: str, source: Iterable[bytes] | Path) -> None:
        parent = posixpath.dirname(path)
        if parent not in self._folders:
            os.makedirs(parent, exist_ok=True)  # noqa: PTH103 - a text
            if len(self._folders) >= _FOLDERS_KNOWN:
                self._folders.clear()
            self._folders.add(parent)
        if isinstance(source, Path):
            source.replace(path)
            return
        descriptor = os.open(path, _OPEN, 0o666)
        try:
            for piece in source:
                view = memoryview(piece)
                while view:
                    view = view[os.write(descriptor, view) :]
                self._since_look += len(piece)
                if self._since_look >= _ROOM_BYTES:
                    self._since_look = 0
                    check_room(self._folder.path)
        except BaseException:
            os.close(descriptor)
            os.unlink(path)  # noqa: PTH108 - a text
            raise
        os.close(descriptor)

    def _table_path(self, parts: tuple[str, ...]) -> Path | None:
        last = parts[-1] if parts else ""
        if last in _TABLES:
            return self._tables.next_path(posixpath.splitext(last)[1])
        if any(fnmatch.fnmatchcase(last, pattern) for pattern in _VIDEO_TABLES):
            of_video = parts[0] if len(parts) > 1 else None
            return self._tables.next_path(posixpath.splitext(last)[1], of_video=of_video)
        return None

    def _failures(self, lines: Iterable[str]) -> Iterable[tuple[str, str]]:
        for line in lines:
            try:
                entry = json.loads(line)
                wire, cause = str(entry["file_path"]), str(entry["cause"])
            except (ValueError, KeyError, TypeError):
                continue
            wire = wire.replace("\\", "/").rsplit("/", 1)[-1]
            yield printable(self._restore(wire)), cause


def _kind_of(parts: tuple[str, ...]) -> str | None:
    if len(parts) < 2:
        return None
    suffix = posixpath.splitext(parts[-1])[1].lower()
    if suffix == ".json":
        return "details"
    if suffix in _PICTURES:
        return "pictures"
    return "videos" if suffix in _VIDEOS else None


def _behind(found: dict[str, str], count: int) -> Iterable[tuple[str, str]]:
    """Return the items behind the first `count`, without a walk over those."""
    behind = []
    for _, item in zip(range(len(found) - count), reversed(found.items()), strict=False):
        behind.append(item)
    return reversed(behind)


def _same(path: str, other: str) -> bool:
    try:
        if os.path.getsize(path) != os.path.getsize(other):  # noqa: PTH202 - texts
            return False
        with open(path, "rb") as one, open(other, "rb") as two:  # noqa: PTH123 - texts
            while piece := one.read(1024 * 1024):
                if piece != two.read(len(piece)):
                    return False
    except OSError:
        return False
    return True


def _write_problems(path: Path, told: Sequence[FileFailure]) -> None:
    with path.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
        file.write(BYTE_ORDER_MARK)
        writer = csv.writer(file)
        writer.writerow(("file", "reason"))
        writer.writerows((harmless(each.name), harmless(each.cause)) for each in told)
