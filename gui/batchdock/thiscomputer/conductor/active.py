"""Jobs in motion: which chunk is next."""

from collections import deque
from dataclasses import dataclass, field
from threading import Event

from batchdock.thiscomputer.conductor.definition import Definition
from batchdock.thiscomputer.store.work import Piece, TaskState, Work

PICTURES_IN_CHUNK = 16
"""Enough that handing them to a process costs about one per cent; few enough that a kill loses little."""


@dataclass(slots=True)
class ActiveTask:
    """A task whose items are being handed out. `cursor` is the last position that was."""

    task_id: str
    total: int
    cursor: int = -1
    handed_out: bool = False


@dataclass(eq=False, slots=True)
class ActiveJob:
    """A job that is not over. `planned` is False while its batch is still being unpacked."""

    job_id: str
    name: str
    definition: Definition
    planned: bool = False
    waiting: deque[ActiveTask] = field(default_factory=deque)
    running: dict[str, ActiveTask] = field(default_factory=dict)
    stopping: Event = field(default_factory=Event)
    tally: dict[str, TaskState] = field(default_factory=dict)
    spent: float = 0.0
    """Seconds of work, over all processes together."""

    def begin(self, tasks: list[TaskState]) -> None:
        """Take up the tasks of the plan; those that ended in an earlier process stay ended."""
        self.planned = True
        self.tally = {each.task_id: each for each in tasks}
        self.waiting.extend(ActiveTask(each.task_id, each.total) for each in tasks if not each.ended)

    def next_chunk(self, work: Work) -> tuple[ActiveTask, list[Piece]] | None:
        """Return the next items to process, or None while there are none to hand out."""
        size = 1 if self.definition.content == "videos" else PICTURES_IN_CHUNK
        limit = self.definition.max_parallel_tasks or len(self.tally)
        while True:
            task = next((each for each in self.running.values() if not each.handed_out), None)
            if task is None:
                if not self.waiting or len(self.running) >= limit:
                    return None
                task = self.waiting.popleft()
                self.running[task.task_id] = task
            pieces = work.pieces(task.task_id, task.cursor, size, self.definition.metadata_part)
            if pieces:
                task.cursor = pieces[-1].position
                return task, pieces
            task.handed_out = True

    def failures_allowed(self, task: ActiveTask) -> int | None:
        """Return how many items of this task may have no result; None means all of them."""
        rate = self.definition.max_failure_rate
        return None if rate is None else int(rate * task.total + 1e-9)

    def update(self, state: TaskState) -> None:
        """Note where a task stands."""
        self.tally[state.task_id] = state
        if state.ended:
            self.running.pop(state.task_id, None)

    def leave(self, states: list[TaskState]) -> None:
        """Hand out nothing more: these tasks have ended."""
        self.waiting.clear()
        for each in states:
            self.update(each)

    @property
    def is_out_of_time(self) -> bool:
        """True when it has had all the work that it may have."""
        limit = self.definition.time_limit
        return limit is not None and self.spent >= limit

    @property
    def is_processed(self) -> bool:
        """True when every task has ended."""
        return self.planned and all(each.ended for each in self.tally.values())

    def counts(self) -> tuple[int, int]:
        """Return (items, items without a result)."""
        states = self.tally.values()
        return sum(each.total for each in states), sum(each.failed for each in states)
