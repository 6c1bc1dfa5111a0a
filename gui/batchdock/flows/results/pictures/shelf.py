"""Videos of which single frames are wanted: kept open for a while, so that the next frame is near."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchdock.flows.results.pictures.frame import VideoFrame
from batchdock.flows.results.pictures.lane import IsWanted, Lane

if TYPE_CHECKING:
    from batchdock.flows.results.pictures.film import Film

_USUAL_RATE = 25
_MOST_OPEN = 2
_IDLE_SECONDS = 20.0
"""A video that nobody asks for is closed: an open file can not be moved or deleted on some systems."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When in a video: in seconds; None where only the number of the frame is known."""

    seconds: float | None
    frame: int

    @property
    def place(self) -> float:
        """What comes earlier in the film is less."""
        return self.frame / _USUAL_RATE if self.seconds is None else self.seconds


class _Held:
    """One video, and the thread that reads it. Waiting wishes are taken in the order of the film."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._film: Film | None = None
        self.lane = Lane("frames", 1, self._nearest)
        self.asked = 0
        self.awaited = 0
        """How many frames somebody waits for."""

    def frame(self, moment: Moment, edge: int | None, is_wanted: IsWanted) -> VideoFrame:
        # Here, because a command line has no use for it, and it takes long to load.
        from batchdock.flows.results.pictures.film import Film

        film = self._film = self._film or Film(self._path)
        seconds = moment.frame / film.rate if moment.seconds is None else moment.seconds
        return film.shown(film.at(seconds, is_wanted), edge)

    def close(self) -> None:
        self.lane.close()
        if self._film is not None:
            self._film.close()

    def _nearest(self, places: Sequence[float]) -> int:
        """Choose what comes next in the film, else what comes first."""
        position = self._film.position if self._film is not None else 0.0
        return min(range(len(places)), key=lambda index: (places[index] < position - 1, places[index]))


class FilmShelf:
    """Gives frames of any video. Everything is called on one loop."""

    def __init__(self) -> None:
        self._held: OrderedDict[Path, _Held] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    async def frame(self, path: Path, moment: Moment, edge: int | None) -> VideoFrame:
        """Return the frame that is shown at a moment. Raise `FileUnreadable`."""
        held = self._held.get(path)
        if held is None:
            held = self._held[path] = _Held(path)
        self._held.move_to_end(path)
        held.asked += 1
        held.awaited += 1
        try:
            return await held.lane.run(lambda is_wanted: held.frame(moment, edge, is_wanted), moment.place)
        finally:
            held.awaited -= 1
            asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._close_idle, path, held.asked)
            self._let_go_of_oldest()

    async def close(self) -> None:
        """Close all of them."""
        for path in list(self._held):
            self._let_go(path)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _let_go_of_oldest(self) -> None:
        """Close what is more than may be open, but nothing that somebody waits for."""
        idle = [path for path, held in self._held.items() if not held.awaited]
        for path in idle[: max(0, len(self._held) - _MOST_OPEN)]:
            self._let_go(path)

    def _close_idle(self, path: Path, asked: int) -> None:
        if (held := self._held.get(path)) is not None and held.asked == asked and not held.awaited:
            self._let_go(path)

    def _let_go(self, path: Path) -> None:
        closing = asyncio.ensure_future(asyncio.to_thread(self._held.pop(path).close))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
