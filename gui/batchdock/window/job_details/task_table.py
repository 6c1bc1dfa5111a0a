"""The table of tasks: selection and place on screen belong to tasks, not to row numbers."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from batchdock.window import icons
from batchdock.window.bar import draw_bar
from batchdock.window.job_details.task_model import COLUMNS, TaskModel, share_of
from batchdock.window.job_details.task_sheet import TaskColumn
from batchdock.window.job_details.words import KIND_ICONS, kind_of
from batchdock.window.jobs.ordering import ranges
from batchdock.window.quiet_table import QuietTable
from batchdock.window.theme import blend, colour, icon_size, unit
from batchdock.window.wording import percent_text

Index = QModelIndex | QPersistentModelIndex

_WIDTHS = {
    TaskColumn.PART: 10,
    TaskColumn.STATE: 12,
    TaskColumn.PROGRESS: 15,
    TaskColumn.ITEMS: 13,
    TaskColumn.TIME: 12,
    TaskColumn.MESSAGE: 34,
}
"""In letters x; a start, the person drags it."""


class TaskTable(QuietTable):
    """Rows of one line. What is selected can be copied as text."""

    def __init__(self, model: TaskModel, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Parts of this step"))
        self._tasks = model
        self._kept: tuple[list[str], str | None, int | None] = ([], None, None)
        self.setModel(model)
        self.setItemDelegate(_TaskDelegate(model, self))
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        letter = self.fontMetrics().horizontalAdvance("x")
        for place, column in enumerate(COLUMNS):
            self.setColumnWidth(place, _WIDTHS[column] * letter + unit(self) * 4)
        header.setSortIndicator(COLUMNS.index(TaskColumn.STATE), Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        model.order_changes.connect(self._keep)
        model.order_changed.connect(self._restore)
        self.verticalScrollBar().valueChanged.connect(self._tell_shown_rows)

    def copy(self) -> None:
        """Copy the selected rows, one a line."""
        rows = self._selected_rows()
        lines = ["\t".join(self._tasks.text(row, column) for column in COLUMNS) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))

    # --- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_shown_rows()

    # --- inside

    def _selected_rows(self) -> list[int]:
        """Return the selected rows by ranges (`selectedRows` takes seconds on a long list)."""
        ranges = [(each.top(), each.bottom()) for each in self.selectionModel().selection().toList()]
        return sorted({row for top, bottom in ranges for row in range(top, bottom + 1)})

    def _tell_shown_rows(self) -> None:
        last = self.rowAt(self.viewport().height() - 1)
        self._tasks.shown_rows = (max(0, self.rowAt(0)), last if last >= 0 else self._tasks.rowCount() - 1)

    def _keep(self) -> None:
        current = self.currentIndex()
        keys = [self._tasks.task_at(row).task_id for row in self._selected_rows()]
        if not current.isValid():
            self._kept = (keys, None, None)
            return
        top = self.rowViewportPosition(current.row())
        seen = 0 <= top < self.viewport().height()
        self._kept = (keys, self._tasks.task_at(current.row()).task_id, top if seen else None)

    def _restore(self) -> None:
        keys, current, offset = self._kept
        place = self._tasks.sheet.place
        model = self.selectionModel()
        row = place.get(current) if current is not None else None
        if row is not None:
            model.setCurrentIndex(self._tasks.index(row, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        selection = QItemSelection()
        last = len(COLUMNS) - 1
        for first, end in ranges(place[key] for key in keys if key in place):
            selection.select(self._tasks.index(first, 0), self._tasks.index(end, last))
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if row is not None and offset is not None:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.rowViewportPosition(row) - offset)
        self._tell_shown_rows()


class _TaskDelegate(QStyledItemDelegate):
    """An icon in the state column, a bar in the progress column, text elsewhere. No widget per row."""

    def __init__(self, model: TaskModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._tasks = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # Asking the model role by role costs more than the drawing.
        table = option.widget
        table.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, table)
        task = self._tasks.task_at(index.row())
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        active = bool(option.state & QStyle.StateFlag.State_Active)
        group = QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive
        ink = option.palette.color(group, QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        ground = option.palette.color(group, QPalette.ColorRole.Highlight if selected else QPalette.ColorRole.Base)
        step, column = unit(table), COLUMNS[index.column()]
        rect = option.rect.adjusted(step * 2, 0, -step * 2, 0)
        name, tint = KIND_ICONS[kind_of(task)]
        tinted = ink if selected else colour(tint, option.palette)
        if column is TaskColumn.STATE:
            side = icon_size(table)
            picture = icons.pixmap(name, side, painter.device().devicePixelRatioF(), tinted)
            painter.drawPixmap(rect.left(), rect.center().y() - side // 2 + 1, picture)
            rect.setLeft(rect.left() + side + step * 2)
        elif column is TaskColumn.PROGRESS and (share := share_of(task)) is not None:
            number = option.fontMetrics.horizontalAdvance(percent_text(1.0))
            height = max(4, round(option.fontMetrics.height() * 0.4))
            bar = QRectF(rect.left(), rect.center().y() - height / 2 + 0.5, rect.width() - number - step * 2, height)
            if bar.width() > height * 2:
                draw_bar(painter, bar, share, tinted, blend(ink, ground, 0.82))
            rect = QRect(rect.right() - number, rect.top(), number + 1, rect.height())
        right = column in (TaskColumn.ITEMS, TaskColumn.PROGRESS)
        align = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        flags = int(align | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
        quiet = column in (TaskColumn.TIME, TaskColumn.MESSAGE) and not selected
        painter.setPen(blend(ink, ground, 0.25) if quiet else ink)
        text = self._tasks.text(index.row(), column)
        if not text:
            return
        painter.drawText(rect, flags, option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width()))
