"""The buttons under a video. Each tells its key, and can be reached without one."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from batchdock.window.icons import icon
from batchdock.window.results.grid.words import moment_text
from batchdock.window.results.tools import tool
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


class Controls(QWidget):
    """Shows where it is; what is pressed is told by the buttons and by `speed_chosen`."""

    speed_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.earlier = tool("skip-back", self.tr("Previous finding"), "[")
        self.back = tool("chevron-left", self.tr("One frame back"), ",")
        self.play = tool("play", self.tr("Play"), self.tr("Space"))
        self.forward = tool("chevron-right", self.tr("One frame on"), ".")
        self.later = tool("skip-forward", self.tr("Next finding"), "]")
        self.speed = QComboBox()
        self.speed.setAccessibleName(self.tr("Speed"))
        self.speed.setToolTip(self.tr("Speed"))
        for speed in SPEEDS:
            self.speed.addItem(self.tr("%1×").replace("%1", self.locale().toString(speed, "g", 3)), speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.activated.connect(lambda place: self.speed_chosen.emit(SPEEDS[place]))
        self.time = QLabel()
        self.found = TintedLabel()
        self.found.setWordWrap(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(unit(self) // 2)
        for button in (self.earlier, self.back, self.play, self.forward, self.later):
            row.addWidget(button)
        row.addSpacing(unit(self) * 2)
        row.addWidget(self.time)
        row.addSpacing(unit(self) * 3)
        row.addWidget(self.found, 1)
        row.addWidget(self.speed)

    def show_playing(self, playing: bool) -> None:
        """Let the button say what it does now."""
        text = self.tr("Pause") if playing else self.tr("Play")
        self.play.setIcon(icon("pause" if playing else "play"))
        self.play.setAccessibleName(text)
        self.play.setToolTip(f"{text} ({self.tr('Space')})")

    def show_time(self, seconds: float, duration: float) -> None:
        """Tell where it is. The label is as wide for every moment of one video."""
        text = self.tr("%1 of %2").replace("%1", moment_text(seconds)).replace("%2", moment_text(duration))
        widest = text.replace(moment_text(seconds), "8" * len(moment_text(duration)))
        self.time.setMinimumWidth(self.time.fontMetrics().horizontalAdvance(widest))
        self.time.setText(text)
