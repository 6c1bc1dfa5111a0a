"""Start-up is what the movement of a job's progress does not explain."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.flows.costs.startups import StartUps

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
SKEW = timedelta(hours=3)
"""The clock that says when news came may be another one than the service's."""


def watched(points: Sequence[tuple[float, float]], state: JobState = JobState.RUNNING) -> StartUps:
    """Return what was seen of a job whose progress was so much after so many seconds."""
    made = StartUps()
    for seconds, progress in points:
        at = BEGIN + SKEW + timedelta(seconds=seconds)
        made.look(Job("a", "j", "J", state, progress=progress, last_news=at))
    return made


def moving(startup: float, items: float, times: Sequence[float]) -> list[tuple[float, float]]:
    return [(at, max(0.0, at - startup) / items * 0.95) for at in times]


@pytest.mark.parametrize(("startup", "items"), [(60, 60), (200, 50), (5, 400), (0, 100)])
def test_start_up_is_found_whatever_the_clocks_say(startup: float, items: float) -> None:
    times = [startup + items * part for part in (0.1, 0.3, 0.5, 0.9)]
    found = watched(moving(startup, items, [0.0, *times])).take(("a", "j"), startup + items)
    assert found == pytest.approx(startup, abs=1e-6)


def test_too_little_movement_says_nothing() -> None:
    assert watched([]).take(("a", "j"), 100) is None
    assert watched([(50, 0.1), (90, 0.35)]).take(("a", "j"), 100) is None
    assert watched([(50, 0.1), (70, 0.9)]).take(("a", "j"), 100) is None
    assert watched([(10, 0.1), (90, 0.9)], JobState.FINISHING).take(("a", "j"), 100) is None


def test_progress_that_goes_back_begins_anew_and_a_job_is_forgotten_once_it_was_asked_for() -> None:
    seen = watched([(10, 0.5), (20, 0.1), (70, 0.6)])
    assert seen.take(("a", "j"), 200) == pytest.approx(200 - 50 / 0.5 * 0.95)
    assert seen.take(("a", "j"), 200) is None
