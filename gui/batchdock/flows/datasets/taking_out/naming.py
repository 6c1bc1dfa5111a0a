"""Names for what a service calls anything it likes: such as every disk takes, and none of them twice.

The true names are kept beside them, in the lists of labels and in `index.json`.
"""

import hashlib
import posixpath
import unicodedata
from collections.abc import Iterable

from batchdock.flows.intake.names import legal
from batchdock.flows.results.handing.values import text_of
from batchdock.flows.results.places import NAME_LIMIT_BYTES

_NUMBER_BYTES = 8
"""Of a name, kept for a number behind it."""
PATH_LIMIT = 150
"""Characters of a path within its segment: with dataset, version and segment it stays below what Windows opens."""
FOLDER_LIMIT = 60
"""Characters of what a dataset, a version or a segment is called."""
_LONG = "long names"
_KEPT_EXTENSION = 12


class Names:
    """Gives names below one folder, to folders and files. Names that differ only in case count as the same.

    `taken` are those that stand for something else already.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._files = {_folded(each) for each in taken}
        self._folders: set[str] = set()
        self._given: dict[tuple[str, str], str] = {}

    def take_in(self, place: str) -> None:
        """Know again a path that was given before."""
        self._files.add(_folded(place))
        parents = place.split("/")[:-1]
        for count in range(1, len(parents) + 1):
            self._folders.add(_folded("/".join(parents[:count])))

    def folder(self, name: str) -> str:
        """Return the name of a folder directly below for what is called `name`."""
        return self._free("", _short(_clean(name), FOLDER_LIMIT))

    def file(self, remote: str) -> str:
        """Return the path of a file whose remote path is `remote`."""
        parts = [_clean(part) for part in remote.replace("\\", "/").split("/") if part not in ("", ".", "..")]
        if not parts:
            parts = ["_"]
        if len("/".join(parts)) > PATH_LIMIT:
            stem = hashlib.sha1(remote.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
            parts = [_LONG, f"{stem}{_extension(parts[-1])}"]
        parent = ""
        for part in parts[:-1]:
            parent = self._within(parent, _short(part))
        return self._free(parent, _short(parts[-1]))

    def _within(self, parent: str, part: str) -> str:
        """Return the folder `part` of `parent`, called otherwise where a file has that name."""
        if (parent, part) not in self._given:
            wanted = f"{parent}/{part}" if parent else part
            given, number = wanted, 2
            while _folded(given) in self._files:
                given, number = f"{wanted} ({number})", number + 1
            self._folders.add(_folded(given))
            self._given[parent, part] = given
        return self._given[parent, part]

    def _free(self, parent: str, name: str) -> str:
        wanted = f"{parent}/{name}" if parent else name
        given, number = wanted, 2
        stem, extension = posixpath.splitext(wanted)
        while (mark := _folded(given)) in self._files or mark in self._folders:
            given, number = f"{stem} ({number}){extension}", number + 1
        self._files.add(mark)
        return given


def _clean(name: str) -> str:
    cleaned = legal(unicodedata.normalize("NFC", text_of(name))).strip()
    return legal(cleaned)


def _short(part: str, characters: int = NAME_LIMIT_BYTES) -> str:
    room = NAME_LIMIT_BYTES - _NUMBER_BYTES
    if len(part) <= characters and len(part.encode()) <= room:
        return part
    extension = _extension(part) if characters == NAME_LIMIT_BYTES else ""
    kept = part[: characters - len(extension)].encode()[: room - len(extension.encode())]
    return f"{kept.decode('utf-8', 'ignore').rstrip(' .') or '_'}{extension}"


def _extension(name: str) -> str:
    extension = posixpath.splitext(name)[1]
    return extension if len(extension) <= _KEPT_EXTENSION and extension.isascii() else ""


def _folded(place: str) -> str:
    return place.casefold() if place.isascii() else unicodedata.normalize("NFC", place).casefold()
