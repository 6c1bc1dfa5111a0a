"""Copies of the pictures in a folder for each class. A picture with several classes is in each: nobody misses it."""

from collections.abc import Sequence
from pathlib import Path

from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.results.handing.copying import copy_file
from batchdock.flows.results.handing.names import Names, extension_of
from batchdock.flows.results.handing.wishes import Form
from batchdock.flows.results.handing.writer import Order, Sight

_TITLE = QT_TRANSLATE_NOOP("handing", "Sorted by class")
_NOTHING = QT_TRANSLATE_NOOP("handing", "Nothing found")
_UNNAMED = QT_TRANSLATE_NOOP("handing", "Without a class")
_NOT_READABLE = QT_TRANSLATE_NOOP("handing", "Not readable")
NOT_HERE = QT_TRANSLATE_NOOP("handing", "Left out: its original is not on this computer.")
NO_FRAMES = QT_TRANSLATE_NOOP("handing", "Left out: the frames of a video are no pictures of their own.")


class ByClassWriter:
    """Writes `Sorted by class/<class>/<path it came with>`. The paths are the same in each class."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._title = order.say(_TITLE)
        self._top = Path(order.folder, self._title)
        self._top.mkdir()
        self._folders: dict[str, Path] = {}
        self._folder_names = Names()
        self._names = Names()
        self._made: set[Path] = set()
        self._noted: set[str] = set()

    def write(self, sights: Sequence[Sight]) -> None:
        """Copy the pictures."""
        for sight in sights:
            if sight.original is None:
                self._leave_out(sight)
                continue
            name = f"{self._names.stem(sight.picture.name)}{extension_of(sight.picture.name)}"
            for title in self._titles(sight):
                target = self._folder(title) / name
                if target.parent not in self._made:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    self._made.add(target.parent)
                answer = copy_file(sight.original, target)
                if answer:
                    self._order.notes.add(Form.BY_CLASS, sight.picture.name, f"The computer answered: {answer}")
                    break

    def finish(self) -> Sequence[str]:
        """Nothing more to write."""
        return [f"{self._title}/"]

    def close(self) -> None:
        """Nothing is open."""

    def _titles(self, sight: Sight) -> list[str]:
        if sight.picture.problem:
            return [self._order.say(_NOT_READABLE)]
        titles = dict.fromkeys(self._order.class_of(found) for found in sight.findings)
        return [title or self._order.say(_UNNAMED) for title in titles] or [self._order.say(_NOTHING)]

    def _folder(self, title: str) -> Path:
        if title not in self._folders:
            self._folders[title] = self._top / self._folder_names.folder(title)
        return self._folders[title]

    def _leave_out(self, sight: Sight) -> None:
        name = sight.picture.name
        if sight.picture.frame is None:
            self._order.notes.add(Form.BY_CLASS, name, NOT_HERE)
        elif name not in self._noted:
            self._noted.add(name)
            self._order.notes.add(Form.BY_CLASS, name, NO_FRAMES)
