"""Hands a body to aiohttp, and knows at each moment who keeps whom waiting."""

import asyncio
import math
from types import TracebackType
from typing import Self

from batchdock.core.errors import FileUnreadable
from batchdock.core.streams import Outgoing
from batchdock.services.http.limits import Limits

_LEAST_BYTES, _FIRST_BYTES, _MOST_BYTES = 32 * 1024, 64 * 1024, 512 * 1024
"""What is handed over at once. A line that does not take it within `Limits.silence` counts as broken, so it is little
on a slow one; on a fast one each piece costs computing, so it grows."""
_FAST_SECONDS, _SLOW_SECONDS = 0.05, 1.0
_SMALL_BYTES = 16 * 1024
"""Pieces below this go over together with what follows: each costs a packet."""


class Feed:
    """The pieces of a body, and a watch over the line while they go. Use it as a context manager around the request.

    aiohttp has no time limit for writing. Whoever took a piece and does not ask for the next one for `silence` seconds
    is stuck, and the request ends with a `TimeoutError`. While the body itself is waited for (a slow disk, a speed
    limit) there is no limit; after its last byte the answer has `answer` seconds.
    """

    def __init__(self, body: Outgoing, limits: Limits) -> None:
        self.error: Exception | None = None
        """What the body raised; aiohttp wraps it beyond recognition."""
        self._body, self._limits = body, limits
        self._pieces = body.open()
        self._rest = memoryview(b"")
        self._handed_over = 0
        self._piece, self._handed_at = _FIRST_BYTES, math.inf
        self._ended = False
        # Its writing task may still be asking for a piece when the request is over.
        self._asking = asyncio.Lock()
        self._watch = asyncio.timeout(None)
        self._watching = False

    @property
    def handed_over(self) -> bool:
        """True when every byte of the body has been."""
        return self._handed_over == self._body.size

    async def __aenter__(self) -> Self:
        await self._watch.__aenter__()
        self._watching = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watching = False
        try:
            async with self._asking:
                await self._pieces.aclose()
        finally:
            await self._watch.__aexit__(kind, error, trace)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> memoryview:
        async with self._asking:
            self._measure()
            if not self._rest and not self._ended:
                self._wait(None)
                try:
                    self._rest = memoryview(await self._gathered())
                except Exception as error:
                    self.error = error
                    raise
            if not self._rest:
                self._wait(self._limits.answer)
                raise StopAsyncIteration
            piece, self._rest = self._rest[: self._piece], self._rest[self._piece :]
            self._handed_over += len(piece)
            self._handed_at = asyncio.get_running_loop().time()
            self._wait(self._limits.silence)
            return piece

    async def finish(self) -> None:
        """Let the body come to its end, where a quick answer came before anybody asked for another piece."""
        async for _ in self:
            pass

    def _measure(self) -> None:
        """Choose the size of the next piece after how long the line took for the last one."""
        took = asyncio.get_running_loop().time() - self._handed_at
        if 0.0 <= took < _FAST_SECONDS:
            self._piece = min(_MOST_BYTES, self._piece * 2)
        elif took > _SLOW_SECONDS:
            self._piece = _LEAST_BYTES

    async def _gathered(self) -> bytes:
        """Return the next piece; small ones in one. Empty at the end."""
        gathered = b""
        missing = self._body.size - self._handed_over
        while missing - len(gathered) > 0 and min(len(gathered), missing - len(gathered)) < _SMALL_BYTES:
            try:
                gathered += await anext(self._pieces)
            except StopAsyncIteration:
                raise self._changed() from None
        if not missing:
            self._ended = True
            async for piece in self._pieces:
                if piece:
                    raise self._changed()
        if len(gathered) > missing:
            raise self._changed()
        return gathered

    def _changed(self) -> FileUnreadable:
        return FileUnreadable(name=self._body.name, reason="It changed while it was sent.")

    def _wait(self, seconds: float | None) -> None:
        if self._watching and not self._watch.expired():
            self._watch.reschedule(None if seconds is None else asyncio.get_running_loop().time() + seconds)
