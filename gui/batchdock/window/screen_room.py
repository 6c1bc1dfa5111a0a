"""How much room the screen of a widget has for windows, and where on it a window was the last time."""

from PySide6.QtCore import QRect, QSettings
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

WITHOUT_SCREEN = QRect(0, 0, 1280, 800)
"""What is taken for granted where Qt knows no screen: one that is unplugged or asleep, or some remote desktops."""


def screen_room(widget: QWidget) -> QRect:
    """Return the part of the screen that windows may cover. There may be no screen at all, for a while or for ever."""
    screen = _screen_of(widget)
    if screen is None and QGuiApplication.screens():
        screen = QGuiApplication.primaryScreen()
    return screen.availableGeometry() if screen is not None else WITHOUT_SCREEN


def save_place(window: QWidget, settings: QSettings, key: str) -> None:
    """Remember size and place of `window`. Without a screen Qt would crash: what was remembered stays."""
    if _screen_of(window) is not None:
        settings.setValue(key, window.saveGeometry())


def restore_place(window: QWidget, settings: QSettings, key: str) -> None:
    """Give `window` the size and place that was remembered, if any."""
    if (geometry := settings.value(key)) is not None and _screen_of(window) is not None:
        window.restoreGeometry(geometry)


def _screen_of(widget: QWidget) -> QScreen | None:
    # PySide's types do not say that it can be None.
    return widget.screen()
