"""Where references come from, so that the same ones can be had again after anything: a list in a file, or elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from batchdock.core.batch import Content
from batchdock.core.errors import ListChanged, OtherFolder
from batchdock.core.reference import LineFinding, Reference, read_line
from batchdock.flows.references.fetching import Fetch
from batchdock.flows.references.looking import Cutter
from batchdock.flows.transfers.reading import READERS
from batchdock.flows.transfers.sources import source_error
from batchdock.store.looked import Line, LookedList

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Whether an address has expired was looked at before; the same ones are handed over in the end."""


class Source(Protocol):
    """Gives references back, always in the same order. What is wrong with it is raised as `BatchdockError`s."""

    async def some(self, content: Content, first: int, count: int) -> list[Reference]:
        """Return the references of a kind from the place `first` on. Raise `ListChanged` where these are others."""
        ...

    async def address(self, content: Content) -> str | None:
        """Return the https address of a list with nothing but these, where the whole can be handed over so."""
        ...

    async def missing(
        self, content: Content, there: AsyncIterator[Sequence[str]], most: int
    ) -> tuple[int, Sequence[str]]:
        """Return how many names are not among those that are there, and the first of them."""
        ...

    async def identities(self, content: Content, first: int, count: int) -> list[tuple[str, str]]:
        """Return the names of references of a kind, each with what tells it from all that a later run may find."""
        ...

    async def close(self, *, ended: bool) -> None:
        """Give everything back. With `ended`, nobody will ask for these references again."""
        ...


class _Listed:
    """What both kinds of lists have: the file that says what is in which line."""

    def __init__(self, looked: LookedList) -> None:
        self._looked = looked

    async def missing(
        self, content: Content, there: AsyncIterator[Sequence[str]], most: int
    ) -> tuple[int, Sequence[str]]:
        """See `Source.missing`."""
        await READERS.run(self._looked.begin_listing)
        async for names in there:
            await READERS.run(self._looked.note_listed, names)
        return await READERS.run(self._looked.not_listed, content, most)

    async def identities(self, content: Content, first: int, count: int) -> list[tuple[str, str]]:
        """See `Source.identities`."""
        return [(line.name, line.name) for line in await READERS.run(self._looked.places, content, first, count)]

    async def close(self, *, ended: bool) -> None:
        """See `Source.close`."""
        await asyncio.to_thread(self._looked.remove if ended else self._looked.close)


class ListFile(_Listed):
    """A list in a file of this computer. Its lines are read again where they were found."""

    def __init__(self, path: Path, looked: LookedList) -> None:
        super().__init__(looked)
        self.path = path

    async def some(self, content: Content, first: int, count: int) -> list[Reference]:
        """See `Source.some`. Raise `SourceGone` while the file is not there."""
        return await READERS.run(self._some, content, first, count)

    async def address(self, content: Content) -> str | None:
        """See `Source.address`."""
        return None

    async def reconnect(self, folder: Path) -> None:
        """Look for the list in `folder` from now on; see `flows.transfers.reconnect.Source`."""
        found = folder / self.path.name
        if not await READERS.run(found.is_file):
            raise OtherFolder(folder=folder, found="0", total="1")
        self.path = found

    async def go_on_without(self) -> None:
        """There is nothing to go on with: everything else is handed over already."""

    def _some(self, content: Content, first: int, count: int) -> list[Reference]:
        found = []
        try:
            with self.path.open("rb") as opened:
                for line in self._looked.places(content, first, count):
                    opened.seek(line.start)
                    found.append(same(line, opened.read(line.length), self.path.name))
        except OSError as error:
            raise source_error(self.path, error) from None
        return found


class ListAddress(_Listed):
    """A list at an https address, which may be a secret. It is fetched again, and read as it comes."""

    def __init__(self, url: str, name: str, looked: LookedList, fetch: Fetch, *, whole: frozenset[Content]) -> None:
        """`whole` are the kinds that can be handed over by the address: nothing else is in the list."""
        super().__init__(looked)
        self._url, self._name, self._fetch, self._whole = url, name, fetch, whole

    async def some(self, content: Content, first: int, count: int) -> list[Reference]:
        """See `Source.some`."""
        wanted = await READERS.run(self._looked.places, content, first, count)
        found: list[Reference] = []
        cutter, number, at = Cutter(), 0, 0
        async with aclosing(self._fetch(self._url, self._name)) as pieces:
            async for piece in pieces:
                for raw, _ in cutter.feed(piece):
                    number += 1
                    if at < len(wanted) and wanted[at].number == number:
                        found.append(same(wanted[at], raw, self._name))
                        at += 1
                if at == len(wanted):
                    return found
        for raw, _ in cutter.end():
            if at < len(wanted) and wanted[at].number == number + 1:
                found.append(same(wanted[at], raw, self._name))
        if len(found) < len(wanted):
            raise ListChanged(name=self._name)
        return found

    async def address(self, content: Content) -> str | None:
        """See `Source.address`."""
        return self._url if content in self._whole else None


def same(line: Line, raw: bytes, name: str) -> Reference:
    """Return what a line says that was looked at before. Raise `ListChanged` where it says something else."""
    try:
        found = read_line(line.number, raw.decode(), _LONG_AGO)
    except UnicodeDecodeError:
        raise ListChanged(name=name) from None
    if found is None or isinstance(found, LineFinding) or found.name != line.name:
        raise ListChanged(name=name)
    return found
