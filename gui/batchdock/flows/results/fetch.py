"""Fetches the files of some batches: many at a time, each until it is here, and not further ahead than there is room.

What was fetched and has no place yet is kept: in memory while it is little, else in a folder, from which it is taken
up also by the next process.
"""

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Container
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.errors import BatchdockError, ConnectionProblem, NotFound, ServiceError
from batchdock.flows.results.inflating import whole
from batchdock.flows.results.listing import GONE, Listed, Listing, Reach
from batchdock.flows.results.note import FileKey
from batchdock.flows.transfers.pace import Lanes
from batchdock.flows.transfers.receive import WRITE_BYTES, Received, in_thread, receive
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.trouble import Trouble
from batchdock.flows.transfers.verdict import Action, verdict

START, MOST = 12, 48
AHEAD_FILES = 256
"""So many may be under way or waiting for their place."""
AHEAD_BYTES = 2 * 1024**3
MEMORY_BYTES = 48 * 1024 * 1024
GROUP = 64
"""So many are handed over at once at most, so that whoever places them can be stopped soon."""
GIVEN_UP_AFTER = 12
"""Tries in a row at one file while its service is well."""
_REFUSED_AFTER = 3
"""Tries at a new address."""
_PROVEN_AFTER = 3
"""Tries until a file is taken as it is, of which nobody told the length and whose end is missing."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is here: in memory, or at `path`. Whoever takes it removes it."""

    size: int
    path: Path
    content: bytes | None = None


class Kept:
    """What was fetched and has no place yet. It outlives a hold, so that nothing is fetched twice."""

    def __init__(self) -> None:
        self._files: dict[FileKey, Fetched] = {}
        self.in_memory = self.on_disk = 0

    def get(self, key: FileKey) -> Fetched | None:
        """Return a file that is here already."""
        return self._files.get(key)

    def put(self, key: FileKey, fetched: Fetched) -> None:
        """Keep a file."""
        self._files[key] = fetched
        self._count(fetched, fetched.size)

    def drop(self, key: FileKey) -> None:
        """Forget a file: it has its place, or is lost."""
        fetched = self._files.pop(key, None)
        if fetched is not None:
            self._count(fetched, -fetched.size)

    def _count(self, fetched: Fetched, size: int) -> None:
        if fetched.content is None:
            self.on_disk += size
        else:
            self.in_memory += size


