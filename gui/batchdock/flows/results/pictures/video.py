"""A video that is watched: one open file with a thread of its own."""

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING

from batchdock.flows.results.pictures.frame import VideoFrame
from batchdock.flows.results.pictures.lane import IsWanted, Lane

if TYPE_CHECKING:
    from batchdock.flows.results.pictures.film import Film, Shot

_MOST_LEFT_OUT = 0.25
"""Seconds of frames that may be left out in one go. A video that can not be decoded in time is shown slower."""

LATE_SECONDS = 0.5
"""When playing is this much behind, its clock is set back instead of frames being left out."""


class Video:
    """Ask `open_video` for one, and close it. `rate` is in frames a second on average, `duration` in seconds; `width`
    and `height` are those that findings are measured in, the right way up.

    Of several questions the newest is answered first. One that is cancelled stops decoding.
    """

    def __init__(self, path: Path, film: "Film", lane: Lane) -> None:
        self.path = path
        self._film, self._lane = film, lane
        self.duration, self.rate = film.duration, film.rate
        self.width, self.height = film.width, film.height

    @classmethod
    async def open(cls, path: Path) -> "Video":
        """Open a video. Raise `FileUnreadable`."""
        lane = Lane("video", 1)
        films: list[Film] = []
        try:
            await lane.run(lambda _is_wanted: films.append(_film(path)))
        except BaseException:
            # It may have been opened for somebody who does not want it any more.
            await asyncio.shield(asyncio.to_thread(_end, lane, films))
            raise
        return cls(path, films[0], lane)

    async def frame_at(self, seconds: float, edge: int | None = None) -> VideoFrame:
        """Return the frame that is shown at `seconds`, its longer side at most `edge` long. Raise `FileUnreadable`."""
        film = self._film
        return await self._lane.run(lambda wanted: film.shown(film.at(seconds, wanted), edge))

    async def after(self, seconds: float, edge: int | None = None) -> VideoFrame | None:
        """Return the frame that follows the one shown at `seconds`; None after the last."""

        def step(is_wanted: IsWanted) -> VideoFrame | None:
            shot = self._film.after(self._film.at(seconds, is_wanted), is_wanted)
            return self._film.shown(shot, edge) if shot is not None else None

        return await self._lane.run(step)

    async def before(self, seconds: float, edge: int | None = None) -> VideoFrame | None:
        """Return the frame that comes before the one shown at `seconds`; None before the first."""

        def step(is_wanted: IsWanted) -> VideoFrame | None:
            shot = self._film.before(self._film.at(seconds, is_wanted), is_wanted)
            return self._film.shown(shot, edge) if shot is not None else None

        return await self._lane.run(step)

    async def play(
        self, from_seconds: float, edge: int | None = None, speed: float = 1.0
    ) -> AsyncGenerator[VideoFrame, None]:
        """Yield the frames from there on, each when it is time; those that are late already are left out.

        The time that whoever asks takes is taken off the waiting. Ends with the last frame.
        """
        frame = await self.frame_at(from_seconds, edge)
        # What is shown first has begun before; the clock runs from the moment that was asked for.
        clock = _Clock(max(frame.seconds, min(from_seconds, self.duration)), speed)
        while True:
            coming = asyncio.ensure_future(self._due(frame.seconds, clock, edge))
            try:
                yield frame
                following = await coming
            finally:
                coming.cancel()
            if following is None:
                return
            await clock.wait_for(following.seconds)
            frame = following

    async def close(self) -> None:
        """Give the file back."""
        await asyncio.to_thread(_end, self._lane, [self._film])

    async def _due(self, shown: float, clock: "_Clock", edge: int | None) -> VideoFrame | None:
        film = self._film

        def choose(is_wanted: IsWanted) -> VideoFrame | None:
            shot: Shot | None = film.after(film.at(shown, is_wanted), is_wanted)
            until = shown + _MOST_LEFT_OUT * max(1.0, clock.speed)
            while shot is not None and shot.seconds < min(clock.now() - 1 / film.rate, until) and is_wanted():
                later = film.after(shot, is_wanted)
                if later is None:
                    break
                shot = later
            return film.shown(shot, edge) if shot is not None else None

        return await self._lane.run(choose)


def _film(path: Path) -> "Film":
    # Here, because a command line has no use for it, and it takes long to load.
    from batchdock.flows.results.pictures.film import Film

    return Film(path)


def _end(lane: Lane, films: "list[Film]") -> None:
    lane.close()
    for film in films:
        film.close()


class _Clock:
    """Where playing is: seconds of the video."""

    def __init__(self, begin: float, speed: float) -> None:
        self._begin, self._started = begin, time.monotonic()
        self.speed = speed

    def now(self) -> float:
        return self._begin + (time.monotonic() - self._started) * self.speed

    async def wait_for(self, seconds: float) -> None:
        early = (seconds - self.now()) / self.speed
        if early > 0:
            await asyncio.sleep(early)
        elif -early > LATE_SECONDS:
            self._begin, self._started = seconds, time.monotonic()
