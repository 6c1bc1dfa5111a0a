"""Draws the cells of a collection that are more than text: a state with its icon, and words as chips."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from batchdock.core.inventory import CellKind
from batchdock.window import icons
from batchdock.window.inventory.cells import state_of
from batchdock.window.inventory.model import InventoryModel
from batchdock.window.quiet_table import RowDelegate
from batchdock.window.theme import blend, colour, icon_size, unit
from batchdock.window.wording import state_icon

Index = QModelIndex | QPersistentModelIndex
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
_MIDDLE = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextSingleLine)
_MOST_CHIPS = 20


class InventoryDelegate(RowDelegate):
    """Everything else is a row of a quiet table."""

    def __init__(self, model: InventoryModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        kind = self._model.columns[index.column()].kind
        if kind not in (CellKind.STATE, CellKind.WORDS):
            super().paint(painter, option, index)
            return
        table = option.widget
        table.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, table)
        value = self._model.cell(index)
        step = unit(table)
        rect = option.rect.adjusted(step * 2, 0, -step * 2, 0)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ink = _colour(option, QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if kind is CellKind.WORDS and isinstance(value, tuple):
            ground = _colour(option, QPalette.ColorRole.Highlight if selected else QPalette.ColorRole.Base)
            _draw_chips(painter, option, rect, [str(each) for each in value[:_MOST_CHIPS]], ink, ground)
        elif text := str(index.data() or ""):
            if kind is CellKind.STATE:
                rect = _draw_icon(painter, option, rect, str(value), None if not selected else ink)
            painter.setPen(ink)
            shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect, _LEFT, shown)
        painter.restore()


def _draw_icon(painter: QPainter, option: QStyleOptionViewItem, rect: QRect, word: str, ink: QColor | None) -> QRect:
    """Draw the icon of a state and return what is left of `rect` for the word."""
    name, tint = state_icon(state_of(word))
    side = icon_size(option.widget)
    tinted = ink if ink is not None else colour(tint, option.palette)
    picture = icons.pixmap(name, side, painter.device().devicePixelRatioF(), tinted)
    painter.drawPixmap(rect.left(), rect.center().y() - side // 2 + 1, picture)
    return rect.adjusted(side + unit(option.widget) * 2, 0, 0, 0)


def _draw_chips(
    painter: QPainter, option: QStyleOptionViewItem, rect: QRect, words: list[str], ink: QColor, ground: QColor
) -> None:
    """Draw words beside each other, and how many more there are where the room ends."""
    step, metrics = unit(option.widget), option.fontMetrics
    height = metrics.height() + step // 2
    left, right = rect.left(), rect.right()
    for place, word in enumerate(words):
        more = f"+{len(words) - place - 1}" if place < len(words) - 1 else ""
        room = right - left - (metrics.horizontalAdvance(more) + step * 2 if more else 0)
        text = metrics.elidedText(word.replace("\n", " "), Qt.TextElideMode.ElideRight, room - step * 3)
        width = metrics.horizontalAdvance(text) + step * 3
        if room < step * 8 or (place and text != word):
            painter.setPen(blend(ink, ground, 0.38))
            painter.drawText(QRect(left, rect.top(), right - left, rect.height()), _LEFT, f"+{len(words) - place}")
            return
        pill = QRectF(left + 0.5, rect.center().y() - height / 2 + 0.5, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(blend(ground, ink, 0.1))
        painter.drawRoundedRect(pill, step * 1.5, step * 1.5)
        painter.setPen(ink)
        painter.drawText(pill, _MIDDLE, text)
        left += width + step


def _colour(option: QStyleOptionViewItem, role: QPalette.ColorRole) -> QColor:
    active = bool(option.state & QStyle.StateFlag.State_Active)
    return option.palette.color(QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive, role)