class Fetcher:
    """Fetches what is in a listing, once."""

    def __init__(self, reach: Reach, listing: Listing, row: Row, trouble: Trouble, kept: Kept) -> None:
        self._reach, self._listing, self._row, self._trouble = reach, listing, row, trouble
        self._kept = kept
        self._lanes = Lanes(start=START, most=MOST)

    async def coming(
        self, folder: Path, placed: Container[FileKey], partly: Container[str]
    ) -> AsyncIterator[list[tuple[Listed, Fetched | BatchdockError]]]:
        """Yield what has come, in the order of the list: the file, or why it can not be had.

        What is `placed` is passed over. `partly` are the names in `folder` that earlier runs left. An empty group says
        that all tables are here, and other files follow, which may take long.
        """
        line: deque[tuple[Listed, asyncio.Task[Fetched]]] = deque()
        turn, space = asyncio.Event(), asyncio.Event()
        broken: list[BaseException] = []
        only_tables = True

        def over(task: asyncio.Task[Fetched]) -> None:
            if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, NotFound):
                broken.append(error)
            turn.set()

        feeding = asyncio.create_task(self._feed(line, folder, placed, partly, space, over))
        feeding.add_done_callback(lambda task: turn.set())
        try:
            while True:
                turn.clear()
                if broken:
                    raise broken[0]
                group: list[tuple[Listed, Fetched | BatchdockError]] = []
                if only_tables and line and not line[0][0].is_of_tables:
                    only_tables = False
                    yield group
                while line and len(group) < GROUP and line[0][1].done():
                    if only_tables and not line[0][0].is_of_tables:
                        break
                    listed, task = line.popleft()
                    error = task.exception()
                    group.append((listed, error if isinstance(error, BatchdockError) else task.result()))
                if group:
                    yield group
                    for listed, _ in group:
                        self._kept.drop(listed.key)
                    space.set()
                elif feeding.done() and not line:
                    feeding.result()
                    return
                else:
                    await turn.wait()
        finally:
            feeding.cancel()
            tasks = [task for _, task in line]
            for task in tasks:
                task.cancel()
            await asyncio.gather(feeding, *tasks, return_exceptions=True)

    async def _feed(
        self,
        line: deque[tuple[Listed, asyncio.Task[Fetched]]],
        folder: Path,
        placed: Container[FileKey],
        partly: Container[str],
        space: asyncio.Event,
        over: Callable[[asyncio.Task[Fetched]], None],
    ) -> None:
        number = 0
        async with aclosing(self._listing.files()) as files:  # type: ignore[type-var]
            async for listed in files:
                number += 1
                self._row.meter.items_total = max(number, self._listing.expected)
                if listed.key in placed:
                    self._kept.drop(listed.key)
                    self._row.meter.skip(1, 0)
                    continue
                while line and (len(line) >= AHEAD_FILES or self._kept.on_disk >= AHEAD_BYTES):
                    space.clear()
                    await space.wait()
                task = asyncio.create_task(self._fetch(listed, folder, partly))
                task.add_done_callback(over)
                line.append((listed, task))
        self._row.meter.items_total = number

    async def _fetch(self, listed: Listed, folder: Path, partly: Container[str]) -> Fetched:
        """Fetch one file, however often it takes. Raise what is not to be tried again."""
        key = listed.key
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        name = hashlib.sha256("\0".join(each or "" for each in key).encode("utf-8", "surrogatepass")).hexdigest()[:24]
        target = folder / name
        fetched: Fetched | None = None
        if name in partly:
            with suppress(OSError):
                fetched = Fetched(target.stat().st_size, target)
        if fetched is None:
            fetched = await self._tried(listed, target, anew=f"{name}.part" not in partly)
        self._kept.put(key, fetched)
        return fetched

    async def _tried(self, listed: Listed, target: Path, *, anew: bool) -> Fetched:
        tries = unproven = refusals = best = 0
        again = False
        while True:
            listed = self._listing.newest(listed)
            tried_at, most, arrived = time.monotonic(), 0, 0

            def count(size: int) -> None:
                nonlocal arrived, most
                arrived += size
                most = max(most, arrived)
                self._row.meter.add_bytes(size)

            keep = WRITE_BYTES if self._kept.in_memory < MEMORY_BYTES else 0
            try:
                async with self._lanes.lane(0, again=again):
                    service = await self._reach()
                    got = await receive(service, listed.file, target, self._row.speed, count, anew=anew, in_memory=keep)
                    self._lanes.arrived(got.size)
            except NotFound as error:
                anew, again = False, True
                newer = await self._renewed(listed, tried_at)
                if newer is listed:
                    # It stands in the list, and is refused all the same.
                    refusals += 1
                    if refusals >= _REFUSED_AFTER:
                        raise NotFound(service="", reason=GONE) from error
                    await self._trouble.after(error, refusals)
                listed = newer
                continue
            except BatchdockError as error:
                anew, again = False, True
                tries = tries + 1 if most <= best else 1
                best = max(best, most)
                action = verdict(error).action
                if action is not Action.AGAIN:
                    if action is Action.STOP and isinstance(error, ServiceError):
                        raise _refused(error) from error
                    raise
                self._lanes.pushed_back(error)
                if tries >= GIVEN_UP_AFTER and isinstance(error, ServiceError):
                    # Only this file, or the service? The list tells, which comes from the same place.
                    listed = await self._renewed(listed, float("inf"))
                    if tries > GIVEN_UP_AFTER:
                        raise _refused(error) from error
                await self._trouble.after(error, tries)
                continue
            self._trouble.moved()
            if not got.told and listed.file.is_archive and unproven < _PROVEN_AFTER and not await _proven(got, target):
                unproven += 1
                await in_thread(lambda: target.unlink(missing_ok=True))
                self._row.meter.add_bytes(-got.size)
                await self._trouble.after(ConnectionProblem(host="", details="An end is missing."), unproven)
                continue
            return Fetched(got.size, target, got.content)

    async def _renewed(self, listed: Listed, tried_at: float) -> Listed:
        tries = 0
        while True:
            try:
                return await self._listing.renewed(listed, tried_at)
            except NotFound:
                raise
            except BatchdockError as error:
                tries += 1
                if verdict(error).action is not Action.AGAIN:
                    raise
                await self._trouble.after(error, tries)


def _refused(error: ServiceError) -> NotFound:
    return NotFound(service="", reason=f"The service does not hand it out: {error.filled(error.title)}.")


async def _proven(got: Received, target: Path) -> bool:
    return await in_thread(lambda: whole(target if got.content is None else got.content))
