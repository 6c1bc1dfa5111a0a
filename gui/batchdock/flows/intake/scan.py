"""Walks through what was dropped and yields every file, folder by folder, in natural order.

Generators that touch the disk as they are asked to; they run in threads. Memory stays flat: one folder's names at a
time, and at most `SORTED_AT_ONCE` of them (a larger folder comes in several sorted runs). What is made in a folder
while it is walked may or may not be met; what goes away is named.
"""

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from batchdock.core.intake import Finding

SORTED_AT_ONCE = 50_000

_SYSTEM_NAMES = frozenset(
    {"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin", "system volume information"}
)
_WINDOWS_HIDDEN = 0x2 | 0x4  # FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Found:
    """One file that was met, or what stands in the way of one (`finding`)."""

    path: Path
    relative: str
    size: int = 0
    modified: float = 0.0
    finding: Finding | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Root:
    """One path that was dropped. `label` is the start of its relative paths: nothing for a single folder."""

    path: Path
    label: str

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.label or self.path.name


class _CutShort(Exception):
    """A folder can not be read to its end."""

    def __init__(self, missed: Found) -> None:
        super().__init__()
        self.missed = missed


Visited = dict[tuple[int, int], object]
"""The folders of a drop that somebody has begun, by device and number."""


class Walk:
    """A walk through a drop. Walks in several threads that share `visited` meet each folder once.

    `on_step` is called at least once for every name that is read; what it raises ends the walk.
    """

    def __init__(self, visited: Visited, on_step: Callable[[], None] = lambda: None) -> None:
        self.passed_over = 0
        """How many hidden and system files and folders were passed over."""
        self._on_step = on_step
        self._visited = visited

    def files(self, root: Root) -> Iterator[Found]:
        """Yield what is below `root`, each file and folder once.

        Hidden and system files inside folders are passed over; what was dropped by name never is.
        """
        # A stack of our own: folders can lie deeper in each other than Python's calls may.
        open_folders = [iter([(root.path, root.label, root.name)])]
        while open_folders:
            try:
                path, relative, shown = next(open_folders[-1])
            except StopIteration:
                open_folders.pop()
                continue
            except _CutShort as cut:
                open_folders.pop()
                yield cut.missed
                continue
            self._on_step()
            try:
                found = path.stat()
            except OSError as error:
                yield _missed(path, shown, error)
                continue
            if stat.S_ISDIR(found.st_mode):
                mine = object()
                # In one step, so that two threads never both take a folder.
                if self._visited.setdefault((found.st_dev, found.st_ino), mine) is mine:
                    open_folders.append(self._folder(path, relative, shown))
            elif stat.S_ISREG(found.st_mode):
                yield Found(path, shown, found.st_size, found.st_mtime)
            else:
                yield Found(path, shown, finding=Finding.UNSUPPORTED, note="not a file")

    def _folder(self, path: Path, relative: str, shown: str) -> Iterator[tuple[Path, str, str]]:
        try:
            # The listing closes by itself as soon as its last name is read: before anything below is opened.
            with os.scandir(path) as listing:
                while run := list(islice(self._names(listing), SORTED_AT_ONCE)):
                    run.sort(key=natural)
                    for name in run:
                        below = f"{relative}/{name}" if relative else name
                        yield path / name, below, below
        except OSError as error:
            raise _CutShort(_missed(path, shown, error)) from error

    def _names(self, listing: Iterator[os.DirEntry[str]]) -> Iterator[str]:
        for entry in listing:
            self._on_step()
            if _is_passed_over(entry):
                self.passed_over += 1
            else:
                yield entry.name


def walk(paths: Sequence[Path]) -> Iterator[Found]:
    """Yield what is below `paths`, one after the other."""
    walking = Walk({})
    for root in roots_of(paths):
        yield from walking.files(root)


def natural(name: str) -> str:
    """Return the key that sorts “2.jpg” before “10.jpg”, whatever the case and the script of letters and digits.

    One text, not a tuple of parts: a folder's names are compared in a tenth of the time, and Python's lock is held
    that long.
    """
    if not name.isascii():
        name = unicodedata.normalize("NFC", name)
    return _NUMBERS.sub(_number_key, name.casefold())


def _number_key(match: re.Match[str]) -> str:
    digits = str(int(match.group()))
    # How long the number is goes before it, and before both what sorts ahead of every letter.
    return f"\0{chr(len(digits))}{digits}"


def roots_of(paths: Sequence[Path]) -> list[Root]:
    """Return what is to be walked: nothing twice, nothing that lies in another, and labels that tell them apart.

    Touches the disk only when a single path is given.
    """
    unique = dict.fromkeys(path.absolute() for path in paths)
    inside = [path for path in unique if not any(parent in unique for parent in path.parents)]
    if len(inside) == 1:
        only = inside[0]
        return [Root(only, "" if _is_folder(only) else only.name)]
    depth = dict.fromkeys(inside, 1)
    while True:
        labels: dict[str, list[Path]] = {}
        for path in inside:
            labels.setdefault(_tail(path, depth[path]).casefold(), []).append(path)
        clashing = [path for same in labels.values() if len(same) > 1 for path in same]
        longer = [path for path in clashing if depth[path] < len(path.parts)]
        if not longer:
            return [Root(path, _tail(path, depth[path])) for path in inside]
        for path in longer:
            depth[path] += 1


def _tail(path: Path, depth: int) -> str:
    return "/".join(part.strip("/\\:") or "root" for part in path.parts[-depth:])


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_passed_over(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    if name.startswith((".", "~$")) or name.casefold() in _SYSTEM_NAMES:
        return True
    if os.name != "nt":
        return False
    try:
        return bool(getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0) & _WINDOWS_HIDDEN)
    except OSError:
        return False


def _missed(path: Path, shown: str, error: OSError) -> Found:
    finding = _finding(error, path)
    # The other findings say it all; what a disk answers may help whoever mounted it.
    return Found(path, shown, finding=finding, note=(error.strerror or "") if finding is Finding.NOT_REACHABLE else "")


def _finding(error: OSError, path: Path) -> Finding:
    if isinstance(error, PermissionError):
        return Finding.NO_PERMISSION
    if error.errno == errno.ELOOP:
        return Finding.BROKEN_LINK
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Finding.BROKEN_LINK if _is_link(path) else Finding.VANISHED
    # ENOTCONN, ESTALE, EIO, ENODEV, EHOSTDOWN …: a disk or share that went away under its mount point.
    return Finding.NOT_REACHABLE


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError:
        return False
