"""The job table's model: a plain list, sorted and filtered here (a proxy model takes seconds where this takes
milliseconds; ADR 5)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from batchdock.core.job import Job
from batchdock.window.jobs.columns import COLUMNS, PLACE, Look, silence_text, title_of
from batchdock.window.jobs.views import JobView, plain, search_text, view_of
from batchdock.window.wording import state_word

Key = tuple[str, str]
Index = QModelIndex | QPersistentModelIndex

JOB_ROLE = Qt.ItemDataRole.UserRole
ONE_BY_ONE = 20
"""More new or vanished rows than this at once: the list is laid out anew, which is cheaper."""

SETTLE_MS = 1000

_ALIGN_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ALIGN_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CELL = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_NAME_CELL = _CELL | Qt.ItemFlag.ItemIsEditable


class JobModel(QAbstractTableModel):
    """All jobs by key, and the list of those on screen in their order.

    Sorting and filtering reset the model between `order_changes` and `order_changed`; the view keeps selection and
    place by key across that. Cells that change are announced only for the rows the view has said it shows.
    """

    order_changes = Signal()
    order_changed = Signal()
    counts_changed = Signal()
    rename_asked = Signal(tuple, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.look = Look()
        self._jobs: dict[Key, Job] = {}
        self._searchable: dict[Key, str] = {}
        self._rows: list[Job] = []
        self._row_of: dict[Key, int] = {}
        self._by_age: list[Key] | None = []
        self._views: dict[Key, JobView] = {}
        self._in_view: Counter[JobView] = Counter()
        self._view = JobView.ALL
        self._words: tuple[str, ...] = ()
        self._sorted_by = PLACE["created"]
        self._descending = True
        self._first_shown, self._last_shown = 0, -1
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self.settle)

    # --- what it holds

    @property
    def view(self) -> JobView:
        """The view that is shown."""
        return self._view

    def job(self, key: Key) -> Job | None:
        """Return a job, whether it is on screen or not."""
        return self._jobs.get(key)

    def job_at(self, row: int) -> Job:
        """Return the job of a row."""
        return self._rows[row]

    def jobs_at(self, first: int, last: int) -> list[Job]:
        """Return the jobs of the rows from `first` to `last`."""
        return self._rows[first : last + 1]

    def row_of(self, key: Key) -> int | None:
        """Return the row of a job, or None while it is not on screen."""
        return self._row_of.get(key)

    def rows(self, first: int, last: int) -> tuple[QModelIndex, QModelIndex]:
        """Return the corners of some rows that exist. (`index` asks back for every bound: too often for a selection of
        a thousand pieces.)"""
        return self.createIndex(first, 0), self.createIndex(last, len(COLUMNS) - 1)

    def count(self, view: JobView = JobView.ALL) -> int:
        """Return how many jobs a view holds, whatever is searched for."""
        return len(self._jobs) if view is JobView.ALL else self._in_view[view]

    def working_at(self, account_id: str) -> int:
        """Return how many jobs of an account are not over."""
        return sum(job.account_id == account_id and not job.state.is_terminal for job in self._jobs.values())

    def hits_elsewhere(self) -> int:
        """Return how many jobs match the search but are hidden by the view."""
        return sum(map(self._matches, self._jobs)) - len(self._rows)

    # --- what changes it

    def put(self, jobs: Iterable[Job]) -> None:
        """Add or replace jobs."""
        fresh: list[Job] = []
        gone: list[Key] = []
        moved, touched = False, []
        by = COLUMNS[self._sorted_by].order
        for job in jobs:
            key = job.key
            old = self._jobs.get(key)
            if old == job:
                continue
            self._jobs[key] = job
            self._place_in_view(key, view_of(job))
            if old is None or old.created != job.created:
                self._by_age = None
            self._searchable.pop(key, None)
            if len(fresh) + len(gone) > ONE_BY_ONE:
                continue  # Everything is laid out anew below.
            row = self._row_of.get(key)
            wanted = self._wanted(key)
            if row is None:
                if wanted:
                    fresh.append(job)
            elif not wanted:
                gone.append(key)
            else:
                before = self._rows[row]
                moved = moved or before.created != job.created or by(before, self.look) != by(job, self.look)
                self._rows[row] = job
                touched.append(row)
        if len(fresh) + len(gone) > ONE_BY_ONE:
            self._lay_out()
        else:
            self._announce(touched)
            self._drop(gone)
            self._insert(fresh)
            if moved and not self._settling.isActive():
                self._settling.start()
        self.counts_changed.emit()

    def remove(self, keys: Iterable[Key]) -> None:
        """Forget jobs."""
        gone: list[Key] = []
        for key in keys:
            old = self._jobs.pop(key, None)
            if old is None:
                continue
            self._in_view[self._views.pop(key)] -= 1
            self._by_age = None
            self._searchable.pop(key, None)
            if key in self._row_of:
                gone.append(key)
        if len(gone) > ONE_BY_ONE:
            self._lay_out()
        else:
            self._drop(gone)
        self.counts_changed.emit()

    def set_accounts(self, names: Mapping[str, str]) -> None:
        """Say how the accounts are called."""
        if dict(names) == dict(self.look.accounts):
            return
        self.look.accounts = dict(names)
        self._searchable.clear()
        self._lay_out()

    def set_view(self, view: JobView) -> None:
        """Show one of the four views."""
        if view is not self._view:
            self._view = view
            self._lay_out()

    def search(self, text: str) -> None:
        """Show only jobs in which every word of `text` occurs."""
        words = tuple(plain(text).split())
        if words != self._words:
            self._words = words
            self._lay_out()

    def settle(self) -> None:
        """Put rows where they belong after their values changed. Happens by itself within a second, so that a list
        sorted by progress does not dance."""
        self._settling.stop()
        keys = self._ordered()
        if keys != list(self._row_of):
            self._lay_out(keys)

    def set_shown_rows(self, first: int, last: int) -> None:
        """Say which rows are on screen; changes elsewhere need no announcement."""
        self._first_shown, self._last_shown = first, last

    # --- Qt's questions

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # A frame asks a thousand times: the roles that are not answered leave first.
        if role == Qt.ItemDataRole.DisplayRole or role == Qt.ItemDataRole.EditRole:
            return COLUMNS[index.column()].text(self._rows[index.row()], self.look)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_NUMBER if COLUMNS[index.column()].number else _ALIGN_TEXT
        if role == JOB_ROLE:
            return self._rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            tooltip = COLUMNS[index.column()].tooltip
            return None if tooltip is None else tooltip(self._rows[index.row()], self.look)
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
        job = self._rows[index.row()]
        if role != Qt.ItemDataRole.EditRole or not name or name == job.name:
            return False
        self.rename_asked.emit(job.key, name)
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        descending = order == Qt.SortOrder.DescendingOrder
        if (column, descending) != (self._sorted_by, self._descending):
            self._sorted_by, self._descending = column, descending
            self._lay_out()

    # --- inside

    def _spoken(self, index: Index) -> str:
        job = self._rows[index.row()]
        column = COLUMNS[index.column()]
        text = column.text(job, self.look)
        if column.key == "name":
            parts = [job.name, state_word(job.state), silence_text(job, self.look.now)]
            parts.append(COLUMNS[PLACE["progress"]].text(job, self.look))
            return ", ".join(part for part in parts if part)
        return f"{title_of(column)}: {text}" if text else f"{title_of(column)}: {self.tr('not known')}"

    def _place_in_view(self, key: Key, view: JobView) -> None:
        before = self._views.get(key)
        if before is not view:
            self._views[key] = view
            self._in_view[view] += 1
            if before is not None:
                self._in_view[before] -= 1

    def _wanted(self, key: Key) -> bool:
        return (self._view is JobView.ALL or self._views[key] is self._view) and self._matches(key)

    def _matches(self, key: Key) -> bool:
        if not self._words:
            return True
        text = self._searchable.get(key)
        if text is None:
            text = self._searchable[key] = search_text(self._jobs[key], self.look)
        return all(word in text for word in self._words)

    def _ordered(self) -> list[Key]:
        """Return the jobs to show in their order: by the sorted column, equal ones newest first.

        Sorting is stable, so the list by age is made once and reused until jobs come or go.
        """
        if self._by_age is None:
            self._by_age = sorted(self._jobs, key=self._age)
        jobs, views, keys = self._jobs, self._views, self._by_age
        if self._view is not JobView.ALL:
            keys = [key for key in keys if views[key] is self._view]
        if self._words:
            keys = [key for key in keys if self._matches(key)]
        by, look = COLUMNS[self._sorted_by].order, self.look
        valued = [(by(jobs[key], look), key) for key in keys]
        known = [pair for pair in valued if pair[0] is not None]
        known.sort(key=itemgetter(0), reverse=self._descending)
        return [key for _, key in known] + [key for value, key in valued if value is None]

    def _age(self, key: Key) -> tuple[float, Key]:
        created = self._jobs[key].created
        return (-created.timestamp() if created is not None else 0.0, key)

    def _lay_out(self, keys: list[Key] | None = None) -> None:
        keys = self._ordered() if keys is None else keys
        self.order_changes.emit()
        self.beginResetModel()
        self._rows = list(map(self._jobs.__getitem__, keys))
        self._row_of = dict(zip(keys, range(len(keys)), strict=True))
        self.endResetModel()
        self.order_changed.emit()

    def _number(self) -> None:
        self._row_of = {job.key: row for row, job in enumerate(self._rows)}

    def _announce(self, rows: list[int]) -> None:
        for first, last in ranges(row for row in rows if self._first_shown <= row <= self._last_shown):
            self.dataChanged.emit(*self.rows(first, last))

    def _drop(self, keys: list[Key]) -> None:
        if not keys:
            return
        for first, last in reversed(ranges(self._row_of[key] for key in keys)):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
        self._number()

    def _insert(self, jobs: list[Job]) -> None:
        """Insert a few jobs where they belong. The list as a whole is in order, so one sorted copy tells all places."""
        if not jobs:
            return
        target = self._ordered()
        place = dict(zip(target, range(len(target)), strict=True))
        for first, last in ranges(place[job.key] for job in jobs):
            self.beginInsertRows(QModelIndex(), first, last)
            self._rows[first:first] = map(self._jobs.__getitem__, target[first : last + 1])
            self.endInsertRows()
        self._number()


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the runs of consecutive numbers as (first, last), in order."""
    ordered = sorted(set(numbers))
    if ordered and ordered[-1] - ordered[0] == len(ordered) - 1:
        return [(ordered[0], ordered[-1])]  # All of them, most of the time.
    runs: list[tuple[int, int]] = []
    for number in ordered:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
