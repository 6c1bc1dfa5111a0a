"""Where each saved file goes: a layout that a person likes, with the names the files came with."""

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from batchdock.flows.intake.names import legal
from batchdock.flows.results.table import Restore

DEMANDING = os.name == "nt"
"""This system's disks take few characters; elsewhere only NUL and the slash can not be in a name."""


@dataclass
class Places:
    """Finds the place of every file below one folder. No two files get the same place."""

    restore: Restore
    demanding: bool = DEMANDING
    originals: set[str] = field(default_factory=set)
    """The wire names of the files that something was saved for."""
    _homes: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _stems: dict[tuple[str, str], str] = field(default_factory=dict)

    def details(self, wire: str, rest: tuple[str, ...]) -> PurePosixPath:
        """`details/<original path>/<rest>`."""
        self.originals.add(wire)
        return PurePosixPath("details", self._home(wire), *self._cleaned(rest))

    def picture(self, wire: str, rest: tuple[str, ...], kind: str = "pictures") -> PurePosixPath:
        """`pictures/<original path without extension>/<rest>`; with the extension where two would meet."""
        self.originals.add(wire)
        home = self._home(wire)
        stem = str(PurePosixPath(home).with_suffix(""))
        owner = self._stems.setdefault((kind, stem.casefold()), wire)
        return PurePosixPath(kind, stem if owner == wire else home, *self._cleaned(rest))

    def other(self, parts: tuple[str, ...]) -> PurePosixPath:
        """`other/<path>` for what nobody told us about."""
        return PurePosixPath("other", *self._cleaned(parts))

    def original(self, wire: str) -> PurePosixPath:
        """The original path itself, for files that were sent and are saved again."""
        self.originals.add(wire)
        return PurePosixPath("files", self._home(wire))

    def _home(self, wire: str) -> str:
        """Return the path a file came with; a second one with the same path gets a number."""
        known = self._homes.get(wire)
        if known is not None:
            return known
        parts = tuple(part for part in self.restore(wire).split("/") if part not in ("", ".", ".."))
        wanted = home = "/".join(self._cleaned(parts or ("_",)))
        number = 2
        while home.casefold() in self._taken:
            path = PurePosixPath(wanted)
            home = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
            number += 1
        self._homes[wire] = home
        self._taken.add(home.casefold())
        return home

    def _cleaned(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(legal(part) if self.demanding else part.replace("\x00", "_") for part in parts)


def claim(parent: Path, name: str) -> Path:
    """Make and return a new folder `name` in `parent`, or “name 2”, “name 3” …: nothing is ever overwritten."""
    number = 1
    while True:
        folder = parent / (name if number == 1 else f"{name} {number}")
        try:
            folder.mkdir()
        except FileExistsError:
            number += 1
        else:
            return folder
