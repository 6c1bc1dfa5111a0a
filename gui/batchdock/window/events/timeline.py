"""When a job sent how much: bars over time. Wheel and keys zoom, dragging chooses a time."""

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QEvent, QLocale, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from batchdock.window.events.stretch import Stretch
from batchdock.window.events.words import events_text
from batchdock.window.theme import Tint, blend, colour, unit
from batchdock.window.wording import number_text

_ZOOM = 1.5
_PAN = 0.15
_DAY = 86_400


class Timeline(QWidget):
    """Shows counts that whoever owns it fetches: `wanted` tells which stretch, and in how many parts."""

    wanted = Signal()
    chosen = Signal(object)
    """The `Stretch` that a person has chosen, or None: all of the time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole: Stretch | None = None
        self._seen: Stretch | None = None
        """None: all there is, also when that grows."""
        self._choice: Stretch | None = None
        self._counts: tuple[Stretch, Sequence[int]] | None = None
        self._pressed: float | None = None
        self._dragged: float | None = None
        self._hovered: float | None = None
        self._mark: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Timeline"))
        self.setToolTip(
            self.tr("Drag to see only a time. The wheel or + and − zoom, arrows move, Enter chooses what is seen.")
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(unit(self) * 24)

    # --- what is shown

    @property
    def seen(self) -> Stretch | None:
        """What is seen now; None where there is nothing."""
        return self._seen or self._whole

    @property
    def choice(self) -> Stretch | None:
        """What a person has chosen; None: all of the time."""
        return self._choice

    @property
    def bins(self) -> int:
        """In how many parts it is best counted."""
        return max(1, self._bars().width() // max(4, unit(self)))

    def set_whole(self, whole: Stretch | None, *, keep: bool) -> None:
        """Show this time, with `keep` zoomed as before."""
        self._whole = whole
        if not keep or whole is None:
            self._seen = self._choice = self._counts = None
        elif self._seen is not None:
            self._seen = self._seen.within(whole)
        self.update()
        if whole is not None:
            self.wanted.emit()

    def show_counts(self, stretch: Stretch, counts: Sequence[int]) -> None:
        """Show how many there are in the equal parts of a stretch."""
        self._counts = (stretch, counts)
        self._say()
        self.update()

    def show_mark(self, moment: int | None) -> None:
        """Mark when the event was that people look at."""
        if moment != self._mark:
            self._mark = moment
            self.update()

    def choose(self, stretch: Stretch | None) -> None:
        """See only this time in the list; None: all of it."""
        if stretch != self._choice:
            self._choice = stretch
            self._say()
            self.update()
            self.chosen.emit(stretch)

    def zoom_by(self, factor: float, at: float = 0.5) -> None:
        """See less time, or more, around a share of the width."""
        if (seen := self.seen) is not None and self._whole is not None:
            self._see(seen.by(factor, at, self._whole))

    def move_by(self, share: float) -> None:
        """See a later time, or an earlier one."""
        if (seen := self.seen) is not None and self._whole is not None:
            self._see(seen.moved(share, self._whole))

    def show_all(self) -> None:
        """See all of the time."""
        if self._whole is not None:
            self._see(self._whole)

    def _see(self, seen: Stretch) -> None:
        self._seen = None if seen == self._whole else seen
        self.update()
        self.wanted.emit()

    def _say(self) -> None:
        seen = self._choice or self.seen
        if seen is None or self._counts is None:
            return
        begin, end = (_moment_text(each) for each in (seen.begin, seen.end))
        count = events_text(sum(self._counts[1]))
        text = self.tr("%1 to %2, %3").replace("%1", begin).replace("%2", end).replace("%3", count)
        self.setAccessibleDescription(text)

    # --- what people do

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.move_by(_PAN if key is Qt.Key.Key_Right else -_PAN)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(_ZOOM)
        elif key is Qt.Key.Key_Minus:
            self.zoom_by(1 / _ZOOM)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_0):
            self.show_all()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose(self._seen)
        elif key is Qt.Key.Key_Escape and self._choice is not None:
            self.choose(None)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(turned.x()) > abs(turned.y()):
            self.move_by(-(turned.x() or turned.y()) / 120 * _PAN)
        else:
            self.zoom_by(_ZOOM ** (turned.y() / 120), self._share(event.position().x()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.seen is not None:
            self._pressed, self._dragged = event.position().x(), None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = event.position().x()
        if self._pressed is not None and abs(self._hovered - self._pressed) > unit(self):
            self._dragged = self._hovered
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed is None:
            return
        pressed, dragged = self._pressed, self._dragged
        self._pressed = self._dragged = None
        seen = self.seen
        if dragged is None or seen is None:
            self.choose(None)
        else:
            begin, end = sorted(seen.at(self._share(each)) for each in (pressed, dragged))
            self.choose(Stretch(begin, max(end, begin + 1)))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.choose(None)
        self.show_all()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._whole is not None:
            self.wanted.emit()

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, bars = self.palette(), QRectF(self._bars())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(blend(palette.base().color(), palette.text().color(), 0.06))
        painter.drawRoundedRect(bars, 4, 4)
        seen = self.seen
        if seen is not None:
            painter.save()
            painter.setClipRect(bars)
            self._paint_choice(painter, bars, seen)
            self._paint_bars(painter, bars, seen)
            self._paint_lines(painter, bars, seen)
            painter.restore()
            self._paint_times(painter, bars, seen)
            self._paint_hovered(painter, bars, seen)
        if self.hasFocus():
            painter.setPen(QPen(palette.highlight().color(), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(bars.adjusted(-1, -1, 1, 1), 4, 4)
        painter.end()

    def _paint_choice(self, painter: QPainter, bars: QRectF, seen: Stretch) -> None:
        choice = self._choice
        if self._pressed is not None and self._dragged is not None:
            begin, end = sorted(seen.at(self._share(each)) for each in (self._pressed, self._dragged))
            choice = Stretch(begin, end)
        if choice is None:
            return
        left, right = (bars.left() + bars.width() * seen.share(each) for each in (choice.begin, choice.end))
        accent = self.palette().highlight().color()
        painter.fillRect(QRectF(left, bars.top(), max(1.0, right - left), bars.height()), _seen_through(accent, 56))
        painter.setPen(QPen(accent, 1))
        for x in (left, right):
            painter.drawLine(QPointF(x, bars.top()), QPointF(x, bars.bottom()))

    def _paint_bars(self, painter: QPainter, bars: QRectF, seen: Stretch) -> None:
        if self._counts is None:
            return
        stretch, counts = self._counts
        most, room = max(counts, default=0), bars.height() - unit(self) * 2
        if not most:
            return
        # While others are fetched, those that were there are shown where they belong now.
        width = bars.width() * (stretch.length / len(counts)) / max(1, seen.length)
        left = bars.left() + bars.width() * seen.share(stretch.begin)
        gap = 1.0 if width > 3 else 0.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        accent = colour(Tint.ACCENT, self.palette())
        muted = blend(accent, self.palette().base().color(), 0.55)
        for place, count in enumerate(counts):
            if count:
                high = max(2.0, (count / most) ** 0.5 * room)  # By the root: one stays visible beside a hundred.
                x = left + place * width
                is_in = self._choice is None or self._is_chosen(stretch, place, len(counts))
                bar = QRectF(x, bars.bottom() - high, max(1.0, width - gap), high)
                painter.fillRect(bar, accent if is_in else muted)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _is_chosen(self, stretch: Stretch, place: int, parts: int) -> bool:
        assert self._choice is not None
        begin = stretch.begin + stretch.length * place / parts
        return begin < self._choice.end and begin + stretch.length / parts > self._choice.begin

    def _paint_lines(self, painter: QPainter, bars: QRectF, seen: Stretch) -> None:
        if self._mark is not None:
            x = bars.left() + bars.width() * seen.share(self._mark)
            painter.setPen(QPen(self.palette().text().color(), 2))
            painter.drawLine(QPointF(x, bars.top()), QPointF(x, bars.bottom()))

    def _paint_times(self, painter: QPainter, bars: QRectF, seen: Stretch) -> None:
        metrics, palette = self.fontMetrics(), self.palette()
        widest = metrics.horizontalAdvance("00:00:00") + unit(self) * 6
        offset = QDateTime.fromMSecsSinceEpoch(seen.begin).offsetFromUtc() * 1000
        step, ticks = seen.ticks(max(1, int(bars.width() // widest)), offset)
        painter.setPen(colour(Tint.MUTED, palette))
        for tick in ticks:
            x = bars.left() + bars.width() * seen.share(tick)
            painter.drawLine(QPointF(x, bars.bottom() + 1), QPointF(x, bars.bottom() + unit(self)))
            text = _tick_text(tick, step)
            wide = metrics.horizontalAdvance(text)
            left = min(max(bars.left(), x - wide / 2), bars.right() - wide)
            painter.drawText(QPointF(left, self.height() - metrics.descent() - 1), text)

    def _paint_hovered(self, painter: QPainter, bars: QRectF, seen: Stretch) -> None:
        if self._hovered is None or self._counts is None:
            return
        at = seen.at(self._share(self._hovered))
        stretch, counts = self._counts
        place = int(stretch.share(at) * len(counts))
        count = counts[place] if 0 <= place < len(counts) else 0
        text = f"{_moment_text(at)}   {number_text(count)}"
        metrics, palette = self.fontMetrics(), self.palette()
        wide = metrics.horizontalAdvance(text) + unit(self) * 3
        left = min(max(bars.left(), self._hovered + unit(self) * 2), bars.right() - wide)
        tag = QRectF(left, bars.top() + unit(self) / 2, wide, metrics.height() + 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.toolTipBase().color())
        painter.drawRoundedRect(tag, 3, 3)
        painter.setPen(palette.toolTipText().color())
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)

    def _bars(self) -> QRect:
        below = self.fontMetrics().height() + unit(self)
        return self.rect().adjusted(2, 2, -2, -below)

    def _share(self, x: float) -> float:
        bars = self._bars()
        return min(1.0, max(0.0, (x - bars.left()) / max(1, bars.width())))


def _tick_text(moment: int, step: int) -> str:
    here = QDateTime.fromMSecsSinceEpoch(moment)
    midnight = here.time().msecsSinceStartOfDay() == 0
    if step >= _DAY or midnight:
        return QLocale().toString(here.date(), "d MMM")
    return QLocale().toString(here.time(), "HH:mm" if step >= 60 else "HH:mm:ss")


def _moment_text(moment: int) -> str:
    here = QDateTime.fromMSecsSinceEpoch(moment)
    return f"{QLocale().toString(here.date(), 'd MMM')}, {QLocale().toString(here.time(), 'HH:mm:ss')}"


def _seen_through(tint: QColor, alpha: int) -> QColor:
    faint = QColor(tint)
    faint.setAlpha(alpha)
    return faint
