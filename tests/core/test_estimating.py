"""What a job will take follows from what others took. The truth here: start-up × tasks + seconds × items, and noise."""

import math
import random
from dataclasses import dataclass, replace

import pytest

from batchdock.core.batch import Content
from batchdock.core.costs import Measure
from batchdock.core.estimating import PACKAGE, Size, busy, clock_time, machine_time, machines_seen


@dataclass(frozen=True)
class Truth:
    """A workflow at a service: seconds of start-up a task, and seconds an item."""

    startup: float
    item: float
    noise: float = 0.08

    def of(self, items: int, chance: random.Random, *, trial: bool = False) -> Measure:
        tasks = math.ceil(items / PACKAGE)
        seconds = (self.startup * tasks + self.item * items) * chance.uniform(1 - self.noise, 1 + self.noise)
        return Measure(
            account_id="a",
            job_id=str(items),
            workflow_id="w",
            content=Content.IMAGES,
            items=items,
            tasks=tasks,
            at_once=tasks,
            started=0.0,
            ended=seconds / tasks,
            machine_seconds=seconds,
            trial=trial,
        )


TRUTHS = [
    Truth(startup, item)
    for startup, item in ((5, 0.05), (20, 0.3), (60, 0.3), (60, 1.5), (120, 0.1), (120, 2), (0.5, 0.8), (240, 0.5))
]
TRUTHS += [Truth(40, 4), Truth(90, 0.7)]
WHOLE = 12_782


def size(items: int) -> Size:
    return Size(items, math.ceil(items / PACKAGE))


def is_within(part: float, found: float, truth: float) -> bool:
    return abs(found - truth) <= part * truth


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("truth", TRUTHS, ids=str)
def test_a_try_and_one_larger_job_are_within_30_percent(truth: Truth, seed: int) -> None:
    chance = random.Random(seed)
    measures = [truth.of(20, chance, trial=True), truth.of(900, chance)]
    low, high = machine_time(measures, size(WHOLE))
    expected = truth.startup * size(WHOLE).tasks + truth.item * WHOLE
    assert low <= expected <= high
    assert is_within(0.3, (low + high) / 2, expected)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("truth", TRUTHS, ids=str)
def test_a_try_that_was_seen_to_move_is_within_30_percent(truth: Truth, seed: int) -> None:
    trial = truth.of(20, random.Random(seed), trial=True)
    # The whole of that run was slower or faster, its start-up too.
    part = trial.machine_seconds / (truth.startup + truth.item * 20)
    low, high = machine_time([replace(trial, startup=truth.startup * part)], size(WHOLE))
    expected = truth.startup * size(WHOLE).tasks + truth.item * WHOLE
    assert low <= expected <= high
    assert is_within(0.3, (low + high) / 2, expected)


@pytest.mark.parametrize("truth", TRUTHS, ids=str)
def test_after_a_try_alone_the_truth_lies_in_the_range_which_says_how_little_is_known(truth: Truth) -> None:
    trial = truth.of(20, random.Random(1), trial=True)
    low, high = machine_time([trial], size(WHOLE))
    assert low <= truth.startup * size(WHOLE).tasks + truth.item * WHOLE <= high
    assert high / low <= PACKAGE / 20 * 1.2


def test_jobs_of_the_same_filling_scale_however_start_up_and_items_divide() -> None:
    truth = Truth(60, 0.5, 0.0)
    low, high = machine_time([truth.of(PACKAGE * 4, random.Random(1))], size(PACKAGE * 40))
    expected = truth.startup * 40 + truth.item * PACKAGE * 40
    assert low < expected < high < low * 1.3


def test_the_more_the_jobs_agree_the_narrower_the_range() -> None:
    chance = random.Random(3)
    calm, wild = Truth(30, 0.5, 0.02), Truth(30, 0.5, 0.5)
    items = (20, 100, 500, 900, 2_000, 4_000)
    widths = [
        high / low
        for low, high in (machine_time([each.of(n, chance) for n in items], size(WHOLE)) for each in (calm, wild))
    ]
    assert widths[0] < 1.4 < widths[1]


def test_a_try_on_files_of_another_kind_counts_more_than_earlier_jobs() -> None:
    chance = random.Random(2)
    small, large = Truth(10, 0.1), Truth(10, 5.0)
    measures = [large.of(20, chance, trial=True), small.of(30, chance), small.of(2_000, chance)]
    low, high = machine_time(measures, size(WHOLE))
    assert low <= 10 * size(WHOLE).tasks + 5.0 * WHOLE <= high


def test_time_by_the_clock_is_divided_over_the_machines_that_are_allowed() -> None:
    assert clock_time((1000.0, 2000.0), [], Size(2_560, 10, at_once=4)) == (300.0, 600.0)
    assert clock_time((1000.0, 2000.0), [], Size(2_560, 10, at_once=50)) == (100.0, 200.0)


def test_where_nobody_said_how_many_machines_it_is_between_one_and_all_until_a_job_shows_it() -> None:
    truth = Truth(10, 1.0)
    trial = truth.of(20, random.Random(1))
    assert clock_time((1000.0, 2000.0), [trial], Size(2_560, 10)) == (100.0, 2000.0)
    three = Measure(
        account_id="a",
        job_id="j",
        workflow_id="w",
        content=Content.IMAGES,
        items=PACKAGE * 9,
        tasks=9,
        at_once=3,
        started=0.0,
        ended=300.0,
        machine_seconds=900.0,
    )
    assert clock_time((1000.0, 2000.0), [trial, three], Size(2_560, 10)) == (400.0, 800.0)
    all_at_once = truth.of(PACKAGE * 5, random.Random(1))
    assert clock_time((1000.0, 2000.0), [trial, all_at_once], Size(2_560, 10)) == (100.0, 400.0)


def test_machines_are_busy_until_no_task_is_left_for_them() -> None:
    # Two machines, four tasks: 10 and 20 seconds, then 25 and 10.
    ends = [110.0, 120.0, 135.0, 130.0]
    assert busy(100.0, ends, 2) == 65.0
    assert busy(100.0, ends, 1) == 35.0
    assert busy(100.0, ends, 4) == 95.0


@pytest.mark.parametrize(
    ("ends", "machines"),
    [([10, 10, 11, 10], 4), ([10, 20, 30, 40], 1), ([10, 10, 20, 20], 2), ([10], 0), ([0, 10], 0)],
)
def test_how_many_machines_worked_is_seen_from_when_tasks_ended(ends: list[float], machines: int) -> None:
    assert machines_seen(0.0, ends) == machines
