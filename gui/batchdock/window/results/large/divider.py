"""The line between two pictures, with a grip in its middle."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

_REACH = 6
"""Pixels to either side of the line in which it can be taken."""


def paint_divider(painter: QPainter, line: float, height: float, step: int) -> None:
    """Paint it `line` pixels from the left: white on a dark rim, which is seen on every picture."""
    dark, light = QColor(0, 0, 0, 120), QColor("#ffffff")
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((dark, 4), (light, 2)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(QPointF(line, 0), QPointF(line, height))
    middle = QPointF(line, height / 2)
    painter.setBrush(light)
    painter.setPen(QPen(dark, 1))
    painter.drawEllipse(middle, step * 3, step * 3)
    painter.setPen(QPen(QColor("#333333"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    for side in (-1, 1):
        tip = middle + QPointF(side * step * 2, 0)
        for end in (-1, 1):
            painter.drawLine(tip, tip + QPointF(-side * step * 0.8, end * step * 0.8))
    painter.restore()


def is_on_divider(at: QPointF, line: float, height: float, step: int) -> bool:
    """Tell whether the pointer is where the line can be taken."""
    beside = abs(at.x() - line)
    return beside <= _REACH or (beside <= step * 3 and abs(at.y() - height / 2) <= step * 3)
