"""The colours of classes, for painting."""

from PySide6.QtGui import QColor

from batchdock.core.colours import rgb_of


def colour_of(label: int) -> QColor:
    """Return the colour of the class with this number; grey for findings without a class (-1)."""
    return QColor(*rgb_of(label))
