"""The threads that fetch files from addresses, a shard after the other. The addresses are in memory only."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock, Thread

from batchdock.core.errors import StorageProblem
from batchdock.core.intake import PICTURE_LIMIT_BYTES
from batchdock.core.reference import Reference
from batchdock.thiscomputer.conductor.fetching import Fetching, NotFetched
from batchdock.thiscomputer.refusal import Refusal
from batchdock.thiscomputer.store.batches import Claim, Ingest
from batchdock.thiscomputer.store.fetches import Fetches, ToFetch
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.records import Arrival
from batchdock.thiscomputer.store.webhooks import Told

_log = logging.getLogger(__name__)

VIDEO_LIMIT_BYTES = 100 * 1024**3
_VIDEO_SECONDS = 12 * 3600.0
MOST_WAITING = 100_000
"""References that wait in memory at the most; whoever has more comes back a little later."""

_AT_ONCE = 8
_TRIES = 3
_PAUSE = 1.0
_AGAIN = frozenset({"not-reachable", "broken-off", "too-slow", "host-not-found"})

Outcome = Arrival | tuple[str, str, str]


class Fetcher:
    """Fetches what it is given, in that order. What it has not fetched is gone with it; the next start says so."""

    def __init__(self, fetches: Fetches, files: FileStore, fetching: Fetching, on_ready: Callable[[], None]) -> None:
        self._fetches, self._files, self._fetching, self._on_ready = fetches, files, fetching, on_ready
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch")
        self._lock = Lock()
        self._shards: list[ToFetch] = []
        self._waiting = 0
        self._wake, self._closing = Event(), Event()
        self._thread = Thread(target=self._run, name="fetcher", daemon=True)

    def take(self, claim: Claim, references: Sequence[Reference], ingest_id: str | None, told: Told | None) -> Ingest:
        """Fetch these, soon. Raise `Refusal`."""
        if self._waiting > MOST_WAITING:
            raise Refusal(
                429, "So many files wait to be fetched that no more are taken just now. Try again in a minute."
            )
        ingest, shards = self._fetches.begin(claim, references, ingest_id, told)
        with self._lock:
            self._shards += shards
            self._waiting += sum(len(each.references) for each in shards)
        self._wake.set()
        return ingest

    def read(self, url: str, limit: int, seconds: float) -> bytes:
        """Return what is at an address, now. Raise `Refusal`."""
        found = bytearray()

        class Into:
            def write(self, data: bytes) -> None:
                found.extend(data)

        try:
            self._fetching.fetch(url, Into(), limit=limit, stopped=self._closing.is_set, seconds=seconds, texts=True)
        except NotFetched as refusal:
            raise Refusal(400, f"The list can not be fetched. {refusal.reason}", refusal.kind) from None
        except InterruptedError:
            raise Refusal(503, "The service ends.") from None
        return bytes(found)

    def start(self) -> None:
        """Begin. What an earlier process was to fetch is said to be interrupted."""
        self._fetches.interrupt()
        self._thread.start()

    def close(self) -> None:
        """End, also in the middle of a file."""
        self._closing.set()
        self._wake.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            while (shard := self._next()) is not None:
                try:
                    self._fetch(shard)
                except InterruptedError:
                    return
                except Exception:
                    if self._closing.is_set():
                        return
                    _log.exception("A shard could not be fetched")
                self._on_ready()
            self._wake.wait()

    def _next(self) -> ToFetch | None:
        with self._lock:
            if not self._shards or self._closing.is_set():
                return None
            shard = self._shards.pop(0)
            self._waiting -= len(shard.references)
            return shard

    def _fetch(self, shard: ToFetch) -> None:
        try:
            outcomes = list(self._pool.map(lambda each: self._one(each, shard.claim.content), shard.references))
        except RuntimeError:  # It was closed meanwhile.
            raise InterruptedError from None
        arrivals = [each for each in outcomes if isinstance(each, Arrival)]
        try:
            self._fetches.finish(shard, arrivals, [each for each in outcomes if not isinstance(each, Arrival)])
        finally:
            self._files.let_go(each.file_id for each in arrivals if each.file_id is not None)

    def _one(self, reference: Reference, content: str) -> Outcome:
        """Fetch one file, more than once where that may help."""
        tries = 0
        while True:
            tries += 1
            try:
                return self._held(reference, content)
            except NotFetched as refusal:
                if refusal.kind not in _AGAIN or tries >= _TRIES or self._closing.wait(_PAUSE * tries):
                    return (reference.name, refusal.kind, refusal.reason)
            except InterruptedError:
                raise
            except (StorageProblem, Refusal, OSError) as problem:
                return (reference.name, "no-room", f"It could not be kept here: {_said(problem)}")

    def _held(self, reference: Reference, content: str) -> Arrival:
        video = content == "videos"
        with self._files.open_incoming() as incoming:
            self._fetching.fetch(
                reference.url,
                incoming,
                limit=VIDEO_LIMIT_BYTES if video else PICTURE_LIMIT_BYTES,
                stopped=self._closing.is_set,
                seconds=_VIDEO_SECONDS if video else None,
            )
            size = incoming.size
            return Arrival(reference.name, content, size, time.time(), file_id=self._files.keep(incoming))


def _said(problem: Exception) -> str:
    if isinstance(problem, StorageProblem):
        return problem.sentence()
    return problem.message if isinstance(problem, Refusal) else str(problem)
