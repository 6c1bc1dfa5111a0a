"""What stands in the way, where it does, what support asks for, and the way to try again."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.window.icons import icon
from batchdock.window.messages import in_sentences, technical_details, worded
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


class Trouble(QWidget):
    """A sentence and two buttons; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said = TintedLabel("", Tint.BAD)
        self.said.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._details = ""
        self.copy = QToolButton()
        self.copy.setIcon(icon("copy"))
        self.copy.setAutoRaise(True)
        self.copy.setToolTip(self.tr("Copy technical details"))
        self.copy.setAccessibleName(self.copy.toolTip())
        self.copy.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(self._details))
        self.again = QPushButton(self.tr("Try again"))
        self.again.setAccessibleName(self.again.text())
        self.again.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(unit(self) * 2)
        row.addWidget(self.said, 1)
        row.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.again, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(self, error: BatchdockError, before: str = "") -> None:
        """Say what is wrong, `before` it what that means here."""
        self._details = technical_details(error)
        self.said.setText(" ".join(part for part in (before, in_one(error)) if part))
        self.show()

    def clear(self) -> None:
        """Take it back."""
        self.said.clear()
        self.hide()


def in_one(error: BatchdockError) -> str:
    """Return all that is said of an error in one paragraph."""
    return in_sentences(worded(error))
