"""The pictures of results, small and large, from wherever there is one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path

from batchdock.core.errors import BatchdockError
from batchdock.core.finding import Filter
from batchdock.core.pixels import Pixels
from batchdock.flows.intake.formats import VIDEO_EXTENSIONS
from batchdock.flows.news import Event, News, PreferencesChanged
from batchdock.flows.preferences import THUMBNAILS_MOST, Preferences
from batchdock.flows.results.opening import Opened
from batchdock.flows.results.pictures import decoding
from batchdock.flows.results.pictures.lane import Lane
from batchdock.flows.results.pictures.shelf import FilmShelf, Moment
from batchdock.flows.results.pictures.video import Video
from batchdock.store.thumbnails import Thumbnail, Thumbnails, key_of

_log = logging.getLogger(__name__)

EDGES = (128, 256, 512)
"""The sizes that are kept, in pixels of the longer side."""

_DECODE_AT_ONCE = 2
_MOMENTS_AT_ONCE = 100
_NO_FINDINGS = Filter(labels=frozenset())


class Pictures:
    """For all that is opened. Everything is called on the flows' loop, and done in threads; `close` ends them."""

    def __init__(self, folder: Path, preferences: Preferences, news: News) -> None:
        """`folder` is the app's own cache."""
        self._kept = Thumbnails(folder / "thumbnails.sqlite", lambda: preferences.get(THUMBNAILS_MOST) * 1_000_000)
        self._looking = Lane("thumbnails", 1)
        """What is kept comes at once, however long the others take."""
        self._decoding = Lane("pictures", _DECODE_AT_ONCE)
        self._films = FilmShelf()
        self._shrinking: set[asyncio.Task[None]] = set()
        self._stop_hearing = news.subscribe(self._on_news)

    async def thumbnail(self, opened: Opened, number: int, edge: int) -> Pixels | None:
        """Return a small picture, or frame, for a place of `edge` device pixels: at most the next of `EDGES` long.

        It is the original; where that is not on this computer or can not be read, what the service has drawn; None
        where there is neither. Cancel it when it is not wanted any more.
        """
        size = next((each for each in EDGES if each >= edge), EDGES[-1])
        for find in (opened.original, opened.drawn):
            pixels = await self._read(opened, number, await find(number), size, is_small=True)
            if pixels is not None:
                return pixels
        return None

    async def large(self, opened: Opened, number: int, edge: int | None, *, drawn: bool = False) -> Pixels | None:
        """Return a picture, its longer side at most `edge` pixels; None: all of it, up to `decoding.MOST_PIXELS`.

        It is the original, or with `drawn` what the service has drawn. None where that is not on this computer, or can
        not be read.
        """
        path = await (opened.drawn(number) if drawn else opened.original(number))
        return await self._read(opened, number, path, edge, is_small=False)

    async def of_file(self, path: Path, edge: int | None) -> Pixels | None:
        """Return the picture in a file, its longer side at most `edge` pixels, or all of it up to `MOST_PIXELS`.

        Up to the largest of `EDGES` it is one of those sizes, and kept. None where it can not be read.
        """
        try:
            if edge is not None and edge <= EDGES[-1]:
                return await self._small(path, next(each for each in EDGES if each >= edge), None)
            return await self.decoded(path, edge)
        except BatchdockError as error:
            _log.debug("A picture can not be shown: %s", error.values.get("reason"))
            return None

    async def decoded(self, path: Path, edge: int | None) -> Pixels:
        """Return the picture in a file, its longer side at most `edge` pixels, or all of it up to `MOST_PIXELS`. Raise
        `FileUnreadable`."""
        return await self._decoding.run(lambda _is_wanted: decoding.decoded(path, edge))

    async def kept(self, content: str, edge: int, bring: Callable[[], Awaitable[Path]]) -> Pixels:
        """Return a small picture of a file whose content has a name of its own; `bring` fetches it where no small one
        is kept. Raise `FileUnreadable`, and what `bring` raises."""
        size = next((each for each in EDGES if each >= edge), EDGES[-1])
        key = key_of(Path(content), 0, 0, f"{size}")
        there = await self._looking.run(lambda _is_wanted: self._kept_under(key))
        if there is not None:
            return there
        path = await bring()
        return await self._decoding.run(lambda _is_wanted: self._made(path, size, key))

    async def taken(self, paths: Sequence[Path]) -> tuple[datetime | None, ...]:
        """Return when the camera took these pictures, in the order asked; None where the file does not tell."""
        moments: list[datetime | None] = []
        for begin in range(0, len(paths), _MOMENTS_AT_ONCE):
            some = paths[begin : begin + _MOMENTS_AT_ONCE]
            moments += await asyncio.to_thread(self._moments, some)
        return tuple(moments)

    async def open_video(self, path: Path) -> Video:
        """Open a video to watch; whoever asks closes it. Raise `FileUnreadable`."""
        return await Video.open(path)

    async def close(self) -> None:
        """Drop what waits, end the threads and close the files."""
        self._stop_hearing()
        await asyncio.gather(*self._shrinking, return_exceptions=True)
        await self._films.close()
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        for lane in (self._looking, self._decoding):
            lane.close()
        self._kept.close()

    async def _read(
        self, opened: Opened, number: int, path: Path | None, edge: int | None, *, is_small: bool
    ) -> Pixels | None:
        if path is None:
            return None
        try:
            moment = None
            if path.suffix.lower() in VIDEO_EXTENSIONS:
                (seen,) = await opened.seen((number,), _NO_FINDINGS)
                moment = Moment(seen.picture.seconds, seen.picture.frame or 0)
            if is_small and edge is not None:
                return await self._small(path, edge, moment)
            if moment is not None:
                return (await self._films.frame(path, moment, edge)).pixels
            return await self.decoded(path, edge)
        except BatchdockError as error:
            _log.debug("A picture can not be shown: %s", error.values.get("reason"))
            return None

    async def _small(self, path: Path, edge: int, moment: Moment | None) -> Pixels | None:
        about = f"{edge}" if moment is None else f"{edge} {moment.seconds} {moment.frame}"
        key, kept = await self._looking.run(lambda _is_wanted: self._look_up(path, about))
        if key is None or kept is not None:
            return kept
        if moment is None:
            return await self._decoding.run(lambda is_wanted: self._made(path, edge, key))
        frame = await self._films.frame(path, moment, edge)
        await self._decoding.run(lambda _is_wanted: self._keep(key, frame.pixels))
        return frame.pixels

    def _look_up(self, path: Path, about: str) -> tuple[bytes | None, Pixels | None]:
        key = _key_of(path, about)
        return key, self._kept_under(key) if key is not None else None

    def _kept_under(self, key: bytes) -> Pixels | None:
        kept = self._kept.get(key)
        return None if kept is None else decoding.from_jpeg(kept.jpeg, kept.full_width, kept.full_height)

    def _made(self, path: Path, edge: int, key: bytes) -> Pixels:
        pixels = decoding.decoded(path, edge, previews=True)
        self._keep(key, pixels)
        return pixels

    def _keep(self, key: bytes, pixels: Pixels) -> None:
        self._kept.put(key, Thumbnail(decoding.as_jpeg(pixels), pixels.full_width, pixels.full_height))

    def _moments(self, paths: Sequence[Path]) -> list[datetime | None]:
        keys = [_key_of(path, "taken") for path in paths]
        known = dict(self._kept.moments(key for key in keys if key is not None))
        fresh: dict[bytes, datetime | None] = {}
        for path, key in zip(paths, keys, strict=True):
            if key is not None and key not in known:
                fresh[key] = decoding.taken(path)
        if fresh:
            self._kept.put_moments(fresh)
        known |= fresh
        return [known.get(key) if key is not None else None for key in keys]

    def _on_news(self, event: Event) -> None:
        if isinstance(event, PreferencesChanged) and THUMBNAILS_MOST.key in event.keys:
            shrinking = asyncio.ensure_future(asyncio.to_thread(self._kept.shrink))
            self._shrinking.add(shrinking)
            shrinking.add_done_callback(self._shrinking.discard)


def _key_of(path: Path, about: str) -> bytes | None:
    """Return what a file is kept under as it is now; None where it is not there."""
    try:
        now = path.stat()
    except OSError:
        return None
    return key_of(path, now.st_size, now.st_mtime_ns, about)
