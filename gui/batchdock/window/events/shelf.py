"""What the list has in hand of each event, up to so many bytes, and the way to more of it."""

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from batchdock.core.event import Event
from batchdock.core.pixels import Pixels
from batchdock.window.context import Context
from batchdock.window.results.grid.keeping import Keeping

_PICTURE_BYTES = 48 * 1024 * 1024
_EVENTS_KEPT = 4_000
_EDGE = 256
_AT_ONCE = 4


class EventShelf(QObject):
    """`ready` tells the numbers of events that are there now, or whose picture is."""

    ready = Signal(list)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._events: Keeping[Event | None] = Keeping(_EVENTS_KEPT)
        self._pictures: Keeping[QPixmap | None] = Keeping(_PICTURE_BYTES)
        self._fetching: asyncio.Task[None] | None = None
        self._wished: tuple[int, ...] = ()

    def event_of(self, number: int) -> Event | None:
        """Return an event if it is in hand."""
        return self._events.get(number)

    def picture_of(self, number: int) -> QPixmap | None:
        """Return the first picture of an event if it is in hand."""
        return self._pictures.get(number)

    def has_no_picture(self, number: int) -> bool:
        """Tell whether it is known that there is none to show."""
        return number in self._pictures and self._pictures.get(number) is None

    def wish(self, numbers: Sequence[int]) -> None:
        """Ask for these events, and no longer for those before: they are out of sight."""
        self._wished = tuple(numbers)
        if self._fetching is None and self._missing():
            self._fetching = self._context.tasks.start(self._fetch())

    def clear(self) -> None:
        """Let go of everything."""
        self._events.clear()
        self._pictures.clear()
        self._wished = ()

    def _missing(self) -> bool:
        return any(each not in self._events or each not in self._pictures for each in self._wished)

    async def _fetch(self) -> None:
        try:
            while self._missing():
                await self._fetch_events([each for each in self._wished if each not in self._events])
                some = [each for each in self._wished if each not in self._pictures][:_AT_ONCE]
                await asyncio.gather(*(self._fetch_picture(each) for each in some))
                if some:
                    self.ready.emit(some)
        finally:
            self._fetching = None

    async def _fetch_events(self, numbers: list[int]) -> None:
        if not numbers:
            return
        found = {each.number: each for each in await self._context.background.run(self._some(numbers))}
        for number in numbers:
            self._events.put(number, found.get(number), 1)
            if number not in found or not found[number].pictures:
                self._pictures.put(number, None, 1)
        self.ready.emit(numbers)

    async def _some(self, numbers: list[int]) -> tuple[Event, ...]:
        return await self._context.desk.events.some(numbers)

    async def _fetch_picture(self, number: int) -> None:
        event = self._events.get(number)
        pixels = None
        if event is not None and event.pictures:
            pixels = await self._context.background.run(self._context.desk.events.picture(event.pictures[0], _EDGE))
        pixmap = QPixmap.fromImage(image_of(pixels)) if pixels is not None else None
        weight = pixmap.width() * pixmap.height() * 4 if pixmap is not None else 1
        self._pictures.put(number, pixmap, weight)


def image_of(pixels: Pixels) -> QImage:
    """Return pixels as an image of its own."""
    line = pixels.width * 3
    return QImage(pixels.data, pixels.width, pixels.height, line, QImage.Format.Format_RGB888).copy()
