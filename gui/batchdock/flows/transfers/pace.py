"""How much goes over at once, and how fast: both follow what the line and the service give.

`Lanes` starts low, adds lanes while adding them makes the whole faster, and halves when the service says that it is
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

_ROUND = 0.25
"""Seconds between two looks at the throughput, or as many as it takes for most lanes to have brought something over."""
_GAIN = 1.05
_PROBE = 5.0
"""Seconds until it is tried once more whether another lane helps."""
_CALM = 2.0
"""Seconds after a push-back in which nothing is added and no second one counts: it was the same crowd."""
_PUSHED_BACK = 0.35
"""A service that pushes back this part of what comes has too much to do; below that it only stumbles."""
_MEMORY = 0.95
"""What counts of the answers before, at each new one."""
_TRUST = 4.0
"""As many good answers are taken for granted at first, or a single bad one would count as all there is."""
_TOO_MUCH = (408, 429, 503, 504)


class Lanes:
    """How many pieces of one sending may be on their way."""

    def __init__(self, *, start: int, most: int) -> None:
        self.width = start
        self._most = most
        self._used = 0
        self._large = 0
        self._first: deque[_Turn] = deque()
        self._waiting: deque[_Turn] = deque()
        self._pushed_back = 0.0
        self._answers = _TRUST
        self._calm_until = 0.0
        self._round_began: float | None = None
        self._round_pieces = 0
        self._round_done = 0.0
        self._last_rate = 0.0
        self._probe_at = 0.0
        self._doubling = True

    @asynccontextmanager
    async def lane(self, size: int, *, again: bool = False) -> AsyncIterator[None]:
        """Wait for a free lane and hold it for a piece of `size` bytes.

        What goes `again` comes first: better nearly finished than newly begun. Else first come, first served, except
        that small pieces pass large ones that wait for other large ones.
        """
        turn = _Turn(size >= LARGE)
        (self._first if again else self._waiting).append(turn)
        self._admit()
        try:
            await turn.given
        except asyncio.CancelledError:
            self._give_up(turn)
            raise
        try:
            yield
        finally:
            self._leave(turn)

    def arrived(self, size: int) -> None:
        """Count a piece that went over. At the end of each round the width follows the throughput."""
        self._answered(refused=False)
        now = asyncio.get_running_loop().time()
        if self._round_began is None:
            self._round_began = now
        # A little for the piece itself: with tiny files the round trips are the work, not the bytes.
        self._round_done += size + 20_000
        self._round_pieces += 1
        passed = now - self._round_began
        if passed >= _ROUND and self._round_pieces >= self.width:
            self._look(self._round_done / passed, now)
            self._begin_round(now)

    def pushed_back(self, error: BatchdockError) -> None:
        """Count a try in vain. Halve the width when so many are that less at once would do better."""
        if not _is_too_much(error):
            return
        self._answered(refused=True)
        now = asyncio.get_running_loop().time()
        if now >= self._calm_until and self._pushed_back / self._answers >= _PUSHED_BACK:
            self.width = max(1, self.width // 2)
            self._calm_until = now + _CALM
            self._doubling = False
            self._last_rate = 0.0
            self._begin_round(now)

    def _look(self, rate: float, now: float) -> None:
        crowded = self._used + len(self._waiting) + len(self._first) >= self.width
        if now < self._calm_until or not crowded:
            return
        if rate > self._last_rate * _GAIN or now >= self._probe_at:
            self.width = min(self._most, self.width * 2 if self._doubling else self.width + max(1, self.width // 4))
            self._probe_at = now + _PROBE
            self._admit()
        else:
            self._doubling = False
            if rate < self._last_rate * 0.7:
                self.width = max(1, self.width - 1)
        self._last_rate = rate

    def _begin_round(self, now: float) -> None:
        self._round_began, self._round_done, self._round_pieces = now, 0.0, 0

    def _answered(self, *, refused: bool) -> None:
        self._answers = self._answers * _MEMORY + 1
        self._pushed_back = self._pushed_back * _MEMORY + refused

    def _give_up(self, turn: "_Turn") -> None:
        if turn.entered:
            self._leave(turn)
        else:
            (self._first if turn in self._first else self._waiting).remove(turn)
            self._admit()

    def _leave(self, turn: "_Turn") -> None:
        self._used -= 1
        self._large -= turn.large
        self._admit()

    def _admit(self) -> None:
        for queue in (self._first, self._waiting):
            for turn in tuple(queue) if self._used < self.width else ():
                if self._used >= self.width:
                    return
                if turn.given.done() or (turn.large and self._large >= LARGE_AT_ONCE):
                    continue  # Cancelled, and about to say so; or too many of its size.
                queue.remove(turn)
                turn.entered = True
                self._used += 1
                self._large += turn.large
                turn.given.set_result(None)


class _Turn:
    """A place in the queue."""

    def __init__(self, large: bool) -> None:
        self.large = large
        self.entered = False
        self.given: asyncio.Future[None] = asyncio.get_running_loop().create_future()


def _is_too_much(error: BatchdockError) -> bool:
    if isinstance(error, ServiceTrouble):
        return error.values.get("status") in _TOO_MUCH
    return isinstance(error, TooManyRequests | TimedOut)


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
