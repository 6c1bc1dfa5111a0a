"""Bars, drawn by pyqtgraph. Import this module in a thread first: the library takes a quarter of a second.

Of pyqtgraph there are the view, the axes and the bars. Its plot widget would bring menus, mouse modes and forms of its
own; its axis labels and legends read text as HTML, so that there are none: ticks are drawn as plain text.
"""

import math
from typing import Any

import pyqtgraph as graph
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from batchdock.window.plain_text import tooltip_text
from batchdock.window.results.charts.bars import Bar, Chart
from batchdock.window.results.colours import colour_of
from batchdock.window.theme import Tint, blend, colour, unit
from batchdock.window.wording import number_text

OVERHANG = 1000
"""Pixels that texts may stand over the ends of their axis; the layout has room for them."""
THICKNESS = 0.66
"""Of a lying bar, in rows."""
SHORTEST = 0.004
"""Of the longest bar: one finding is seen beside a million."""
NAME_SHARE = 0.36
"""The most of the width that names may take."""


class _NumberAxis(graph.AxisItem):  # type: ignore[misc]
    """Whole numbers, as the locale writes them."""

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        # Lines at round numbers, about five of them, and none between whole numbers.
        rough = max(1.0, (maxVal - minVal) / 5.5)
        power = 10.0 ** math.floor(math.log10(rough))
        steps = (1, 2, 2.5, 5, 10) if power >= 10 else (1, 2, 5, 10)
        return [(next(power * each for each in steps if power * each >= rough), 0.0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [number_text(round(value)) for value in values]


class _CountAxis(graph.AxisItem):  # type: ignore[misc]
    """Numbers at the ends of rows, one below the other."""

    def generateDrawSpecs(self, p: QPainter) -> Any:
        specs = super().generateDrawSpecs(p)
        if specs is None:
            return None
        axis, ticks, texts = specs
        edge = self.size().width() - 1
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        moved = [
            (QRectF(edge - rect.width(), rect.y(), rect.width(), rect.height()), right, text) for rect, _, text in texts
        ]
        return axis, ticks, moved


class BarPlot(graph.GraphicsView):  # type: ignore[misc]
    """`chosen` tells the first and the last bar that were pressed."""

    chosen = Signal(int, int)
    _chart: Chart | None = None  # Qt sends events while the view is still being made

    def __init__(self, lies: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent, useOpenGL=False, background=None)
        self._marked: frozenset[int] = frozenset()
        self._tips: tuple[str, ...] = ()
        self._pressed = self._hovered = -1
        self._lies = lies
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.viewport().setAutoFillBackground(False)
        self._box = graph.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self._box.setMouseEnabled(False, False)
        self._box.disableAutoRange()
        self._box.invertY(lies)
        self._bars = graph.BarGraphItem(x0=[], y0=[], width=[], height=[], pen=None)
        self._box.addItem(self._bars)
        self._names = graph.AxisItem("left") if lies else graph.AxisItem("bottom")
        self._values = _CountAxis("right") if lies else _NumberAxis("left")
        for axis, row, column in ((self._names, *((0, 0) if lies else (1, 1))), (self._values, 0, 2 if lies else 0)):
            axis.linkToView(self._box)
            axis.setZValue(-1000)
            axis.setStyle(tickLength=0, tickAlpha=0, autoExpandTextSpace=False, hideOverlappingLabels=OVERHANG)
            self.centralLayout.addItem(axis, row, column)
        self.centralLayout.addItem(self._box, 0, 1)
        self.centralLayout.setContentsMargins(0, 0, 0, 0)
        self.centralLayout.setSpacing(0)
        self._take_style()

    def show_chart(self, chart: Chart, marked: frozenset[int], tips: tuple[str, ...]) -> None:
        """Draw the bars; those in `marked` stand out. `tips` say more about each."""
        self._chart, self._marked, self._tips = chart, marked, tips
        self._pressed = -1
        step, count = unit(self), len(chart.bars)
        most = max(1, chart.most)
        lengths = [0.0 if not bar.findings else max(bar.findings, most * SHORTEST) for bar in chart.bars]
        if self._lies:
            rows = [number - THICKNESS / 2 for number in range(count)]
            self._bars.setOpts(x0=[0.0] * count, y0=rows, width=lengths, height=THICKNESS, brushes=self._brushes())
            self._box.setRange(xRange=(0, most), yRange=(-0.5, max(1, count) - 0.5), padding=0)
            self._values.setTicks([[(number, number_text(bar.findings)) for number, bar in enumerate(chart.bars)]])
            self.setFixedHeight(max(1, count) * step * 6)
        else:
            left = [number + 0.04 for number in range(count)]
            self._bars.setOpts(x0=left, y0=[0.0] * count, width=0.92, height=lengths, brushes=self._brushes())
            self._box.setRange(xRange=(0, max(1, count)), yRange=(0, most * 1.04), padding=0)
            self._names.setTicks([list(chart.marks)])
            self.setFixedHeight(step * 48)
        self._take_style()
        self._fit()

    def bar_at(self, place: QPointF) -> int:
        """Return the bar whose stretch of the widget holds `place`; -1 for none."""
        count = len(self._chart.bars) if self._chart is not None else 0
        at = self._box.mapSceneToView(self.mapToScene(place.toPoint()))
        if self._lies:
            row = math.floor(at.y() + 0.5)
        else:
            row = math.floor(at.x())
            if not self._box.sceneBoundingRect().adjusted(0, -1, 0, 1).contains(self.mapToScene(place.toPoint())):
                row = -1
        return row if 0 <= row < count else -1

    def place_of(self, number: int) -> QPointF:
        """Return the middle of a bar's stretch, in the widget's coordinates."""
        rows = self._box.viewRect()
        inner = QPointF(rows.width() * 0.5, number) if self._lies else QPointF(number + 0.5, rows.height() * 0.5)
        return QPointF(self.mapFromScene(self._box.mapViewToScene(inner)))

    # --- Qt

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # The scene of pyqtgraph is passed over: it would pan, scale and open menus.
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = self._hovered = self.bar_at(event.position())
            self._paint_bars()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.bar_at(event.position())
        if over == self._hovered:
            return
        self._hovered = over
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._can_choose(over) else Qt.CursorShape.ArrowCursor)
        self._paint_bars()
        tip = self._tips[over] if 0 <= over < len(self._tips) else ""
        QToolTip.showText(event.globalPosition().toPoint(), tooltip_text(tip), self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        first, last = self._pressed, self.bar_at(event.position())
        self._pressed = -1
        self._paint_bars()
        if event.button() is not Qt.MouseButton.LeftButton or first < 0 or last < 0 or self._chart is None:
            return
        if self._chart.takes_ranges:
            self.chosen.emit(first, last)
        elif first == last:
            self.chosen.emit(last, last)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Count as a press: two quick clicks choose, and take away again."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # it is the page that scrolls

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self._paint_bars()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._chart is not None:
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and self._chart is not None:
            self.show_chart(self._chart, self._marked, self._tips)

    # --- inside

    def _can_choose(self, number: int) -> bool:
        return self._chart is not None and number >= 0 and bool(self._chart.bars[number].begin)

    def _fit(self) -> None:
        """Give names and numbers the room they need, and no more; shorten names in the middle."""
        chart = self._chart
        if chart is None:
            return
        step, metrics = unit(self), self.fontMetrics()
        if self._lies:
            longest = max((metrics.horizontalAdvance(bar.name) for bar in chart.bars), default=0)
            room = min(longest + step, round(self.width() * NAME_SHARE))
            names = [
                metrics.elidedText(" ".join(bar.name.split()), Qt.TextElideMode.ElideMiddle, room) for bar in chart.bars
            ]
            self._names.setTicks([list(enumerate(names))])
            self._names.setWidth(room + step * 3)
            numbers = (metrics.horizontalAdvance(number_text(bar.findings)) for bar in chart.bars)
            self._values.setWidth(max(numbers, default=0) + step * 3)
        else:
            self._values.setWidth(metrics.horizontalAdvance(number_text(max(1, chart.most))) + step * 4)
            self._names.setHeight(metrics.height() + step * 2)
            # The last mark stands under the end of the axis: half of it needs room there.
            widest = max((metrics.horizontalAdvance(text) for _, text in chart.marks), default=0)
            self.centralLayout.setContentsMargins(0, step, widest / 2, 0)

    def _take_style(self) -> None:
        palette = self.palette()
        ink, ground = palette.windowText().color(), palette.window().color()
        line = QPen(blend(ink, ground, 0.84))
        line.setCosmetic(True)
        none = QPen(Qt.PenStyle.NoPen)
        for axis in (self._names, self._values):
            axis.setTickFont(self.font())
            axis.setPen(none)
            axis.setTickPen(none)
            axis.setStyle(tickTextOffset=unit(self) * 2 if axis.orientation in ("left", "right") else unit(self))
        self._names.setTextPen(ink if self._lies else colour(Tint.MUTED, palette))
        self._values.setTextPen(colour(Tint.MUTED, palette))
        self._names.setPen(line)
        if not self._lies:
            self._values.setStyle(tickAlpha=255)
            self._values.setTickPen(line)
            self._values.setGrid(255)

    def _brushes(self) -> list[QColor]:
        return [self._colour(number, bar) for number, bar in enumerate(self._chart.bars)] if self._chart else []

    def _paint_bars(self) -> None:
        if self._chart is not None:
            self._bars.setOpts(brushes=self._brushes())

    def _colour(self, number: int, bar: Bar) -> QColor:
        palette = self.palette()
        ink, ground = palette.windowText().color(), palette.window().color()
        if bar.other:
            own = blend(ink, ground, 0.55)
        else:
            own = colour(Tint.ACCENT, palette) if bar.label is None else colour_of(bar.label)
        marked = self._marked
        if self._pressed >= 0 and self._hovered >= 0 and self._chart is not None and self._chart.takes_ranges:
            low, high = sorted((self._pressed, self._hovered))
            marked = frozenset(range(low, high + 1))
        if marked and number not in marked:
            own = blend(own, ground, 0.7)
        return blend(own, ink, 0.16) if number == self._hovered else own
