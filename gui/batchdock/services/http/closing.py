"""Requests that are under way, and an end for all of them at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from batchdock.core.errors import ConnectionClosed


class UnderWay:
    """Knows every request of one connection, so that closing it leaves none behind."""

    def __init__(self) -> None:
        self._closed = False
        self._requests: set[asyncio.Timeout] = set()
        self._quiet = asyncio.Event()

    @asynccontextmanager
    async def request(self, host: str, what: str) -> AsyncIterator[None]:
        """Count what happens inside. Raise `ConnectionClosed` when `close` ends it, or has been called before."""
        if self._closed:
            raise ConnectionClosed(host=host)
        closing = asyncio.timeout(None)  # Not a limit of time: what ends this request when the connection is closed.
        try:
            async with closing:
                self._requests.add(closing)
                try:
                    yield
                finally:
                    self._requests.discard(closing)
                    if not self._requests:
                        self._quiet.set()
        except Exception:
            if closing.expired():
                raise ConnectionClosed(host=host, details=what) from None
            raise

    async def close(self) -> None:
        """End every request and let no other begin. Returns when the last one is gone."""
        self._closed = True
        while self._requests:
            self._quiet.clear()
            for request in self._requests:
                if not request.expired():
                    request.reschedule(0.0)
            await self._quiet.wait()
