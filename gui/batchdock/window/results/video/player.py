"""Plays a video for the window: decoding, findings and colours are made ready elsewhere, and taken over here."""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from batchdock.core.errors import BatchdockError
from batchdock.flows.results.opening import Seen
from batchdock.flows.results.pictures import Video, VideoFrame
from batchdock.window.context import Context
from batchdock.window.results.drawing import Prepared, prepare
from batchdock.window.results.large.layer import image_of
from batchdock.window.results.video.rows import Rows

_log = logging.getLogger(__name__)

_LOOK_MS = 4
"""A frame that is ready is on screen no later than this."""

_MOST_STEPS = 4
"""Steps that may wait: a key that is held down does not run on when it is let go."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One frame as it is ready to be painted, with the findings that hold then."""

    image: QImage
    size: tuple[int, int]
    """What findings are measured in."""
    seconds: float
    number: int
    seen: Seen | None
    prepared: Prepared | None


class Player(QObject):
    """One video at a time. `shown` brings every sight; `ended` and `spoiled` that playing stopped by itself."""

    shown = Signal(object)
    playing_changed = Signal(bool)
    spoiled = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.video: Video | None = None
        self.rows: Rows | None = None
        self.sight: Sight | None = None
        self.edge = 1280
        """The longer side of frames, in device pixels."""
        self.speed = 1.0
        self._wish: float | None = None
        self._steps = 0
        self._answering: asyncio.Task[None] | None = None
        self._playing: asyncio.Task[None] | None = None
        self._arrived: deque[Sight] = deque(maxlen=2)
        self._looking = QTimer(self)
        self._looking.setTimerType(Qt.TimerType.PreciseTimer)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._take_arrived)

    @property
    def is_playing(self) -> bool:
        """Tell whether frames come by themselves."""
        return self._playing is not None

    @property
    def position(self) -> float:
        """Where it is, or is going to: seconds."""
        if self._wish is not None:
            return self._wish
        return self.sight.seconds if self.sight is not None else 0.0

    async def open(self, path: Path) -> Video:
        """Open another video, and close the one that was open. Raise `FileUnreadable`."""
        self.close()
        desk = self._context.desk
        self.video = await self._context.background.run(_opened(desk.pictures.open_video(path)))
        return self.video

    def close(self) -> None:
        """Give the video back."""
        self.pause()
        if self._answering is not None:
            self._answering.cancel()
            self._answering = None
        self._wish, self._steps, self.sight, self.rows = None, 0, None, None
        if self.video is not None:
            self._context.tasks.start(self._context.background.run(self.video.close()))
            self.video = None

    def show_rows(self, rows: Rows) -> None:
        """Show these findings from now on, with the frame that is on screen too."""
        self.rows = rows
        if self.is_playing:
            self.play()
        elif self.sight is not None:
            self.seek(self.position)

    def seek(self, seconds: float) -> None:
        """Go to a moment; playing goes on from there. The newest wish wins, and one frame is always finished."""
        if self.video is None:
            return
        self._steps = 0
        self._wish = max(0.0, min(seconds, self.video.duration))
        if self.is_playing:
            self.play()
        else:
            self._go_on()

    def step(self, by: int) -> None:
        """Go on, or back, by one frame. Playing stops."""
        self.pause()
        self._steps = max(-_MOST_STEPS, min(_MOST_STEPS, self._steps + by))
        self._go_on()

    def toggle(self) -> None:
        """Play, or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Play from where it is; at the end, from the beginning."""
        if self.video is None:
            return
        was_playing = self.is_playing
        begin = self.position
        if begin >= self.video.duration - 1.5 / self.video.rate and not was_playing:
            begin = 0.0
        self._stop_playing()
        self._wish, self._steps = None, 0
        self._arrived = deque(maxlen=2)
        made = _play(self.video, self.rows, begin, self.edge, self.speed, self._arrived)
        self._playing = self._context.tasks.start(self._play(made), on_error=self._on_error)
        self._looking.start()
        if not was_playing:
            self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stay at the frame that is on screen."""
        if self.is_playing:
            self._stop_playing()
            self._looking.stop()
            self.playing_changed.emit(False)

    def _stop_playing(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
            self._playing = None

    async def _play(self, made: Coroutine[Any, Any, None]) -> None:
        me = asyncio.current_task()
        try:
            await self._context.background.run(made)
        finally:
            if self._playing is me:
                self._take_arrived()
                self._playing = None
                self._looking.stop()
                self.playing_changed.emit(False)

    def _take_arrived(self) -> None:
        if self._arrived:
            self._show(self._arrived.pop())
            self._arrived.clear()

    def _go_on(self) -> None:
        if self._answering is None and self.video is not None and (self._wish is not None or self._steps):
            self._answering = self._context.tasks.start(self._answer(self.video), on_error=self._on_error)

    async def _answer(self, video: Video) -> None:
        me = asyncio.current_task()
        try:
            while self._wish is not None or self._steps:
                wish, self._wish = self._wish, None
                by, at = 0, self.sight.seconds if self.sight is not None else 0.0
                if wish is None:
                    by = 1 if self._steps > 0 else -1
                    self._steps -= by
                else:
                    at = wish
                sight = await self._context.background.run(_bring(video, self.rows, at, by, self.edge))
                if self._answering is not me:
                    return
                if sight is not None and not self.is_playing:
                    self._show(sight)
        finally:
            if self._answering is me:
                self._answering = None

    def _show(self, sight: Sight) -> None:
        self.sight = sight
        self.shown.emit(sight)

    def _on_error(self, error: BatchdockError) -> None:
        _log.info("A video can not be shown any further: %s", error)
        self.spoiled.emit(error)


async def _opened(opening: Coroutine[Any, Any, Video]) -> Video:
    return await opening


async def _bring(video: Video, rows: Rows | None, seconds: float, by: int, edge: int) -> Sight | None:
    """Return the frame at a moment, or the next (`by` 1) or last (-1) before it; None behind the ends."""
    if by == 0:
        return await _ready(await video.frame_at(seconds, edge), rows)
    frame = await (video.after(seconds, edge) if by > 0 else video.before(seconds, edge))
    return await _ready(frame, rows) if frame is not None else None


async def _play(video: Video, rows: Rows | None, begin: float, edge: int, speed: float, arrived: deque[Sight]) -> None:
    async with aclosing(video.play(begin, edge, speed)) as frames:
        async for frame in frames:
            arrived.append(await _ready(frame, rows))


async def _ready(frame: VideoFrame, rows: Rows | None) -> Sight:
    pixels = frame.pixels
    size = pixels.full_width, pixels.full_height
    seen = await rows.seen(frame.seconds) if rows is not None else None
    image, prepared = await asyncio.to_thread(_made, frame, seen, size)
    return Sight(image, size, frame.seconds, frame.number, seen, prepared)


def _made(frame: VideoFrame, seen: Seen | None, size: tuple[int, int]) -> tuple[QImage, Prepared | None]:
    edge = max(frame.pixels.width, frame.pixels.height)
    return image_of(frame.pixels), prepare(seen, edge, size) if seen is not None and seen.findings else None
