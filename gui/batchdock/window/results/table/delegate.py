"""Draws the rows. Asked role by role, a screenful of cells would cost more than a frame has."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from batchdock.window.results.colours import colour_of
from batchdock.window.results.table.model import SheetModel
from batchdock.window.theme import Tint, blend, colour, unit

Index = QModelIndex | QPersistentModelIndex
_FLAGS = int(Qt.TextFlag.TextSingleLine) | int(Qt.AlignmentFlag.AlignVCenter)
_TO_THE_RIGHT = _FLAGS | int(Qt.AlignmentFlag.AlignRight)
_TO_THE_LEFT = _FLAGS | int(Qt.AlignmentFlag.AlignLeft)
_IN_THE_MIDDLE = ("name", "folder", "class")
"""Columns of texts that differ at both ends."""


_MOST_SHORTENED = 20_000


class SheetDelegate(QStyledItemDelegate):
    """Plain text, a class's colour beside its name, and a pale line where a row is still being read."""

    def __init__(self, model: SheetModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._sheet = model
        self._shortened: dict[tuple[str, int, bool], str] = {}
        self._muted = (-1, QColor())
        self._step = unit(parent)

    def measure(self) -> None:
        """Look at the font again: what was worked out for another is forgotten."""
        parent = self.parent()
        self._step = unit(parent if isinstance(parent, QWidget) else None)
        self._shortened.clear()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        palette, state, step = option.palette, option.state, self._step
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            table = option.widget
            table.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, table)
        group = QPalette.ColorGroup.Active if state & QStyle.StateFlag.State_Active else QPalette.ColorGroup.Inactive
        ink = palette.color(group, QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        place = index.column()
        rect = option.rect.adjusted(step * 2, 0, -step * 2, 0)
        row = self._sheet.row(index.row())
        if row is None:
            if place == 0:
                pale = blend(ink, palette.color(group, QPalette.ColorRole.Base), 0.88)
                painter.fillRect(QRectF(rect.left(), rect.center().y() - step / 2, rect.width() * 0.6, step), pale)
            return
        text = row.texts[place]
        if not text:
            return
        column = self._sheet.columns[place]
        if column.number:
            painter.setPen(ink)
            painter.drawText(rect, _TO_THE_RIGHT, text)
            return
        if row.label is not None and column.key == "class":
            side = step * 2.5
            swatch = QRectF(rect.left(), rect.center().y() - side / 2 + 0.5, side, side)
            painter.fillRect(swatch, colour_of(row.label))
            rect.setLeft(rect.left() + round(side) + step * 2)
        quiet = column.key in ("folder", "problem") and not selected
        painter.setPen(self._quiet(palette) if quiet else ink)
        painter.drawText(rect, _TO_THE_LEFT, self._short(option, text, rect.width(), column.key in _IN_THE_MIDDLE))

    def _short(self, option: QStyleOptionViewItem, text: str, width: int, in_the_middle: bool) -> str:
        key = (text, width, in_the_middle)
        short = self._shortened.get(key)
        if short is None:
            if len(self._shortened) >= _MOST_SHORTENED:
                self._shortened.clear()
            mode = Qt.TextElideMode.ElideMiddle if in_the_middle else Qt.TextElideMode.ElideRight
            short = self._shortened[key] = option.fontMetrics.elidedText(text, mode, width)
        return short

    def _quiet(self, palette: QPalette) -> QColor:
        if self._muted[0] != palette.cacheKey():
            self._muted = (palette.cacheKey(), colour(Tint.MUTED, palette))
        return self._muted[1]
