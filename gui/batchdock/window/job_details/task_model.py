"""The task table's model: an adapter over a `TaskSheet`."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from batchdock.core.batch import Progress
from batchdock.core.job import Task
from batchdock.window.job_details.task_sheet import Arrangement, TaskColumn, TaskSheet
from batchdock.window.job_details.words import kind_of, kind_word, moment_tooltip, part_word
from batchdock.window.wording import number_text, percent_text, relative_time

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

COLUMNS = tuple(TaskColumn)
_NUMBERS = (TaskColumn.ITEMS,)
_ALIGN_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ALIGN_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TaskModel(QAbstractTableModel):
    """Rows are replaced as a whole between `order_changes` and `order_changed`; where the order has stayed, only the
    rows on screen are announced."""

    order_changes = Signal()
    order_changed = Signal()
    sort_asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sheet = TaskSheet(Arrangement())
        self.wanted = Arrangement()
        """How the next sheet is to be arranged."""
        self.shown_rows = (0, -1)
        """First and last row on screen: changes elsewhere need no announcement."""

    @property
    def sheet(self) -> TaskSheet:
        """What is shown."""
        return self._sheet

    def task_at(self, row: int) -> Task:
        """Return the task of a row."""
        return self._sheet.tasks[row]

    def number_at(self, row: int) -> int:
        """Return what people call the task of a row."""
        return self._sheet.numbers[row]

    def show_sheet(self, sheet: TaskSheet) -> None:
        """Show the tasks of a sheet that was made from the one that is shown."""
        if sheet.changed is None:
            self.order_changes.emit()
            self.beginResetModel()
            self._sheet = sheet
            self.endResetModel()
            self.order_changed.emit()
            return
        self._sheet = sheet
        first, last = self.shown_rows
        seen = [row for row in sheet.changed if first <= row <= last]
        if seen:
            top, bottom = self.createIndex(seen[0], 0), self.createIndex(seen[-1], len(COLUMNS) - 1)
            self.dataChanged.emit(top, bottom)

    # --- Qt's questions

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._sheet.tasks)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles()[COLUMNS[section]]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_NUMBER if COLUMNS[section] in _NUMBERS else _ALIGN_TEXT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # A frame asks a thousand times: the roles that are not answered leave first.
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), COLUMNS[index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_NUMBER if COLUMNS[index.column()] in _NUMBERS else _ALIGN_TEXT
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(self._sheet.tasks[index.row()], COLUMNS[index.column()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(index.row(), COLUMNS[index.column()])
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        wanted = Arrangement(self.wanted.kind, COLUMNS[column], order == Qt.SortOrder.DescendingOrder)
        if wanted != self.wanted:
            self.wanted = wanted
            self.sort_asked.emit()

    def text(self, row: int, column: TaskColumn) -> str:
        """Return what a cell says."""
        task = self._sheet.tasks[row]
        if column is TaskColumn.PART:
            return part_word(self._sheet.numbers[row])
        if column is TaskColumn.STATE:
            return kind_word(kind_of(task))
        if column is TaskColumn.PROGRESS:
            share = share_of(task)
            return "" if share is None else percent_text(share)
        if column is TaskColumn.ITEMS:
            return self._items(task)
        if column is TaskColumn.TIME:
            return "" if task.at is None else relative_time(task.at)
        return task.message.replace("\n", " ")

    # --- inside

    def _titles(self) -> dict[TaskColumn, str]:
        return {
            TaskColumn.PART: self.tr("Part"),
            TaskColumn.STATE: self.tr("State"),
            TaskColumn.PROGRESS: self.tr("Progress"),
            TaskColumn.ITEMS: self.tr("Items"),
            TaskColumn.TIME: self.tr("Last news"),
            TaskColumn.MESSAGE: self.tr("Message"),
        }

    def _items(self, task: Task) -> str:
        if task.total is None:
            return "" if task.done is None else number_text(task.done)
        if task.done is None or task.done == task.total:
            return number_text(task.total)
        text = self.tr("%1 of %2").replace("%1", number_text(task.done))
        return text.replace("%2", number_text(task.total))

    def _tooltip(self, task: Task, column: TaskColumn) -> str:
        if column is TaskColumn.PART:
            return task.task_id
        if column is TaskColumn.TIME and task.at is not None:
            return moment_tooltip(task.at)
        return task.message

    def _spoken(self, row: int, column: TaskColumn) -> str:
        if column is TaskColumn.PART:
            spoken = (TaskColumn.PART, TaskColumn.STATE, TaskColumn.PROGRESS, TaskColumn.MESSAGE)
            return ", ".join(text for text in (self.text(row, each) for each in spoken) if text)
        return f"{self._titles()[column]}: {self.text(row, column) or self.tr('not known')}"


def share_of(task: Task) -> float | None:
    """Return how far a task is, 0–1; None before it starts."""
    return 1.0 if task.status is Progress.SUCCESS else task.progress
