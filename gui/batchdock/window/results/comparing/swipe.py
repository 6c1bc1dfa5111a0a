"""Both runs over the same picture: one canvas with a line that is moved, or two that move together."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from batchdock.window.results.large.canvas import Canvas
from batchdock.window.results.large.layer import Layer, Sight
from batchdock.window.results.viewing import Looks
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel


class Swipe(QWidget):
    """To the left of the line is the first run, to the right the second."""

    zoomed = Signal()
    sharper_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: tuple[Layer | None, Layer | None] = (None, None)
        self._at = 0.5
        self.canvas = Canvas()
        self.second = Canvas()
        self.second.hide()
        self._names = (TintedLabel(), TintedLabel())
        names = QHBoxLayout()
        for name in self._names:
            name.setWordWrap(False)
            names.addWidget(name, 1)
        pictures = QHBoxLayout()
        pictures.setSpacing(unit(self))
        pictures.addWidget(self.canvas, 1)
        pictures.addWidget(self.second, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self))
        layout.addLayout(names)
        layout.addLayout(pictures, 1)
        self.canvas.divide(self._at)
        self.canvas.zoomed.connect(self._on_zoomed)
        self.second.zoomed.connect(self._on_second_zoomed)
        for canvas in (self.canvas, self.second):
            canvas.sharper_wanted.connect(self.sharper_wanted)
        self.set_beside(False)

    @property
    def edge(self) -> int:
        """The longer side that pixels need, in device pixels."""
        return self.canvas.edge

    @property
    def scale(self) -> float | None:
        """How many device pixels a pixel of the picture takes; None without a picture."""
        return self.canvas.scale

    @property
    def is_whole(self) -> bool:
        """Tell whether all of the picture is seen."""
        return self.canvas.is_whole

    def name_sides(self, one: str, other: str) -> None:
        """Write over both sides whose they are."""
        for label, name in zip(self._names, (one, other), strict=True):
            label.setText(name)

    def show_pair(self, one: Layer | None, other: Layer | None, *, keep_zoom: bool = False) -> None:
        """Show another picture, or the same one with other findings."""
        self._layers = (one, other)
        self._show(keep_zoom=keep_zoom)

    def show_sharp(self, number: int, sight: Sight) -> None:
        """Use these pixels of the first run's picture `number`, if it is still the one that is shown."""
        one = self._layers[0]
        if one is not None and one.seen.picture.number == number:
            for canvas in (self.canvas, self.second):
                canvas.show_sharp(sight)

    def say(self, name: str, description: str) -> None:
        """Tell people who do not see it what the picture is, and what was found in it."""
        for canvas in (self.canvas, self.second):
            canvas.setAccessibleName(name)
            canvas.setAccessibleDescription(description)

    def set_beside(self, beside: bool) -> None:
        """Show both side by side, or with a line between them over one picture."""
        if self.canvas.divider is not None:
            self._at = self.canvas.divider
        self.canvas.divide(None if beside else self._at)
        self.second.setVisible(beside)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        self._names[1].setAlignment(left if beside else right)
        self._show(keep_zoom=True)

    def show_words(self, shown: bool) -> None:
        """Write names beside findings, or not."""
        for canvas in (self.canvas, self.second):
            canvas.set_looks(Looks(words=shown))

    def move_divider(self, steps: int) -> None:
        """Move the line."""
        self.canvas.move_divider(steps)

    def zoom_in(self) -> None:
        """One step closer."""
        self.canvas.zoom_in()

    def zoom_out(self) -> None:
        """One step back."""
        self.canvas.zoom_out()

    def fit(self) -> None:
        """Show the whole picture."""
        self.canvas.fit()

    def _show(self, *, keep_zoom: bool) -> None:
        one, other = self._layers
        beside = not self.second.isHidden()
        self.canvas.show_layers(one, None if beside else other, keep_zoom=keep_zoom)
        self.second.show_layers(other if beside else None, keep_zoom=keep_zoom)

    def _on_zoomed(self) -> None:
        if not self.second.isHidden():
            self.second.follow(self.canvas)
        self.zoomed.emit()

    def _on_second_zoomed(self) -> None:
        if not self.second.isHidden():
            self.canvas.follow(self.second)
