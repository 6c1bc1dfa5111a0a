"""Files that are not where they were: their folder was moved, or they are gone for good."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

from batchdock.core.errors import NotFound, OtherFolder
from batchdock.flows.accounts import Accounts
from batchdock.flows.patience import Patience
from batchdock.flows.transfers.reading import READERS
from batchdock.flows.transfers.sources import source_error
from batchdock.store import FileRow, Journal, Sending

_SAMPLE = 50
"""So many files decide which folder of the old path the new one stands for; then all are looked for."""
_AT_ONCE = 500
_SILENT = 10.0
"""Seconds without an answer after which a share is taken for gone."""

GONE = "It could not be reached any more when the rest was sent."
MISSING = "It did not arrive, and the rest was used without it."


class Source(Protocol):
    """Where the files of a transfer come from that is no sending to a batch."""

    async def reconnect(self, folder: Path) -> None:
        """Look for the files in `folder` from now on. Raise `OtherFolder`."""
        ...

    async def go_on_without(self) -> None:
        """Count as lost from now on what can not be reached."""
        ...


class Sources:
    """Changes what the journal knows of the places of files. Not while the sending moves."""

    def __init__(self, accounts: Accounts, journal: Journal, patience: Patience) -> None:
        self._accounts, self._journal, self._patience = accounts, journal, patience

    async def reconnect(self, sending: Sending, folder: Path) -> None:
        """Look for the files in `folder` from now on, those that have not arrived. Raise `OtherFolder`.

        At least half of them must be there, under the same names and with the same sizes; those that are not stay
        where they were.
        """
        rows = await asyncio.to_thread(lambda: list(self._journal.files.unsent(sending.number)))
        found = await READERS.run(found_in, folder, rows)
        if not found or 2 * len(found) < len(rows):
            raise OtherFolder(folder=folder, found=f"{len(found):,}", total=f"{len(rows):,}")
        await asyncio.to_thread(self._journal.files.relocate, sending.number, found)

    async def give_up_unreadable(self, sending: Sending) -> None:
        """Count as lost what is not sent yet and can not be read."""
        rows = await asyncio.to_thread(lambda: self._journal.files.unsent(sending.number))
        silent = False
        while some := await asyncio.to_thread(lambda: list(islice(rows, _AT_ONCE))):
            lost = [(row.number, GONE) for row in some]
            if not silent:
                try:
                    async with asyncio.timeout(_SILENT):
                        lost = await READERS.run(_unreadable, some)
                except TimeoutError:
                    silent = True
            await asyncio.to_thread(self._journal.sendings.lose_all, sending.number, lost)

    async def give_up_missing(self, sending: Sending) -> None:
        """Count as lost what the service does not have. Raises what keeps it from telling."""

        async def names() -> set[str]:
            service = await self._accounts.service(sending.account_id)
            try:
                return {file.name async for file in service.files(sending.batch_id)}
            except NotFound:
                return set()

        there = await self._patience.keep(names)

        def note() -> None:
            rows = self._journal.sendings.every_file(sending.number)
            lost = [(row.number, MISSING) for row in rows if row.lost is None and row.wire not in there]
            self._journal.sendings.lose_all(sending.number, lost)

        await asyncio.to_thread(note)


def found_in(folder: Path, rows: Sequence[FileRow]) -> list[tuple[int, Path]]:
    """Return the files, by number, that are below `folder` as they were below some folder of their old path."""
    step = max(1, len(rows) // _SAMPLE)
    sample = rows[::step]
    best: list[tuple[int, Path]] = []
    root = None
    for candidate in _roots(sample):
        found = list(_matching(candidate, folder, sample))
        if len(found) > len(best):
            best, root = found, candidate
    return [] if root is None else list(_matching(root, folder, rows))


def _roots(sample: Sequence[FileRow]) -> list[Path]:
    """Return the folders that the new one may stand for, the outermost first."""
    return sorted({parent for row in sample for parent in row.path.parents}, key=lambda path: len(path.parts))


def _matching(root: Path, folder: Path, rows: Sequence[FileRow]) -> Iterator[tuple[int, Path]]:
    for row in rows:
        if row.path.is_relative_to(root):
            place = folder / row.path.relative_to(root)
            try:
                if place.stat().st_size == row.size:
                    yield row.number, place
            except OSError:
                continue


def _unreadable(rows: Sequence[FileRow]) -> list[tuple[int, str]]:
    lost = []
    for row in rows:
        try:
            with row.path.open("rb"):
                continue
        except OSError as error:
            found = source_error(row.path, error)
            lost.append((row.number, str(found.values.get("reason", GONE))))
    return lost
