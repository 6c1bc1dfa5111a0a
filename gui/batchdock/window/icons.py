"""Icons: Lucide's drawings, tinted with the palette at the moment they are painted."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from batchdock.core.resources import resource
from batchdock.window.theme import Tint, colour


def icon(name: str, tint: Tint = Tint.TEXT) -> QIcon:
    """Return the icon `resources/icons/<name>.svg`. It follows the palette and the screen's pixel ratio by itself."""
    return QIcon(_TintedEngine(name, tint))


def pixmap(name: str, side: int, ratio: float, tint: QColor) -> QPixmap:
    """Return the icon drawn in one colour, `side` device-independent pixels wide."""
    return _drawn(name, tint.rgba(), round(side * ratio), ratio)


_copies: list[QIconEngine] = []
"""Copies that Qt has asked for, which happens seldom. PySide hands them over and deletes them all the same as soon as
Python forgets them; Qt would paint with what is gone, and crash."""


class _TintedEngine(QIconEngine):
    def __init__(self, name: str, tint: Tint) -> None:
        super().__init__()
        self._name = name
        self._tint = tint
        _drawing(name)  # a name that does not exist is noticed here, not in a paint event

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        drawn = pixmap(self._name, side, painter.device().devicePixelRatioF(), self._colour(mode))
        corner = rect.center() - QPoint((side - 1) // 2, (side - 1) // 2)
        painter.drawPixmap(corner, drawn)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        square = pixmap(self._name, min(size.width(), size.height()), scale, self._colour(mode))
        if size.width() == size.height():
            return square
        whole = QPixmap(size * scale)
        whole.setDevicePixelRatio(scale)
        whole.fill(Qt.GlobalColor.transparent)
        painter = QPainter(whole)
        painter.drawPixmap(QPointF((size.width() - square.width() / scale) / 2, 0), square)
        painter.end()
        return whole

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def clone(self) -> QIconEngine:
        copied = _TintedEngine(self._name, self._tint)
        _copies.append(copied)
        return copied

    def _colour(self, mode: QIcon.Mode) -> QColor:
        palette = QGuiApplication.palette()
        if mode is QIcon.Mode.Disabled:
            return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        if mode is QIcon.Mode.Selected:
            return palette.highlightedText().color()
        return colour(self._tint, palette)


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _drawn(name: str, rgba: int, pixels: int, ratio: float) -> QPixmap:
    tint = QColor.fromRgba(rgba)
    renderer = QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", tint.name()).encode()))
    drawn = QPixmap(max(1, pixels), max(1, pixels))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setOpacity(tint.alphaF())
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn
