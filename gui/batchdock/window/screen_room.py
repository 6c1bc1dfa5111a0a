"""How much room there is for windows on the screen that a widget is on."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

WITHOUT_SCREEN = QRect(0, 0, 1280, 800)
"""What is taken for granted where Qt knows no screen: one that is unplugged or asleep, or some remote desktops."""


def screen_room(widget: QWidget) -> QRect:
    """Return the part of the screen that windows may cover. There may be no screen at all, for a while or for ever."""
    # PySide's types do not say so, but both of them can be None.
    screens: list[QScreen | None] = [widget.screen(), QGuiApplication.primaryScreen()]
    screen = next((each for each in screens if each is not None), None)
    return screen.availableGeometry() if screen is not None else WITHOUT_SCREEN
