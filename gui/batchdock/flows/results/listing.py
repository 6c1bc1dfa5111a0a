"""The files of some batches: read page by page as they are needed, and read again when their addresses have run out.

Tables come first: they are what people wait for, and small beside pictures and videos.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from batchdock.core.batch import BatchKind, Choice, Content, StagedFile
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
    def is_of_tables(self) -> bool:
        """True when it is, or is packed with, tables and details."""
        return Content.METADATA in (self.nested, self.file.content)

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
    content: Content = Content.UNKNOWN
    newer: dict[FileKey, Listed] = field(default_factory=dict)
    """What was read after its address was needed again."""
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


class Listing:
    """What is in some batches, or in some of their parts, or the files of `choices` in there. `bear` decides about
    trouble with the list itself."""

    def __init__(
        self,
        reach: Reach,
        bear: Bear,
        batch_ids: Sequence[str],
        parts: Sequence[str] | None,
        choices: Sequence[Choice] | None = None,
    ) -> None:
        self._reach, self._bear = reach, bear
        self._batch_ids, self._parts = batch_ids, parts
        self._choices = None if choices is None else {each.part: each for each in choices}
        self._sections: dict[tuple[str, str | None], _Section] = {}
        self.expected = 0
        """How many files there will be at least, as far as the service has told."""

    async def files(self) -> AsyncIterator[Listed]:
        """Yield every file once, parts with tables first, else in the service's order.

        Raise `NotFound` for a batch that is not there, when the files of the others have come.
        """
        sections, gone = await self._all_sections()
        before = 0
        for section in sections:
            self._sections[section.batch_id, section.part] = section
            choice = None if self._choices is None else self._choices.get(section.part, Choice(section.part))
            seen: set[FileKey] = set()
            tries = passed = 0
            while True:
                try:
                    async with aclosing(self._read(section)) as files:  # type: ignore[type-var]
                        async for listed in files:
                            tries = 0
                            if listed.key in seen:
                                continue
                            seen.add(listed.key)
                            if choice is None or choice.has(listed.file.shard_id, listed.file.name):
                                yield listed
                            else:
                                passed += 1
                            if choice is not None and choice.is_met(len(seen) - passed):
                                break
                            if len(seen) == _COUNTED_FROM:
                                there = await self._count(section)
                                self.expected = before + (there if choice is None else choice.count(there))
                except BatchdockError as error:
                    tries += 1
                    await self._bear(error, tries)
                else:
                    break
            before += len(seen) - passed
        if gone is not None:
            raise gone

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

    async def _all_sections(self) -> tuple[list[_Section], NotFound | None]:
        """Return what there is to list, tables first, and what is to be raised for batches that are not there."""
        found: list[_Section] = []
        gone: NotFound | None = None
        for batch_id in self._batch_ids:
            try:
                found += await self._sections_of(batch_id)
            except NotFound as error:
                gone = gone or error
        if self._choices is not None:
            found = [each for each in found if each.part in self._choices]
        found.sort(key=lambda each: Content.METADATA not in (each.nested, each.content))
        return found, gone

    async def _sections_of(self, batch_id: str) -> list[_Section]:
        tries = 0
        while True:
            try:
                service = await self._reach()
                batch = await service.batch(batch_id)
                if batch.kind is not BatchKind.MULTIPART:
                    return [_Section(batch_id)]
                return [
                    _Section(batch_id, part.name, part.nested_content, part.content)
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
