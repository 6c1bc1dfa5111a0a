"""Walks through what was dropped and yields every file, folder by folder, in natural order.

A generator that touches the disk as it is asked to; it runs in a thread. Memory stays flat: one folder's names at a
time, and at most `SORTED_AT_ONCE` of them (a larger folder comes in several sorted runs).
"""

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from batchdock.core.intake import Finding

SORTED_AT_ONCE = 50_000

_SYSTEM_NAMES = frozenset(
    {"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin", "system volume information"}
)
_WINDOWS_HIDDEN = 0x2 | 0x4  # FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM
_NUMBERS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Found:
    """One file that was met, or what stands in the way of one (`finding`)."""

    path: Path
    relative: str
    size: int = 0
    modified: float = 0.0
    finding: Finding | None = None
    note: str = ""


def walk(roots: Sequence[Path]) -> Iterator[Found]:
    """Yield what is below `roots`, each file and folder once.

    Hidden and system files inside folders are passed over; what was dropped by name never is.
    """
    visited: set[tuple[int, int]] = set()
    for root, label in _labelled(roots):
        yield from _entry(root, label, label or root.name, visited)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return the key that sorts “2.jpg” before “10.jpg”, whatever the case."""
    parts = _NUMBERS.split(name.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def _labelled(roots: Sequence[Path]) -> list[tuple[Path, str]]:
    """Give each root the start of its relative paths: nothing for a single folder, else as much as tells them apart."""
    unique = list(dict.fromkeys(root.absolute() for root in roots))
    inside = [root for root in unique if not any(other in root.parents for other in unique)]
    if len(inside) == 1:
        only = inside[0]
        return [(only, "" if _is_folder(only) else only.name)]
    depth = dict.fromkeys(inside, 1)
    while True:
        labels: dict[str, list[Path]] = {}
        for root in inside:
            labels.setdefault(_tail(root, depth[root]).casefold(), []).append(root)
        clashing = [root for same in labels.values() if len(same) > 1 for root in same]
        longer = [root for root in clashing if depth[root] < len(root.parts)]
        if not longer:
            return [(root, _tail(root, depth[root])) for root in inside]
        for root in longer:
            depth[root] += 1


def _tail(path: Path, depth: int) -> str:
    return "/".join(part.strip("/\\:") or "root" for part in path.parts[-depth:])


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _entry(path: Path, relative: str, shown: str, visited: set[tuple[int, int]]) -> Iterator[Found]:
    try:
        found = path.stat()
    except OSError as error:
        yield _missed(path, shown, error)
        return
    if stat.S_ISDIR(found.st_mode):
        if (found.st_dev, found.st_ino) not in visited:
            visited.add((found.st_dev, found.st_ino))
            yield from _folder(path, relative, shown, visited)
    elif stat.S_ISREG(found.st_mode):
        yield Found(path, shown, found.st_size, found.st_mtime)
    else:
        yield Found(path, shown, finding=Finding.UNSUPPORTED, note="not a file")


def _folder(path: Path, relative: str, shown: str, visited: set[tuple[int, int]]) -> Iterator[Found]:
    try:
        with os.scandir(path) as listing:
            while run := [entry.name for entry in islice(listing, SORTED_AT_ONCE) if not _passed_over(entry)]:
                run.sort(key=natural)
                for name in run:
                    below = f"{relative}/{name}" if relative else name
                    yield from _entry(path / name, below, below, visited)
    except OSError as error:
        yield _missed(path, shown, error)


def _passed_over(entry: os.DirEntry[str]) -> bool:
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
