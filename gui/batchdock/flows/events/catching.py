"""Catches what jobs send: who may, and what becomes of it. Written down in batches, beside the loop.

Nothing is answered before it is kept, so that whoever sends may send again what is not.
"""

import asyncio
import hashlib
import hmac
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batchdock.core.errors import BatchdockError, DiskFull, EventsLetGo, EventsWithoutPictures
from batchdock.flows.events.album import Album
from batchdock.flows.news import AccountsChanged, Event, EventsChanged, News
from batchdock.flows.preferences import EVENTS_DAYS, EVENTS_MOST, Preferences
from batchdock.flows.problems import Problems
from batchdock.services.hooks.caught import Caught
from batchdock.store import Journal
from batchdock.store.events import Arrival, EventRow

Key = tuple[str, str]
_AGAIN = timedelta(days=1)
_MOST_AT_ONCE = 200
_GO_AT_ONCE = 500
_LOOK_EVERY = timedelta(minutes=10)
_FULL, _LET_GO = "events-disk-full", "events-let-go"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    key: Key
    caught: Caught
    received: datetime
    kept: asyncio.Future[None]


class Catching:
    """Everything that jobs send comes through here. On the loop of the flows; `close` ends what is under way."""

    def __init__(
        self, journal: Journal, problems: Problems, preferences: Preferences, news: News, folder: Path
    ) -> None:
        """`folder` is for the pictures."""
        self._records = journal.events
        self._problems, self._preferences, self._news = problems, preferences, news
        self.album = Album(folder)
        self._secrets = {key: digest for key, (digest, _) in self._records.catches().items()}
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None
        self._tidying: asyncio.Task[None] | None = None
        self._looked: datetime | None = None
        self._size: int | None = None
        self._is_full = self._told = False
        self._closed = False
        self._accounts: frozenset[str] = frozenset()
        self._unsubscribe = news.subscribe(self._on_news)

    def whose(self, secret: str) -> Key | None:
        """Return the job whose secret this is. Every secret takes as long."""
        digest = digest_of(secret)
        found = None
        for key, known in self._secrets.items():
            if hmac.compare_digest(digest, known):
                found = key
        return found

    def let_in(self, key: Key, digest: bytes | None) -> None:
        """Let a job send under the secret with this hash; None: no longer."""
        if digest is None:
            self._secrets.pop(key, None)
        else:
            self._secrets[key] = digest

    async def take(self, job: Key, caught: Caught) -> None:
        """Keep what a job has sent; what it has sent before only once. Raise `StorageProblem`."""
        if self._closed:
            raise DiskFull(folder=self.album.folder(job), needed="an event")
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(job, caught, datetime.now(UTC), kept))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="events")
        await kept

    def begin(self) -> None:
        """Let go, from now on, of what is older, or more, than the preferences allow."""
        self._tidying = asyncio.create_task(self._look_at_room(), name="events-room")

    async def close(self) -> None:
        """Take nothing more, and wait for what is being written."""
        self._closed = True
        self._unsubscribe()
        under_way = [each for each in (self._writing, self._tidying) if each is not None]
        await asyncio.gather(*under_way, return_exceptions=True)

    def _on_news(self, event: Event) -> None:
        """Let jobs of an account that was forgotten send no longer. What they have sent stays."""
        if not isinstance(event, AccountsChanged):
            return
        known, self._accounts = self._accounts, frozenset(each.account_id for each in event.accounts)
        for key in [key for key in self._secrets if key[0] in known - self._accounts]:
            self.let_in(key, None)
            self._records.release(key)

    # --- in turn

    async def _write(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
                await self._write_some(some)
        finally:
            self._writing = None

    async def _write_some(self, some: list[_Waiting]) -> None:
        try:
            changed, lost = await asyncio.to_thread(self._put, some)
        except Exception as error:
            told = error if isinstance(error, BatchdockError) else BatchdockError(details=type(error).__name__)
            if told is not error:
                _log.exception("Events could not be written down")
            self._say_full(told)
            for each in some:
                _end(each, told)
            return
        for each in some:
            _end(each, None)
        for key in changed:
            self._news.publish(EventsChanged(key))
        if lost:
            self._say_full(EventsWithoutPictures(folder=self.album.folder(some[-1].key), count=lost))
        elif self._is_full and any(each.caught.pictures for each in some):
            self._is_full = False
            self._problems.settle(_FULL)
        await self._look_at_room()

    def _say_full(self, error: BatchdockError) -> None:
        """Say it once, until there is room again."""
        if not self._is_full:
            self._is_full = True
            self._problems.report(_FULL, "", error)

    async def _look_at_room(self) -> None:
        now = datetime.now(UTC)
        most = self._preferences.get(EVENTS_MOST) * 1_000_000_000
        if self._looked is not None and now - self._looked < _LOOK_EVERY and (self._size or 0) <= most:
            return
        self._looked = now
        try:
            gone = await asyncio.to_thread(self._let_go, now)
        except Exception:  # Old events that can not go now must keep no new ones waiting.
            _log.warning("Old events could not be let go", exc_info=True)
            return
        if gone and not self._told:
            self._told = True
            self._problems.report(
                _LET_GO,
                "",
                EventsLetGo(days=self._preferences.get(EVENTS_DAYS), most=self._preferences.get(EVENTS_MOST)),
            )
        for key in gone:
            self._news.publish(EventsChanged(key))

    # --- in a thread

    def _put(self, some: list[_Waiting]) -> tuple[set[Key], int]:
        """Write down events and their pictures. Return whose there are more of, and how many came without pictures."""
        rows = self._records.add([_arrival(each) for each in some], _AGAIN)
        lost: list[tuple[int, list[str], int]] = []
        for each, row in zip(some, rows, strict=True):
            if row is None or not row.pictures:
                continue
            pictures = each.caught.pictures
            written = self.album.put(row.key, row.pictures, pictures)
            sizes = dict(zip(row.pictures, (len(picture.content) for picture in pictures), strict=True))
            if len(written) < len(pictures):
                lost.append((row.number, written, sum(sizes[name] for name in written)))
            if self._size is not None:
                self._size += sum(sizes[name] for name in written)
        if lost:
            self._records.lose_pictures(lost)
        return {row.key for row in rows if row is not None}, len(lost)

    def _let_go(self, now: datetime) -> set[Key]:
        """Forget what has had its time, and then the oldest until the rest is few enough. Return whose it was."""
        whose: set[Key] = set()
        limit = now - timedelta(days=self._preferences.get(EVENTS_DAYS))
        while old := self._records.oldest(_GO_AT_ONCE, limit):
            self._forget([row for row, _ in old], whose)
        size = self._records.size()
        most = self._preferences.get(EVENTS_MOST) * 1_000_000_000
        while size > most and (old := self._records.oldest(_GO_AT_ONCE)):
            going = []
            for row, weight in old:
                if size <= most * 0.98:  # Some room, so that not every event that comes sends one away.
                    break
                going.append(row)
                size -= weight
            self._forget(going, whose)
        self._size = size
        return whose

    def _forget(self, rows: list[EventRow], whose: set[Key]) -> None:
        self._records.forget([row.number for row in rows])
        for row in rows:
            self.album.remove(row.key, row.pictures)
            whose.add(row.key)


def digest_of(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def _arrival(waiting: _Waiting) -> Arrival:
    caught = waiting.caught
    return Arrival(
        key=waiting.key,
        at=caught.at or waiting.received,
        received=waiting.received,
        kind=caught.kind,
        facts=caught.facts,
        suffixes=tuple(picture.suffix for picture in caught.pictures),
        size=sum(len(picture.content) for picture in caught.pictures),
        mark=caught.mark,
    )


def _end(waiting: _Waiting, error: BatchdockError | None) -> None:
    if waiting.kept.done():  # Whoever sent it has gone.
        return
    if error is None:
        waiting.kept.set_result(None)
    else:
        waiting.kept.set_exception(error)
