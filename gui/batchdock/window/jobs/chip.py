"""A chip: a filter that is set, and the way to be rid of it."""

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from batchdock.window import icons
from batchdock.window.theme import Tint, blend, colour, unit


class Chip(QAbstractButton):
    """Pressed, it opens its choices (`clicked`); its cross, Delete and Backspace ask to remove it."""

    remove_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = self.values = self.looking = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setMouseTracking(True)

    def say(self, title: str, values: str) -> None:
        """Write what is filtered by, and what is let through."""
        self._title, self.values = title, values
        self._write()

    def say_looking(self, looking: str) -> None:
        """Say that it is still being looked for, and how far that is; an empty text says that it is not."""
        if looking != self.looking:
            self.looking = looking
            self._write()

    def _write(self) -> None:
        self.setText(f"{self._title}: {self.values}" + (f" · {self.looking}" if self.looking else ""))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(self.tr("Delete removes this filter"))
        self.setToolTip(self.text())
        self.updateGeometry()
        self.update()

    def cross(self) -> QRect:
        """Return where the cross is."""
        step = unit(self)
        return QRect(self.width() - step * 7, 0, step * 7, self.height())

    def sizeHint(self) -> QSize:
        step, metrics = unit(self), self.fontMetrics()
        width = metrics.horizontalAdvance(self.text()) + step * 11
        return QSize(min(width, step * 75), metrics.height() + step * 3)

    def minimumSizeHint(self) -> QSize:
        return QSize(unit(self) * 20, self.sizeHint().height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.cross().contains(event.position().toPoint()):
            self.setDown(False)
            self.remove_asked.emit()
            return
        super().mouseReleaseEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        step, palette = unit(self), self.palette()
        ground, ink, accent = palette.base().color(), palette.text().color(), palette.highlight().color()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pill = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(accent if self.hasFocus() else blend(accent, ground, 0.6))
        painter.setBrush(blend(ground, accent, 0.2 if self.underMouse() or self.isDown() else 0.12))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        text = self.rect().adjusted(step * 3, 0, 0, 0)
        text.setRight(self.cross().left())
        metrics = self.fontMetrics()
        title = f"{self._title} "
        if metrics.horizontalAdvance(title + self.values[:8]) > text.width():
            title = ""  # What is let through says more than what it is called.
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(blend(ink, ground, 0.32))
        painter.drawText(text, left, title)
        text.setLeft(text.left() + metrics.horizontalAdvance(title))
        painter.setPen(ink)
        looking = f" · {self.looking}" if self.looking else ""
        room = text.width() - metrics.horizontalAdvance(looking)
        shown = metrics.elidedText(self.values, Qt.TextElideMode.ElideRight, room)
        painter.drawText(text, left, shown)
        text.setLeft(text.left() + metrics.horizontalAdvance(shown))
        painter.setPen(blend(ink, ground, 0.32))
        painter.drawText(text, left, looking)
        self._draw_cross(painter, step)
        painter.end()

    def _draw_cross(self, painter: QPainter, step: int) -> None:
        side, at = step * 3, self.cross().center()
        over = self.underMouse() and self.cross().contains(self.mapFromGlobal(self.cursor().pos()))
        tint = self.palette().text().color() if over else colour(Tint.MUTED, self.palette())
        picture = icons.pixmap("x", side, self.devicePixelRatioF(), tint)
        painter.drawPixmap(at - QPoint(side // 2, side // 2), picture)
