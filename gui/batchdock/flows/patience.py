"""How long, and how often, something is tried again that may well work a little later."""

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from batchdock.core.errors import BatchdockError, ServiceError

_Result = TypeVar("_Result")

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0


def pause_after(tries: int, error: BatchdockError | None = None) -> float:
    """Return how many seconds to wait after the `tries`-th try in a row that did not work (full jitter above half)."""
    asked = error.retry_after if isinstance(error, ServiceError) else None
    if asked is not None:
        return min(asked, 10 * _LONGEST_PAUSE)
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(tries - 1, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


class Pause(Protocol):
    """Waits, at most `seconds`, because of `error`; who knows that it is over may end it sooner."""

    def __call__(self, seconds: float, error: BatchdockError | None = None) -> Awaitable[None]: ...


async def sleep_through(seconds: float, error: BatchdockError | None = None) -> None:
    """Wait for the whole time, whatever happens."""
    await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Patience:
    """`limit` is how many seconds of nothing but trouble are borne: for ever in a window, less in a script.

    `pause` is how the time between two tries is spent, here and by whoever tries again in a way of its own.
    """

    limit: float = math.inf
    pause: Pause = sleep_through

    async def keep(
        self,
        work: Callable[[], Awaitable[_Result]],
        *,
        on_trouble: Callable[[BatchdockError], None] = lambda error: None,
    ) -> _Result:
        """Return what `work` returns, doing it again while its errors are retryable and patience lasts."""
        began, tries = time.monotonic(), 0
        while True:
            try:
                return await work()
            except BatchdockError as error:
                tries += 1
                seconds = pause_after(tries, error)
                if not error.retryable or time.monotonic() + seconds - began > self.limit:
                    raise
                on_trouble(error)
                await self.pause(seconds, error)
