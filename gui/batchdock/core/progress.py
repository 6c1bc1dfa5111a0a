"""Progress from counts, never from hope."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from batchdock.core.batch import Progress
from batchdock.core.job import Task


def stage_progress(tasks: Iterable[Task], tasks_number: int) -> float:
    """Return the progress of a stage, 0–1.

    Every task weighs the same; one that ended counts whole, a moving one by its own progress (contract §4.5).
    """
    if tasks_number <= 0:
        return 0.0
    parts = (1.0 if task.status is not Progress.MOVING else (task.progress or 0.0) for task in tasks)
    return min(1.0, sum(parts) / tasks_number)


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks of a stage wait, run, are done, and ended in problems."""

    waiting: int = 0
    running: int = 0
    done: int = 0
    problems: int = 0


def count_tasks(tasks: Iterable[Task], tasks_number: int | None = None) -> TaskCounts:
    """Count tasks as the reference client does (contract §4.5): one runs from when it tells a progress.

    `tasks_number` is how many the stage will have; those that are not listed yet wait. None: only these are counted.
    """
    running = done = problems = waiting = 0
    for task in tasks:
        if task.status is Progress.ERROR:
            problems += 1
        elif task.status is Progress.SUCCESS:
            done += 1
        elif task.progress is not None:
            running += 1
        else:
            waiting += 1
    unlisted = (tasks_number or 0) - waiting - running - done - problems
    return TaskCounts(waiting + max(0, unlisted), running, done, problems)


@dataclass
class Pace:
    """Estimates the time left from a moving window. Says nothing before it knows enough.

    An estimate exists after `settle` seconds and 5 % of the work, which keeps the first wild numbers off the screen.
    """

    window: float = 60.0
    settle: float = 3.0
    _seen: deque[tuple[float, float]] = field(default_factory=deque)

    def add(self, now: float, progress: float) -> None:
        """Record `progress` (0–1) at `now` (monotonic seconds). A step back starts the window anew."""
        if self._seen and progress < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, progress))
        while len(self._seen) > 2 and now - self._seen[0][0] > self.window:
            self._seen.popleft()

    def per_second(self) -> float | None:
        """Return how much of the work is done in a second, or None while that would be a guess."""
        if len(self._seen) < 2:
            return None
        (start, first), (end, last) = self._seen[0], self._seen[-1]
        if end - start < self.settle or last < 0.05 or last <= first:
            return None
        return (last - first) / (end - start)

    def seconds_left(self) -> float | None:
        """Return the seconds left, or None while that would be a guess."""
        speed = self.per_second()
        return None if speed is None else (1.0 - self._seen[-1][1]) / speed
