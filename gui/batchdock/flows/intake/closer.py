"""The closer look, on request: decodes every picture, finds what is damaged inside and what looks almost the same.

How damage is told. libjpeg, and with it Pillow, says nothing when a sector in the middle of a photo is missing or
comes from another file: it goes on in grey. libav's decoder stops there when it is asked to; at an eighth of the size
it is nearly as quick, and its small picture serves for the comparison. It sees a lost, zeroed or foreign piece of an
ordinary JPEG (a piece of a very similar photo not always), most of them in a progressive one, and hardly ever a single
flipped bit, which no decoder can. Pillow decodes the other formats; PNG carries sums that tell for certain.

Threads, not processes: both decoders let go of Python's lock (two threads decode twice as much as one, two processes
no more than that).
"""

import asyncio
import os
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO

import av
import numpy
import PIL.Image
from av.error import InvalidDataError
from PIL import Image

from batchdock.core.batch import Content
from batchdock.core.intake import CloserLook, Finding, Item
from batchdock.flows.intake.check import Unfit, unreadable
from batchdock.flows.intake.jpeg import frame_of
from batchdock.flows.intake.near_copies import Look, NearCopies, look_of
from batchdock.flows.orientation import ORIENTATION, UPRIGHT

_INTERVAL = 0.1
_THREADS = max(1, min(8, os.cpu_count() or 1))
_SMALL = 64
"""Pixels on the shorter side of the small picture, at least: it is compared at 16."""
_PNG_START = 8
_Seen = tuple[Look, int]
"""A look and the number of pixels."""


async def look_closer(items: Sequence[Item], on_update: Callable[[CloserLook], None]) -> None:
    """Decode the pictures among `items`. See `Intake.look_closer`."""
    pictures = [item for item in items if item.usable and item.content is Content.IMAGES]
    pool = _Pool(pictures)
    pool.start()
    try:
        while True:
            finished = pool.is_finished()
            looked_at, damaged = pool.taken()
            alike = await asyncio.to_thread(pool.alike) if finished else ()
            on_update(CloserLook(looked_at, len(pictures), damaged, alike, finished))
            if finished:
                return
            await asyncio.sleep(_INTERVAL)
    finally:
        pool.cancel()


class _Pool:
    """Threads that decode one picture after the other. Daemons: a share that hangs must not keep the app running."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._lock = threading.Lock()
        self._next = 0
        self._early: dict[int, _Seen | None] = {}
        """What is decoded before one that was begun earlier: groups depend on the order of the pictures only."""
        self._done = 0
        self._pixels = [0] * len(items)
        self._damaged: list[Item] = []
        self._copies = NearCopies()
        self._cancelled = False
        self._trouble: Exception | None = None

    def start(self) -> None:
        """Start the threads."""
        for _ in range(min(_THREADS, len(self._items))):
            threading.Thread(target=self._run, name="batchdock-closer", daemon=True).start()

    def is_finished(self) -> bool:
        """Tell whether all is decoded. Raise what stopped a thread."""
        if self._trouble is not None:
            raise self._trouble
        return self._done == len(self._items)

    def taken(self) -> tuple[int, tuple[Item, ...]]:
        """Return how many were decoded, and those found damaged since the last time."""
        with self._lock:
            damaged, self._damaged = tuple(self._damaged), []
            return self._done, damaged

    def alike(self) -> tuple[tuple[Item, ...], ...]:
        """Return the groups that look almost the same; the best comes first: most pixels, then most bytes."""

        def worth(number: int) -> tuple[int, int, int]:
            return -self._pixels[number], -self._items[number].size, number

        groups = (sorted(group, key=worth) for group in self._copies.groups())
        return tuple(tuple(self._items[number] for number in group) for group in groups)

    def cancel(self) -> None:
        """Let every thread end after its picture."""
        self._cancelled = True

    def _run(self) -> None:
        try:
            while (number := self._taken_number()) is not None:
                self._keep(number, *_looked_at(self._items[number]))
        except Exception as error:
            self._trouble = error

    def _taken_number(self) -> int | None:
        with self._lock:
            number = self._next
            if self._cancelled or number >= len(self._items):
                return None
            self._next += 1
            return number

    def _keep(self, number: int, seen: _Seen | None, damaged: Item | None) -> None:
        with self._lock:
            if damaged is not None:
                self._damaged.append(damaged)
            self._early[number] = seen
            while self._done in self._early:
                ready = self._early.pop(self._done)
                if ready is not None:
                    look, self._pixels[self._done] = ready
                    self._copies.add(self._done, look)
                self._done += 1


def _looked_at(item: Item) -> tuple[_Seen | None, Item | None]:
    """Return what a picture looks like, or the item with what is wrong with it."""
    try:
        data = item.path.read_bytes()
        if len(data) != item.size:
            raise Unfit(Finding.CHANGING)
        return _decoded(data), None
    except Unfit as unfit:
        finding, note = unfit.finding, unfit.note
    except OSError as error:
        finding, note = unreadable(error), error.strerror or ""
    return None, replace(item, content=Content.UNKNOWN, finding=finding, note=note)


def _decoded(data: bytes) -> _Seen:
    try:
        with Image.open(BytesIO(data)) as image:
            pixels = image.width * image.height
            upright = UPRIGHT.get(_orientation(image))
            frame = frame_of(BytesIO(data))
            grey = _grey_of_jpeg(data, image) if frame is not None and frame.is_common else None
            if image.format == "PNG":
                _check_sums(data)
            grey = grey or _grey(image)
    except Unfit:
        raise
    except Exception as error:  # Pillow's readers raise whatever broken bytes lead them to.
        raise Unfit(Finding.DAMAGED) from error
    return look_of(grey.transpose(upright) if upright is not None else grey), pixels


def _grey_of_jpeg(data: bytes, image: PIL.Image.Image) -> PIL.Image.Image | None:
    """Decode a JPEG strictly, small. None when its colours are not of the common kind; raise when it is damaged."""
    side = min(image.size)
    reduction = next((steps for steps in (3, 2, 1) if side >= _SMALL << steps), 0)
    decoder = av.CodecContext.create("mjpeg", "r")
    decoder.thread_count = 1
    decoder.options = {"err_detect": "explode", "lowres": str(reduction)}
    try:
        frames = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
    except InvalidDataError as error:
        raise Unfit(Finding.DAMAGED, "broken inside") from error
    if not frames or not frames[0].format.name.startswith(("yuv", "gray")):
        return None
    frame = frames[0]
    plane = frame.planes[0]
    rows = numpy.frombuffer(bytes(plane), numpy.uint8).reshape(-1, plane.line_size)
    return Image.fromarray(rows[: frame.height, : frame.width])


def _grey(image: PIL.Image.Image) -> PIL.Image.Image:
    if image.mode.startswith("I"):
        deep = numpy.asarray(image).astype(numpy.uint32)
        return Image.fromarray((deep >> 8).astype(numpy.uint8))
    image.draft("L", (_SMALL, _SMALL))
    image.load()
    return image.convert("L")


def _check_sums(data: bytes) -> None:
    """Raise when a sum in a PNG does not fit its chunk."""
    place = _PNG_START
    view = memoryview(data)
    while place + 12 <= len(data):
        end = place + 8 + int.from_bytes(view[place : place + 4], "big")
        if zlib.crc32(view[place + 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
            raise Unfit(Finding.DAMAGED, "broken inside")
        if bytes(view[place + 4 : place + 8]) == b"IEND":
            return
        place = end + 4


def _orientation(image: PIL.Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # Broken EXIF is no broken picture.
        return 1
