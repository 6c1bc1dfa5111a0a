"""How often and how soon a request is repeated."""

import asyncio
import random
from dataclasses import dataclass

from batchdock.core.errors import BatchdockError, ConnectionClosed, ServiceError, UnreadableAnswer


@dataclass(frozen=True, slots=True)
class Patience:
    """At most `tries` tries; the pauses grow from `base` seconds, doubled each time, never over `ceiling`."""

    tries: int = 5
    base: float = 0.5
    ceiling: float = 20.0
    longest_request: float = 60.0
    """A service that asks for a longer pause than this gets no more tries now; the error says when."""

    def pause(self, number: int) -> float:
        """Return how long to wait before try `number` + 1: random, so that many clients do not come back at once."""
        return random.uniform(0.0, min(self.ceiling, self.base * 2**number))  # noqa: S311


class Tries:
    """Counts the tries of one request and waits between them."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._made = 0

    async def after(self, error: BatchdockError) -> None:
        """Wait for the next try, or raise `error` when it was the last or another try is useless."""
        self._made += 1
        if isinstance(error, ConnectionClosed):
            raise error
        # Half an answer is usually half a connection. Three in a row are another shape, and stay one.
        limit = min(3, self._patience.tries) if isinstance(error, UnreadableAnswer) else self._patience.tries
        if self._made >= limit or not (error.retryable or isinstance(error, UnreadableAnswer)):
            raise error
        asked = (error.retry_after or 0.0) if isinstance(error, ServiceError) else 0.0
        if asked > self._patience.longest_request:
            raise error
        await asyncio.sleep(max(asked, self._patience.pause(self._made)))
