"""Looks through a folder for what may be results: tables, single files, pictures that the service has drawn.

Links are not followed: what is told about leads nowhere else.
"""

import fnmatch
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_TABLES = ("results", "aggregated_results")
_OF_VIDEO = "workflow_results_source_*"
_FAILED = "failed_files_processing_*.jsonl"
_NOT_PROCESSED = "not processed.csv"
_TABLE_SUFFIXES = (".csv", ".jsonl", ".ndjson", ".tsv")
_SINGLE = "results.json"
_DRAWN_SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".bmp", ".mp4", ".mov", ".avi", ".mkv", ".webm"))
_ASIDE = frozenset(("files", "other"))
"""Folders of our own layout in which neither results nor drawn pictures are."""
_OURS = frozenset(("details", "pictures", "results.csv", "results.jsonl"))
_AREAS = frozenset(("details", "pictures", "videos"))
_DEEPEST = 64
_MOST = 5_000_000


@dataclass(slots=True)
class Found:
    """What is there. Paths are relative, with `/`."""

    tables: list[str] = field(default_factory=list)
    other_tables: list[str] = field(default_factory=list)
    """Under names that say nothing: looked at only where there is nothing else."""
    singles: list[str] = field(default_factory=list)
    """`results.json` of one picture each."""
    other_singles: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    not_processed: list[str] = field(default_factory=list)
    unseen: list[tuple[str, str]] = field(default_factory=list)
    """Folders that can not be looked into, and why."""


class Walk:
    """Two walks: the first one to all tables, the second one to what lies below them.

    Below tables there is a folder for every picture, often, and nothing new in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._later: list[str] = []
        self._met = 0
        self.found = Found()

    def find_tables(self) -> Found:
        """Look for tables from the top on, and for everything else on the way. Blocks."""
        self._go([""], self._later)
        return self.found

    def find_rest(self, known: Callable[[str], bool]) -> Found:
        """Look into what lies below tables; `known` tells whether a table has a picture. Blocks."""
        self.found = Found()
        self._go(self._later, None, known)
        self._later = []
        return self.found

    def _go(self, folders: list[str], later: list[str] | None, known: Callable[[str], bool] | None = None) -> None:
        waiting = list(folders)
        while waiting:
            below = waiting.pop()
            inner = []
            tables = len(self.found.tables)
            for name, path, is_folder in self._entries(below):
                if is_folder:
                    if known is None or not _has_nothing_new(path, known):
                        inner.append(path)
                else:
                    self._sort(name, path)
            has_table = len(self.found.tables) > tables
            if has_table and later is not None:
                later += inner
            elif below.count("/") < _DEEPEST and self._met < _MOST:
                waiting += reversed(inner)

    def _entries(self, below: str) -> Iterator[tuple[str, str, bool]]:
        try:
            with os.scandir(os.path.join(self._folder, below)) as entries:  # noqa: PTH118 - 100,000 of them
                found = [
                    (entry.name, entry.is_dir(follow_symlinks=False))
                    for entry in entries
                    if not entry.name.startswith(".") and _is_plain(entry)
                ]
        except OSError as error:
            self.found.unseen.append((below or "/", f"The computer answered: {error.strerror}"))
            return
        self._met += len(found)
        ours = any(name in _OURS for name, _ in found)
        for name, is_folder in sorted(found):
            if not (ours and is_folder and name in _ASIDE):
                yield name, f"{below}/{name}" if below else name, is_folder

    def _sort(self, name: str, path: str) -> None:
        found = self.found
        stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a name
        suffix = suffix.lower()
        if suffix in _TABLE_SUFFIXES:
            if fnmatch.fnmatchcase(name, _FAILED):
                found.failed.append(path)
            elif name == _NOT_PROCESSED:
                found.not_processed.append(path)
            elif stem in _TABLES or fnmatch.fnmatchcase(stem, _OF_VIDEO):
                found.tables.append(path)
            else:
                found.other_tables.append(path)
        elif suffix == ".json":
            (found.singles if name == _SINGLE else found.other_singles).append(path)
        elif suffix in _DRAWN_SUFFIXES:
            found.drawn.append(path)


def _is_plain(entry: "os.DirEntry[str]") -> bool:
    """Tell whether it is a folder or a file: no link, and nothing that waits for a writer."""
    return entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False)


def of_video(table: str) -> str | None:
    """Return the video that a table is about by its place, "" where that says nothing, None: it is of no video."""
    below, _, name = table.rpartition("/")
    if not fnmatch.fnmatchcase(name, f"{_OF_VIDEO}.*"):
        return None
    return within(below) if below else ""


def within(path: str) -> str:
    """Return the path that a folder stands for: what is behind `details` and its like, else its own name."""
    parts = path.split("/")
    for place in range(len(parts) - 1, -1, -1):
        if parts[place] in _AREAS and place + 1 < len(parts):
            return "/".join(parts[place + 1 :])
    return parts[-1]


def is_ours(path: str) -> bool:
    """Tell whether this is a picture or video that our own layout, or the vendor's, has only for drawn ones."""
    parts = path.split("/")
    return any(part in ("pictures", "videos") for part in parts[:-2]) or parts[-1].endswith("_preview.mp4")


def _has_nothing_new(path: str, known: Callable[[str], bool]) -> bool:
    _, details, name = f"/{path}".partition("/details/")
    return bool(details) and known(name)
