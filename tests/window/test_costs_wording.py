"""Prices in words: no number looks more exact than it is."""

import pytest

from batchdock.core.costs import Basis, Estimate, together
from batchdock.window.costs.wording import amount_text, credits_text, price_text, seconds_text, up_to_text

pytestmark = pytest.mark.usefixtures("application")  # With its language; Qt's own has no grouping.


@pytest.mark.parametrize(
    ("credits", "text"),
    [(0.041, "0.04"), (0.5, "0.5"), (1, "1"), (2.64, "2.6"), (9.97, "10"), (14.2, "14"), (1200, "1,200"), (0, "0")],
)
def test_an_amount_has_two_digits_that_say_something(credits: float, text: str) -> None:
    assert amount_text(credits) == text


@pytest.mark.parametrize(
    ("credits", "text"),
    [
        ((2, 4), "about 2–4 credits"),
        ((2.9, 3.1), "about 3 credits"),
        ((0.95, 1.05), "about 1 credit"),
        ((0.001, 0.004), "less than 0.01 credits"),
        ((0.02, 0.4), "about 0.02–0.4 credits"),
    ],
)
def test_a_range_of_credits(credits: tuple[float, float], text: str) -> None:
    assert credits_text(credits) == text


def test_a_limit_has_its_unit() -> None:
    assert [up_to_text(each) for each in (1, 10)] == ["1 credit", "10 credits"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        ((20, 50), "less than 1 min"),
        ((2000, 2200), "about 35 min"),
        ((20, 600), "up to 10 min"),
        ((1190, 7100), "20 min to 2 h"),
        ((19_000, 19_400), "about 5 h 20 min"),
    ],
)
def test_a_range_of_time(seconds: tuple[float, float], text: str) -> None:
    assert seconds_text(seconds) == text


def test_time_and_price_stand_together_and_free_is_said() -> None:
    paid = Estimate((2000, 2200), (1, 1), (2, 4), Basis.TRIAL, 20)
    assert price_text(paid) == "about 35 min, about 2–4 credits"
    free = Estimate((19_000, 19_400), (1, 1), None, Basis.RATES, 20)
    assert price_text(free) == "about 5 h 20 min, free"


def test_jobs_that_are_started_together_cost_together() -> None:
    first = Estimate((10, 20), (100, 200), (1, 2), Basis.TRIAL, 20)
    second = Estimate((15, 30), (10, 20), (3, 4), Basis.HISTORY, 5)
    assert together([first, second]) == Estimate((15, 50), (110, 220), (4, 6), Basis.TRIAL, 25)
    assert together([first, None]) is None
    assert together([]) is None
