"""Lanes over a simulated line, in virtual time: what they find is the same at every run."""

import asyncio
import random
from collections import Counter

import pytest

from batchdock.core.errors import ConnectionProblem, ServiceTrouble, TimedOut, TooManyRequests
from batchdock.flows.transfers.pace import LARGE, LARGE_AT_ONCE, Lanes
from making.virtual_time import run_in_virtual_time

SMALL = 40_000


class Line:
    """A service `latency` seconds away, with so many bytes a second for all, that serves `places` at a time."""

    def __init__(self, *, latency: float = 0.0, bytes_a_second: float = 1e9, places: int = 1000) -> None:
        self.latency, self.bytes_a_second, self.places = latency, bytes_a_second, places
        self.now = self.peak = self.refused = 0
        self.sizes: Counter[int] = Counter()
        self.peaks: Counter[int] = Counter()
        self._free_at = 0.0

    async def take(self, size: int) -> bool:
        """Take a piece, or refuse it because there are too many."""
        self.now += 1
        self.sizes[size] += 1
        self.peak = max(self.peak, self.now)
        self.peaks[size] = max(self.peaks[size], self.sizes[size])
        try:
            if self.now > self.places:
                self.refused += 1
                await asyncio.sleep(self.latency)
                return False
            clock = asyncio.get_running_loop()
            self._free_at = max(clock.time(), self._free_at) + size / self.bytes_a_second
            await asyncio.sleep(self.latency + self._free_at - clock.time())
            return True
        finally:
            self.now -= 1
            self.sizes[size] -= 1


async def send(lanes: Lanes, line: Line, sizes: list[int], at_once: int = 64) -> float:
    """Send pieces until all are over and return how long it took."""
    waiting = iter(sizes)
    began = asyncio.get_running_loop().time()

    async def work() -> None:
        for size in waiting:
            tries = 0
            while True:
                async with lanes.lane(size, again=tries > 0):
                    if await line.take(size):
                        lanes.arrived(size)
                        break
                    lanes.pushed_back(TooManyRequests(service="x", status=429))
                tries += 1
                await asyncio.sleep(0.5)

    await asyncio.gather(*(work() for _ in range(at_once)))
    return asyncio.get_running_loop().time() - began


def test_latency_widens_them_to_the_most() -> None:
    async def scenario() -> tuple[int, float]:
        lanes, line = Lanes(start=8, most=64), Line(latency=0.05)
        return lanes.width, await send(lanes, line, [SMALL] * 5000)

    width, seconds = run_in_virtual_time(scenario())
    assert width == 8
    # 64 lanes all the time would take 3.9 seconds, 8 lanes 31.
    assert seconds < 6


def test_a_full_line_does_not_widen_them_for_nothing() -> None:
    async def scenario() -> int:
        lanes, line = Lanes(start=8, most=64), Line(bytes_a_second=2_000_000)
        await send(lanes, line, [SMALL] * 400)
        return lanes.width

    assert run_in_virtual_time(scenario()) <= 20


def test_they_settle_near_what_a_service_can_take() -> None:
    async def scenario() -> tuple[int, Line, float]:
        lanes, line = Lanes(start=8, most=64), Line(latency=0.1, places=20)
        seconds = await send(lanes, line, [SMALL] * 4000)
        return lanes.width, line, seconds

    width, line, seconds = run_in_virtual_time(scenario())
    assert width < 64
    assert line.refused < 1500
    assert seconds < 2 * 4000 * 0.1 / 20


@pytest.mark.parametrize(
    "error",
    [
        TooManyRequests(service="x", status=429),
        ServiceTrouble(service="x", status=503),
        TimedOut(host="x"),
    ],
)
def test_push_backs_that_are_many_halve_them_once_a_crowd(error: TooManyRequests) -> None:
    async def scenario() -> list[int]:
        lanes = Lanes(start=32, most=64)
        widths = []
        for _ in range(5):
            lanes.pushed_back(error)
            widths.append(lanes.width)
        await asyncio.sleep(3)
        lanes.pushed_back(error)
        return [*widths, lanes.width]

    assert run_in_virtual_time(scenario()) == [32, 16, 16, 16, 16, 8]


def test_errors_that_have_nothing_to_do_with_the_crowd_leave_them() -> None:
    async def scenario() -> int:
        lanes = Lanes(start=32, most=64)
        for error in (ServiceTrouble(service="x", status=500), ConnectionProblem(host="x")):
            lanes.pushed_back(error)
        dice = random.Random(1)
        for _ in range(500):
            # A service that stumbles now and then is not one that is crowded.
            if dice.random() < 0.1:
                lanes.pushed_back(ServiceTrouble(service="x", status=503))
            else:
                lanes.arrived(SMALL)
        return lanes.width

    assert run_in_virtual_time(scenario()) >= 32


def test_large_ones_go_two_at_a_time_and_neither_starve_nor_hold_up_small_ones() -> None:
    async def scenario() -> tuple[Line, float, float]:
        lanes, line = Lanes(start=8, most=64), Line(latency=0.05, bytes_a_second=LARGE)
        over: dict[str, float] = {}

        async def batch(name: str, sizes: list[int], at_once: int) -> None:
            await send(lanes, line, sizes, at_once)
            over[name] = asyncio.get_running_loop().time()

        await asyncio.gather(batch("large", [LARGE] * 6, 6), batch("small", [SMALL] * 2000, 30))
        return line, over["large"], over["small"]

    line, large, small = run_in_virtual_time(scenario())
    assert line.peaks[LARGE] == LARGE_AT_ONCE
    assert large < 10
    assert small < 40


def test_what_goes_again_comes_first() -> None:
    async def scenario() -> list[str]:
        lanes, order = Lanes(start=1, most=1), list[str]()

        async def go(name: str, *, again: bool) -> None:
            async with lanes.lane(1, again=again):
                order.append(name)
                await asyncio.sleep(1)

        tasks = [
            asyncio.create_task(go(name, again=again)) for name, again in (("a", False), ("b", False), ("c", True))
        ]
        await asyncio.gather(*tasks)
        return order

    assert run_in_virtual_time(scenario()) == ["a", "c", "b"]


@pytest.mark.parametrize("moment", [0.0, 0.5, 1.0, 1.5])
def test_a_lane_that_is_given_up_is_free_again(moment: float) -> None:
    """Cancelled while it waits, at the moment it is let in, and while it is on its way."""

    async def scenario() -> None:
        lanes = Lanes(start=2, most=2)

        async def go() -> None:
            async with lanes.lane(LARGE):
                await asyncio.sleep(1)

        tasks = [asyncio.create_task(go()) for _ in range(6)]
        await asyncio.sleep(moment)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(5), lanes.lane(LARGE), lanes.lane(LARGE):
            pass

    run_in_virtual_time(scenario())
