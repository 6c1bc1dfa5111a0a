"""Brings pictures and their findings for the grid: all of it happens on the other thread, the newest wish first."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from batchdock.core.errors import BatchdockError
from batchdock.core.finding import Filter
from batchdock.core.pixels import Pixels
from batchdock.flows.results.opening import Opened, Seen
from batchdock.flows.results.pictures import Pictures
from batchdock.window.results.grid.composing import composed
from batchdock.window.results.grid.keeping import Keeping
from batchdock.window.results.viewing import Looks

_log = logging.getLogger(__name__)

AT_ONCE = 2
"""Pictures that are read at the same time."""

KEPT_BYTES = 48 * 1024 * 1024
"""Of pictures without findings: another filter draws on them anew without reading them again."""

EDGES = (128, 256, 512)
"""The sizes that are kept on disk; see `flows.results.pictures`."""


@dataclass(frozen=True, slots=True)
class Look:
    """How pictures are to be made ready. `room` is their place in device pixels; `stamp` tells older ones apart."""

    stamp: int
    filter: Filter
    looks: Looks
    room: QSize
    ratio: float

    @property
    def edge(self) -> int:
        """The size to read them in."""
        longest = max(self.room.width(), self.room.height())
        return next((edge for edge in EDGES if edge >= longest), EDGES[-1])


@dataclass(frozen=True, slots=True)
class Ready:
    """One picture, ready. Without `image` only what is known of it; `is_whole` tells that no image will follow."""

    number: int
    stamp: int
    seen: Seen
    image: QImage | None
    is_whole: bool


class Loads(Protocol):
    """What brings pictures. `wish` and `close` run on the other thread; what is ready lies in `arrived`."""

    arrived: deque[Ready]

    async def wish(self, numbers: Sequence[int], look: Look) -> None:
        """Bring these pictures, in this order, and nothing that was wished for before. Returns at once."""
        ...

    async def close(self) -> None:
        """End what is on its way."""
        ...


class Loading:
    """For one opened. Build it anywhere; `wish` runs on the other thread. What is ready lies in `arrived`."""

    def __init__(self, opened: Opened, pictures: Pictures) -> None:
        self.arrived: deque[Ready] = deque()
        """Filled on the other thread, emptied on the window's."""
        self._opened = opened
        self._pictures = pictures
        self._pixels: Keeping[tuple[int, Pixels]] = Keeping(KEPT_BYTES)
        self._wished: list[int] = []
        self._look: Look | None = None
        self._running: dict[int, asyncio.Task[None]] = {}
        self._asking: asyncio.Task[None] | None = None
        self._is_known = False
        self._seen: dict[int, Seen] = {}

    async def wish(self, numbers: Sequence[int], look: Look) -> None:
        """Bring these pictures, in this order, and nothing that was wished for before. Returns at once."""
        changed = self._look is None or self._look.stamp != look.stamp
        self._look = look
        wanted = set(numbers)
        for number, task in list(self._running.items()):
            if changed or number not in wanted:
                task.cancel()
                del self._running[number]
        self._wished = [number for number in numbers if number not in self._running]
        if self._asking is not None:
            self._asking.cancel()
        self._is_known = False
        if changed:
            self._seen = {}
        else:
            self._seen = {number: seen for number, seen in self._seen.items() if number in wanted}
        self._asking = asyncio.ensure_future(self._learn(look))

    async def close(self) -> None:
        """Stop. What runs ends before this returns."""
        rest = [*self._running.values(), *([self._asking] if self._asking is not None else [])]
        self._wished, self._running, self._asking = [], {}, None
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _learn(self, look: Look) -> None:
        """Ask what is known of all that is wished for, in one go, then read the pictures."""
        missing = [number for number in self._wished if number not in self._seen]
        if missing:
            try:
                learned = await self._opened.seen(missing, look.filter)
            except BatchdockError as error:
                # Whoever chose the pictures has asked the same results, and says what is wrong with them.
                _log.info("pictures of the grid could not be asked: %s", type(error).__name__)
                return
            for seen in learned:
                self._seen[seen.picture.number] = seen
                is_whole = bool(seen.picture.problem)
                self.arrived.append(Ready(seen.picture.number, look.stamp, seen, None, is_whole))
        self._is_known = True
        self._go_on(look)

    def _go_on(self, look: Look) -> None:
        while self._is_known and self._wished and len(self._running) < AT_ONCE:
            number = self._wished.pop(0)
            seen = self._seen.get(number)
            if seen is not None and not seen.picture.problem:
                self._running[number] = asyncio.ensure_future(self._bring(number, seen, look))

    async def _bring(self, number: int, seen: Seen, look: Look) -> None:
        try:
            pixels = await self._read(number, look.edge)
            labels = self._opened.labels
            image = await asyncio.to_thread(composed, pixels, seen, look.room, look.ratio, look.looks, labels)
            self.arrived.append(Ready(number, look.stamp, seen, image, is_whole=True))
        except BatchdockError:
            self.arrived.append(Ready(number, look.stamp, seen, None, is_whole=True))
        finally:
            if self._running.get(number) is asyncio.current_task():
                del self._running[number]
                if self._look is not None:
                    self._go_on(self._look)

    async def _read(self, number: int, edge: int) -> Pixels | None:
        kept = self._pixels.get(number)
        if kept is not None and kept[0] == edge:
            return kept[1]
        pixels = await self._pictures.thumbnail(self._opened, number, edge)
        if pixels is not None:
            self._pixels.put(number, (edge, pixels), len(pixels.data))
        return pixels
