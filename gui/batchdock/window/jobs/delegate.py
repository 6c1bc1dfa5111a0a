"""Draws the cells that are more than text: the state with its icon, and the progress bar. No widget per row."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window import icons
from batchdock.window.bar import draw_bar
from batchdock.window.jobs.columns import COLUMNS
from batchdock.window.jobs.model import JobModel
from batchdock.window.theme import Tint, blend, colour, icon_size, unit
from batchdock.window.wording import content_icon, percent_text, state_icon

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
_TEXT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
_NUMBER = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)

_GROUNDED = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver


class JobDelegate(QStyledItemDelegate):
    """Generous padding everywhere; an icon in the state column, a bar in the progress column."""

    def __init__(self, model: JobModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._jobs = model
        self._look = model.look

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # Asking the model role by role costs more than the drawing: the row's job has all there is to know.
        table = option.widget
        if option.state & _GROUNDED:
            table.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, table)
        job = self._jobs.job_at(index.row())
        selected = _selected(option)
        column = COLUMNS[index.column()]
        step = unit(table)
        rect = option.rect.adjusted(step * 2, 0, -step * 2, 0)
        ink = _ink(option, selected)
        if column.key == "state":
            rect = self._draw_icon(painter, option, rect, job, ink)
        elif column.key == "type":
            rect = self._draw_type(painter, option, rect, job, ink)
        elif column.key == "progress":
            rect = self._draw_bar(painter, option, rect, job, ink)
        text = column.text(job, self._look)
        if text:
            if column.key == "problems" and job.problems and not selected:
                ink = colour(Tint.WARNING, option.palette)
            painter.setPen(ink)
            shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect, _NUMBER if column.number else _TEXT, shown)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + unit(option.widget) * 4, row_height(option.widget))

    @staticmethod
    def _draw_icon(painter: QPainter, option: QStyleOptionViewItem, rect: QRect, job: Job, ink: QColor) -> QRect:
        """Draw the icon of the state and return what is left of `rect` for the word."""
        return _draw_before(painter, option, rect, *state_icon(job.state), ink)

    @staticmethod
    def _draw_type(painter: QPainter, option: QStyleOptionViewItem, rect: QRect, job: Job, ink: QColor) -> QRect:
        """Draw the icon of what the job is over, quietly, and return what is left of `rect` for the word."""
        name = content_icon(job.content)
        return _draw_before(painter, option, rect, name, Tint.MUTED, ink) if name else rect

    @staticmethod
    def _draw_bar(painter: QPainter, option: QStyleOptionViewItem, rect: QRect, job: Job, ink: QColor) -> QRect:
        """Draw the bar and return what is left of `rect` for the number."""
        if job.progress is None:
            return rect
        metrics = option.fontMetrics
        number = metrics.horizontalAdvance(percent_text(1.0))
        height = max(4, round(metrics.height() * 0.4))
        width = rect.width() - number - unit(option.widget) * 2
        bar = QRectF(rect.left(), rect.center().y() - height / 2 + 0.5, width, height)
        if bar.width() > height * 2:
            ground = _ground(option)
            fill = ink
            if not _selected(option):
                fill = colour(_BAR_TINTS.get(job.state, Tint.ACCENT), option.palette)
                if job.state.is_terminal:
                    # What is over speaks more quietly than what moves.
                    fill = blend(fill, ground, 0.4)
            draw_bar(painter, bar, job.progress, fill, blend(ink, ground, 0.82))
        return QRect(rect.right() - number, rect.top(), number + 1, rect.height())


def _draw_before(
    painter: QPainter, option: QStyleOptionViewItem, rect: QRect, name: str, tint: Tint, ink: QColor
) -> QRect:
    side = icon_size(option.widget)
    tinted = ink if _selected(option) else colour(tint, option.palette)
    picture = icons.pixmap(name, side, painter.device().devicePixelRatioF(), tinted)
    painter.drawPixmap(rect.left(), rect.center().y() - side // 2 + 1, picture)
    return rect.adjusted(side + unit(option.widget) * 2, 0, 0, 0)


def row_height(widget: QWidget | None) -> int:
    """Return the height of a row: a line of text with room above and below."""
    font = widget.font() if widget is not None else QApplication.font()
    return QFontMetrics(font).height() + unit(widget) * 4


def _selected(option: QStyleOptionViewItem) -> bool:
    return bool(option.state & QStyle.StateFlag.State_Selected)


def _group(option: QStyleOptionViewItem) -> QPalette.ColorGroup:
    active = bool(option.state & QStyle.StateFlag.State_Active)
    return QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive


def _ink(option: QStyleOptionViewItem, selected: bool) -> QColor:
    role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
    return option.palette.color(_group(option), role)


def _ground(option: QStyleOptionViewItem) -> QColor:
    role = QPalette.ColorRole.Highlight if _selected(option) else QPalette.ColorRole.Base
    return option.palette.color(_group(option), role)
