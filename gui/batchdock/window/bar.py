"""The progress bar of a table cell."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter


def draw_bar(painter: QPainter, bar: QRectF, share: float, fill: QColor, groove: QColor) -> None:
    """Draw a rounded bar, `share` (0–1) of it filled."""
    radius = bar.height() / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(groove)
    painter.drawRoundedRect(bar, radius, radius)
    filled = QRectF(bar)
    filled.setWidth(bar.width() * min(1.0, max(0.0, share)))
    if filled.width() > 0:
        painter.setClipRect(filled)
        painter.setBrush(fill)
        painter.drawRoundedRect(bar, radius, radius)
    painter.restore()
