"""The rules of how often is asked, and about what in detail."""

from typing import Any

import pytest

from batchdock.core.errors import (
    BatchdockError,
    InArrears,
    KeyRefused,
    NoNetwork,
    ProxyRefused,
    ServiceTrouble,
    TooManyRequests,
    UnreadableAnswer,
)
from batchdock.flows.jobs.asking import (
    BACKGROUND,
    HERE,
    HERE_UNSEEN,
    IDLE,
    QUIET,
    REQUESTS_A_SECOND,
    STEADY,
    WATCHED,
    Attention,
    Circumstances,
    asked_pause,
    in_detail,
    is_said,
    pause_after_trouble,
    pause_between,
)
from batchdock.flows.jobs.missing import Missing

PASSES = 5
FRONT, HIDDEN, AWAY = Attention.FRONT, Attention.BACKGROUND, Attention.IDLE


def circumstances(**changes: Any) -> Circumstances:
    values: dict[str, Any] = {
        "attention": FRONT,
        "moving": True,
        "watched": True,
        "here": False,
        "quiet": 0.0,
        "requests": 1,
    }
    return Circumstances(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "pause"),
    [
        ({}, WATCHED),
        ({"watched": False}, STEADY),
        ({"attention": HIDDEN}, BACKGROUND),
        ({"attention": AWAY}, BACKGROUND),
        ({"moving": False, "watched": False}, STEADY),
        ({"moving": False, "watched": False, "attention": HIDDEN}, BACKGROUND),
        ({"moving": False, "watched": False, "attention": AWAY}, IDLE),
        ({"moving": False, "watched": False, "quiet": QUIET + 1}, IDLE),
        ({"quiet": QUIET + 1}, WATCHED),
        ({"here": True}, HERE),
        ({"here": True, "watched": False}, HERE),
        ({"here": True, "attention": HIDDEN}, HERE_UNSEEN),
        ({"here": True, "moving": False}, STEADY),
    ],
)
def test_the_pause_follows_what_moves_and_who_looks(changes: dict[str, Any], pause: float) -> None:
    assert pause_between(circumstances(**changes)) == pause


def test_a_round_of_many_requests_is_followed_by_a_longer_pause() -> None:
    assert pause_between(circumstances(requests=100)) == 100 / REQUESTS_A_SECOND
    assert pause_between(circumstances(requests=100, here=True)) == HERE


def test_what_the_service_asks_for_is_kept_to_the_second_and_has_an_end() -> None:
    assert pause_after_trouble(1, TooManyRequests(service="S", retry_after=421.0)) == 421.0
    assert asked_pause(TooManyRequests(service="S", retry_after=1e9)) == 3600.0
    assert asked_pause(TooManyRequests(service="S")) is None
    assert asked_pause(KeyRefused(service="S")) is None


def test_who_gives_no_answer_is_asked_ever_more_rarely() -> None:
    error = TooManyRequests(service="S")
    assert [pause_after_trouble(tries, error) <= 2.0 ** (tries - 1) for tries in range(1, 7)] == [True] * 6
    assert 30.0 <= pause_after_trouble(50, error) <= 60.0


KEYS = [("a", f"j-{number}") for number in range(30)]


def test_what_must_be_comes_first_then_what_is_on_screen_then_the_others_in_turn() -> None:
    asked = {key: float(number) for number, key in enumerate(KEYS[:20])}
    found = in_detail(KEYS, [KEYS[7], ("a", "over")], {KEYS[15], KEYS[3]}, asked, most=5)
    assert found[:3] == [KEYS[7], KEYS[3], KEYS[15]]
    assert len(found) == 6
    assert set(found[3:]) <= set(KEYS[20:])  # Never asked about yet.


def test_everybody_has_a_turn() -> None:
    asked: dict[tuple[str, str], float] = {}
    for moment in range(8):
        for key in in_detail(KEYS, [KEYS[0]], set(), asked, most=5):
            asked[key] = float(moment)
    assert set(asked) == set(KEYS)


def test_what_is_not_there_is_asked_for_ever_more_rarely_until_it_is_found() -> None:
    missing, key = Missing(), KEYS[0]
    pauses, now = [], 0.0
    for _ in range(9):
        assert missing.is_due(key, now)
        missing.note(key, now)
        pause = next(seconds for seconds in range(1, 10_000) if missing.is_due(key, now + seconds))
        pauses.append(pause)
        now += pause
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    missing.found(key)
    assert missing.is_due(key, now)
    assert not missing.is_missed(key)


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (InArrears(), 1),
        (KeyRefused(), 1),
        (UnreadableAnswer(), 1),
        (ServiceTrouble(), PASSES),
        (ProxyRefused(), PASSES),
    ],
)
def test_trouble_is_said_when_it_does_not_pass(error: BatchdockError, tries: int) -> None:
    assert is_said(error, tries)
    assert tries == 1 or not is_said(error, tries - 1)


def test_of_a_line_that_is_down_nothing_is_said() -> None:
    assert not is_said(NoNetwork(), 100)
