"""A file at a service as a file object, for a thread that reads here and there in it without having all of it."""

import asyncio
from bisect import bisect_right, insort
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass

from batchdock.core.errors import BatchdockError

FIRST_BYTES = 64 * 1024
ELSEWHERE_BYTES = 16 * 1024
"""What is asked for at another place than the one that was read to: a header, mostly."""
MOST_AHEAD_BYTES = 4 * 1024 * 1024
MOST_REQUESTS = 500
"""What jumps about for longer than that is not worth it."""


class TooFar(OSError):
    """More would have to be fetched than was agreed."""


class GivenUp(OSError):
    """Nobody wants it any more, or it can not be had; `Distant.trouble` says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a file from `start` on; `size` is that of the whole file, None where nobody tells."""

    start: int
    data: bytes
    size: int | None


Ask = Callable[[int, int], Awaitable[Piece]]
"""Gives the bytes from one place up to another; from the file's beginning where the service knows no other."""


class Distant:
    """Reads through `ask`, on `loop`, at most `most` bytes, all of which are kept. Used by one thread that is not the
    loop's. Reads raise `TooFar` and `GivenUp`."""

    def __init__(self, ask: Ask, loop: asyncio.AbstractEventLoop, most: int) -> None:
        self._ask, self._loop, self._most = ask, loop, most
        self._pieces: list[tuple[int, bytes]] = []
        self._at = 0
        self._ahead = FIRST_BYTES
        self._requests = 0
        self._knows_no_parts = False
        """Where the service begins at the beginning whatever it is asked for."""
        self._asked: Future[Piece] | None = None
        self._stopped = False
        self.fetched = 0
        self.size: int | None = None
        self.trouble: BatchdockError | None = None

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes from where it stands, none at the end."""
        if size < 0:
            size = self._most
        found = self._known(size)
        if not found and size and not (self.size is not None and self._at >= self.size):
            self._fetch()
            found = self._known(size)
        self._at += len(found)
        return found

    def seek(self, offset: int, whence: int = 0) -> int:
        """Stand somewhere else, as files do."""
        if whence == 2 and self.size is None:
            self._fetch()
            if self.size is None:
                raise TooFar("Nobody tells where it ends.")
        self._at = max(0, offset + (0, self._at, self.size or 0)[whence])
        return self._at

    def tell(self) -> int:
        """Return where it stands."""
        return self._at

    def stop(self) -> None:
        """Have reads end at once, from another thread."""
        self._stopped = True
        if self._asked is not None:
            self._asked.cancel()

    def _known(self, size: int) -> bytes:
        place = bisect_right(self._pieces, self._at, key=lambda piece: piece[0]) - 1
        if place < 0:
            return b""
        start, data = self._pieces[place]
        return data[self._at - start : self._at - start + size]

    def _fetch(self) -> None:
        left = self._most - self.fetched
        if left <= 0 or self._requests >= MOST_REQUESTS:
            raise TooFar("So much was not agreed.")
        if self._requests:
            follows = any(start + len(data) == self._at for start, data in self._pieces)
            self._ahead = min(MOST_AHEAD_BYTES, self._ahead * 2) if follows else ELSEWHERE_BYTES
        wanted = left if self._knows_no_parts else min(left, self._ahead)
        start = 0 if self._knows_no_parts else self._at
        piece = self._asked_for(start, start + wanted)
        self._requests += 1
        self.fetched += len(piece.data)
        if piece.size is not None:
            self.size = piece.size
        elif len(piece.data) < wanted:
            self.size = piece.start + len(piece.data)
        if piece.start != start:
            self._knows_no_parts = True
        if piece.start == 0:
            self._pieces.clear()
        if piece.data:
            insort(self._pieces, (piece.start, piece.data), key=lambda each: each[0])
        reached = piece.start + len(piece.data)
        if self._at >= reached and (self.size is None or self._at < self.size):
            if self._knows_no_parts and wanted < left:
                self._fetch()
            else:
                raise TooFar("So far it was not read.")

    def _asked_for(self, start: int, end: int) -> Piece:
        if self._stopped:
            raise GivenUp("Nobody wants it any more.")

        async def ask() -> Piece:
            return await self._ask(start, end)

        asked = self._asked = asyncio.run_coroutine_threadsafe(ask(), self._loop)
        if self._stopped:
            asked.cancel()
        try:
            return asked.result()
        except CancelledError:
            raise GivenUp("Nobody wants it any more.") from None
        except BatchdockError as error:
            self.trouble = error
            raise GivenUp("It can not be had.") from error
