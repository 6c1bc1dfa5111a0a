"""Checks that everything arrived: by count and shards, by name where these leave a doubt (contract §3.3, §3.4)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from batchdock.core.batch import BatchKind, Progress
from batchdock.core.errors import NotFound
from batchdock.core.ports import Service
from batchdock.flows.patience import Patience

GetService = Callable[[], Awaitable[Service]]

_FIRST_LOOK = 0.1
_LONGEST_LOOK = 5.0


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a batch holds: how many files, how many shards are known, and whether more is still being taken in."""

    count: int
    shards: int
    moving: bool


class Arrival:
    """Waits until a batch holds what was sent into it.

    `settle`: seconds without any change after which nothing more is expected once all shards have ended.
    `silence`: the same while shards are still on their way; indexing in a cloud takes minutes.
    """

    def __init__(self, patience: Patience, *, settle: float = 10.0, silence: float = 900.0) -> None:
        self._patience = patience
        self._settle = settle
        self._silence = silence

    async def wait(self, service: GetService, batch_id: str, expected: int, shards: int) -> int:
        """Return how many files the batch holds, as soon as that is `expected` or it has stopped growing.

        `shards` is how many shards were sent; 0 for a batch filled one by one.
        """
        pause, before, changed = _FIRST_LOOK, None, time.monotonic()
        while True:
            now = await self._patience.keep(lambda: self._look(service, batch_id))
            if now.count >= expected and not now.moving:
                return now.count
            if now != before:
                before, changed = now, time.monotonic()
            unfinished = now.moving or now.shards < shards
            if time.monotonic() - changed > (self._silence if unfinished else self._settle):
                return now.count
            await asyncio.sleep(pause)
            pause = min(_LONGEST_LOOK, pause * 1.5)

    async def names(self, service: GetService, batch_id: str) -> set[str]:
        """Return the names of the files that are there, after the shards have come to rest."""
        started = time.monotonic()
        while (await self._patience.keep(lambda: self._look(service, batch_id))).moving:
            if time.monotonic() - started > self._silence:
                break
            await asyncio.sleep(1.0)
        return await self._patience.keep(lambda: self._names(service, batch_id))

    @staticmethod
    async def _look(service: GetService, batch_id: str) -> Arrived:
        asked = await service()
        try:
            kind = (await asked.batch(batch_id)).kind
            count = await asked.count(batch_id)
        except NotFound:
            # Sharded batches appear when their first shard is taken in.
            return Arrived(0, 0, False)
        shards = [shard async for shard in asked.shards(batch_id)] if kind is BatchKind.SHARDED else []
        return Arrived(count, len(shards), any(shard.status is Progress.MOVING for shard in shards))

    @staticmethod
    async def _names(service: GetService, batch_id: str) -> set[str]:
        asked = await service()
        try:
            return {file.name async for file in asked.files(batch_id)}
        except NotFound:
            return set()
