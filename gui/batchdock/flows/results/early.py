"""Lets the tables appear before everything else, and the rest join them in the end.

The folder that a person sees then is theirs as well: they may open the table, change it, put a file beside it, or move
all of it away. So nothing grows in there. What comes later grows hidden as ever, and is moved in when it is complete;
nothing is overwritten but what was put there by us and is still as we left it.
"""

import os
import posixpath
import shutil
from pathlib import Path

from batchdock.flows.results.growing import GrowingFolder
from batchdock.flows.results.note import Note
from batchdock.flows.results.places import appear
from batchdock.flows.results.table import Tables

ARRIVING = "still arriving.txt"
_SAID = (
    "Batchdock is still fetching the pictures, videos and details of these results.\n"
    "They appear here when all of them have come, and this file goes.\n"
    "If it stays, the saving was stopped: save the results again to have all of them.\n"
)


class Early:
    """The folder in which the tables appear first, if they do. Everything blocks and raises `OSError`."""

    def __init__(self, folder: GrowingFolder, note: Note, tables: Tables) -> None:
        self._folder, self._note, self._tables = folder, note, tables

    def bring(self, to: Path, name: str) -> Path | None:
        """Let the tables appear below `to`, unless they have before. Return their folder, None where there is none."""
        if self._note.early is not None and not self._folder.early.exists():
            return self.place(to)
        if not self._tables.found:
            return None
        growing = self._folder.early
        shutil.rmtree(growing, ignore_errors=True)
        growing.mkdir()
        made = self._tables.merge(growing)
        (growing / ARRIVING).write_text(_SAID, encoding="utf-8")
        self._note.know([_mark(each) for each in (*made, growing / ARRIVING)])
        count = len(self._tables.found)
        found = appear(growing, to, name, lambda chosen: self._note.appear_early(chosen, count))
        self._note.flush()
        return found

    def place(self, to: Path) -> Path | None:
        """Return the folder in which the tables have appeared, None where they have not, or it is gone."""
        if self._note.early is None or self._folder.early.exists():
            return None
        found = to / self._note.early[0]
        return found if found.is_dir() and not found.is_symlink() else None

    def has_all_tables(self) -> bool:
        """Tell whether no table has come since."""
        return self._note.early is not None and self._note.early[1] == len(self._tables.found)

    def join(self, found: Path) -> Path:
        """Move everything that has grown to the tables in `found`, and return that folder.

        Killed in between, it is called again with what is left.
        """
        self._note.know([_mark(each) for each in self._folder.done.glob("results.*")])
        self._note.settle(found.name)
        self._move(self._folder.done, found)
        arriving = found / ARRIVING
        if self._is_ours(arriving):
            arriving.unlink()
        return found

    def _move(self, source: Path, target: Path) -> None:
        for each in sorted(source.iterdir()):
            wanted = target / each.name
            if not os.path.lexists(wanted) or self._is_ours(wanted):
                each.replace(wanted)
            elif each.is_dir() and wanted.is_dir() and not wanted.is_symlink():
                self._move(each, wanted)
            else:
                each.replace(_free(wanted))
        source.rmdir()

    def _is_ours(self, path: Path) -> bool:
        """Tell whether it was put there by us, and nobody has touched it since."""
        try:
            return _mark(path) in self._note.known
        except OSError:
            return False


def _mark(path: Path) -> tuple[str, int, int]:
    found = path.lstat()
    return path.name, found.st_size, found.st_mtime_ns


def _free(wanted: Path) -> Path:
    """Return the place beside `wanted` that nobody has."""
    stem, extension = posixpath.splitext(wanted.name)
    number = 2
    while os.path.lexists(free := wanted.with_name(f"{stem} ({number}){extension}")):
        number += 1
    return free
