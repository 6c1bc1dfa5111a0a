"""Rows of two lines: what it is, and in smaller, quieter letters what is to be said of it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from batchdock.window.theme import blend, icon_size, unit

Index = QModelIndex | QPersistentModelIndex

SECOND_LINE_ROLE = Qt.ItemDataRole.UserRole + 1


class TwoLineDelegate(QStyledItemDelegate):
    """Draws icon, text and `SECOND_LINE_ROLE`. A row without an icon and second line is a heading.

    A cell of a table that has one line only stands in the middle of its row.
    """

    margin = 3
    """On both sides, in steps of `theme.unit`."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        drawn = QStyleOptionViewItem(option)
        self.initStyleOption(drawn, index)
        first, picture = drawn.text, QIcon(drawn.icon)
        second = str(index.data(SECOND_LINE_ROLE) or "")
        drawn.text, drawn.icon = "", QIcon()
        drawn.features &= ~QStyleOptionViewItem.ViewItemFeature.HasDecoration
        drawn.state &= ~QStyle.StateFlag.State_HasFocus
        style = drawn.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, drawn, painter, drawn.widget)
        selected = bool(drawn.state & QStyle.StateFlag.State_Selected)
        group = (
            QPalette.ColorGroup.Active if drawn.state & QStyle.StateFlag.State_Active else QPalette.ColorGroup.Inactive
        )
        ink = drawn.palette.color(group, QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        ground = drawn.palette.color(group, QPalette.ColorRole.Highlight if selected else QPalette.ColorRole.Base)
        step = unit(drawn.widget)
        rect = drawn.rect.adjusted(step * self.margin, step * 2, -step * self.margin, -step * 2)
        painter.save()
        if not picture.isNull():
            side = icon_size(drawn.widget)
            mode = QIcon.Mode.Selected if selected else QIcon.Mode.Normal
            above = step // 2 if second else (rect.height() - side) // 2
            picture.paint(
                painter, QRect(rect.left(), rect.top() + above, side, side), Qt.AlignmentFlag.AlignCenter, mode
            )
            rect.setLeft(rect.left() + side + step * 2)
        painter.setPen(ink)
        painter.setFont(drawn.font)
        metrics = QFontMetrics(drawn.font)
        across = drawn.displayAlignment & Qt.AlignmentFlag.AlignHorizontal_Mask or Qt.AlignmentFlag.AlignLeft
        flags = across | (Qt.AlignmentFlag.AlignTop if second else Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(rect, flags, metrics.elidedText(first, Qt.TextElideMode.ElideRight, rect.width()))
        if second:
            small = _small(drawn.font)
            painter.setFont(small)
            painter.setPen(blend(ink, ground, 0.3))
            below = rect.adjusted(0, metrics.height() + step // 2, 0, 0)
            said = QFontMetrics(small).elidedText(second, Qt.TextElideMode.ElideRight, below.width())
            painter.drawText(below, flags, said)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        step = unit(option.widget)
        height = QFontMetrics(option.font).height() + step * 4
        if index.data(SECOND_LINE_ROLE):
            height += QFontMetrics(_small(option.font)).height() + step // 2
        # As wide as the view makes it: what is longer ends in dots.
        return QSize(step * 20, height)


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.9)
    return small
