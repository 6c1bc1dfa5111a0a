"""One stage of the picture: a box with its word, how far it is, and a bar of its tasks."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from batchdock.window import icons
from batchdock.window.job_details.segments import draw_segments, kind_colour
from batchdock.window.job_details.stages import StageLook
from batchdock.window.job_details.words import by_kind, counted_kind
from batchdock.window.theme import Tint, blend, colour, icon_size, unit

LEAST_WIDTH = 38
"""In steps of `theme.unit`."""


class StageBox(QAbstractButton):
    """A button that is painted from the palette: screen readers hear its word, and its counts as description."""

    def __init__(self, look: StageLook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setCheckable(True)
        self.setAutoExclusive(True)  # Lets the arrow keys go from one to the next.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._name()

    @property
    def look(self) -> StageLook:
        """What it shows."""
        return self._look

    def show_look(self, look: StageLook) -> None:
        """Show the stage as it is now."""
        if look != self._look:
            self._look = look
            self._name()
            self.updateGeometry()
            self.update()

    # --- Qt

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        step = unit(self)
        if self._look.status is None:
            return step * 6 + self.fontMetrics().height()
        lines = len(self._legend_lines(width - step * 6))
        small = QFontMetrics(self._small()).height()
        return step * 6 + self.fontMetrics().height() + step * 4 + _bar_height(self) + lines * (small + step // 2)

    def minimumSizeHint(self) -> QSize:
        width = unit(self) * LEAST_WIDTH
        return QSize(width, self.heightForWidth(width))

    def sizeHint(self) -> QSize:
        width = unit(self) * (LEAST_WIDTH + 10)
        return QSize(width, self.heightForWidth(width))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self._name()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step, palette = unit(self), self.palette()
        begun = self._look.status is not None
        self._draw_frame(painter, palette, begun)
        inner = self.rect().adjusted(step * 3, step * 3, -step * 3, -step * 3)
        ink = colour(Tint.TEXT if begun else Tint.MUTED, palette)
        small = QFontMetrics(self._small()).height()
        roomy = inner.height() >= self.fontMetrics().height() + step + small
        top = self._draw_head(painter, inner, ink, self._look.percent if begun or roomy else self._look.said)
        if begun:
            bar = QRectF(inner.left(), top + step * 2, inner.width(), _bar_height(self))
            groove = blend(palette.text().color(), self._ground(palette), 0.86)
            draw_segments(painter, bar, self._look.counts, palette, groove)
            top = round(bar.bottom())
        if begun or roomy:
            self._draw_legend(painter, inner.left(), top + step * (2 if begun else 1), inner.width(), palette)
        painter.end()

    # --- inside

    def _name(self) -> None:
        percent = self._look.percent
        self.setAccessibleName(f"{self._look.word}, {percent}" if percent else self._look.word)
        self.setAccessibleDescription(self._look.said)
        self.setToolTip("\n".join(part for part in (self._look.message, self._look.said) if part))

    def _tint(self, palette: QPalette) -> QColor:
        return colour(self._look.icon[1], palette)

    def _ground(self, palette: QPalette) -> QColor:
        base = palette.base().color()
        if self._look.status is None:
            return base
        share = 0.16 if self.isChecked() else 0.1 if self.underMouse() else 0.06
        return blend(base, self._tint(palette), share)

    def _draw_frame(self, painter: QPainter, palette: QPalette, begun: bool) -> None:
        step, tint = unit(self), self._tint(palette)
        width = 2.0 if self.isChecked() or self.hasFocus() else 1.0
        line = tint if self.isChecked() else blend(tint, palette.base().color(), 0.45)
        if self.hasFocus():
            line = palette.highlight().color()
        pen = QPen(line, width)
        if not begun:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(self._ground(palette))
        frame = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(frame, step * 2, step * 2)

    def _draw_head(self, painter: QPainter, inner: QRect, ink: QColor, remark: str) -> int:
        """Draw icon, word, and a remark at the right; return where the next line may begin."""
        step, metrics = unit(self), self.fontMetrics()
        side, height = icon_size(self), metrics.height()
        name, tint = self._look.icon
        ratio = painter.device().devicePixelRatioF()
        picture = icons.pixmap(name, side, ratio, colour(tint, self.palette()))
        painter.drawPixmap(QPointF(inner.left(), inner.top() + (height - side) / 2), picture)
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setPen(ink)
        painter.setFont(self.font())
        taken = metrics.horizontalAdvance(remark)
        line = QRect(inner.left(), inner.top(), inner.width(), height)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, remark)
        painter.setFont(bold)
        room = line.adjusted(side + step * 2, 0, -taken - step, 0)
        word = QFontMetrics(bold).elidedText(self._look.word, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, word)
        return line.bottom()

    def _draw_legend(self, painter: QPainter, left: int, top: int, width: int, palette: QPalette) -> None:
        small = self._small()
        metrics, step = QFontMetrics(small), unit(self)
        painter.setFont(small)
        dot = max(5, round(metrics.height() * 0.5))
        for line in self._legend_lines(width):
            x = left
            for text, shown in line:
                if shown is not None:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(shown)
                    painter.drawEllipse(QRectF(x, top + (metrics.height() - dot) / 2 + 0.5, dot, dot))
                    x += dot + step
                painter.setPen(blend(palette.text().color(), palette.base().color(), 0.25))
                painter.drawText(QPointF(x, top + metrics.ascent()), text)
                x += metrics.horizontalAdvance(text) + step * 3
            top += metrics.height() + step // 2

    def _legend_lines(self, width: int) -> list[list[tuple[str, QColor | None]]]:
        """Return the counts in words with the colour of their dot, in as many lines as they need in `width`."""
        if self._look.status is None or not any(by_kind(self._look.counts).values()):
            return [[(self._look.said, None)]]
        metrics, step = QFontMetrics(self._small()), unit(self)
        dot = max(5, round(metrics.height() * 0.5))
        lines: list[list[tuple[str, QColor | None]]] = [[]]
        used = 0
        for kind, count in by_kind(self._look.counts).items():
            if not count:
                continue
            text = counted_kind(kind, count)
            needed = dot + step + metrics.horizontalAdvance(text)
            if lines[-1] and used + needed > width:
                lines.append([])
                used = 0
            lines[-1].append((text, kind_colour(kind, self.palette())))
            used += needed + step * 3
        return lines

    def _small(self) -> QFont:
        small = QFont(self.font())
        small.setPointSizeF(small.pointSizeF() * 0.9)
        return small


def _bar_height(widget: QWidget) -> int:
    return max(6, round(unit(widget) * 1.75))
