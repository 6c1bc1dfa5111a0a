"""By what is narrowed, as chips: each with a cross that takes it away."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from batchdock.window.jobs.chip import Chip
from batchdock.window.plain_text import tooltip_text
from batchdock.window.results.charts.bars import Changes
from batchdock.window.results.charts.narrowing import Narrowing
from batchdock.window.theme import unit


class ChipLine(QWidget):
    """`undo_asked` tells the changes of the filter that take one away. Without a narrowing there is no line."""

    undo_asked = Signal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("What the charts are narrowed to"))
        self.chips: list[Chip] = []
        self._shown: tuple[Narrowing, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(unit(self) * 2)
        self._row.addStretch()
        self.hide()

    def show_narrowings(self, narrowings: tuple[Narrowing, ...]) -> None:
        """Show these, and keep the keyboard's place among them."""
        if narrowings == self._shown:
            return
        self._shown = narrowings
        at = next((place for place, chip in enumerate(self.chips) if chip.hasFocus()), None)
        for chip in self.chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = [self._chip(each) for each in narrowings]
        for place, chip in enumerate(self.chips):
            self._row.insertWidget(place, chip)
        self.setVisible(bool(narrowings))
        if at is not None and self.chips:
            self.chips[min(at, len(self.chips) - 1)].setFocus()

    def _chip(self, narrowing: Narrowing) -> Chip:
        chip = Chip(self)
        chip.say(narrowing.title, " ".join(narrowing.values.split()))
        chip.setToolTip(tooltip_text(chip.text()))
        # There is nothing to choose from here: pressed anywhere, a chip goes.
        chip.clicked.connect(partial(self._ask, narrowing.undo))
        chip.remove_asked.connect(partial(self._ask, narrowing.undo))
        return chip

    def _ask(self, undo: Changes, _checked: bool = False) -> None:
        self.undo_asked.emit(undo)
