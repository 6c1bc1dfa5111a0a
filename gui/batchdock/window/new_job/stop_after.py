"""When a job stops by itself: an amount of credits, or of machine time, which are two ways to say the same."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from batchdock.core.costs import credits_for, seconds_for
from batchdock.window.new_job.number_box import NumberBox
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel

_MOST_CREDITS = 100_000.0
_MOST_MINUTES = 6_000_000


class StopAfter(QWidget):
    """Asks for credits where an hour has a price, and for minutes of machine time always. Zero means: never.

    The minutes count all machines together (contract §4.1): ten machines use up an hour in six minutes.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._price = 0.0
        self._seconds: int | None = None
        self.credits = NumberBox()
        self.credits.setRange(0.0, _MOST_CREDITS)
        self.credits.setSpecialValueText(self.tr("no limit in credits"))
        self.credits.setSuffix(self.tr(" credits"))
        self.credits.setAccessibleName(self.tr("Stop after so many credits"))
        self.minutes = QSpinBox()
        self.minutes.setRange(0, _MOST_MINUTES)
        self.minutes.setSpecialValueText(self.tr("no limit in machine time"))
        self.minutes.setSuffix(self.tr(" min of machine time"))
        self.minutes.setAccessibleName(self.tr("Stop after so many minutes of machine time"))
        self._note = TintedLabel()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self))
        layout.addWidget(self.credits)
        layout.addWidget(self.minutes)
        layout.addWidget(self._note)
        self.credits.valueChanged.connect(self._on_credits)
        self.minutes.valueChanged.connect(self._on_minutes)
        self.setFocusProxy(self.minutes)
        self._write()

    def set_price(self, credits_an_hour: float) -> None:
        """Take over what an hour of one machine costs; 0 where nothing does. The credits stay, the time follows."""
        if credits_an_hour == self._price:
            return
        had_price, self._price = bool(self._price), credits_an_hour
        if had_price and credits_an_hour and self.credits.value():
            self._seconds = seconds_for(self.credits.value(), credits_an_hour)
        self._show()

    def seconds(self) -> int | None:
        """Return the limit in seconds of machine time, None for none."""
        return self._seconds

    def credits_of(self, seconds: int) -> float | None:
        """Return what so much machine time costs, None where nothing does."""
        return credits_for(seconds, self._price) if self._price else None

    def put(self, seconds: int | None) -> None:
        """Show a limit."""
        self._seconds = seconds
        self._show()

    def _on_credits(self, amount: float) -> None:
        self._seconds = seconds_for(amount, self._price) if amount else None
        self._show(but=self.credits)
        self.changed.emit()

    def _on_minutes(self, minutes: int) -> None:
        self._seconds = minutes * 60 or None
        self._show(but=self.minutes)
        self.changed.emit()

    def _show(self, but: QWidget | None = None) -> None:
        for box in (self.credits, self.minutes):
            box.blockSignals(True)
        if but is not self.credits and self._price:
            self.credits.setValue(credits_for(self._seconds or 0, self._price))
        if but is not self.minutes:
            # A limit below half a minute is still a limit.
            self.minutes.setValue(max(1, round(self._seconds / 60)) if self._seconds else 0)
        for box in (self.credits, self.minutes):
            box.blockSignals(False)
        self._write()

    def _write(self) -> None:
        self.credits.setVisible(bool(self._price))
        self._note.setText(
            self.tr(
                "Counts the time of all machines together. The job stops by itself at about this amount; "
                "what is finished by then is kept."
            )
        )
        self._note.setVisible(self._seconds is not None)
        self.setFocusProxy(self.credits if self._price else self.minutes)
