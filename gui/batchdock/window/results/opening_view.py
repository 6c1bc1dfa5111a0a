"""What stands in the place of the pictures while results are opened, or when they can not be."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.window.messages import worded
from batchdock.window.theme import unit
from batchdock.window.wording import percent_text

_LOOK_MS = 100


class OpeningView(QWidget):
    """A sentence, how far it is, and a way out of it."""

    cancel_asked = Signal()
    again_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heard = (0, 0)
        self.said = QLabel()
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.said.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(unit(self) * 70)
        self.bar.setAccessibleName(self.tr("Reading results"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setAccessibleName(self.tr("Do not read these results"))
        self.cancel.clicked.connect(lambda _checked=False: self.cancel_asked.emit())
        self.again = QPushButton(self.tr("Try again"))
        self.again.setAccessibleName(self.tr("Read these results again"))
        self.again.clicked.connect(lambda _checked=False: self.again_asked.emit())
        column = QVBoxLayout(self)
        column.setSpacing(unit(self) * 3)
        column.addStretch(2)
        column.addWidget(self.said)
        for widget in (self.bar, self.cancel, self.again):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._show_progress)
        self.say("")

    def begin(self) -> None:
        """Show that reading has begun."""
        self._heard = (0, 0)
        self._show(reading=True, again=False)
        self._show_progress()
        self._looking.start()

    def hear(self, done: int, of: int) -> None:
        """Take how far it is, in bytes. Called from any thread; shown a few times a second."""
        self._heard = (done, of)

    def say(self, sentence: str, *, again: bool = False) -> None:
        """Show a sentence instead; `again` offers another try."""
        self._looking.stop()
        self._show(reading=False, again=again)
        self.said.setText(sentence)

    def say_error(self, error: BatchdockError) -> None:
        """Say what happened and what can be done."""
        title, message, advice = worded(error)
        self.say("\n".join(part for part in (title, message, advice) if part), again=True)

    def _show(self, *, reading: bool, again: bool) -> None:
        self.bar.setVisible(reading)
        self.cancel.setVisible(reading)
        self.again.setVisible(again)

    def _show_progress(self) -> None:
        done, of = self._heard
        share = min(1.0, done / of) if of > 0 else 0.0
        # Before anybody knows how much there is, the bar says only that something goes on.
        self.bar.setRange(0, 1000 if of > 0 else 0)
        self.bar.setValue(round(share * 1000))
        text = self.tr("Reading results…")
        self.said.setText(f"{text} {percent_text(share)}" if of > 0 else text)
