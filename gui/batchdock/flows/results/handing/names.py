"""The names of files that are handed on: legal on every disk, since nobody knows where the folder is copied to next."""

import os
import posixpath
import unicodedata

from batchdock.flows.intake.names import legal
from batchdock.flows.results.handing.values import text_of
from batchdock.flows.results.places import NAME_LIMIT_BYTES

_ROOM_BYTES = 16
"""Of a name, kept for a number and an extension."""


class Names:
    """Gives every picture a name, none of them twice: also not one that differs only in case, or in its extension.

    `flat`: in one folder, its folders become part of the name, for programs that look into one folder only.
    """

    def __init__(self, *, flat: bool = False) -> None:
        self._flat = flat
        self._taken: set[int] = set()

    def stem(self, name: str, frame: int | None = None) -> str:
        """Return the path without extension for the picture that came as `name`, or a frame of that video."""
        parts = [legal(text_of(part)) for part in name.split("/") if part not in ("", ".", "..")] or ["_"]
        parts[-1] = posixpath.splitext(parts[-1])[0] or "_"
        if frame is not None:
            parts[-1] = f"{parts[-1]}_{frame:06d}"
        wanted = _short("_".join(parts)) if self._flat else "/".join(map(_short, parts))
        return self._given(wanted)

    def folder(self, name: str) -> str:
        """Return one component of a path for something that people have named."""
        return self._given(_short(legal(text_of(name)).strip() or "_"))

    def _given(self, wanted: str) -> str:
        given, number = wanted, 2
        while (mark := hash(_folded(given))) in self._taken:
            given, number = f"{wanted} ({number})", number + 1
        self._taken.add(mark)
        return given


def extension_of(name: str, default: str = ".jpg") -> str:
    """Return the extension of a picture's name, small; the default for a name without one, and for a video's frame."""
    extension = posixpath.splitext(name)[1].lower()
    return extension if 1 < len(extension) <= 6 and extension[1:].isalnum() and extension.isascii() else default


def _short(part: str) -> str:
    data = part.encode()
    room = NAME_LIMIT_BYTES - _ROOM_BYTES
    if len(data) <= room:
        return part
    return data[:room].decode("utf-8", "ignore").rstrip(" .") or "_"


def _folded(place: str) -> str:
    return place.casefold() if place.isascii() else unicodedata.normalize("NFC", place).casefold()


def opened_for_text(path: str) -> int:
    """Open a new small file and return its descriptor: of a hundred thousand, each microsecond counts."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
