"""The job table."""

from collections.abc import Iterable

from PySide6.QtCore import QByteArray, QItemSelection, QItemSelectionModel, QPoint, QSettings, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from batchdock.core.job import Job
from batchdock.window.flat_header import FlatHeader
from batchdock.window.jobs.columns import COLUMNS, PLACE, Look, title_of
from batchdock.window.jobs.delegate import JobDelegate, row_height
from batchdock.window.jobs.model import JobModel, Key, ranges
from batchdock.window.theme import unit


class JobTable(QTableView):
    """Rows as units; selection, current row and place on screen belong to jobs, not to row numbers."""

    selection_changed = Signal()
    opened = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, model: JobModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = model
        self._kept: tuple[set[Key], Key | None, int | None] = (set(), None, None)
        self._restoring = False
        self._fits_name = True
        self.setModel(model)
        self.setItemDelegate(JobDelegate(model.look, self))
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
        self._set_up_headers()
        self.setSortingEnabled(True)
        model.order_changes.connect(self._keep)
        model.order_changed.connect(self._restore)
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
        """Return the selected jobs from top to bottom, by ranges (`selectedRows` takes seconds on a long list)."""
        selected: list[Job] = []
        seen = -1
        for top, bottom in sorted((each.top(), each.bottom()) for each in self.selectionModel().selection().toList()):
            selected += self._jobs.jobs_at(max(top, seen + 1), bottom)
            seen = max(seen, bottom)
        return tuple(selected)

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

    # --- columns

    def column_actions(self, parent: QWidget) -> list[QAction]:
        """Return a tick for each column, and a way back."""
        header = self.horizontalHeader()
        actions = []
        for place, column in enumerate(COLUMNS):
            action = QAction(title_of(column), parent, checkable=True, checked=not header.isSectionHidden(place))
            action.setEnabled(column.key != "name")
            action.toggled.connect(lambda shown, place=place: header.setSectionHidden(place, not shown))
            actions.append(action)
        separator = QAction(parent)
        separator.setSeparator(True)
        reset = QAction(self.tr("Reset columns"), parent)
        reset.triggered.connect(lambda _checked=False: self.reset_columns())
        return [*actions, separator, reset]

    def reset_columns(self) -> None:
        """Give every column its first place, width and visibility."""
        header = self.horizontalHeader()
        average = QFontMetrics(self.font()).horizontalAdvance("x")
        self._fits_name = True
        header.setSortIndicator(PLACE["created"], Qt.SortOrder.DescendingOrder)
        for place, column in enumerate(COLUMNS):
            header.moveSection(header.visualIndex(place), place)
            header.setSectionHidden(place, not column.shown)
            title = header.fontMetrics().horizontalAdvance(title_of(column)) + unit(self) * 10
            header.resizeSection(place, max(column.width * average + unit(self) * 4, title))

    def save_state(self, settings: QSettings) -> None:
        """Remember columns and order."""
        settings.setValue("jobs/columns", self.horizontalHeader().saveState())

    def restore_state(self, settings: QSettings) -> None:
        """Take up columns and order again."""
        state = settings.value("jobs/columns")
        if isinstance(state, QByteArray):
            self._fits_name = not self.horizontalHeader().restoreState(state)

    # --- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.state() != self.State.EditingState:
            self.opened.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_shown_rows()
        if self._fits_name and event.size().width() > 0:
            self._fit_name(event.size().width())

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
        header = FlatHeader(self)
        self.setHorizontalHeader(header)
        header.setSectionsMovable(True)
        header.setMinimumHeight(row_height(self))
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._offer_columns)
        header.sectionClicked.connect(self._descend_first)
        self._clicked_before = PLACE["created"]
        self.reset_columns()

    def _fit_name(self, width: int) -> None:
        """Give the name what the other columns leave, until the person has columns of their own."""
        header, place = self.horizontalHeader(), PLACE["name"]
        average = QFontMetrics(self.font()).horizontalAdvance("x")
        rest = width - header.length() + header.sectionSize(place)
        header.resizeSection(place, max(average * 18, min(rest, average * 60)))

    def _descend_first(self, section: int) -> None:
        """The first click on numbers and dates puts the largest on top."""
        if section != self._clicked_before and COLUMNS[section].descending_first:
            self.horizontalHeader().setSortIndicator(section, Qt.SortOrder.DescendingOrder)
        self._clicked_before = section

    def _offer_columns(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(self.column_actions(menu))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.horizontalHeader().mapToGlobal(where))

    def _tell_shown_rows(self) -> None:
        height = self.viewport().height()
        first = max(0, self.rowAt(0))
        last = self.rowAt(height - 1)
        self._jobs.set_shown_rows(first, last if last >= 0 else self._jobs.rowCount() - 1)

    def _keep(self) -> None:
        current = self.current_job()
        offset = None
        if current is not None and (row := self._jobs.row_of(current.key)) is not None:
            top = self.rowViewportPosition(row)
            offset = top if 0 <= top < self.viewport().height() else None
        self._kept = ({job.key for job in self.selected_jobs()}, current.key if current else None, offset)
        self._restoring = True

    def _restore(self) -> None:
        keys, current, offset = self._kept
        row = self._jobs.row_of(current) if current is not None else None
        if row is not None:
            self.selectionModel().setCurrentIndex(
                self._jobs.index(row, PLACE["name"]), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        # Everything is painted anew after a reset: the view need not learn of each piece of the selection.
        self.selectionModel().blockSignals(True)
        self.select(keys)
        self.selectionModel().blockSignals(False)
        if row is not None and offset is not None:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.rowViewportPosition(row) - offset)
        self._restoring = False
        if keys:
            self.selection_changed.emit()

    def _select_rows(self, runs: list[tuple[int, int]]) -> None:
        selection = QItemSelection()
        for top, bottom in runs:
            selection.select(*self._jobs.rows(top, bottom))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
