"""What a person can do with what jobs sent: let it be caught, look at it, save it, forget it."""

import asyncio
import secrets
import time
from array import array
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batchdock.core.event import Event, Span
from batchdock.core.pixels import Pixels
from batchdock.flows.events.catching import Catching, digest_of
from batchdock.flows.events.exporting import Exported, export
from batchdock.flows.news import EventsChanged, News
from batchdock.flows.preferences import HOOKS, Preferences
from batchdock.flows.results.pictures import Pictures
from batchdock.services.hooks.receiver import CAUGHT_HEADER
from batchdock.store import Journal
from batchdock.store.events import EventRow

Key = tuple[str, str]
_BREATH = 0.005
_SECRET_BYTES = 33


@dataclass(frozen=True, slots=True)
class CatchAddress:
    """What an output of a job needs to be caught. The value is a secret, told once: only its hash is kept."""

    url: str
    header_name: str
    header_value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Index:
    """Which events there are, newest first: their numbers, and their times in milliseconds since 1970."""

    numbers: "array[int]"
    times: "array[int]"


class Events:
    """The events of all jobs. On the loop of the flows."""

    def __init__(
        self,
        catching: Catching,
        listening: Callable[[], Awaitable[str]],
        journal: Journal,
        preferences: Preferences,
        pictures: Pictures,
        news: News,
    ) -> None:
        """`listening` returns the address for events, and listens if nobody does yet."""
        self._catching, self._listening, self._records = catching, listening, journal.events
        self._preferences, self._pictures, self._news = preferences, pictures, news

    # --- who may send

    async def catch(self, key: Key) -> CatchAddress:
        """Let a job send, under a fresh secret; the one before is no longer good. Turns the receiver on.

        Raise `NotListening`, `FolderNotWritable`.
        """
        await self._preferences.set(HOOKS, True)
        url = await self._listening()
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        digest = digest_of(secret)
        await asyncio.to_thread(self._records.catch, key, digest, datetime.now(UTC))
        self._catching.let_in(key, digest)
        self._news.publish(EventsChanged(key))
        return CatchAddress(url, CAUGHT_HEADER, secret)

    async def release(self, key: Key) -> None:
        """Let a job send no longer. What it has sent stays."""
        self._catching.let_in(key, None)
        await asyncio.to_thread(self._records.release, key)
        self._news.publish(EventsChanged(key))

    async def catches(self) -> dict[Key, datetime]:
        """Return which jobs may send, and since when."""
        return {key: made for key, (_, made) in (await asyncio.to_thread(self._records.catches)).items()}

    # --- looking

    async def spans(self) -> dict[Key, Span]:
        """Return how many events of each job there are."""
        rows = await asyncio.to_thread(self._records.spans)
        return {row.key: Span(row.events, row.pictures, row.first, row.last) for row in rows}

    async def kinds(self, key: Key) -> dict[str, int]:
        """Return how many events of each kind there are."""
        return await asyncio.to_thread(self._records.kinds, key)

    async def events(
        self,
        key: Key,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 200,
        before: Event | None = None,
        kinds: Collection[str] | None = None,
    ) -> tuple[Event, ...]:
        """Return events, newest first; `before` is the last one of the page before. `until` is not in it."""
        last = (before.at, before.number) if before is not None else None
        rows = await asyncio.to_thread(self._records.page, key, since, until, kinds, limit, last)
        return tuple(self._event(row) for row in rows)

    async def index(
        self,
        key: Key,
        since: datetime | None = None,
        until: datetime | None = None,
        kinds: Collection[str] | None = None,
        above: int = 0,
    ) -> Index:
        """Return which events there are, newest first; `above` leaves out those up to this number."""

        def read() -> Index:
            numbers, times = array("q"), array("q")
            for rows in self._records.index(key, since, until, kinds, above):
                numbers.extend(number for number, _ in rows)
                times.extend(at for _, at in rows)
                time.sleep(_BREATH)
            return Index(numbers, times)

        return await asyncio.to_thread(read)

    async def some(self, numbers: Sequence[int]) -> tuple[Event, ...]:
        """Return the events with these numbers, in no order; those that are gone are left out."""
        return tuple(self._event(row) for row in await asyncio.to_thread(self._records.some, numbers))

    async def histogram(
        self,
        key: Key,
        bins: int,
        since: datetime | None = None,
        until: datetime | None = None,
        kinds: Collection[str] | None = None,
    ) -> tuple[int, ...]:
        """Return how many events there are in each of so many equal parts of a time, or of all the time there is."""
        if since is None or until is None:
            span = (await self.spans()).get(key)
            if span is None or span.first is None or span.last is None:
                return (0,) * bins
            since, until = since or span.first, until or span.last + timedelta(milliseconds=1)
        return tuple(await asyncio.to_thread(self._records.histogram, key, since, until, bins, kinds))

    async def picture(self, path: Path, edge: int | None) -> Pixels | None:
        """Return a picture of an event, its longer side at most `edge` pixels; None where it can not be read."""
        return await self._pictures.of_file(path, edge)

    # --- handing on and letting go

    async def export(
        self,
        key: Key,
        folder: Path,
        since: datetime | None = None,
        until: datetime | None = None,
        kinds: Collection[str] | None = None,
    ) -> Exported:
        """Save events to a new folder in `folder`: pictures, and the facts as CSV and JSON Lines.

        Raise `FolderNotWritable`, `DiskFull`.
        """
        index = await self.index(key, since, until, kinds)
        return await asyncio.to_thread(export, index.numbers, self._read, folder)

    async def forget(self, key: Key) -> None:
        """Forget all that a job has sent, with its pictures, and let it send no longer."""
        await self.release(key)

        def forget() -> None:
            self._records.forget_job(key)
            self._catching.album.remove_all(key)

        await asyncio.to_thread(forget)
        self._news.publish(EventsChanged(key))

    def _read(self, numbers: Sequence[int]) -> list[Event]:
        return [self._event(row) for row in self._records.some(numbers)]

    def _event(self, row: EventRow) -> Event:
        paths = self._catching.album.paths(row.key, row.pictures)
        return Event(row.number, *row.key, row.at, row.received, row.kind, paths, row.facts)
