"""A month is a calendar month of this computer's clock; promises keep two jobs from spending the same credits."""

from datetime import datetime, timedelta

import pytest

from batchdock.core.batch import Content
from batchdock.core.costs import Measure
from batchdock.flows.costs.ledger import Ledger, local_now, month_of

KEY = ("acme", "j-1")


def measure(ended: float, credits: float, job_id: str = "j-1", account_id: str = "acme") -> Measure:
    return Measure(
        account_id=account_id,
        job_id=job_id,
        workflow_id="w",
        content=Content.IMAGES,
        items=1,
        started=ended - 10,
        ended=ended,
        machine_seconds=10,
        credits=credits,
    )


class Calendar:
    """A clock that a test turns."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def test_a_month_begins_at_midnight_here() -> None:
    begin = datetime.fromtimestamp(month_of(local_now()))
    assert (begin.day, begin.hour, begin.minute, begin.month) == (1, 0, 0, local_now().month)


def test_only_this_month_and_this_account_count_and_the_next_month_begins_at_nothing() -> None:
    calendar = Calendar(datetime(2026, 11, 22, 12).astimezone())
    november = month_of(calendar.now)
    ledger = Ledger(
        [
            measure(november - 1, 100, "last-month"),
            measure(november, 1, "first"),
            measure(november + 9, 2, "second"),
            measure(november + 9, 50, account_id="other"),
        ],
        calendar,
    )
    assert ledger.spent("acme") == 3
    assert ledger.spent("other") == 50
    calendar.now = datetime(2026, 12, 1).astimezone()
    assert ledger.spent("acme") == 0


def test_a_run_counts_once_and_a_second_run_of_the_job_too() -> None:
    now = local_now()
    ledger = Ledger([], Calendar(now))
    ended = now.timestamp()
    ledger.enter(measure(ended, 1))
    ledger.enter(measure(ended, 1.5))
    assert ledger.spent("acme") == 1.5
    ledger.enter(measure((now + timedelta(seconds=30)).timestamp(), 2))
    assert ledger.spent("acme") == 3.5


def test_what_runs_counts_as_far_as_it_is_and_what_is_promised_beyond_it_apart() -> None:
    ledger = Ledger([])
    ledger.promise(KEY, 5)
    assert (ledger.spent("acme"), ledger.outstanding("acme")) == (0, 5)
    ledger.run(KEY, 2)
    assert (ledger.spent("acme"), ledger.outstanding("acme")) == (2, 3)
    assert ledger.outstanding("acme", but=KEY) == 0
    assert ledger.outstanding("other") == 0
    ledger.run(KEY, 7)
    assert (ledger.spent("acme"), ledger.outstanding("acme")) == (7, 0)
    ledger.enter(measure(local_now().timestamp(), 6))
    assert (ledger.spent("acme"), ledger.outstanding("acme")) == (6, 0)


@pytest.mark.parametrize("settles", [True, False])
def test_a_job_that_came_to_nothing_is_promised_nothing(settles: bool) -> None:
    ledger = Ledger([])
    ledger.promise(KEY, 5)
    ledger.run(KEY, 1)
    if settles:
        ledger.settle(KEY)
    else:
        ledger.release(KEY)
    assert ledger.outstanding("acme") == 0
    assert ledger.spent("acme") == (0 if settles else 1)
