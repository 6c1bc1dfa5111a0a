"""One picture as it is ready to be painted, and how it comes to be so: in threads, away from the window."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtGui import QImage

from batchdock.core.finding import Filter, Label
from batchdock.core.pixels import Pixels
from batchdock.flows.desk import Desk
from batchdock.flows.results.opening import Opened, Seen
from batchdock.window.results.drawing import Prepared, prepare


@dataclass(frozen=True, slots=True)
class Sight:
    """The pixels of a picture, smaller than it is or whole, and its real size."""

    image: QImage
    width: int
    height: int
    is_drawn: bool = False
    """It is the one that the service has drawn on."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What is painted in one place: pixels, and over them findings."""

    seen: Seen
    labels: tuple[Label, ...]
    sight: Sight | None = None
    """None where the picture is not on this disk, or can not be read."""
    prepared: Prepared | None = None
    taken: datetime | None = None

    @property
    def size(self) -> tuple[int, int] | None:
        """The picture's width and height, as it is or as the results say."""
        if self.sight is not None:
            return self.sight.width, self.sight.height
        picture = self.seen.picture
        return (picture.width, picture.height) if picture.width and picture.height else None


async def load_layer(desk: Desk, opened: Opened, number: int, filter: Filter, edge: int) -> Layer:
    """Return a picture with its findings, for a room of `edge` device pixels. Runs with the flows.

    The service's drawn picture stands in for an original that is gone.
    """
    (seen,) = await opened.seen((number,), filter)
    original = await opened.original(number)
    sight = await load_sight(desk, opened, number, edge, drawn=original is None)
    size = (sight.width, sight.height) if sight is not None else None
    prepared = await asyncio.to_thread(prepare, seen, edge, size)
    return Layer(seen, opened.labels, sight, prepared, await _taken(desk, seen, original))


async def _taken(desk: Desk, seen: Seen, original: Path | None) -> datetime | None:
    if original is None or seen.picture.taken is not None or seen.picture.frame is not None:
        return seen.picture.taken
    return (await desk.pictures.taken((original,)))[0]


async def load_sight(desk: Desk, opened: Opened, number: int, edge: int | None, *, drawn: bool = False) -> Sight | None:
    """Return the pixels of a picture, or those that the service has drawn; None where there are none."""
    pixels = await desk.pictures.large(opened, number, edge, drawn=drawn)
    if pixels is None:
        return None
    image = await asyncio.to_thread(image_of, pixels)
    return Sight(image, pixels.full_width, pixels.full_height, drawn)


def image_of(pixels: Pixels) -> QImage:
    """Return pixels in the form that is painted fastest. Any thread."""
    wrapped = QImage(pixels.data, pixels.width, pixels.height, pixels.width * 3, QImage.Format.Format_RGB888)
    return wrapped.convertToFormat(QImage.Format.Format_RGB32)
