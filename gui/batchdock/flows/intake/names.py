"""Names on the wire: unique, legal everywhere, and as close to the original as that allows."""

import os
import re
import unicodedata
from collections.abc import Iterable

from batchdock.core.batch import Content
from batchdock.flows.intake.formats import PICTURE_EXTENSIONS, VIDEO_EXTENSIONS

WIRE_LIMIT_BYTES = 100
"""Fits a plain tar header, leaves room for suffixes, and no service was seen to refuse it."""

_ILLEGAL = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u2028\u2029\ud800-\udfff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_DEFAULT_EXTENSION = {Content.IMAGES: ".jpg", Content.VIDEOS: ".mp4"}


class WireNames:
    """Gives every file of one batch its name. Unique also where upper and lower case count as the same."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """`taken` are the names that the batch has already."""
        self._taken = {name.casefold() for name in taken}
        self._next: dict[str, int] = {}

    def give(self, relative: str, content: Content) -> str:
        """Return the name for the file that came as `relative`."""
        stem, extension = _split(relative.rsplit("/", 1)[-1], content)
        name = _fitted(stem, "", extension)
        while name.casefold() in self._taken:
            # The counter is kept by name, so that a million files called img.jpg do not try a million names each.
            number = self._next.get(stem.casefold(), 2)
            self._next[stem.casefold()] = number + 1
            name = _fitted(stem, f"-{number}", extension)
        self._taken.add(name.casefold())
        return name


def printable(name: str) -> str:
    """Return `name` as text that can be written anywhere: bytes that are no text become `\\xe9`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def legal(name: str) -> str:
    """Return `name`, one component of a path, without what some disk does not take."""
    cleaned = _ILLEGAL.sub("_", name).rstrip(". ")
    return f"_{cleaned}" if not cleaned or _RESERVED.fullmatch(cleaned) else cleaned


def _split(name: str, content: Content) -> tuple[str, str]:
    cleaned = legal(unicodedata.normalize("NFC", name)).strip()
    stem, extension = os.path.splitext(cleaned)  # noqa: PTH122 - a name, not a path
    accepted = PICTURE_EXTENSIONS if content is Content.IMAGES else VIDEO_EXTENSIONS
    if extension.lower() not in accepted:
        stem, extension = cleaned, _DEFAULT_EXTENSION[content]
    return stem or "_", extension


def _fitted(stem: str, suffix: str, extension: str) -> str:
    room = WIRE_LIMIT_BYTES - len((suffix + extension).encode())
    cut = stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .")
    return f"{cut or '_'}{suffix}{extension}"
