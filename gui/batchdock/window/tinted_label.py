"""Text in a colour that means something, and keeps meaning it when the system turns dark."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from batchdock.window.theme import Tint, colour


class TintedLabel(QLabel):
    """Plain wrapped text in the colour of `tint`."""

    def __init__(self, text: str = "", tint: Tint = Tint.MUTED, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._tint = tint
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._take_colour()

    def set_tint(self, tint: Tint) -> None:
        """Let the text mean something else."""
        self._tint = tint
        self._take_colour()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.ApplicationPaletteChange:
            self._take_colour()
        super().changeEvent(event)

    def _take_colour(self) -> None:
        palette = QPalette(QGuiApplication.palette())
        palette.setColor(QPalette.ColorRole.WindowText, colour(self._tint, palette))
        self.setPalette(palette)
