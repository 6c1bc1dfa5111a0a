"""The tasks of a stage, arranged for the table: filtered, sorted and compared with what is shown. Made off the
window's thread: a stage may have a hundred thousand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from batchdock.core.batch import Progress
from batchdock.core.job import Task
from batchdock.window.job_details.words import Kind, kind_of

RUN = 4096
"""So many rows are sorted in one go: nobody else gets Python's lock meanwhile."""


class TaskColumn(StrEnum):
    """The columns of the task table."""

    PART = "part"
    STATE = "state"
    PROGRESS = "progress"
    ITEMS = "items"
    TIME = "time"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a person wants to see: one kind or all, in which order. Sorted by state, problems come first."""

    kind: Kind | None = None
    column: TaskColumn = TaskColumn.STATE
    descending: bool = False


@dataclass(slots=True)
class TaskSheet:
    """The rows of the table. `numbers` are what people call the tasks, by row; `place` finds the row of a task.

    `changed` are the rows that differ from the sheet before, when that has the same tasks in the same order; else None.
    """

    arrangement: Arrangement
    tasks: list[Task] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    place: dict[str, int] = field(default_factory=dict)
    changed: list[int] | None = None


class Numbers:
    """What each task is called: the number under which it was first seen, however a service orders them later."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, tasks: Sequence[Task]) -> list[int]:
        """Return the numbers, from 1; new tasks get the next ones."""
        known = self._numbers
        for task in tasks:
            if task.task_id not in known:
                known[task.task_id] = len(known) + 1
        return [known[task.task_id] for task in tasks]


def arranged(tasks: Sequence[Task], numbers: Sequence[int], wanted: Arrangement, before: TaskSheet) -> TaskSheet:
    """Return the sheet of `tasks`. Blocks for a while with many of them; for a thread."""
    rows = list(range(len(tasks)))
    if wanted.kind is not None:
        rows = [row for row in rows if kind_of(tasks[row]) is wanted.kind]
    if list(numbers) != sorted(numbers):
        rows.sort(key=numbers.__getitem__)
    rows = _by_kind(rows, tasks) if wanted.column is TaskColumn.STATE else _by_value(rows, tasks, numbers, wanted)
    if wanted.column is TaskColumn.STATE and wanted.descending:
        rows.reverse()
    sheet = TaskSheet(wanted, [tasks[row] for row in rows], [numbers[row] for row in rows])
    sheet.place = {task.task_id: place for place, task in enumerate(sheet.tasks)}
    sheet.changed = _changed(before, sheet)
    return sheet


def _by_kind(rows: list[int], tasks: Sequence[Task]) -> list[int]:
    buckets: dict[Kind, list[int]] = {kind: [] for kind in Kind}
    for row in rows:
        buckets[kind_of(tasks[row])].append(row)
    return [row for bucket in buckets.values() for row in bucket]


def _by_value(rows: list[int], tasks: Sequence[Task], numbers: Sequence[int], wanted: Arrangement) -> list[int]:
    """Sort by a column; tasks without a value come last, equal ones by their number."""
    value = _VALUES.get(wanted.column)
    if value is None:
        return sorted(rows, key=numbers.__getitem__, reverse=wanted.descending)
    values = {row: told for row in rows if (told := value(tasks[row])) is not None}
    known = list(values)
    # Python sorts without letting go of its lock. Sorted runs are merged in a tenth of the time.
    for first in range(0, len(known), RUN):
        known[first : first + RUN] = sorted(
            known[first : first + RUN], key=values.__getitem__, reverse=wanted.descending
        )
    known.sort(key=values.__getitem__, reverse=wanted.descending)
    return known + [row for row in rows if row not in values]


def _done(task: Task) -> float:
    return 1.0 if task.status is Progress.SUCCESS else -1.0 if task.progress is None else task.progress


_VALUES: dict[TaskColumn, Callable[[Task], float | str | None]] = {
    TaskColumn.PROGRESS: _done,
    TaskColumn.ITEMS: lambda task: task.total,
    TaskColumn.TIME: lambda task: None if task.at is None else task.at.timestamp(),
    TaskColumn.MESSAGE: lambda task: task.message.casefold() or None,
}


def _changed(before: TaskSheet, after: TaskSheet) -> list[int] | None:
    if before.numbers != after.numbers or len(before.place) != len(after.place):
        return None
    return [row for row, (old, new) in enumerate(zip(before.tasks, after.tasks, strict=True)) if old != new]
