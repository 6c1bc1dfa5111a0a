"""Looks at what has arrived: by count and shards, by name where these leave a doubt (contract §3.3, §3.4)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import islice

from batchdock.core.batch import Progress
from batchdock.core.errors import NotFound
from batchdock.core.ports import Service
from batchdock.flows.transfers.trouble import Trouble

GetService = Callable[[], Awaitable[Service]]

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 5.0
_STEP = 1.6
_NAMED = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """What a batch holds: how many files, how many shards are known, whether more is still being taken in.

    `there` is False when the service knows no such batch. `failed` are the shards that could not be taken in.
    """

    there: bool
    count: int = 0
    shards: int = 0
    moving: bool = False
    failed: tuple[str, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()
    """The first of the files that were not taken in, and why, where the service says so."""


@dataclass(slots=True)
class Arrival:
    """How long it is waited for files to show up at a service, in seconds.

    `settle`: without any change, after which nothing more is expected once all shards have ended.
    `silence`: the same while shards are still on their way; indexing in a cloud takes minutes.
    """

    settle: float = 10.0
    silence: float = 900.0

    async def rest(
        self,
        look: Callable[[], Awaitable[Found]],
        *,
        shards: int,
        enough: int | None,
        on_look: Callable[[Found], None] = lambda found: None,
    ) -> Found:
        """Return what is found as soon as it holds `enough` files and nothing moves, or has stopped changing.

        `shards` is how many there must be in the end; 0 for a batch that is filled one by one.
        """
        clock = asyncio.get_running_loop()
        pause, before, changed = _FIRST_PAUSE, None, clock.time()
        while True:
            found = await look()
            on_look(found)
            if enough is not None and found.count >= enough and not found.moving:
                return found
            if found != before:
                before, changed = found, clock.time()
            unfinished = found.moving or found.shards < shards
            left = changed + (self.silence if unfinished else self.settle) - clock.time()
            if left <= 0:
                return found
            await asyncio.sleep(min(pause, left))
            pause = min(_LONGEST_PAUSE, pause * _STEP)


class Batch:
    """The batch of one sending, as far as it has to be looked at."""

    def __init__(self, service: GetService, batch_id: str, *, sharded: bool, trouble: Trouble) -> None:
        self._service, self._batch_id, self._sharded, self._trouble = service, batch_id, sharded, trouble

    async def look(self) -> Found:
        """Return what is there now."""
        return await self._trouble.keep(self._look)

    async def names(self) -> set[str]:
        """Return the names of the files that are there."""
        return await self._trouble.keep(self._names)

    async def _look(self) -> Found:
        service = await self._service()
        try:
            count = await service.count(self._batch_id)
            shards = [shard async for shard in service.shards(self._batch_id)] if self._sharded else []
        except NotFound:
            # Sharded batches appear when their first shard is taken in.
            return Found(False)
        return Found(
            True,
            count,
            len(shards),
            any(shard.status is Progress.MOVING for shard in shards),
            tuple(shard.status_name or shard.shard_id for shard in shards if shard.status is Progress.ERROR),
            tuple(islice((each for shard in shards for each in shard.failures), _NAMED)),
        )

    async def _names(self) -> set[str]:
        service = await self._service()
        try:
            return {file.name async for file in service.files(self._batch_id)}
        except NotFound:
            return set()
