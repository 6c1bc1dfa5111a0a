import pytest

from batchdock.core.batch import Progress
from batchdock.core.job import Task
from batchdock.core.progress import Pace, TaskCounts, count_tasks, stage_progress


def task(status: Progress, progress: float | None) -> Task:
    return Task(task_id="t", status=status, progress=progress)


def test_tasks_that_ended_count_whole_and_moving_ones_by_their_own_progress() -> None:
    tasks = [
        task(Progress.SUCCESS, None),
        task(Progress.ERROR, 0.2),
        task(Progress.MOVING, 0.5),
        task(Progress.MOVING, None),
    ]
    assert stage_progress(tasks, 5) == pytest.approx(2.5 / 5)


def test_tasks_are_counted_as_the_reference_client_does() -> None:
    tasks = [
        task(Progress.SUCCESS, None),
        task(Progress.ERROR, 0.2),
        task(Progress.ERROR, None),
        task(Progress.MOVING, 0.0),
        task(Progress.MOVING, None),
    ]
    assert count_tasks(tasks) == TaskCounts(waiting=1, running=1, done=1, problems=2)
    assert count_tasks(tasks, 12) == TaskCounts(waiting=8, running=1, done=1, problems=2)
    assert count_tasks(tasks, 2) == count_tasks(tasks)


def test_more_tasks_than_announced_are_not_more_than_everything() -> None:
    assert stage_progress([task(Progress.SUCCESS, 1.0)] * 3, 2) == 1.0
    assert stage_progress([], 0) == 0.0


@pytest.mark.parametrize(
    ("status_type", "meaning"),
    [
        ("info", Progress.MOVING),
        ("success", Progress.SUCCESS),
        ("task-error", Progress.ERROR),
        ("something-new", Progress.MOVING),
    ],
)
def test_status_types_are_read_as_the_reference_client_reads_them(status_type: str, meaning: Progress) -> None:
    assert Progress.of(status_type) is meaning


def test_the_time_left_is_unknown_until_enough_is_known() -> None:
    pace = Pace()
    pace.add(0.0, 0.0)
    pace.add(1.0, 0.2)
    assert pace.seconds_left() is None
    pace.add(10.0, 0.5)
    assert pace.seconds_left() == pytest.approx(10.0)
    assert pace.per_second() == pytest.approx(0.05)


def test_a_step_back_starts_the_estimate_anew() -> None:
    pace = Pace()
    for now, progress in ((0.0, 0.0), (10.0, 0.5), (11.0, 0.1)):
        pace.add(now, progress)
    assert pace.seconds_left() is None


def test_the_estimate_follows_the_recent_pace() -> None:
    pace = Pace(window=20.0)
    for second in range(0, 101):
        pace.add(float(second), second * 0.001)
    for second in range(101, 141):
        pace.add(float(second), 0.1 + (second - 100) * 0.01)
    assert pace.seconds_left() == pytest.approx((1 - 0.5) / 0.01, rel=0.05)
