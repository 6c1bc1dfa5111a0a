"""Fetches what is to come, many files at a time, each content once, and holds it against its checksum.

A link that is no longer good is renewed. What does not have its checksum is fetched again, once. What can not be had
is noted with its reason, and the others go on.
"""

import asyncio
import hashlib
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from pathlib import Path

from batchdock.core.datasets.port import DatasetService
from batchdock.core.errors import BatchdockError, NotFound, ServiceError
from batchdock.core.streams import FileVersion, Incoming
from batchdock.flows.datasets.taking_out.asking import GIVEN_UP_AFTER, Reach, Refused, is_of_one
from batchdock.flows.datasets.taking_out.files import checksum_of
from batchdock.flows.datasets.taking_out.links import Links
from batchdock.flows.datasets.taking_out.placing import Placer
from batchdock.flows.transfers.pace import Lanes
from batchdock.flows.transfers.receive import WRITE_BYTES, Received, in_thread, receive_from
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.trouble import Trouble
from batchdock.flows.transfers.verdict import Action, verdict
from batchdock.store.taken_rows import Wanted

START, MOST = 12, 32
AHEAD = 64
"""So many are begun at once: their addresses are fresh."""
LEAVE_SECONDS = 0.6
"""What is nearly here when it is told to end may still arrive: it would have to be fetched again."""
_REFUSED_AFTER = 3
"""Addresses that are refused until a file counts as gone."""
_MISMATCH = "The service sends other bytes than its checksum (SHA-1 %1) says, also when asked again."
_NO_ADDRESS = "The service tells no address for this file."


class Fetcher:
    """Fetches contents into `incoming` and hands them to the placer."""

    def __init__(self, reach: Reach, links: Links, placer: Placer, row: Row, trouble: Trouble, incoming: Path) -> None:
        self._reach, self._links, self._placer = reach, links, placer
        self._row, self._trouble, self._incoming = row, trouble, incoming
        self._lanes = Lanes(start=START, most=MOST)

    async def fetch(self, wanted: list[Wanted]) -> None:
        """Fetch all of it. Raises what the whole waits for; what came until then has its place."""
        room = asyncio.Semaphore(AHEAD)
        tasks: set[asyncio.Task[None]] = set()
        broken: list[BaseException] = []
        left = asyncio.Event()

        def over(task: asyncio.Task[None]) -> None:
            tasks.discard(task)
            room.release()
            if not task.cancelled() and (error := task.exception()) is not None:
                broken.append(error)
            left.set()

        try:
            for each in wanted:
                await room.acquire()
                if broken:
                    raise broken[0]
                task = asyncio.create_task(self._one(each))
                tasks.add(task)
                task.add_done_callback(over)
            while tasks and not broken:
                left.clear()
                await left.wait()
            if broken:
                raise broken[0]
        finally:
            if tasks:
                await asyncio.wait(tasks, timeout=LEAVE_SECONDS)
            for task in tuple(tasks):
                task.cancel()
            await asyncio.gather(*tuple(tasks), return_exceptions=True)
            await in_thread(self._placer.flush)

    async def _one(self, wanted: Wanted) -> None:
        """Fetch one content, by whichever of its places the service still serves, and give it all of them."""
        try:
            reason = await self._tried(wanted)
        except Refused as refused:
            reason = refused.reason
            for other in await in_thread(lambda: self._placer.others(wanted)):
                with suppress(Refused):
                    reason = await self._tried(other)
                    break
        if reason:
            await in_thread(lambda: self._placer.lose(wanted.content, reason))

    async def _tried(self, wanted: Wanted) -> str:
        """Fetch it. Return why what came is not it, empty when it is here. Raise `Refused`."""
        target = self._incoming / (wanted.checksum or f"no checksum {wanted.content}")
        left = await in_thread(partial(self._left, wanted, target))
        if left is not None:
            self._row.meter.skip(*left)
            return ""
        for again in (False, True):
            # Its lane is given back when it has its place: a kill loses no more than there are lanes.
            async with self._lanes.lane(0, again=again):
                got = await self._received(wanted, target)
                checksum = await in_thread(partial(_checksum, got, target))
                if wanted.checksum in (None, checksum) or not wanted.proven:
                    items = await in_thread(partial(self._placer.put, wanted, got, target, checksum))
                    self._lanes.arrived(got.size)
                    self._row.meter.add_items(items)
                    return ""
            self._row.meter.add_bytes(-got.size)
            await in_thread(partial(target.unlink, missing_ok=True))
        return _MISMATCH.replace("%1", wanted.checksum or "")

    def _left(self, wanted: Wanted, target: Path) -> tuple[int, int] | None:
        """Give what an earlier run had fetched its places, if that is there. Return how many, and its bytes."""
        if not target.is_file():
            return None
        if wanted.checksum is None or checksum_of(target) != wanted.checksum:
            target.unlink()
            return None
        size = target.stat().st_size
        return self._placer.put(wanted, Received(size, told=True), target, wanted.checksum), size

    async def _received(self, wanted: Wanted, target: Path) -> Received:
        """Fetch until it is here. Raise `Refused`, and what the whole waits for."""
        tries = refusals = 0
        refused_at: float | None = None
        while True:
            asked_at = asyncio.get_running_loop().time()
            url = await self._links.of(wanted, refused_at)
            if not url:
                raise Refused(NotFound(service="", reason=_NO_ADDRESS))
            try:
                opened = partial(_opened, await self._reach(), url)
                got = await receive_from(
                    opened, wanted.remote, target, self._row.speed, self._row.meter.add_bytes, in_memory=WRITE_BYTES
                )
            except NotFound as error:
                refusals += 1
                if refusals >= _REFUSED_AFTER:
                    raise Refused(error) from error
                refused_at = asked_at
            except BatchdockError as error:
                if is_of_one(error):
                    raise Refused(error) from error
                if verdict(error).action is not Action.AGAIN:
                    raise
                tries += 1
                self._lanes.pushed_back(error)
                if tries >= GIVEN_UP_AFTER and isinstance(error, ServiceError):
                    # The addresses come from elsewhere: that the service answers is seen when one is asked for anew.
                    refused_at = asked_at
                    if tries > GIVEN_UP_AFTER:
                        raise Refused(error) from error
                await self._trouble.after(error, tries)
            else:
                self._trouble.moved()
                return got


def _opened(
    service: DatasetService, url: str, start: int, version: FileVersion
) -> AbstractAsyncContextManager[Incoming]:
    return service.receive(url, start=start, version=version)


def _checksum(got: Received, path: Path) -> str:
    if got.content is not None:
        return hashlib.sha1(got.content, usedforsecurity=False).hexdigest()
    return checksum_of(path)
