"""How much goes over at once, and how fast: both follow what the line and the service give.

`Lanes` starts low, adds a lane while adding one makes the whole faster, and halves when the service says that it is
too much (429, 503, no answer in time). `SpeedLimit` is what a person sets.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from batchdock.core.errors import BatchdockError, ServiceTrouble, TimedOut, TooManyRequests

LARGE = 64 * 1024 * 1024
"""Pieces from this size on go one or two at a time: in parallel they would only fail together."""
LARGE_AT_ONCE = 2

_ROUND = 0.5
"""Seconds between two looks at the throughput; shorter ones measure noise."""
_GAIN = 1.03
_CALM = 2.0
"""Seconds after a push-back in which nothing is added and no second one counts: it was the same crowd."""


class Lanes:
    """How many pieces may be on their way. One for all pieces that go to the same service at a time."""

    def __init__(self, *, start: int, most: int) -> None:
        self.width = start
        self._most = most
        self._used = 0
        self._large = 0
        self._waiting: deque[tuple[asyncio.Future[None], bool]] = deque()
        self._round_began = time.monotonic()
        self._round_done = 0.0
        self._last_rate = 0.0
        self._quiet_until = 0.0

    @asynccontextmanager
    async def lane(self, size: int) -> AsyncIterator[None]:
        """Wait for a free lane and hold it for a piece of `size` bytes. First come, first served."""
        large = size >= LARGE
        if self._waiting or not self._room(large):
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((turn, large))
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._leave(large)
                else:
                    self._waiting = deque(each for each in self._waiting if each[0] is not turn)
                    self._admit()
                raise
        else:
            self._enter(large)
        try:
            yield
        finally:
            self._leave(large)

    def arrived(self, size: int) -> None:
        """Count a piece that went over. Every half second the width follows the throughput."""
        # A little for the piece itself: with tiny files the round trips are the work, not the bytes.
        self._round_done += size + 20_000
        now = time.monotonic()
        passed = now - self._round_began
        if passed < _ROUND:
            return
        rate = self._round_done / passed
        crowded = self._used >= self.width
        if crowded and now >= self._quiet_until and self.width < self._most:
            if rate > self._last_rate * _GAIN:
                self.width = min(self._most, self.width + max(1, self.width // 2))
            elif rate < self._last_rate * 0.7:
                self.width = max(1, self.width - 1)
        self._last_rate, self._round_began, self._round_done = rate, now, 0.0
        self._admit()

    def pushed_back(self, error: BatchdockError) -> None:
        """Halve the width when the error means that less at once would do better."""
        now = time.monotonic()
        if isinstance(error, TooManyRequests | ServiceTrouble | TimedOut) and now >= self._quiet_until:
            self.width = max(1, self.width // 2)
            self._quiet_until = now + _CALM
            self._last_rate = 0.0

    def _room(self, large: bool) -> bool:
        return self._used < self.width and not (large and self._large >= LARGE_AT_ONCE)

    def _enter(self, large: bool) -> None:
        self._used += 1
        self._large += large

    def _leave(self, large: bool) -> None:
        self._used -= 1
        self._large -= large
        self._admit()

    def _admit(self) -> None:
        while self._waiting:
            turn, large = self._waiting[0]
            if turn.done():
                self._waiting.popleft()
                continue
            if not self._room(large):
                return
            self._waiting.popleft()
            self._enter(large)
            turn.set_result(None)


class SpeedLimit:
    """At most `bytes_a_second` over all transfers together; None for as fast as it goes."""

    def __init__(self) -> None:
        self.bytes_a_second: float | None = None
        self._free_at = 0.0

    async def take(self, size: int) -> None:
        """Wait until `size` bytes more may go over."""
        if self.bytes_a_second is None:
            return
        now = time.monotonic()
        start = max(now, self._free_at)
        self._free_at = start + size / self.bytes_a_second
        while (left := start - time.monotonic()) > 0:
            # In short steps, so that a limit that is lifted meanwhile holds nobody up.
            await asyncio.sleep(min(left, 0.25))
            if self.bytes_a_second is None:
                self._free_at = 0.0
                return
