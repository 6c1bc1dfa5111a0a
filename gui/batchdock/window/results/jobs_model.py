"""Jobs that have results, newest first."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.core.job import Job
from batchdock.window.expiry import countdown
from batchdock.window.icons import icon
from batchdock.window.two_lines import SECOND_LINE_ROLE
from batchdock.window.wording import relative_time, state_icon, state_word

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def has_results(job: Job) -> bool:
    """Tell whether there is something to look at."""
    return job.state.is_terminal and bool(job.output_batches)


class ResultJobsModel(QAbstractListModel):
    """One row a job. Rows keep their place while one looks; a job that ends is put on top."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []
        self._times: Counter[str] = Counter()
        """How often there is each name."""

    def show_jobs(self, jobs: Iterable[Job]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._jobs = sorted(filter(has_results, jobs), key=lambda job: job.created or _LONG_AGO, reverse=True)
        self._times = Counter(job.name for job in self._jobs)
        self.endResetModel()

    def update_jobs(self, jobs: Iterable[Job]) -> None:
        """Take over what has changed."""
        rows = {job.key: row for row, job in enumerate(self._jobs)}
        fresh = []
        for job in jobs:
            row = rows.get(job.key)
            if row is not None:
                self._times[self._jobs[row].name] -= 1
                self._times[job.name] += 1
                self._jobs[row] = job
                self.dataChanged.emit(self.index(row), self.index(row))
            elif has_results(job):
                fresh.append(job)
        if fresh:
            self.beginInsertRows(_ROOT, 0, len(fresh) - 1)
            self._jobs[:0] = reversed(fresh)
            self._times.update(job.name for job in fresh)
            self.endInsertRows()

    def remove_jobs(self, keys: Iterable[tuple[str, str]]) -> None:
        """Take jobs off the list."""
        gone = set(keys)
        for row in reversed([row for row, job in enumerate(self._jobs) if job.key in gone]):
            self.beginRemoveRows(_ROOT, row, row)
            self._times[self._jobs.pop(row).name] -= 1
            self.endRemoveRows()

    def tell_time(self) -> None:
        """Let everything that depends on the time be written anew."""
        if self._jobs:
            self.dataChanged.emit(self.index(0), self.index(len(self._jobs) - 1))

    def job(self, row: int) -> Job | None:
        """Return the job in `row`, or None outside."""
        return self._jobs[row] if 0 <= row < len(self._jobs) else None

    def row_of(self, key: tuple[str, str]) -> int | None:
        """Return the row of a job, or None."""
        return next((row for row, job in enumerate(self._jobs) if job.key == key), None)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._jobs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        job = self._jobs[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return job.name
        if role == SECOND_LINE_ROLE:
            return self._second_line(job)
        if role == Qt.ItemDataRole.DecorationRole:
            return icon(*state_icon(job.state))
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{job.name}, {self._second_line(job)}"
        return None

    def _second_line(self, job: Job) -> str:
        """Return state and times; with the workflow where another job has the same name."""
        workflow = job.workflow_id if self._times[job.name] > 1 else ""
        return " · ".join(filter(None, (workflow, about(job), countdown(job.expires).short)))


def about(job: Job) -> str:
    """Return state and time of a job in one line."""
    when = relative_time(job.created) if job.created else ""
    return " · ".join(part for part in (state_word(job.state), when) if part)
