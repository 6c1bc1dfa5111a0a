"""The heading of a table: flat, on the table's own ground, in line with the cells below."""

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from batchdock.window.theme import Tint, blend, colour, unit


class FlatHeader(QHeaderView):
    """Painted from the palette at hand. (A style sheet would do the same, but keeps yesterday's colours when the
    palette changes.)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumHeight(unit(self) * 8)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        if not rect.isValid():
            return
        step, palette = unit(self), self.palette()
        ground = palette.base().color()
        hovered = self.isSortIndicatorShown() and rect.contains(self.mapFromGlobal(self.cursor().pos()))
        painter.save()
        painter.fillRect(rect, blend(ground, palette.text().color(), 0.06) if hovered else ground)
        painter.setPen(blend(palette.text().color(), ground, 0.8))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if logicalIndex != self.logicalIndexAt(0) or rect.left() > 0:
            painter.drawLine(rect.left(), rect.top() + step * 2, rect.left(), rect.bottom() - step * 2)
        sorted_here = self.isSortIndicatorShown() and self.sortIndicatorSection() == logicalIndex
        inner = rect.adjusted(step * 2, 0, -step * 2, 0)
        model = self.model()
        text = str(model.headerData(logicalIndex, self.orientation()) or "")
        align = model.headerData(logicalIndex, self.orientation(), Qt.ItemDataRole.TextAlignmentRole)
        to_right = bool(int(align or 0) & int(Qt.AlignmentFlag.AlignRight))
        metrics = self.fontMetrics()
        if sorted_here:
            inner.setRight(inner.right() - step * 3)
        painter.setPen(palette.text().color() if sorted_here else colour(Tint.MUTED, palette))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        side = Qt.AlignmentFlag.AlignRight if to_right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(inner, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
        if sorted_here:
            left = inner.right() + step if to_right else inner.left() + metrics.horizontalAdvance(shown) + step * 2
            self._draw_arrow(painter, left, rect.center().y(), step)
        painter.restore()

    def _draw_arrow(self, painter: QPainter, left: int, middle: int, step: int) -> None:
        """Draw a small chevron: down for descending."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().text().color(), max(1.2, step / 3)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half, rise = step * 0.9, step * 0.5
        if self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder:
            rise = -rise
        points = [
            QPointF(left, middle - rise),
            QPointF(left + half, middle + rise),
            QPointF(left + 2 * half, middle - rise),
        ]
        painter.drawPolyline(QPolygonF(points))
