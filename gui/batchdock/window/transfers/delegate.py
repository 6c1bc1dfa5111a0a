"""Draws the progress of a transfer."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from batchdock.window.bar import draw_bar
from batchdock.window.quiet_table import Index, RowDelegate
from batchdock.window.theme import blend, colour, unit
from batchdock.window.transfers.model import PROGRESS, TRANSFER_ROLE
from batchdock.window.transfers.wording import TINTS, share_of


class TransferDelegate(RowDelegate):
    """A bar in the progress column, everything else as in every table."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if index.column() != PROGRESS:
            return
        transfer = index.data(TRANSFER_ROLE)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        active = bool(option.state & QStyle.StateFlag.State_Active)
        group = QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive
        ink, ground = (
            option.palette.color(group, role)
            for role in (
                (QPalette.ColorRole.HighlightedText, QPalette.ColorRole.Highlight)
                if selected
                else (QPalette.ColorRole.Text, QPalette.ColorRole.Base)
            )
        )
        height = max(4, round(option.fontMetrics.height() * 0.4))
        padding = unit(option.widget) * 2
        bar = QRectF(option.rect).adjusted(padding, 0, -padding, 0)
        bar = QRectF(bar.left(), bar.center().y() - height / 2, bar.width(), height)
        fill = ink if selected else colour(TINTS[transfer.state], option.palette)
        if transfer.state.is_terminal and not selected:
            # What is over speaks more quietly than what moves.
            fill = blend(fill, ground, 0.4)
        draw_bar(painter, bar, share_of(transfer), fill, blend(ink, ground, 0.82))
