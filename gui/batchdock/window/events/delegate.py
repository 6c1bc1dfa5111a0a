"""How a row of the list of events looks: a picture, what it is, when it was, and the first things it told."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from batchdock.core.event import Event
from batchdock.window import icons
from batchdock.window.events.model import EventsModel
from batchdock.window.events.shelf import EventShelf
from batchdock.window.events.words import brief, clock_text, kind_text, more_text
from batchdock.window.theme import blend, unit

Index = QModelIndex | QPersistentModelIndex
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def row_height(widget: QWidget) -> int:
    """Return how high a row is: two lines of text, and air."""
    return widget.fontMetrics().height() * 2 + unit(widget) * 7


class EventDelegate(QStyledItemDelegate):
    """Paints what is in hand; the rest stays empty until it comes."""

    def __init__(self, model: EventsModel, shelf: EventShelf) -> None:
        super().__init__(model)
        self._model, self._shelf = model, shelf

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        step, palette = unit(option.widget), option.palette
        number = self._model.number(index.row())
        event = self._shelf.event_of(number)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ground, ink = palette.base().color(), palette.text().color()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = QRectF(option.rect).adjusted(step, 1, -step, -1)
        if selected:
            active = bool(option.state & QStyle.StateFlag.State_Active)
            group = QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive
            ground, ink = (
                palette.color(group, each)
                for each in (QPalette.ColorRole.Highlight, QPalette.ColorRole.HighlightedText)
            )
        elif option.state & QStyle.StateFlag.State_MouseOver:
            ground = blend(ground, ink, 0.06)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(row, step, step)
        inner = option.rect.adjusted(step * 2, step + step // 2, -step * 3, -step - step // 2)
        tile = QRect(inner.left(), inner.top(), inner.height() * 4 // 3, inner.height())
        painter.setBrush(blend(ground, ink, 0.08))
        painter.drawRoundedRect(tile, 3, 3)
        self._paint_picture(painter, tile, number, event, blend(ink, ground, 0.45))
        if event is not None:
            words = inner.adjusted(tile.width() + step * 3, 0, 0, 0)
            painter.setPen(ink)
            muted = blend(ink, ground, 0.3)
            self._paint_words(painter, option, words, event, step)
            painter.setPen(muted)
            half = words.adjusted(0, words.height() // 2, 0, 0)
            told = option.fontMetrics.elidedText(brief(event), Qt.TextElideMode.ElideRight, half.width())
            painter.drawText(half, _LEFT, told)
        painter.restore()

    def _paint_words(
        self, painter: QPainter, option: QStyleOptionViewItem, words: QRect, event: Event, step: int
    ) -> None:
        half = words.adjusted(0, 0, 0, -words.height() // 2)
        when = clock_text(event.at)
        painter.drawText(half, _RIGHT, when)
        half.setRight(half.right() - option.fontMetrics.horizontalAdvance(when) - step * 3)
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        kind = painter.fontMetrics().elidedText(kind_text(event.kind), Qt.TextElideMode.ElideRight, half.width())
        painter.drawText(half, _LEFT, kind)
        painter.setFont(option.font)

    def _paint_picture(self, painter: QPainter, tile: QRect, number: int, event: Event | None, faint: QColor) -> None:
        pixmap = self._shelf.picture_of(number)
        if pixmap is not None:
            size = pixmap.size().scaled(tile.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(tile.topLeft(), size)
            place.moveCenter(tile.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(place, pixmap)
        elif self._shelf.has_no_picture(number):
            side = tile.height() // 2
            name = "image-off" if event is not None and event.pictures else "file-text"
            drawn = icons.pixmap(name, side, painter.device().devicePixelRatioF(), faint)
            painter.drawPixmap(QPointF(tile.center()) - QPointF(side / 2, side / 2), drawn)
        if event is not None and len(event.pictures) > 1:
            text = more_text(len(event.pictures) - 1)
            metrics = painter.fontMetrics()
            room = QSizeF(metrics.horizontalAdvance(text) + metrics.height() / 2, metrics.height())
            badge = QRectF(QPointF(tile.bottomRight()) - QPointF(room.width(), room.height()), room)
            painter.setBrush(Qt.GlobalColor.black)
            painter.setOpacity(0.65)
            painter.drawRoundedRect(badge, 3, 3)
            painter.setOpacity(1.0)
            painter.setPen(Qt.GlobalColor.white)
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
