"""The icon beside the clock, with a sign of what goes on: shape and colour both say it."""

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPolygonF

from batchdock.window.theme import Tint, colour

_SIDES = (16, 22, 24, 32, 48, 64)


class Badge(Enum):
    """What the icon says."""

    IDLE = "idle"
    WORKING = "working"
    NEEDS_YOU = "needs-you"


def badged(base: QIcon, badge: Badge) -> QIcon:
    """Return `base` with a disk in its corner: a triangle while there is work, an exclamation mark for problems."""
    if badge is Badge.IDLE:
        return base
    found = QIcon()
    for side in _SIDES:
        drawn = base.pixmap(side, side)
        drawn.setDevicePixelRatio(1.0)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        edge = side * 0.62
        disk = QRectF(drawn.width() - edge, drawn.height() - edge, edge, edge)
        painter.setBrush(QColor("white"))
        painter.drawEllipse(disk)
        rim = edge * 0.09
        painter.setBrush(QColor("#1f6feb") if badge is Badge.WORKING else colour(Tint.BAD))
        painter.drawEllipse(disk.adjusted(rim, rim, -rim, -rim))
        painter.setBrush(QColor("white"))
        middle, unit = disk.center(), edge / 10
        if badge is Badge.WORKING:
            corners = ((-1.3, -2.3), (2.6, 0.0), (-1.3, 2.3))
            painter.drawPolygon(QPolygonF([middle + QPointF(x * unit, y * unit) for x, y in corners]))
        else:
            painter.drawRoundedRect(
                QRectF(middle.x() - unit * 0.7, middle.y() - unit * 3, unit * 1.4, unit * 3.8), unit, unit
            )
            painter.drawEllipse(middle + QPointF(0, unit * 2.4), unit * 0.85, unit * 0.85)
        painter.end()
        found.addPixmap(drawn)
    return found
