"""Says that files of the drop were sent before, and offers to send the others only."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from batchdock.flows.transfers.known import Known
from batchdock.window.icons import icon
from batchdock.window.theme import Tint, icon_size, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import grouped, number_text, relative_time


class KnownNotice(QFrame):
    """Hidden while nothing is known."""

    add_wanted = Signal()
    """Only what is new is to be sent, into the batch that has the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.known: Known | None = None
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._picture = QLabel()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self._otherwise = TintedLabel()
        self.add = QPushButton()
        self.add.setAccessibleName(self.tr("Add only the new ones"))
        self.add.clicked.connect(lambda _checked=False: self.add_wanted.emit())
        words = QVBoxLayout()
        words.setSpacing(unit(self) // 2)
        words.addWidget(self.text)
        words.addWidget(self._otherwise)
        below = QHBoxLayout()
        below.addWidget(self.add)
        below.addStretch()
        words.addSpacing(unit(self))
        words.addLayout(below)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(*[unit(self) * 3] * 4)
        layout.setSpacing(unit(self) * 2)
        beside = QVBoxLayout()
        beside.addWidget(self._picture)
        beside.addStretch()
        layout.addLayout(beside)
        layout.addLayout(words, 1)
        self._tint()
        self.show_known(None)

    def show_known(self, known: Known | None) -> None:
        """Say what is there already; None hides the notice."""
        self.known = known
        self.setVisible(known is not None)
        if known is None:
            return
        there, fresh = len(known.there), len(known.fresh)
        text = (
            self.tr("%1 of %2 are already in “%3” (sent %4).")
            if fresh
            else self.tr("All %2 are already in “%3” (sent %4).")
        )
        text = text.replace("%1", number_text(there)).replace("%2", number_text(there + fresh))
        self.text.setText(text.replace("%4", relative_time(known.sent)).replace("%3", known.batch_name))
        self._otherwise.setText(self.tr("The buttons below send all as a new batch."))
        self.add.setText(grouped(self.tr("Add the %n new one(s) to it", "", fresh), fresh))
        self.add.setVisible(fresh > 0)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.ApplicationPaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        side = icon_size(self)
        self._picture.setPixmap(icon("info", Tint.ACCENT).pixmap(side, side))
