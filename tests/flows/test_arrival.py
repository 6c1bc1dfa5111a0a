"""How long it is waited for what was sent, in virtual time."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

from batchdock.flows.transfers.arrival import Arrival, Found
from making.virtual_time import run_in_virtual_time

Looks = list[tuple[float, Found]]


def rested(batch: Callable[[float], Found], *, shards: int = 0, enough: int | None = None) -> tuple[float, Looks]:
    """Return when the batch was found to be at rest, and every look at it."""

    async def scenario() -> tuple[float, Looks]:
        clock = asyncio.get_running_loop()
        looks: Looks = []

        async def look() -> Found:
            looks.append((clock.time(), batch(clock.time())))
            return looks[-1][1]

        await Arrival(settle=10, silence=900).rest(look, shards=shards, enough=enough)
        return clock.time(), looks

    return run_in_virtual_time(scenario())


def test_what_is_there_is_seen_at_the_first_look() -> None:
    assert rested(lambda now: Found(True, 500, 1), shards=1, enough=500)[0] == 0.0


def test_it_is_looked_soon_and_then_less_often() -> None:
    took, looks = rested(lambda now: Found(True, 500 if now > 60 else 0, 1, now <= 60), shards=1, enough=500)
    pauses = [after - before for (before, _), (after, _) in pairwise(looks)]
    assert 60 < took < 66
    assert pauses[0] <= 0.05
    assert max(pauses) <= 5.0
    assert len(looks) < 30


def test_a_count_that_is_enough_is_not_believed_while_shards_move() -> None:
    took, _ = rested(lambda now: Found(True, 500, 2, now < 30), shards=2, enough=500)
    assert took >= 30


def test_a_count_that_stops_short_is_given_up_after_a_while_without_change() -> None:
    took, _ = rested(lambda now: Found(True, min(400, int(now) * 20), 1), shards=1, enough=500)
    assert 30 <= took <= 36


def test_shards_that_have_not_appeared_yet_are_waited_for_much_longer() -> None:
    took, _ = rested(lambda now: Found(now > 300, 500 if now > 300 else 0, 1 if now > 300 else 0), shards=1, enough=500)
    assert 300 < took < 306
    took, _ = rested(lambda now: Found(False), shards=1, enough=500)
    assert 900 <= took < 906


def test_without_a_number_that_is_enough_it_is_waited_for_quiet() -> None:
    took, _ = rested(lambda now: Found(True, 500 + (now > 5), 1), shards=1)
    assert 15 <= took <= 21
