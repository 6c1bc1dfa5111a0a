"""How one cell of the grid looks."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from batchdock.window import icons
from batchdock.window.results.grid.lattice import Lattice
from batchdock.window.results.grid.thumbnails import Thumbnail
from batchdock.window.results.grid.words import name_of
from batchdock.window.results.viewing import Viewing
from batchdock.window.theme import Tint, blend, colour, unit
from batchdock.window.wording import number_text

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_BELOW = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
_REMARK_LINES = 3
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class CellPainter:
    """Paints with the palette of its view. Between `begun` and its end, `paint` takes one cell after the other."""

    def __init__(self, view: QWidget, state: Viewing) -> None:
        self._view, self._state = view, state

    @contextmanager
    def begun(self, viewport: QWidget, exposed: QRect, lattice: Lattice) -> Iterator["CellPainter"]:
        """Paint on `viewport`, whose rectangle `exposed` is wiped first."""
        palette = self._view.palette()
        self._ground, self._ink = palette.base().color(), palette.text().color()
        self._accent = palette.highlight().color()
        if not self._view.hasFocus():
            self._accent = blend(self._accent, self._ground, 0.4)
        self._tile_colour = blend(self._ground, self._ink, 0.06)
        self._muted = colour(Tint.MUTED, palette)
        self._warning = colour(Tint.WARNING, palette)
        self._lattice, self._step = lattice, unit(self._view)
        self._ratio = viewport.devicePixelRatioF()
        self._metrics = self._view.fontMetrics()
        self._painter = QPainter(viewport)
        self._painter.fillRect(exposed, self._ground)
        try:
            yield self
        finally:
            self._painter.end()

    def paint(self, cell: QRect, thumbnail: Thumbnail | None, *, is_current: bool) -> None:
        """Paint one cell; None stands for a picture of which nothing is known yet."""
        tile = QRect(cell.left(), cell.top(), cell.width(), self._lattice.tile)
        painter = self._painter
        if is_current:
            self._mark(cell)
        painter.fillRect(tile, self._tile_colour)
        if thumbnail is None:
            return
        if thumbnail.pixmap is not None:
            self._picture(tile, thumbnail)
        elif thumbnail.seen.picture.problem or thumbnail.is_whole:
            self._sign(tile, self._state.sign(thumbnail.seen), self._state.remark(thumbnail.seen))
        self._words(cell, tile, thumbnail, is_current)

    def _mark(self, cell: QRect) -> None:
        painter, around = self._painter, self._step
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._accent, 2))
        painter.setBrush(blend(self._ground, self._accent, 0.18))
        mark = QRectF(cell).adjusted(-around, -around, around, around * 0.5)
        painter.drawRoundedRect(mark, around, around)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _picture(self, tile: QRect, thumbnail: Thumbnail) -> None:
        pixmap = thumbnail.pixmap
        assert pixmap is not None
        size = pixmap.deviceIndependentSize()
        # One made for another size of cells is shown until the right one comes.
        shrink = min(1.0, tile.width() / size.width(), tile.height() / size.height())
        corner = QPoint(
            tile.left() + round((tile.width() - size.width() * shrink) / 2),
            tile.top() + round((tile.height() - size.height() * shrink) / 2),
        )
        if shrink == 1.0:
            self._painter.drawPixmap(corner, pixmap)
        else:
            self._painter.drawPixmap(QRect(corner, (size * shrink).toSize()), pixmap)

    def _sign(self, tile: QRect, icon_name: str, remark: str) -> None:
        side = min(self._step * 8, tile.height() // 2)
        tint = self._warning if icon_name == "triangle-alert" else self._muted
        drawn = icons.pixmap(icon_name, side, self._ratio, tint)
        line = self._metrics.height()
        lines = min(_REMARK_LINES, (tile.height() - side - self._step * 3) // line) if remark else 0
        top = tile.center().y() - (side + max(0, lines) * line) // 2
        self._painter.drawPixmap(QPoint(tile.center().x() - side // 2, top), drawn)
        if lines > 0:
            room = QRect(tile.left() + self._step, top + side + self._step, tile.width() - 2 * self._step, lines * line)
            self._painter.setPen(self._muted)
            self._painter.drawText(room, _BELOW, remark)

    def _words(self, cell: QRect, tile: QRect, thumbnail: Thumbnail, is_current: bool) -> None:
        painter, metrics, step = self._painter, self._metrics, self._step
        line = QRect(cell.left() + 2, tile.bottom() + 1, cell.width() - 4, self._lattice.words)
        count = len(thumbnail.seen.findings)
        if count:
            text = number_text(count)
            painter.setPen(self._ink)
            painter.drawText(line, _RIGHT, text)
            line.setRight(line.right() - metrics.horizontalAdvance(text) - step * 2)
        painter.setPen(self._ink if is_current else self._muted)
        # A name may hold a line break; there is one line here.
        name = " ".join(name_of(thumbnail.seen).split("\n"))
        painter.drawText(line, _LEFT, metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, line.width()))
