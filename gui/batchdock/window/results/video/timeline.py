"""The timeline: where in the video something was found, where it is now, and the way to anywhere."""

import numpy
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from batchdock.window.results.colours import colour_of
from batchdock.window.results.grid.words import moment_text
from batchdock.window.results.video.density import BINS, Density
from batchdock.window.theme import Tint, blend, colour, unit

_MS = 1000
_STEP_MS, _PAGE_MS = 1_000, 10_000


class Timeline(QAbstractSlider):
    """A slider over the video in milliseconds, so that keys and screen readers know what to do with it.

    `sought` tells a moment in seconds that a person has chosen.
    """

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._density: Density | None = None
        self._drawn: QPixmap | None = None
        self._hovered: float | None = None
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setSingleStep(_STEP_MS)
        self.setPageStep(_PAGE_MS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Place in the video"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(unit(self) * 13)
        self.actionTriggered.connect(self._on_action)

    @property
    def seconds(self) -> float:
        """Where it stands."""
        return self.value() / _MS

    def set_duration(self, seconds: float) -> None:
        """Show a video of this length."""
        self.setRange(0, max(1, round(seconds * _MS)))
        self._drawn = None

    def show_density(self, density: Density | None) -> None:
        """Show where something was found."""
        self._density, self._drawn = density, None
        self.update()

    def go(self, seconds: float) -> None:
        """Stand there."""
        if not self.isSliderDown():
            self.setValue(round(seconds * _MS))

    def say(self) -> None:
        """Let screen readers tell the place in words. Not at every frame: they would never be silent."""
        whole = self.tr("%1 of %2").replace("%1", moment_text(self.seconds))
        self.setAccessibleDescription(whole.replace("%2", moment_text(self.maximum() / _MS)))

    # --- what people do

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go by a second, pages by ten; up and down are left to whatever is around."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._seek_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = event.position().x()
        if self.isSliderDown():
            self._seek_to(event.position().x())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._drawn = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._drawn = None
        super().changeEvent(event)

    def _seek_to(self, x: float) -> None:
        self.setValue(round(self._moment(x) * _MS))
        self.sought.emit(self.seconds)

    def _on_action(self, action: int) -> None:
        # The value follows after this signal; the position is already the new one.
        if action != QAbstractSlider.SliderAction.SliderMove.value:
            self.sought.emit(self.sliderPosition() / _MS)

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if self._drawn is None or self._drawn.devicePixelRatio() != ratio:
            self._drawn = self._draw(ratio)
        painter.drawPixmap(0, 0, self._drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bars = self._bars()
        if not self.isEnabled():
            painter.end()
            return
        if self._hovered is not None:
            self._paint_hovered(painter, bars)
        palette = self.palette()
        x = self._x(self.seconds)
        line = palette.color(QPalette.ColorRole.Text)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 4))
        painter.drawLine(QPointF(x, bars.top()), QPointF(x, bars.bottom() + 1))
        painter.setPen(QPen(line, 2))
        painter.drawLine(QPointF(x, bars.top() - 2), QPointF(x, bars.bottom() + 3))
        focused = self.hasFocus()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 1.5))
        painter.setBrush(colour(Tint.ACCENT, palette) if focused else line)
        radius = unit(self) * (1.6 if focused else 1.3)
        painter.drawEllipse(QPointF(x, bars.bottom() + 2), radius, radius)
        painter.end()

    def _paint_hovered(self, painter: QPainter, bars: QRect) -> None:
        assert self._hovered is not None
        moment = self._moment(self._hovered)
        x = self._x(moment)
        painter.setPen(QPen(colour(Tint.MUTED, self.palette()), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, bars.top()), QPointF(x, bars.bottom()))
        text = moment_text(moment)
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(text) + unit(self) * 2
        left = min(max(bars.left(), x + unit(self)), bars.right() - width)
        tag = QRectF(left, bars.top() + unit(self) / 2, width, metrics.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.ToolTipBase))
        painter.drawRoundedRect(tag, 3, 3)
        painter.setPen(self.palette().color(QPalette.ColorRole.ToolTipText))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)

    def _draw(self, ratio: float) -> QPixmap:
        """Draw the ground and the bars: what stays the same while the video plays."""
        drawn = QPixmap(self.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, bars = self.palette(), self._bars()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(blend(palette.base().color(), palette.text().color(), 0.08))
        painter.drawRoundedRect(bars, 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._draw_bars(painter, QRectF(bars), ratio)
        painter.end()
        return drawn

    def _draw_bars(self, painter: QPainter, bars: QRectF, ratio: float) -> None:
        columns = max(1, int(bars.width() * ratio))
        if self._density is None or not self._density.counts.size:
            return
        # What is seen for a moment only is seen here too: the most of all bins that share a column.
        edges = numpy.minimum((numpy.arange(columns) * BINS) // columns, BINS - 1)
        starts = numpy.unique(edges)
        counts = numpy.maximum.reduceat(self._density.counts, starts, axis=1)
        tops = counts.cumsum(axis=0)
        most = max(1, int(tops[-1].max()))
        which = numpy.searchsorted(starts, edges, side="right") - 1
        height = bars.height() - unit(self)
        # By the root: one finding stays visible beside a hundred. Within a bar the classes have their shares of it.
        whole = numpy.maximum(tops[-1], 1)
        shares = (numpy.sqrt(whole / most) * tops / whole)[:, which]
        for row in reversed(range(len(self._density.labels))):
            tint: QColor = colour_of(self._density.labels[row])
            shown = counts[row][which] > 0
            for first, last, share in _runs(numpy.where(shown, shares[row], 0.0)):
                high = max(2.0, share * height)
                left, right = bars.left() + first / ratio, bars.left() + last / ratio
                painter.fillRect(QRectF(left, bars.bottom() - high, right - left, high), tint)

    def _bars(self) -> QRect:
        side = unit(self) * 2
        return self.rect().adjusted(side, 2, -side, -unit(self) * 2 - 1)

    def _x(self, seconds: float) -> float:
        bars = self._bars()
        return bars.left() + bars.width() * min(1.0, seconds * _MS / max(1, self.maximum()))

    def _moment(self, x: float) -> float:
        bars = self._bars()
        share = (x - bars.left()) / max(1, bars.width())
        return min(1.0, max(0.0, share)) * self.maximum() / _MS


def _runs(values: "numpy.typing.NDArray[numpy.float64]") -> list[tuple[int, int, float]]:
    """Return begin, end and value of all runs of equal values above 0."""
    changes = numpy.nonzero(numpy.diff(values))[0] + 1
    begins = numpy.concatenate(([0], changes))
    ends = numpy.concatenate((changes, [len(values)]))
    found = zip(begins.tolist(), ends.tolist(), values[begins].tolist(), strict=True)
    return [(begin, end, value) for begin, end, value in found if value > 0]
