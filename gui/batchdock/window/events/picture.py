"""One picture, large: fitted, zoomed, moved."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from batchdock.window import icons
from batchdock.window.results.large.zoomable import Zoomable
from batchdock.window.theme import Tint, blend, colour, unit


class PictureView(Zoomable):
    """Shows an image, or that there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._missing = False
        self._grabbed: QPointF | None = None
        self.setAccessibleName(self.tr("Picture"))

    def show_image(self, image: QImage | None, *, missing: bool = False) -> None:
        """Show an image as a whole; None: none yet, or with `missing` none at all."""
        self._image, self._missing = image, missing
        self.fit()

    def picture_size(self) -> tuple[int, int] | None:
        """Return the width and height of what is shown; None without a picture."""
        return (self._image.width(), self._image.height()) if self._image is not None else None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), blend(palette.base().color(), palette.text().color(), 0.08))
        room = self.room()
        if room is not None and self._image is not None:
            zoom = self.where(room)
            place = QRectF(zoom.x, zoom.y, zoom.scale * room.picture_width, zoom.scale * room.picture_height)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom.scale < 3)
            painter.drawImage(place, self._image)
        elif self._missing:
            side = unit(self) * 10
            drawn = icons.pixmap("image-off", side, self.devicePixelRatioF(), colour(Tint.MUTED, palette))
            painter.drawPixmap(QPointF(self.rect().center()) - QPointF(side / 2, side / 2), drawn)
        if self.shows_focus:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and not self.is_whole:
            self._grabbed = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            at = event.position()
            self.pan(at.x() - self._grabbed.x(), at.y() - self._grabbed.y())
            self._grabbed = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None
        self.unsetCursor()
