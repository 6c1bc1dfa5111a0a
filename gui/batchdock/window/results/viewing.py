"""Pictures that are looked at, whatever they come from: which ones, in which order, and the one in hand."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from batchdock.core.finding import Label
from batchdock.flows.results.opening import Seen, Selection
from batchdock.window.results.grid.words import spoken

NOTHING_CURRENT = -1


@dataclass(frozen=True, slots=True)
class Looks:
    """What is drawn over pictures: shapes at all, and words beside them."""

    boxes: bool = True
    words: bool = True


class Viewing(QObject):
    """What the grid and the tools over pictures follow. Who inherits fills `selection`."""

    opened_changed = Signal()
    selection_changed = Signal()
    current_changed = Signal(int)
    looks_changed = Signal()
    originals_moved = Signal()
    """Originals have been found in another folder: what could not be shown can be now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.selection: Selection | None = None
        self.current = NOTHING_CURRENT
        """The number of the picture in hand."""
        self.place = 0
        """Where in `selection` it is, or was."""
        self.looks = Looks()

    @property
    def labels(self) -> tuple[Label, ...]:
        """The classes of what is looked at."""
        return ()

    @property
    def order(self) -> object:
        """What is looked at and how it is ordered: where that stays the same, what is on screen stays there, too."""
        return None

    @property
    def columns(self) -> int | None:
        """How many pictures are in a row; None: as many as fit."""
        return None

    def spoken(self, seen: Seen) -> str:
        """Return what is said of a picture to who does not see it."""
        return spoken(seen, self.labels)

    def sign(self, seen: Seen) -> str:
        """Return the icon that stands for a picture that can not be shown."""
        return "triangle-alert" if seen.picture.problem else "image-off"

    def remark(self, seen: Seen) -> str:
        """Return what stands below that icon."""
        return ""

    def go(self, number: int) -> None:
        """Take a picture of the selection into the hand; one that is not in it is left alone."""
        place = self.place_of(number)
        if place is not None:
            self.place = place
            self._take_current(number)

    def go_to_place(self, place: int) -> None:
        """Take what is at this place of the selection into the hand, or what is nearest to it."""
        numbers = self.selection.numbers if self.selection is not None else ()
        if len(numbers):
            self.place = min(max(0, place), len(numbers) - 1)
            self._take_current(int(numbers[self.place]))

    def step(self, by: int) -> None:
        """Go on by so many pictures, and stop at the ends."""
        self.go_to_place(self.place + by if self.current != NOTHING_CURRENT else self.place)

    def look(self, looks: Looks) -> None:
        """Draw other things over pictures."""
        if looks != self.looks:
            self.looks = looks
            self.looks_changed.emit()

    def place_of(self, number: int) -> int | None:
        """Return where in the selection a picture is, or None where it is not in it."""
        if self.selection is None:
            return None
        places = (self.selection.numbers == number).nonzero()[0]
        return int(places[0]) if len(places) else None

    def _take_current(self, number: int) -> None:
        if number != self.current:
            self.current = number
            self.current_changed.emit(number)
