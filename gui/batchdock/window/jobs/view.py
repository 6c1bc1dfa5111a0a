"""The job table."""

from collections.abc import Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from batchdock.core.job import Job
from batchdock.window.jobs.columns import PLACE
from batchdock.window.jobs.delegate import JobDelegate, row_height
from batchdock.window.jobs.header import JobHeader
from batchdock.window.jobs.look import Look
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.ordering import ranges
from batchdock.window.jobs.roster import Key, Row


class JobTable(QTableView):
    """Rows as units; selection, current row and place on screen belong to jobs, not to row numbers."""

    selection_changed = Signal()
    shown_changed = Signal()
    opened = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, model: JobModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = model
        self._kept: list[Row] = []
        self._kept_all = False
        self._current: Row | None = None
        self._anchor: tuple[Row, int] | None = None
        self._restoring = False
        self.setModel(model)
        self.setItemDelegate(JobDelegate(model, self))
        self.setAccessibleName(self.tr("Jobs"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.menu_asked)
        self.header = JobHeader(self)
        self._set_up_headers()
        self.setSortingEnabled(True)
        model.order_changes.connect(self._keep)
        model.order_changed.connect(self._restore)
        model.rows_change.connect(self._drop_anchor)
        model.rows_changed.connect(self._return_to_anchor)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._tell_shown_rows)
        self.verticalScrollBar().valueChanged.connect(self._tell_shown_rows)
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    @property
    def look(self) -> Look:
        """What the cells are written with."""
        return self._jobs.look

    # --- selection by key

    def selected_jobs(self) -> tuple[Job, ...]:
        """Return the selected jobs from top to bottom."""
        return tuple(row.job for row in self._selected_rows())

    def selected_count(self) -> int:
        """Return how many jobs are selected at most, without reading them."""
        return sum(each.height() for each in self.selectionModel().selection().toList())

    def current_job(self) -> Job | None:
        """Return the job with the keyboard's attention."""
        index = self.currentIndex()
        return self._jobs.job_at(index.row()) if index.isValid() else None

    def leading_job(self) -> Job | None:
        """Return the current job if it is selected, else the topmost that is."""
        index = self.currentIndex()
        if index.isValid() and self.selectionModel().isSelected(index):
            return self._jobs.job_at(index.row())
        tops = [each.top() for each in self.selectionModel().selection().toList()]
        return self._jobs.job_at(min(tops)) if tops else None

    def select(self, keys: Iterable[Key]) -> None:
        """Select exactly these jobs, as far as they are on screen."""
        rows = (row for row in map(self._jobs.row_of, keys) if row is not None)
        self._select_rows(ranges(rows))

    def go_to(self, key: Key) -> bool:
        """Select one job and bring it into view. Return False when it is not on screen."""
        row = self._jobs.row_of(key)
        if row is None:
            return False
        self.setCurrentIndex(self._jobs.index(row, PLACE["name"]))
        self.scrollTo(self.currentIndex())
        return True

    def edit_name(self) -> None:
        """Let the person rename the current job in its row."""
        if (job := self.current_job()) is not None and (row := self._jobs.row_of(job.key)) is not None:
            self.edit(self._jobs.index(row, PLACE["name"]))

    def column_actions(self, parent: QWidget) -> list[QAction]:
        """Return a tick for each column, and a way back."""
        return self.header.column_actions(parent)

    # --- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.state() != self.State.EditingState:
            self.opened.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_shown_rows()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._restoring:
            self.selection_changed.emit()

    # --- inside

    def _set_up_headers(self) -> None:
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(row_height(self))
        self.setHorizontalHeader(self.header)
        self.header.setMinimumHeight(row_height(self))
        self.header.reset_columns()

    def _tell_shown_rows(self) -> None:
        height = self.viewport().height()
        first = max(0, self.rowAt(0))
        last = self.rowAt(height - 1)
        self._jobs.set_shown_rows(first, last if last >= 0 else self._jobs.rowCount() - 1)
        self.shown_changed.emit()

    def _selected_rows(self) -> list[Row]:
        """Return the selected rows from top to bottom, by ranges (`selectedRows` takes seconds on a long list)."""
        selected: list[Row] = []
        seen = -1
        for top, bottom in sorted((each.top(), each.bottom()) for each in self.selectionModel().selection().toList()):
            selected += self._jobs.rows_at(max(top, seen + 1), bottom)
            seen = max(seen, bottom)
        return selected

    def _all_selected(self) -> bool:
        """Tell whether everything is selected, in one piece."""
        pieces = [(each.top(), each.bottom()) for each in self.selectionModel().selection().toList()]
        return bool(self._jobs.rowCount()) and pieces == [(0, self._jobs.rowCount() - 1)]

    def _keep(self, same: bool) -> None:
        """Remember what is selected, and where the current row is on screen."""
        self._restoring = True
        self._kept_all = same and self._all_selected()
        self._kept = [] if self._kept_all else self._selected_rows()
        index = self.currentIndex()
        self._current = self._jobs.rows_at(index.row(), index.row())[0] if index.isValid() else None
        self._anchor = self._in_sight(self._current)

    def _restore(self) -> None:
        kept, current = self._kept, self._current
        self._kept, self._current = [], None
        lost = False
        if current is not None and current.place >= 0:
            self.selectionModel().setCurrentIndex(
                self._jobs.index(current.place, PLACE["name"]), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        if kept or self._kept_all:
            # Everything is painted anew after a reset: the view need not learn of each piece of the selection.
            self.selectionModel().blockSignals(True)
            places = [row.place for row in kept if row.place >= 0]
            whole = self._kept_all or len(places) == self._jobs.rowCount() > 0
            self._select_rows([(0, self._jobs.rowCount() - 1)] if whole else ranges(places))
            self.selectionModel().blockSignals(False)
            lost = len(places) < len(kept)
        self._return_to_anchor()
        self._restoring = False
        if lost:
            self.selection_changed.emit()

    def _in_sight(self, row: Row | None) -> tuple[Row, int] | None:
        """Return a row and how far it is from the upper edge, if it is in sight."""
        if row is None or row.place < 0:
            return None
        top = self.rowViewportPosition(row.place)
        return (row, top) if -self.rowHeight(row.place) < top < self.viewport().height() else None

    def _drop_anchor(self) -> None:
        """Remember what must not move: the current row while it is in sight, else what is at the top of a list that
        was scrolled. (At the very top what is new shall come into sight.)"""
        index = self.currentIndex()
        current = self._jobs.rows_at(index.row(), index.row())[0] if index.isValid() else None
        self._anchor = self._in_sight(current)
        if self._anchor is None and self.verticalScrollBar().value():
            first = self.rowAt(0)
            self._anchor = self._in_sight(self._jobs.rows_at(first, first)[0]) if first >= 0 else None

    def _return_to_anchor(self) -> None:
        """Scroll so that what must not move is where it was. A list that has not been scrolled stays at its top as
        long as that keeps the current row in sight."""
        if self._anchor is None:
            return
        (row, before), self._anchor = self._anchor, None
        if row.place < 0:
            return
        bar = self.verticalScrollBar()
        now = self.rowViewportPosition(row.place)
        if not bar.value() and 0 <= now <= self.viewport().height() - self.rowHeight(row.place):
            return
        if now != before:
            self.updateGeometries()  # The bar has to know of the rows that came, or it goes no further than before.
            bar.setValue(bar.value() + now - before)

    def _select_rows(self, runs: list[tuple[int, int]]) -> None:
        selection = QItemSelection()
        for top, bottom in runs:
            selection.select(*self._jobs.rows(top, bottom))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
