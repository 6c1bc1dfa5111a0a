"""What data sets for other programs have in common: a folder, names, copies of pictures, and what they leave out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from batchdock.core.finding import Box, Finding
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.results.handing.copying import copy_file, linked
from batchdock.flows.results.handing.geometry import box_of, clipped
from batchdock.flows.results.handing.names import Names, extension_of
from batchdock.flows.results.handing.sizes import Size
from batchdock.flows.results.handing.wishes import Form
from batchdock.flows.results.handing.writer import Classes, Order, Sight

NO_SIZE = QT_TRANSLATE_NOOP("handing", "Left out: nobody knows how large the picture is, and its original is not here.")
NO_PLACE = QT_TRANSLATE_NOOP("handing", "Left out what is said of the whole picture: this format knows places only.")
OUTSIDE = QT_TRANSLATE_NOOP("handing", "Left out a finding that lies outside the picture.")
NOT_COPIED = QT_TRANSLATE_NOOP("handing", "The picture itself is not in it: its original is not on this computer.")
FRAME_NOT_COPIED = QT_TRANSLATE_NOOP(
    "handing", "The frames themselves are not in it: a video's frames are no pictures of their own."
)


class DataSet:
    """A folder called `title` for one form. Each picture gets a name in it; with copies, its picture too."""

    def __init__(self, order: Order, form: Form, title: str, *, flat: bool) -> None:
        self.order, self.form = order, form
        self.title = title
        self.folder = Path(order.folder, title)
        self.folder.mkdir()
        self.classes = Classes(order)
        self._names = Names(flat=flat)
        self._copies = order.wishes.pictures
        self._made: set[str] = set()
        self._without: set[str] = set()

    def name(self, sight: Sight) -> tuple[str, str]:
        """Return a picture's name in here: its path without extension, and the extension."""
        picture = sight.picture
        return self._names.stem(picture.name, picture.frame), (
            ".jpg" if picture.frame is not None else extension_of(picture.name)
        )

    def copy(self, sight: Sight, below: str, name: str) -> bool:
        """Copy a picture to `below/name` where copies are wanted and it is there. Tell whether it is now."""
        if not self._copies:
            return False
        if sight.original is None:
            if sight.picture.frame is None:
                self.note(sight, NOT_COPIED)
            elif sight.picture.name not in self._without:
                self._without.add(sight.picture.name)
                self.note(sight, FRAME_NOT_COPIED)
            return False
        target = self.made(f"{below}/{name}")
        if self.order.wishes.linked and linked(sight.original, target):
            return True
        answer = copy_file(sight.original, target)
        if answer:
            self.note(sight, f"The picture itself is not in it. The computer answered: {answer}")
        return not answer

    def made(self, relative: str) -> Path:
        """Return the path of a new file in here, whose folder is there then."""
        parent = relative.rpartition("/")[0]
        if parent and parent not in self._made:
            Path(self.folder, parent).mkdir(parents=True, exist_ok=True)
            self._made.add(parent)
        return Path(self.folder, relative)

    def note(self, sight: Sight, cause: str) -> None:
        """Note what was left out of a picture."""
        self.order.notes.add(self.form, sight.picture.name, cause)

    def placed(self, sight: Sight) -> list[tuple[Finding, Box]]:
        """Return the findings that have a place in the picture, with their boxes."""
        found = [(each, box) for each in sight.findings if (box := box_of(each)) is not None]
        if len(found) < len(sight.findings):
            self.note(sight, NO_PLACE)
        return found

    def within(self, sight: Sight, box: Box, size: Size) -> Box | None:
        """Return the part of a box that lies in the picture, and note where none does."""
        part = clipped(box, size)
        if part is None:
            self.note(sight, OUTSIDE)
        return part


class JsonList:
    """A JSON list in a file, one item a line, that never is in memory as a whole."""

    def __init__(self, path: Path, begins: str) -> None:
        self.path = path
        self._file = path.open("wb")
        self._file.write(begins.encode())
        self._encode = msgspec.json.Encoder().encode
        self._first = True

    def add(self, items: Sequence[Any]) -> None:
        """Append items."""
        pieces: list[bytes] = []
        for item in items:
            pieces += (b"\n" if self._first else b",\n", self._encode(item))
            self._first = False
        self._file.write(b"".join(pieces))

    def end(self, ends: str) -> None:
        """Close the list, and the file."""
        self._file.write(f"\n{ends}".encode())
        self._file.close()

    def close(self) -> None:
        """Let go of the file. Never raises."""
        try:
            self._file.close()
        except OSError:
            return
