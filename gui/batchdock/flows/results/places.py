"""Where each saved file goes: a layout that a person likes, with the names the files came with.

Every path is relative to the folder of the results, with `/`. Names that some disk takes for the same one (upper and
lower case, composed and decomposed letters) are never given twice, so that the folder can be copied anywhere.
"""

import os
import posixpath
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from batchdock.flows.intake.names import legal
from batchdock.flows.results.table import Restore

NAME_LIMIT_BYTES = 240
"""Of one component; the common disks take 255."""


@dataclass
class Places:
    """Finds the place of every file below one folder. No two files get the same place.

    With `demanding` names are such that a Windows disk takes them; elsewhere only NUL and the slash can not be in one.
    """

    restore: Restore
    demanding: bool = os.name == "nt"
    originals: set[str] = field(default_factory=set)
    """The wire names of the files that something was saved for."""
    homes: dict[str, str] = field(default_factory=dict)
    """By wire name: the path a file came with."""
    stems: dict[str, str] = field(default_factory=dict)
    """By kind and path without extension: the wire name that has it."""
    _taken: set[str] = field(default_factory=set)
    _occupied: set[int] = field(default_factory=set)

    def details(self, wire: str, rest: tuple[str, ...]) -> str:
        """`details/<original path>/<rest>`."""
        self.originals.add(wire)
        return "/".join(("details", self._home(wire), *self._cleaned(rest)))

    def picture(self, wire: str, rest: tuple[str, ...], kind: str = "pictures") -> str:
        """`pictures/<original path without extension>/<rest>`; with the extension where two would meet."""
        self.originals.add(wire)
        home = self._home(wire)
        stem = posixpath.splitext(home)[0]
        owner = self.stems.setdefault(f"{kind}/{_folded(stem)}", wire)
        return "/".join((kind, stem if owner == wire else home, *self._cleaned(rest)))

    def other(self, parts: tuple[str, ...]) -> str:
        """`other/<path>` for what nobody told us about."""
        return "/".join(("other", *self._cleaned(parts)))

    def original(self, wire: str) -> str:
        """The original path itself, for files that were sent and are saved again."""
        self.originals.add(wire)
        return f"files/{self._home(wire)}"

    def occupy(self, place: str) -> str:
        """Return `place`, or with a number where another file has it, and let nobody else have it."""
        given, number = place, 2
        while (mark := hash(_folded(given))) in self._occupied:
            stem, extension = posixpath.splitext(place)
            given = f"{stem} ({number}){extension}"
            number += 1
        self._occupied.add(mark)
        return given

    def give_back(self, place: str) -> None:
        """Let somebody else have `place`: nothing is there."""
        self._occupied.discard(hash(_folded(place)))

    def take_in(self, *, homes: dict[str, str], stems: dict[str, str], originals: list[str], made: list[str]) -> None:
        """Know again what an earlier run gave."""
        self.homes |= homes
        self.stems |= stems
        self.originals |= set(originals)
        self._taken |= {_folded(home) for home in homes.values()}
        self._occupied |= {hash(_folded(place)) for place in made}

    def _home(self, wire: str) -> str:
        """Return the path a file came with; a second one with the same path gets a number."""
        known = self.homes.get(wire)
        if known is not None:
            return known
        parts = tuple(part for part in self.restore(wire).split("/") if part not in ("", ".", ".."))
        wanted = home = "/".join(self._cleaned(parts or ("_",)))
        number = 2
        while _folded(home) in self._taken:
            stem, extension = posixpath.splitext(wanted)
            home = f"{stem} ({number}){extension}"
            number += 1
        self.homes[wire] = home
        self._taken.add(_folded(home))
        return home

    def _cleaned(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_short(legal(part) if self.demanding else part.replace("\x00", "_")) for part in parts)


def appear(done: Path, parent: Path, name: str, chosen: Callable[[str], None]) -> Path:
    """Give the folder `done` its place in `parent`: `name`, or “name 2”, “name 3” …: nothing is ever overwritten.

    `chosen` is told before. Blocks. Raises `OSError`.
    """
    number = 1
    while True:
        folder = parent / (name if number == 1 else f"{name} {number}")
        # A folder that is full is never replaced by a rename; an empty one would be, so it is looked for.
        if not os.path.lexists(folder):
            chosen(folder.name)
            try:
                done.rename(folder)
            except OSError:
                if not os.path.lexists(folder):
                    raise
            else:
                return folder
        number += 1


def demanding(folder: Path) -> bool:
    """Tell whether the disk of `folder` takes few characters in a name, as those of Windows do. Blocks."""
    if os.name == "nt":
        return True
    probe = folder / 'a:b?".'
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return True
    return False


def _short(part: str) -> str:
    if len(part) * 4 <= NAME_LIMIT_BYTES or len(os.fsencode(part)) <= NAME_LIMIT_BYTES:
        return part
    stem, extension = posixpath.splitext(part)
    tail = os.fsencode(extension) if len(extension) <= 16 else b""
    cut = os.fsencode(stem)[: NAME_LIMIT_BYTES - len(tail)].decode("utf-8", "ignore").rstrip(" .")
    return f"{cut}{os.fsdecode(tail)}"


def _folded(place: str) -> str:
    return place.casefold() if place.isascii() else unicodedata.normalize("NFC", place).casefold()
