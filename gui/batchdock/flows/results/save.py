"""Saves results in a folder that a person likes to open: fetches them, gives them their places, and lets it appear.

All of it grows in a hidden folder beside its place (growing.py), which is where it goes on after a hold, a stop or a
kill (note.py), and appears there in one step, finished. Where pictures and videos follow, the tables do not wait for
them: they appear in the folder as soon as they are here, and the rest joins them in the end (early.py).
"""

import errno
from collections.abc import Iterable
from contextlib import aclosing

from batchdock.core.errors import BatchdockError, DiskFull, FolderNotWritable, NotFound, NothingToSave
from batchdock.core.problem import FileFailure
from batchdock.flows.intake.names import legal, printable
from batchdock.flows.patience import Patience
from batchdock.flows.results.fetch import Fetcher, Kept
from batchdock.flows.results.growing import GrowingFolder
from batchdock.flows.results.listing import Listing, Reach
from batchdock.flows.results.placing import Placer, SaveReport
from batchdock.flows.results.table import Restore
from batchdock.flows.transfers.receive import in_thread
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.trouble import Trouble
from batchdock.flows.transfers.verdict import Action, verdict
from batchdock.store import Saving


class Saver:
    """Saves what one saving is about, in as many goes as it takes. `known` are files that can have no result."""

    def __init__(
        self,
        saving: Saving,
        folder: GrowingFolder,
        reach: Reach,
        patience: Patience,
        restore: Restore,
        known: Iterable[FileFailure],
    ) -> None:
        self._saving, self._folder, self._reach, self._patience = saving, folder, reach, patience
        self._restore, self._known = restore, tuple(known)
        self._kept = Kept()
        self.begun = False
        """True when something has its place already: it is worth going on."""

    async def save(self, row: Row) -> SaveReport:
        """Go on until all is saved. Called again after a hold, it goes on where it was.

        Raises `NothingToSave`, `DiskFull`, `FolderNotWritable`, and what keeps files from being fetched.
        """
        try:
            made: list[Placer] = []
            try:
                # Kept from inside the thread: one that is stopped just then has opened its note all the same.
                await in_thread(lambda: made.append(Placer(self._folder, self._restore, self._known)))
                placer = made[0]
                self.begun = bool(placer.placed) or placer.settled
                if not placer.settled:
                    await self._place_all(placer, row)
                return await in_thread(lambda: placer.finish(self._saving.place, self._called()))
            finally:
                for each in made:
                    each.close()
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(folder=self._saving.place, needed="these results") from error
            raise FolderNotWritable(folder=self._saving.place, reason=error.strerror or type(error).__name__) from error

    async def _place_all(self, placer: Placer, row: Row) -> None:
        fetcher = self._fetcher(row)
        partly = await in_thread(lambda: {each.name for each in self._folder.incoming.iterdir()})
        row.meter.items_total = row.meter.items_done = 0
        coming = fetcher.coming(self._folder.incoming, placer.placed, partly)
        try:
            async with aclosing(coming) as groups:  # type: ignore[type-var]
                async for group in groups:
                    if not group:
                        table = await in_thread(lambda: placer.bring_tables(self._saving.place, self._called()))
                        if table is not None:
                            row.change(place=table)
                        continue
                    await in_thread(lambda group=group: placer.put(group), placer.stop)  # type: ignore[misc]
                    self.begun = True
                    row.meter.add_items(len(group))
        except NotFound:
            if not self.begun:
                raise
            placer.miss(self._saving.name, "The batch is not at the service any more; what had arrived is here.")
        if not row.meter.items_total and not self.begun:
            raise NothingToSave(name=self._saving.name)

    def _called(self) -> str:
        """Return what the folder is called."""
        return legal(printable(self._saving.name)).strip() or "Results"

    def _fetcher(self, row: Row) -> Fetcher:
        trouble = Trouble(row, self._patience)

        async def bear(error: BatchdockError, tries: int) -> None:
            if verdict(error).action is not Action.AGAIN:
                raise error
            await trouble.after(error, tries)

        saving = self._saving
        listing = Listing(self._reach, bear, saving.batch_ids, saving.parts, saving.choices)
        return Fetcher(self._reach, listing, row, trouble, self._kept)
