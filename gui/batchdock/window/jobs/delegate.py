"""Draws the cells that are more than text: the state with its icon, and the progress bar. No widget per row."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window import icons
from batchdock.window.bar import draw_bar
from batchdock.window.jobs.columns import PLACE
from batchdock.window.jobs.model import JOB_ROLE
from batchdock.window.theme import Tint, blend, colour, unit
from batchdock.window.wording import percent_text, state_icon

Index = QModelIndex | QPersistentModelIndex

_BAR_TINTS = {
    JobState.DONE: Tint.GOOD,
    JobState.DONE_WITH_PROBLEMS: Tint.WARNING,
    JobState.FAILED: Tint.BAD,
    JobState.STOPPED: Tint.MUTED,
    JobState.PAUSED: Tint.MUTED,
    JobState.ON_HOLD: Tint.MUTED,
    JobState.UNKNOWN: Tint.MUTED,
}


class JobDelegate(QStyledItemDelegate):
    """Generous padding everywhere; an icon in the state column, a bar in the progress column."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        drawn = QStyleOptionViewItem(option)
        self.initStyleOption(drawn, index)
        # The row is the unit: no dotted frame around the one cell that is current.
        drawn.state &= ~QStyle.StateFlag.State_HasFocus
        text, drawn.text = drawn.text, ""
        drawn.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, drawn, painter, drawn.widget)
        padding = unit(drawn.widget) * 2
        rect = drawn.rect.adjusted(padding, 0, -padding, 0)
        job: Job = index.data(JOB_ROLE)
        column = index.column()
        if column == PLACE["state"]:
            name, tint = state_icon(job.state)
            side = unit(drawn.widget) * 4
            ink = _ink(drawn) if _selected(drawn) else colour(tint, drawn.palette)
            picture = icons.pixmap(name, side, painter.device().devicePixelRatioF(), ink)
            painter.drawPixmap(rect.left(), rect.center().y() - side // 2 + 1, picture)
            rect.setLeft(rect.left() + side + padding)
        elif column == PLACE["progress"]:
            rect = self._draw_bar(painter, drawn, rect, job)
        _write(painter, drawn, rect, text)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + unit(option.widget) * 4, row_height(option.widget))

    def _draw_bar(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, job: Job) -> QRect:
        """Draw the bar and return what is left of `rect` for the number."""
        if job.progress is None:
            return rect
        metrics = option.fontMetrics
        number = metrics.horizontalAdvance(percent_text(1.0))
        height = max(4, round(metrics.height() * 0.4))
        width = rect.width() - number - unit(option.widget) * 2
        bar = QRectF(rect.left(), rect.center().y() - height / 2 + 0.5, width, height)
        if bar.width() > height * 2:
            ink = _ink(option)
            tint = _BAR_TINTS.get(job.state, Tint.ACCENT)
            fill = ink if _selected(option) else colour(tint, option.palette)
            if job.state.is_terminal and not _selected(option):
                # What is over speaks more quietly than what moves.
                fill = blend(fill, _ground(option), 0.4)
            groove = blend(ink, _ground(option), 0.82)
            draw_bar(painter, bar, job.progress, fill, groove)
        return QRect(rect.right() - number, rect.top(), number + 1, rect.height())


def row_height(widget: QWidget | None) -> int:
    """Return the height of a row: a line of text with room above and below."""
    font = widget.font() if widget is not None else QApplication.font()
    return QFontMetrics(font).height() + unit(widget) * 4


def _selected(option: QStyleOptionViewItem) -> bool:
    return bool(option.state & QStyle.StateFlag.State_Selected)


def _group(option: QStyleOptionViewItem) -> QPalette.ColorGroup:
    active = bool(option.state & QStyle.StateFlag.State_Active)
    return QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive


def _ink(option: QStyleOptionViewItem) -> QColor:
    role = QPalette.ColorRole.HighlightedText if _selected(option) else QPalette.ColorRole.Text
    return option.palette.color(_group(option), role)


def _ground(option: QStyleOptionViewItem) -> QColor:
    role = QPalette.ColorRole.Highlight if _selected(option) else QPalette.ColorRole.Base
    return option.palette.color(_group(option), role)


def _write(painter: QPainter, option: QStyleOptionViewItem, rect: QRect, text: str) -> None:
    if not text:
        return
    painter.save()
    painter.setFont(option.font)
    painter.setPen(_ink(option))
    elided = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(option.displayAlignment) | int(Qt.TextFlag.TextSingleLine), elided)
    painter.restore()
