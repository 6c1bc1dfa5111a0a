"""Draws the cells of the transfers: two lines each, and the progress as a bar with its percents."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from batchdock.window.bar import draw_bar
from batchdock.window.theme import Tint, blend, colour, unit
from batchdock.window.transfers.model import FAILED, PROGRESS, RETRIED, TRANSFER_ROLE
from batchdock.window.transfers.wording import TINTS, share_of
from batchdock.window.two_lines import Index, TwoLineDelegate


class TransferDelegate(TwoLineDelegate):
    """A bar under the percents; cells of one line stand in the middle."""

    margin = 2
    """In line with the headings."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if index.column() != PROGRESS:
            super().paint(painter, option, index)
            return
        drawn = QStyleOptionViewItem(option)
        self.initStyleOption(drawn, index)
        text, drawn.text = drawn.text, ""
        drawn.state &= ~QStyle.StateFlag.State_HasFocus
        drawn.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, drawn, painter, drawn.widget)
        selected = bool(drawn.state & QStyle.StateFlag.State_Selected)
        group = (
            QPalette.ColorGroup.Active if drawn.state & QStyle.StateFlag.State_Active else QPalette.ColorGroup.Inactive
        )
        ink = drawn.palette.color(group, QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        ground = drawn.palette.color(group, QPalette.ColorRole.Highlight if selected else QPalette.ColorRole.Base)
        step, transfer = unit(drawn.widget), index.data(TRANSFER_ROLE)
        rect = drawn.rect.adjusted(step * self.margin, step * 2, -step * self.margin, -step * 2)
        painter.save()
        painter.setPen(ink)
        painter.setFont(drawn.font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)
        painter.restore()
        height = max(4, step + step // 2)
        bar = QRectF(rect.left(), rect.bottom() - height - step / 2, rect.width(), height)
        fill = ink if selected else colour(TINTS[transfer.state], drawn.palette)
        if transfer.state.is_terminal and not selected:
            # What is over speaks more quietly than what moves.
            fill = blend(fill, ground, 0.4)
        draw_bar(painter, bar, share_of(transfer), fill, blend(ink, ground, 0.82))

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.column() == FAILED and option.text:
            option.palette.setColor(QPalette.ColorRole.Text, colour(Tint.BAD, option.palette))
        if index.column() in (RETRIED, FAILED):
            option.displayAlignment = Qt.AlignmentFlag.AlignRight
