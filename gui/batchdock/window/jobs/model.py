"""The job table's model: a plain list, sorted and filtered here (a proxy model takes seconds where this takes
milliseconds; ADR 5)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.window.jobs.arrangement import AT_ONCE, Arrangement
from batchdock.window.jobs.cell_texts import progress_text, silence_text, state_text
from batchdock.window.jobs.columns import COLUMNS, PLACE, title_of
from batchdock.window.jobs.filters import Filters
from batchdock.window.jobs.look import Look
from batchdock.window.jobs.ordering import number, place_for, ranges
from batchdock.window.jobs.reader import Reader
from batchdock.window.jobs.roster import Condition, Counted, Key, Roster, Row
from batchdock.window.jobs.views import JobView

Index = QModelIndex | QPersistentModelIndex

JOB_ROLE = Qt.ItemDataRole.UserRole
ONE_BY_ONE = 20
"""More new or vanished rows than this at once: the list is laid out anew, which is cheaper."""

LONG = 10_000
"""With so many rows even one new row costs the view more than to lay out anew."""

SETTLE_MS, SETTLE_LONG_MS = 1000, 2000
REPAINT_MS = 250
_ALIGN_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ALIGN_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CELL = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_NAME_CELL = _CELL | Qt.ItemFlag.ItemIsEditable


class JobModel(QAbstractTableModel):
    """All jobs by key, and the list of those on screen in their order.

    Sorting and filtering reset the model between `order_changes` (which tells whether the rows stay the same ones) and
    `order_changed`; the view keeps selection and place by key across that. A few rows more or less come between
    `rows_change` and `rows_changed`. Cells that change are announced four times a second at most, and only for the rows
    the view has said it shows.
    """

    order_changes = Signal(bool)
    order_changed = Signal()
    rows_change = Signal()
    rows_changed = Signal()
    counts_changed = Signal()
    rename_asked = Signal(tuple, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.look = Look()
        self.view = JobView.ALL
        self.filters = Filters()
        self._search = ""
        self._roster = Roster(self.look)
        condition = Condition(self.view, self.filters, "", self.look)
        self._list = Arrangement(self._roster, self.look, condition)
        self._first_shown, self._last_shown = 0, -1
        self._dirty: set[Row] = set()
        self._owes_layout = False
        self._holding = self._wants_layout = False
        self._reader = Reader(self._roster.reading, self)
        self._reader.went_on.connect(self.counts_changed)
        self._settling = _single_shot(self, SETTLE_MS, self.settle)
        self._repainting = _single_shot(self, REPAINT_MS, self._announce)

    # --- what it holds

    def job(self, key: Key) -> Job | None:
        """Return a job, whether it is on screen or not."""
        row = self._roster.row(key)
        return row.job if row is not None else None

    def job_at(self, row: int) -> Job:
        """Return the job of a row."""
        return self._list.rows[row].job

    def jobs_at(self, first: int, last: int) -> list[Job]:
        """Return the jobs of the rows from `first` to `last`."""
        return [row.job for row in self._list.rows[first : last + 1]]

    def row_of(self, key: Key) -> int | None:
        """Return the row of a job, or None while it is not on screen."""
        row = self._roster.row(key)
        return row.place if row is not None and row.place >= 0 else None

    def rows_at(self, first: int, last: int) -> list[Row]:
        """Return the rows from `first` to `last`, which keep their places up to date wherever they go."""
        return self._list.rows[first : last + 1]

    def rows(self, first: int, last: int) -> tuple[QModelIndex, QModelIndex]:
        """Return the corners of some rows that exist. (`index` asks back for every bound: too often for a selection of
        a thousand pieces.)"""
        return self.createIndex(first, 0), self.createIndex(last, len(COLUMNS) - 1)

    def count(self, view: JobView = JobView.ALL) -> int:
        """Return how many jobs a view holds, whatever is searched for."""
        return self._roster.count(view)

    def own_counts(self) -> dict[str, int]:
        """Return how many jobs each of the person's own views holds, by its id."""
        return self._roster.own_counts()

    def working_at(self, account_id: str) -> int:
        """Return how many jobs of an account are not over."""
        return sum(row.job.account_id == account_id and not row.job.state.is_terminal for row in self._roster)

    def hits(self, view: JobView, filters: Filters) -> int:
        """Return how many jobs the search finds in a view through some filters."""
        condition = Condition(view, filters, self._search, self.look)
        return len(condition.choose(self._roster.aged(), self._roster))

    def workflows(self) -> dict[str, str]:
        """Return the workflows of all jobs: their names by their ids."""
        return {row.job.workflow_id: self.look.workflow(row.job) for row in self._roster if row.job.workflow_id}

    def values(self, field: str) -> set[str]:
        """Return what the jobs have in one of their fields, as far as they have anything there."""
        found = {getattr(row.job, field) for row in self._roster}
        if field == "groups":
            found = {each for groups in found for each in groups}
        return found - {""}

    def account_ids(self) -> set[str]:
        """Return the accounts that have jobs."""
        return {row.job.account_id for row in self._roster}

    # --- what changes it

    def put(self, jobs: Iterable[Job], *, more: bool = False) -> None:
        """Add or replace jobs. With `more` to come at once the list is laid out after those."""
        if more:
            for job in jobs:
                self._roster.put(job)
            self._owes_layout = True
            self._after_change()
            return
        fresh: dict[Row, None] = {}
        gone: dict[Row, None] = {}
        by, look, condition, roster = self._list.column.order, self.look, self._list.condition, self._roster
        for job in jobs:
            row, old = roster.put(job)
            if old == job:
                continue
            wanted = condition.takes(row, roster)
            if row.place < 0:
                if wanted:
                    fresh[row] = None
                else:
                    fresh.pop(row, None)
            elif not wanted:
                gone[row] = None
            else:
                gone.pop(row, None)
                value = by(job, look)
                if value != row.value or old is None or old.created != job.created:
                    row.value = value
                    self._list.mark(row)
                self._dirty.add(row)
        if self._owes_layout:
            self._lay_out()
        else:
            self._replace(list(fresh), list(gone))
        if not self._repainting.isActive():
            self._announce()
        if self._list.moving and not self._settling.isActive():
            self._settling.start(SETTLE_MS if len(self._list.rows) < LONG else SETTLE_LONG_MS)
        self._after_change()

    def remove(self, keys: Iterable[Key]) -> None:
        """Forget jobs."""
        removed = [row for row in map(self._roster.remove, keys) if row is not None]
        self._roster.forget_removed()
        self._replace([], [row for row in removed if row.place >= 0])
        self._after_change()

    def set_names(self, accounts: Mapping[str, str], workflows: Mapping[tuple[str, str], str]) -> None:
        """Say how accounts and workflows are called, as far as that is known."""
        if (accounts, workflows) != (self.look.accounts, self.look.workflows):
            self.look.accounts, self.look.workflows = dict(accounts), dict(workflows)
            self._roster.forget_texts()
            self._after_change()
            self._lay_out()

    def set_own_views(self, own: Mapping[str, tuple[JobView, Filters]]) -> None:
        """Say which views the person has made, so that their jobs are counted."""
        counted = [Counted(key, Condition(view, filters, "", self.look)) for key, (view, filters) in own.items()]
        self._roster.set_own(counted)
        self._after_change()

    def show_view(self, view: JobView, filters: Filters) -> None:
        """Show one of the four views, narrowed by filters."""
        if (view, filters) != (self.view, self.filters):
            self.view, self.filters = view, filters
            self.set_condition()

    def search(self, text: str) -> None:
        """Show only jobs in which every word of `text` occurs."""
        if text.split() != self._search.split():
            self._search = text
            self.set_condition()

    def set_condition(self) -> None:
        """Choose the rows anew: something else is asked for, or another day has begun."""
        self._list.condition = Condition(self.view, self.filters, self._search, self.look)
        self._lay_out()

    def reconsider(self, keys: Iterable[Key]) -> None:
        """Show those of these jobs that were hidden and are so no longer."""
        rows = (self._roster.row(key) for key in keys)
        takes = self._list.condition.takes
        self._replace([row for row in rows if row is not None and row.place < 0 and takes(row, self._roster)], [])
        self._after_change()

    def settle(self) -> None:
        """Put rows where they belong after their values changed. Happens by itself within a second, so that a list
        sorted by progress does not dance."""
        self._settling.stop()
        if self._list.moving:
            self._show(self._list.merged, same=True)

    def set_shown_rows(self, first: int, last: int) -> None:
        """Say which rows are on screen; changes elsewhere need no announcement."""
        self._first_shown, self._last_shown = first, last

    def shown_jobs(self) -> list[Job]:
        """Return the jobs of the rows on screen."""
        return self.jobs_at(self._first_shown, self._last_shown)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Lay the list out once, at the end, whatever changes within."""
        self._holding, self._wants_layout = True, False
        try:
            yield
        finally:
            self._holding = False
            if self._wants_layout:
                self._lay_out()

    # --- Qt's questions

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._list.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # A frame asks a thousand times: the roles that are not answered leave first.
        if role == Qt.ItemDataRole.DisplayRole or role == Qt.ItemDataRole.EditRole:
            return COLUMNS[index.column()].text(self._list.rows[index.row()].job, self.look)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_NUMBER if COLUMNS[index.column()].number else _ALIGN_TEXT
        if role == JOB_ROLE:
            return self._list.rows[index.row()].job
        if role == Qt.ItemDataRole.ToolTipRole:
            tooltip = COLUMNS[index.column()].tooltip
            return None if tooltip is None else tooltip(self._list.rows[index.row()].job, self.look)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(index)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return title_of(COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_NUMBER if COLUMNS[section].number else _ALIGN_TEXT
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _NAME_CELL if index.column() == PLACE["name"] else _CELL

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for another name; the row changes when the flows say so."""
        name = str(value).strip()
        job = self._list.rows[index.row()].job
        if role != Qt.ItemDataRole.EditRole or not name or name == job.name:
            return False
        self.rename_asked.emit(job.key, name)
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if self._list.sort_by(COLUMNS[column], order == Qt.SortOrder.DescendingOrder):
            self._lay_out()

    # --- inside

    def _spoken(self, index: Index) -> str:
        job, look = self._list.rows[index.row()].job, self.look
        column = COLUMNS[index.column()]
        text = column.text(job, look)
        if column.key == "name":
            parts = (job.name, state_text(job, look), silence_text(job, look.now), progress_text(job, look))
            return ", ".join(part for part in parts if part)
        if not text and column.key == "progress" and job.content is Content.STREAM:
            text = self.tr("none, a stream runs until it is stopped")
        return f"{title_of(column)}: {text}" if text else f"{title_of(column)}: {self.tr('not known')}"

    def _after_change(self) -> None:
        if self._roster.unread:
            self._reader.wake()
        self.counts_changed.emit()

    def _lay_out(self) -> None:
        """Choose and sort everything anew. Where too much is yet to be read for that, it happens a little later."""
        if self._holding:
            self._wants_layout = True
            return
        work = self._list.preparing()
        if work is not None:
            self._reader.hurry(work, self._lay_out)
            return
        self._show(self._list.chosen)

    def _show(self, order: Callable[[], list[Row]], *, same: bool = False) -> None:
        """Show the rows in the order that is returned, in which they know their places; with `same` none has come or
        gone. Until it is asked for they are where they were."""
        self.order_changes.emit(same)
        self.beginResetModel()
        self._list.rows = order()
        self._list.unmark_all()
        self._owes_layout = False
        self._dirty.clear()
        self.endResetModel()
        self.order_changed.emit()

    def _announce(self) -> None:
        """Announce the cells that have changed, and nothing more for a while."""
        first, last = self._first_shown, self._last_shown
        dirty, self._dirty = self._dirty, set()
        for top, bottom in ranges(row.place for row in dirty if first <= row.place <= last):
            self.dataChanged.emit(*self.rows(top, bottom))
        if dirty:
            self._repainting.start()

    def _replace(self, fresh: list[Row], gone: list[Row]) -> None:
        """Add some rows to the list and take others out of it."""
        if not fresh and not gone:
            return
        if (len(fresh) > AT_ONCE and self._list.column.by_text) or not self._list.value(fresh):
            self._lay_out()
        elif len(fresh) + len(gone) > (ONE_BY_ONE if len(self._list.rows) < LONG else 1):
            for row in fresh:
                self._list.mark(row)
            self._show(partial(self._list.merged, gone))
        else:
            self.rows_change.emit()
            self._take_out(gone)
            self._insert(fresh)
            number(self._list.rows)
            self.rows_changed.emit()

    def _take_out(self, gone: list[Row]) -> None:
        for first, last in reversed(ranges(row.place for row in gone)):
            self.beginRemoveRows(QModelIndex(), first, last)
            for row in self._list.rows[first : last + 1]:
                row.place, row.moved = -1, False
                self._list.moving.pop(row, None)
            del self._list.rows[first : last + 1]
            self.endRemoveRows()

    def _insert(self, fresh: list[Row]) -> None:
        for row in fresh:
            at = place_for(row, self._list.rows, self._list.descending)
            self.beginInsertRows(QModelIndex(), at, at)
            self._list.rows.insert(at, row)
            self.endInsertRows()
            if self._list.moving:  # Among rows that have yet to settle its own place may be another, too.
                self._list.mark(row)


def _single_shot(parent: QObject, milliseconds: int, slot: Any) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
