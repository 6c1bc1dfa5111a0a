"""A frame with the regions a job looks at: polygons and lines, sharp at every size."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from batchdock.core.facts import Region, RegionShape
from batchdock.window.results.colours import colour_of
from batchdock.window.theme import blend, unit

_USUAL = ((640, 360), (640, 480), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160))
"""Sizes of frames of cameras, in pixels. The smallest that all points fit into is taken where nobody knows better."""
_CELLS = 8
_QUIET = 0.35
"""How visible the others are while one is chosen."""


class RegionsCanvas(QWidget):
    """Draws regions on a frame, or on a neutral grid of its proportions. A click chooses a region."""

    chosen = Signal(int)
    """The number of a region, or -1 for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._regions: tuple[Region, ...] = ()
        self._current = -1
        self._image = QImage()
        self._scaled = QPixmap()
        self._full = QSizeF()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumHeight(unit(self) * 20)

    @property
    def has_frame(self) -> bool:
        """True where a picture is shown, not the grid."""
        return not self._image.isNull()

    @property
    def points_outside(self) -> int:
        """How many points lie outside the frame: it may be of another size than the job's."""
        size = self.frame_size()
        return sum(
            not (0 <= x <= size.width() and 0 <= y <= size.height())
            for region in self._regions
            for x, y in (_pixels(region, size))
        )

    def frame_size(self) -> QSizeF:
        """Return the size of the frame in its own pixels; a likely one where no frame is shown."""
        if self.has_frame:
            return self._full
        points = [point for region in self._regions if not region.of_frame for point in region.points]
        if not points:
            return QSizeF(1280, 720)
        right, bottom = max(x for x, _ in points), max(y for _, y in points)
        for width, height in _USUAL:
            if right <= width and bottom <= height:
                return QSizeF(width, height)
        return QSizeF(max(right, 1.0) * 1.05, max(bottom, 1.0) * 1.05)

    def show_regions(self, regions: Sequence[Region]) -> None:
        """Draw these regions."""
        self._regions, self._current = tuple(regions), -1
        self.updateGeometry()
        self.update()

    def show_frame(self, image: QImage, full: QSizeF) -> None:
        """Draw on this picture, which may be a smaller copy of one of `full` size; a null image: on the grid."""
        self._image, self._full, self._scaled = image, full, QPixmap()
        self.updateGeometry()
        self.update()

    def choose(self, number: int) -> None:
        """Let one region stand out; -1: none."""
        self._current = number
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        size = self.frame_size()
        return max(self.minimumHeight(), round(width * size.height() / size.width()))

    def sizeHint(self) -> QSize:
        width = unit(self) * 90
        return QSize(width, self.heightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scaled = QPixmap()
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self._at(event.position()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = self._place()
        self._paint_ground(painter, place)
        painter.save()
        painter.setClipRect(place)
        order = [number for number in range(len(self._regions)) if number != self._current]
        for number in order + ([self._current] if 0 <= self._current < len(self._regions) else []):
            self._paint_region(painter, number, place)
        painter.restore()
        painter.end()

    # --- inside

    def _place(self) -> QRectF:
        """Return where the frame is: as large as fits, at the top."""
        fitted = self.frame_size().scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(QPointF((self.width() - fitted.width()) / 2, 0), fitted)

    def _paint_ground(self, painter: QPainter, place: QRectF) -> None:
        if self.has_frame:
            ratio = painter.device().devicePixelRatioF()
            wanted = (place.size() * ratio).toSize()
            if self._scaled.size() != wanted:
                smooth = Qt.TransformationMode.SmoothTransformation
                self._scaled = QPixmap.fromImage(
                    self._image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
                )
            painter.drawPixmap(place, self._scaled, QRectF(self._scaled.rect()))
            return
        palette = self.palette()
        base, ink = palette.base().color(), palette.text().color()
        painter.fillRect(place, base)
        painter.setPen(QPen(blend(ink, base, 0.88), 1))
        side = place.height() / _CELLS
        for line in range(1, _CELLS):
            y = round(place.top() + line * side) + 0.5
            painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))
        for line in range(1, int(place.width() / side) + 1):
            x = round(place.left() + line * side) + 0.5
            painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
        painter.setPen(QPen(blend(ink, base, 0.7), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_region(self, painter: QPainter, number: int, place: QRectF) -> None:
        region = self._regions[number]
        points, path = self._outline(region, place)
        colour, current = colour_of(number), number == self._current
        painter.setOpacity(1.0 if current or self._current < 0 else _QUIET)
        if region.shape is RegionShape.POLYGON:
            ground = QColor(colour)
            ground.setAlphaF(0.38 if current else 0.2)
            painter.fillPath(path, ground)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # A light edge under the line keeps it in view on whatever the camera sees.
        for pen in (QPen(QColor(255, 255, 255, 150), 5 if current else 3.5), QPen(colour, 3 if current else 2)):
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.strokePath(path, pen)
        painter.setPen(QPen(QColor(255, 255, 255), 1.2))
        painter.setBrush(colour)
        for point in points:
            painter.drawEllipse(point, 4 if current else 3, 4 if current else 3)
        if region.name:
            self._paint_name(painter, region.name, points[0], colour, place)
        painter.setOpacity(1.0)

    def _paint_name(self, painter: QPainter, name: str, at: QPointF, colour: QColor, place: QRectF) -> None:
        step, metrics = unit(self), self.fontMetrics()
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(place.width() / 2))
        tag = QRectF(0, 0, metrics.horizontalAdvance(text) + step * 3, metrics.height() + step)
        tag.moveBottomLeft(at + QPointF(step, -step))
        tag.moveLeft(max(place.left() + 1, min(tag.left(), place.right() - tag.width() - 1)))
        tag.moveTop(max(place.top() + 1, min(tag.top(), place.bottom() - tag.height() - 1)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(tag, step, step)
        painter.setPen(QColor(Qt.GlobalColor.white if colour.lightnessF() < 0.6 else Qt.GlobalColor.black))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)

    def _outline(self, region: Region, place: QRectF) -> tuple[list[QPointF], QPainterPath]:
        size = self.frame_size()
        scale = place.width() / size.width()
        points = [place.topLeft() + QPointF(x, y) * scale for x, y in _pixels(region, size)]
        path = QPainterPath(points[0])
        for _, point in pairwise(points):
            path.lineTo(point)
        if region.shape is RegionShape.POLYGON:
            path.closeSubpath()
        return points, path

    def _at(self, position: QPointF) -> int:
        """Return the region at a place of the widget; what is drawn last is on top."""
        stroker = QPainterPathStroker()
        stroker.setWidth(unit(self) * 3)
        for number in reversed(range(len(self._regions))):
            _, path = self._outline(self._regions[number], self._place())
            inside = self._regions[number].shape is RegionShape.POLYGON and path.contains(position)
            if inside or stroker.createStroke(path).contains(position):
                return number
        return -1


def _pixels(region: Region, size: QSizeF) -> list[tuple[float, float]]:
    if not region.of_frame:
        return list(region.points)
    return [(x * size.width(), y * size.height()) for x, y in region.points]


def swatch(number: int, side: int, ratio: float, palette: QPalette) -> QPixmap:
    """Return a small square in the colour of a region, for lists."""
    drawn = QPixmap(round(side * ratio), round(side * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(blend(colour_of(number), palette.text().color(), 0.2), 1))
    painter.setBrush(colour_of(number))
    inset = side * 0.15
    painter.drawRoundedRect(QRectF(inset, inset, side - 2 * inset, side - 2 * inset), 2, 2)
    painter.end()
    return drawn
