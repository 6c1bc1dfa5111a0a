"""A field whose text counts only when it is written."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QInputMethodEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from batchdock.window.icons import icon
from batchdock.window.theme import Tint

PAUSE_MS = 250


class SearchField(QLineEdit):
    """`searched` tells the text when typing pauses, at once when the field is emptied or Return is pressed. Never while
    an input method is still composing: what is in the field then are the letters of a word that is not chosen yet."""

    searched = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._composing = False
        self._untold = False
        self._glass = QAction(icon("search", Tint.MUTED), "", self)
        # Not Qt's own cross: for its picture all themes of the desktop are looked through, a twentieth of the start.
        self._cross = QAction(icon("x", Tint.MUTED), "", self)
        self._cross.triggered.connect(self.clear)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.addAction(self._cross, QLineEdit.ActionPosition.TrailingPosition)
        self._cross.setVisible(False)  # Qt heeds it once the action is there.
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(lambda: self._on_text(self.text(), paused=True))
        self.textChanged.connect(self._on_text)
        self.textChanged.connect(lambda text: self._cross.setVisible(bool(text)))
        self.returnPressed.connect(self.tell)

    def name(self, text: str) -> None:
        """Say what is searched, in the field and to screen readers, which hear of its two signs, too."""
        self.setPlaceholderText(text)
        self.setAccessibleName(text)
        for button in self.findChildren(QToolButton):
            is_glass = button.defaultAction() is self._glass
            button.setAccessibleName(self.tr("Search") if is_glass else self.tr("Clear search"))

    def tell(self) -> None:
        """Tell the text now."""
        self._pause.stop()
        self.searched.emit(self.text())

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        if self._untold and not self._composing:
            self._on_text(self.text())

    def _on_text(self, text: str, *, paused: bool = False) -> None:
        self._untold = self._composing
        if self._composing:
            return
        if text and not paused:
            self._pause.start()
        else:
            self.tell()
