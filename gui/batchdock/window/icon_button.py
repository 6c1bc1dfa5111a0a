"""A push button with an icon."""

from PySide6.QtWidgets import QPushButton, QWidget

from batchdock.window.icons import icon
from batchdock.window.theme import icon_room


class IconButton(QPushButton):
    """Keeps its icon off its text, which styles do not; screen readers say the text."""

    def __init__(self, icon_name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(icon(icon_name), text, parent)
        self.setIconSize(icon_room(self))
        self.setAccessibleName(text)
