"""The frame that is shown, with what was found in it."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from batchdock.core.finding import Label
from batchdock.window.results.drawing import paint_findings
from batchdock.window.results.video.player import Sight
from batchdock.window.results.viewing import Looks
from batchdock.window.theme import unit

_EDGE_STEP = 256
_LARGEST_EDGE = 3_840


class Screen(QWidget):
    """Paints one `Sight`, as large as it fits. A click plays or pauses."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sight: Sight | None = None
        self._labels: tuple[Label, ...] = ()
        self._looks = Looks()
        self._is_drawn = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(unit(self) * 40, unit(self) * 30)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def edge(self) -> int:
        """The longer side that frames need here, in device pixels; in steps, so that not every change decodes anew."""
        needed = max(self.width(), self.height()) * self.devicePixelRatioF()
        return min(_LARGEST_EDGE, max(_EDGE_STEP, -int(-needed // _EDGE_STEP) * _EDGE_STEP))

    def show_sight(self, sight: Sight | None, labels: tuple[Label, ...] = (), *, is_drawn: bool = False) -> None:
        """Show a frame. With `is_drawn` the service has drawn the findings already."""
        self._sight, self._labels, self._is_drawn = sight, labels, is_drawn
        self.update()

    def set_looks(self, looks: Looks) -> None:
        """Draw these things over the frame."""
        self._looks = looks
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(unit(self) * 160, unit(self) * 90)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        # Black in light and dark: what is beside a video is no part of it.
        painter.fillRect(self.rect(), QColor("#000000"))
        sight = self._sight
        if sight is not None:
            place = self._place(sight)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, sight.image)
            if sight.seen is not None and not self._is_drawn:
                paint_findings(
                    painter,
                    sight.seen,
                    place,
                    self._looks,
                    words=True,
                    ratio=self.devicePixelRatioF(),
                    labels=self._labels,
                    prepared=sight.prepared,
                    size=sight.size,
                )
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.EnabledChange:
            self.update()
        super().changeEvent(event)

    def _place(self, sight: Sight) -> QRectF:
        ratio = self.devicePixelRatioF()
        room = QSize(round(self.width() * ratio), round(self.height() * ratio))
        fitted = sight.image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (room.width() - fitted.width()) // 2, (room.height() - fitted.height()) // 2
        return QRectF(left / ratio, top / ratio, fitted.width() / ratio, fitted.height() / ratio)
