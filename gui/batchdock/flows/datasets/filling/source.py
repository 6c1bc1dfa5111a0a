"""Where the files of a filling are, when their folder was moved or is gone for good."""

import asyncio
from dataclasses import replace
from pathlib import Path

from batchdock.core.errors import OtherFolder
from batchdock.flows.datasets.filling.wishes import FillWish, wish_of, wish_text
from batchdock.flows.transfers.reading import READERS
from batchdock.flows.transfers.reconnect import found_in
from batchdock.store import FileRow
from batchdock.store.fillings import Fillings


class FillSource:
    """Changes what the journal knows of the files; see `flows.transfers.reconnect.Source`."""

    def __init__(self, fillings: Fillings, transfer_id: str) -> None:
        self._fillings, self._transfer_id = fillings, transfer_id

    async def wish(self) -> FillWish:
        """Return what is wished for, as it is by now."""
        return await asyncio.to_thread(lambda: wish_of(self._fillings.wish(self._transfer_id)))

    async def reconnect(self, folder: Path) -> None:
        """Look for the files in `folder` from now on. Raise `OtherFolder` where less than half of them are there."""
        wish = await self.wish()
        rows = [
            FileRow(number, each.remote_path, each.remote_path, each.path, each.size, each.modified)
            for number, each in enumerate(wish.files)
        ]
        found = dict(await READERS.run(found_in, folder, rows))
        if not found or 2 * len(found) < len(rows):
            raise OtherFolder(folder=folder, found=f"{len(found):,}", total=f"{len(rows):,}")
        files = tuple(replace(each, path=found.get(number, each.path)) for number, each in enumerate(wish.files))
        number, place = next(iter(found.items()))
        before, after = _apart(wish.files[number].path, place)
        labels = tuple(
            after / each.relative_to(before) if each.is_relative_to(before) else each for each in wish.labels
        )
        await self._change(replace(wish, files=files, labels=labels))

    async def go_on_without(self) -> None:
        """Count as lost from now on what can not be reached."""
        await self._change(replace(await self.wish(), without=True))

    async def _change(self, wish: FillWish) -> None:
        await asyncio.to_thread(lambda: self._fillings.change(self._transfer_id, wish_text(wish)))


def _apart(before: Path, after: Path) -> tuple[Path, Path]:
    """Return the folders from which on two paths are the same."""
    while before.name and before.name == after.name:
        before, after = before.parent, after.parent
    return before, after
