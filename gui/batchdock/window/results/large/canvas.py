"""The picture: fitted, zoomed, moved; findings over it; and, beside a line that can be dragged, another picture."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QWidget

from batchdock.core.finding import Finding
from batchdock.flows.results.opening import Seen
from batchdock.window.results.drawing import draw_part, paint_findings
from batchdock.window.results.large.divider import is_on_divider, paint_divider
from batchdock.window.results.large.hitting import finding_at
from batchdock.window.results.large.layer import Layer, Sight
from batchdock.window.results.large.zoomable import Zoomable
from batchdock.window.results.viewing import Looks
from batchdock.window.theme import blend, unit

_EDGE_STEP = 512
"""Pixels for a room are asked for in steps, so that not every change of its size asks anew."""

_LARGEST_EDGE = 3_840
_DIVIDER_STEP = 0.02


class Canvas(Zoomable):
    """Shows one `Layer`; a second one to the right of a divider. All that moves is done here, all that is loaded is
    asked for: `sharper_wanted` when there are fewer pixels than would be seen."""

    hovered = Signal(object)
    """The number of the finding under the pointer, or None."""
    clicked = Signal(object)
    """The number of the finding that was clicked, or None."""
    sharper_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layer: Layer | None = None
        self._other: Layer | None = None
        self._sharp: Sight | None = None
        self._looks = Looks()
        self.divider: float | None = None
        """Where the second layer begins, 0 … 1 of the width; None without one."""
        self._chosen: int | None = None
        self._under: int | None = None
        self._under_in: Layer | None = None
        self._grabbed: QPointF | None = None
        self._pressed: QPointF | None = None
        self._drags_divider = False
        self.setMouseTracking(True)

    @property
    def layer(self) -> Layer | None:
        """What is shown."""
        return self._layer

    @property
    def edge(self) -> int:
        """The longer side that pixels for this room need, in device pixels."""
        needed = max(self.width(), self.height()) * self.devicePixelRatioF()
        return min(_LARGEST_EDGE, -int(-needed // _EDGE_STEP) * _EDGE_STEP)

    def show_layers(self, layer: Layer | None, other: Layer | None = None, *, keep_zoom: bool = False) -> None:
        """Replace what is shown. The zoom is kept where the same picture comes again, with other findings."""
        if not keep_zoom:
            self._zoom = None
            self._sharp = None
        self._layer, self._other = layer, other
        self._under = self._under_in = None
        self.tell_zoom()

    def show_sharp(self, sight: Sight) -> None:
        """Use these pixels where more are seen than the layers of this picture have."""
        self._sharp = sight
        self.update()

    def set_looks(self, looks: Looks) -> None:
        """Draw these things over the picture."""
        self._looks = looks
        self.update()

    def choose(self, number: int | None) -> None:
        """Emphasise one finding, and bring it into the room where it is not."""
        self._chosen = number
        finding = self._finding(number)
        room, zoom = self.room(), self._zoom
        if finding is not None and finding.box is not None and room is not None and zoom is not None:
            scale_x, scale_y = self._scales()
            x = (finding.box.x + finding.box.width / 2) * scale_x
            y = (finding.box.y + finding.box.height / 2) * scale_y
            at = QPointF(zoom.x + x * zoom.scale, zoom.y + y * zoom.scale)
            if not QRectF(self.rect()).contains(at):
                self.set_zoom(zoom.shown(room, x, y))
        self.update()

    def divide(self, at: float | None) -> None:
        """Begin the second layer here; None: show only the first."""
        self.divider = None if at is None else min(1.0, max(0.0, at))
        self.update()

    def move_divider(self, steps: int) -> None:
        """Move the line to the right, or with a negative number to the left."""
        if self.divider is not None:
            self.divide(self.divider + steps * _DIVIDER_STEP)

    def picture_size(self) -> tuple[int, int] | None:
        """Return the width and height of what is shown; None where there are no pixels to show."""
        layer = self._layer
        return layer.size if layer is not None and layer.sight is not None else None

    def tell_zoom(self) -> None:
        """Ask for more pixels, too, where fewer are there than would be seen."""
        self._shape_pointer()
        super().tell_zoom()
        layer, scale = self._layer, self.scale
        if layer is not None and layer.sight is not None and scale is not None and self._sharp is None:
            there = layer.sight.image.width() / layer.sight.width
            if there < 1.0 and scale > there * 1.05:
                self.sharper_wanted.emit()

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), blend(palette.base().color(), palette.text().color(), 0.08))
        room = self.room()
        if room is not None:
            zoom = self.where(room)
            place = QRectF(zoom.x, zoom.y, zoom.scale * room.picture_width, zoom.scale * room.picture_height)
            whole = QRectF(self.rect())
            if self.divider is None or self._other is None:
                self._paint_layer(painter, self._layer, place, whole)
            else:
                line = whole.width() * self.divider
                left = QRectF(0, 0, line, whole.height())
                self._paint_layer(painter, self._layer, place, left)
                right = QRectF(line, 0, whole.width() - line, whole.height())
                self._paint_layer(painter, self._other, place, right)
                paint_divider(painter, line, self.height(), unit(self))
        if self.shows_focus:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_layer(self, painter: QPainter, layer: Layer | None, place: QRectF, room: QRectF) -> None:
        if layer is None or layer.sight is None or (room & place).isEmpty():
            return
        painter.save()
        painter.setClipRect(room & place)
        sight, sharp = layer.sight, self._sharp
        target_width = place.width() * self.devicePixelRatioF()
        if sharp is not None and sharp.is_drawn == sight.is_drawn and target_width > sight.image.width() * 1.05:
            sight = sharp
        # Close up, pixels are shown as they are: smoothed ones would look like more than there is.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, target_width < sight.image.width() * 3)
        draw_part(painter, sight.image, place, room)
        seen = layer.seen
        meant = self._under if self._under is not None and self._under_in is layer else self._chosen
        if sight.is_drawn:
            # The service has drawn the findings already; only the one that is meant is drawn once more.
            seen = Seen(seen.picture, tuple(each for each in seen.findings if each.number == meant))
        paint_findings(
            painter,
            seen,
            place,
            self._looks,
            words=True,
            ratio=self.devicePixelRatioF(),
            labels=layer.labels,
            prepared=layer.prepared if not sight.is_drawn else None,
            size=layer.size,
            chosen=meant,
        )
        painter.restore()

    # --- pointer and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = self._grabbed = event.position()
            self._drags_divider = self._is_on_divider(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._drags_divider:
            self.divide(at.x() / max(1, self.width()))
        elif self._grabbed is not None:
            self.pan(at.x() - self._grabbed.x(), at.y() - self._grabbed.y())
            self._grabbed = at
        else:
            self._look_under(at)
        self._shape_pointer(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        moved = self._pressed is not None and (event.position() - self._pressed).manhattanLength() > unit(self)
        if self._pressed is not None and not moved and not self._drags_divider:
            finding = self._at(event.position())
            self.clicked.emit(finding.number if finding is not None else None)
        self._pressed = self._grabbed = None
        self._drags_divider = False
        self._shape_pointer(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._look_under(None)
        super().leaveEvent(event)

    # --- what is where

    def _scales(self) -> tuple[float, float]:
        """Return how many pixels of the picture as it is one of the picture as it was judged is."""
        layer = self._layer
        if layer is None or layer.size is None:
            return 1.0, 1.0
        picture = layer.seen.picture
        return layer.size[0] / (picture.width or layer.size[0]), layer.size[1] / (picture.height or layer.size[1])

    def _at(self, at: QPointF) -> Finding | None:
        room = self.room()
        if room is None or self._layer is None or not self._looks.boxes:
            return None
        layer = self._layer
        if self.divider is not None and self._other is not None and at.x() > self.divider * self.width():
            layer = self._other
        self._under_in = layer
        zoom, (scale_x, scale_y) = self.where(room), self._scales()
        x, y = (at.x() - zoom.x) / zoom.scale / scale_x, (at.y() - zoom.y) / zoom.scale / scale_y
        findings = layer.prepared.findings if layer.prepared is not None else layer.seen.findings
        return finding_at(findings, x, y, reach=unit(self) / zoom.scale / scale_x)

    def _finding(self, number: int | None) -> Finding | None:
        if number is None or self._layer is None:
            return None
        return next((each for each in self._layer.seen.findings if each.number == number), None)

    def _look_under(self, at: QPointF | None) -> None:
        finding = self._at(at) if at is not None else None
        number = finding.number if finding is not None else None
        if number != self._under:
            self._under = number
            self.hovered.emit(number)
            self.update()

    def _is_on_divider(self, at: QPointF) -> bool:
        if self.divider is None or self._other is None:
            return False
        return is_on_divider(at, self.divider * self.width(), self.height(), unit(self))

    def _shape_pointer(self, at: QPointF | None = None) -> None:
        if self._drags_divider or (at is not None and self._is_on_divider(at)):
            shape = Qt.CursorShape.SplitHCursor
        elif self._zoom is None:
            shape = Qt.CursorShape.ArrowCursor
        else:
            shape = Qt.CursorShape.ClosedHandCursor if self._grabbed is not None else Qt.CursorShape.OpenHandCursor
        if self.cursor().shape() is not shape:
            self.setCursor(shape)
