"""Bodies to send: bytes that are held, and any number of bytes that nobody holds."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from batchdock.core.errors import BatchdockError

PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Held:
    """A body of these very bytes; see `core.ports.Outgoing`."""

    name: str
    data: bytes
    piece: int = PIECE_BYTES

    @property
    def size(self) -> int:
        return len(self.data)

    async def open(self) -> AsyncGenerator[bytes, None]:
        for start in range(0, len(self.data), self.piece):
            yield self.data[start : start + self.piece]


@dataclass(slots=True)
class Zeros:
    """`size` zero bytes, of which a piece at a time is held. Counts how often it was opened and closed.

    After `breaks_at` bytes it raises `error`, as a file that vanishes does; `on_piece` is told each piece's size first.
    """

    name: str
    size: int
    error: BatchdockError | None = None
    breaks_at: int = 0
    on_piece: Callable[[int], None] | None = None
    opened: int = 0
    closed: int = 0
    handed_over: int = 0

    async def open(self) -> AsyncGenerator[bytes, None]:
        self.opened += 1
        self.handed_over = 0
        piece = bytes(PIECE_BYTES)
        try:
            while self.handed_over < self.size:
                if self.error is not None and self.handed_over >= self.breaks_at:
                    raise self.error
                size = min(PIECE_BYTES, self.size - self.handed_over)
                if self.on_piece is not None:
                    self.on_piece(size)
                yield piece[:size]
                self.handed_over += size
                await asyncio.sleep(0)
        finally:
            self.closed += 1
