"""The files of some batches: read page by page as they are needed, and read again when their addresses have run out."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from batchdock.core.batch import BatchKind, Content, StagedFile
from batchdock.core.errors import BatchdockError, NotFound
from batchdock.core.ports import Service
from batchdock.flows.results.note import FileKey

Reach = Callable[[], Awaitable[Service]]
"""Gives the service, each time anew: its key may have been replaced meanwhile."""
Bear = Callable[[BatchdockError, int], Awaitable[None]]
"""Waits after an error that may well pass, the n-th in a row, or raises it."""

YOUNG_SECONDS = 5.0
"""An address that was read again for a file, and is refused at this age, did not run out."""

_COUNTED_FROM = 50
"""Files of a part that are listed before it is asked how many there are; fewer are soon listed."""
GONE = "It is not at the service any more."


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a batch, with what its part holds (None outside multipart batches), and when that was read."""

    batch_id: str
    file: StagedFile
    nested: Content | None = None
    read_at: float = 0.0
    again: bool = False
    """True when the list was read again for it."""

    @property
    def key(self) -> FileKey:
        """What it is known by, whatever its address."""
        return self.batch_id, self.file.part, self.file.shard_id, self.file.name


@dataclass(slots=True)
class _Section:
    """A batch, or a part of one."""

    batch_id: str
    part: str | None = None
    nested: Content | None = None
    newer: dict[FileKey, Listed] = field(default_factory=dict)
    """What was read after its address was needed again."""
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


class Listing:
    """What is in some batches, or in some of their parts. `bear` decides about trouble with the list itself."""

    def __init__(self, reach: Reach, bear: Bear, batch_ids: Sequence[str], parts: Sequence[str] | None) -> None:
        self._reach, self._bear = reach, bear
        self._batch_ids, self._parts = batch_ids, parts
        self._sections: dict[tuple[str, str | None], _Section] = {}
        self.expected = 0
        """How many files there will be at least, as far as the service has told."""

    async def files(self) -> AsyncIterator[Listed]:
        """Yield every file once, in the service's order. Raise `NotFound` for a batch that is not there."""
        before = 0
        for batch_id in self._batch_ids:
            for section in await self._sections_of(batch_id):
                self._sections[section.batch_id, section.part] = section
                seen: set[FileKey] = set()
                tries = 0
                while True:
                    try:
                        async for listed in self._read(section):
                            tries = 0
                            if listed.key not in seen:
                                seen.add(listed.key)
                                yield listed
                            if len(seen) == _COUNTED_FROM and self.expected <= before:
                                self.expected = before + await self._count(section)
                    except BatchdockError as error:
                        tries += 1
                        await self._bear(error, tries)
                    else:
                        break
                before += len(seen)

    async def renewed(self, listed: Listed, tried_at: float) -> Listed:
        """Return the file with an address that is newer than the one refused at `tried_at`, or with the same if that
        is new. Raise `NotFound` when it is not in the list any more.

        The list is read once for all whose addresses ran out together.
        """
        section = self._sections.setdefault(
            (listed.batch_id, listed.file.part), _Section(listed.batch_id, listed.file.part, listed.nested)
        )
        async with section.reading:
            newer = section.newer.get(listed.key)
            if newer is not None and newer.read_at > listed.read_at:
                return newer
            if listed.again and tried_at - listed.read_at < YOUNG_SECONDS:
                return listed
            section.newer = {each.key: each async for each in self._read(section, again=True)}
        if listed.key not in section.newer:
            raise NotFound(service="", reason=GONE)
        return section.newer[listed.key]

    def newest(self, listed: Listed) -> Listed:
        """Return the file with the newest address that is known."""
        section = self._sections.get((listed.batch_id, listed.file.part))
        newer = section.newer.get(listed.key) if section is not None else None
        return newer if newer is not None and newer.read_at > listed.read_at else listed

    async def _sections_of(self, batch_id: str) -> list[_Section]:
        tries = 0
        while True:
            try:
                service = await self._reach()
                batch = await service.batch(batch_id)
                if batch.kind is not BatchKind.MULTIPART:
                    return [_Section(batch_id)]
                return [
                    _Section(batch_id, part.name, part.nested_content)
                    for part in await service.parts(batch_id)
                    if self._parts is None or part.name in self._parts
                ]
            except BatchdockError as error:
                tries += 1
                await self._bear(error, tries)

    async def _count(self, section: _Section) -> int:
        """Return how many files there are; 0 when that is not told at once: it is only for the eye."""
        try:
            return await (await self._reach()).count(section.batch_id, section.part)
        except BatchdockError:
            return 0

    async def _read(self, section: _Section, *, again: bool = False) -> AsyncIterator[Listed]:
        service = await self._reach()
        async with aclosing(service.files(section.batch_id, section.part)) as files:  # type: ignore[type-var]
            async for file in files:
                yield Listed(
                    section.batch_id, file, file.nested_content or section.nested, read_at=time.monotonic(), again=again
                )
