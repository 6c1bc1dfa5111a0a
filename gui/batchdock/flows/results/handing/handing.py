"""Hands results on: all wanted forms in one walk through the results, into a folder that appears when it is whole.

It grows in a hidden folder beside its place, as savings do, and takes its name in one step; nothing is ever
overwritten, no original is ever opened for anything but reading. What is cancelled leaves nothing.
"""

import asyncio
import errno
import os
import secrets
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.errors import NotAllHandedOn
from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.intake.names import legal, printable
from batchdock.flows.problems import Problems
from batchdock.flows.results.growing import PREFIX, GrowingFolder, sweep
from batchdock.flows.results.handing.about import about
from batchdock.flows.results.handing.ending import counted_files, write_problems
from batchdock.flows.results.handing.forms import writer_of
from batchdock.flows.results.handing.gathering import average_size, sights
from batchdock.flows.results.handing.weights import weight_of
from batchdock.flows.results.handing.wishes import Form, Handed, Weight, Wishes
from batchdock.flows.results.handing.writer import Order, Sight, Writer
from batchdock.flows.results.opening import Opened, Selection
from batchdock.flows.results.places import appear
from batchdock.flows.results.results import Results
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.course import Work
from batchdock.flows.transfers.receive import check_room, in_thread, unwritable
from batchdock.flows.transfers.row import Row
from batchdock.store import Journal

_SAMPLE = 60
"""So many originals are weighed to tell how large all are."""


class Handing:
    """Hands on what is open, as files for somebody without Batchdock."""

    def __init__(self, results: Results, transfers: Transfers, journal: Journal, problems: Problems) -> None:
        self._results, self._transfers = results, transfers
        self._journal, self._problems = journal, problems

    async def weigh(self, opened: Opened, selection: Selection, to: Path) -> Weight:
        """Return about how much room each form takes, and how much there is where it would go."""
        average = await average_size(opened, selection, _SAMPLE)
        return await asyncio.to_thread(weight_of, selection, average, to)

    async def hand_on(self, opened: Opened, selection: Selection, wishes: Wishes, to: Path) -> Handed:
        """Write the wanted forms into a new folder below `to`, shown as a transfer.

        `opened` may be closed meanwhile: these results are opened once more for this. Raises `DiskFull`,
        `FolderNotWritable`, `TransferStopped`, and what keeps results from being opened.
        """
        place = Path(os.path.abspath(to))  # noqa: ASYNC240, PTH100 - asks nothing of the disk
        name = wishes.name or f"{opened.name} results"
        transfer = Transfer(
            transfer_id=f"t-{secrets.token_hex(6)}",
            kind=TransferKind.SAVING,
            name=opened.name,
            account_id=opened.job.account_id if opened.job is not None else THIS_COMPUTER_ID,
            state=TransferState.WAITING,
            items_done=0,
            items_total=len(selection.numbers),
            bytes_done=0,
            bytes_total=0,
            started=datetime.now(UTC),
            place=place,
        )

        async def work(row: Row) -> Handed:
            handed = await self._work(opened, selection, wishes, place, name, row)
            _show(handed, row)
            return handed

        return await self._carry(transfer, work)

    async def _carry(self, transfer: Transfer, work: Work[Handed]) -> Handed:
        """Do the work as the transfer, and say what had to be left out."""
        problem_id = f"handed:{transfer.transfer_id}"
        # It moves no bytes over a line, so it waits for nobody.
        again = partial(self._carry, transfer, work)
        handed = await self._transfers.run(transfer, work, again=again, free=True)
        if handed.problems:
            error = NotAllHandedOn(count=len(handed.problems), folder=handed.folder)
            self._problems.report(problem_id, transfer.name, error, files=handed.problems)
        return handed

    async def _work(
        self, opened: Opened, selection: Selection, wishes: Wishes, place: Path, name: str, row: Row
    ) -> Handed:
        """Do all of it, from its beginning: called again after a hold, nothing is left of what was there."""
        folder: GrowingFolder | None = None
        own = await self.open_again(opened)
        try:
            chosen = await own.select(selection.filter, selection.by, descending=selection.descending)
            weight = weight_of(chosen, await average_size(own, chosen, _SAMPLE), place)
            path = place / f"{PREFIX}{row.transfer.transfer_id}"
            folder = await in_thread(partial(self._begin, path, weight.needed(wishes)))
            order = Order(
                folder=folder.done,
                scratch=folder.incoming,
                name=_legal(own.name),
                labels=own.labels,
                valued=await own.valued(),
                of_videos=own.of_videos,
                wishes=wishes,
                about=about(own, chosen, wishes, datetime.now(UTC)),
            )
            files = await self._write(own, chosen, order, row)
            problems = order.notes.all()
            await in_thread(partial(write_problems, folder.done, problems))
            count = await in_thread(partial(counted_files, folder.done))
            done = folder.done
            final = await in_thread(lambda: appear(done, place, _legal(name), lambda _name: None))
            return Handed(final, tuple(files), count, len(chosen.numbers), chosen.findings, problems)
        except OSError as error:
            raise unwritable(place, error) from error
        finally:
            await own.close()
            if folder is not None:
                await in_thread(folder.end)

    async def _write(self, own: Opened, chosen: Selection, order: Order, row: Row) -> list[str]:
        """Walk through the results once, with all writers. Return what to name of what they have made."""
        row.meter.items_total = len(chosen.numbers)
        row.meter.restart(0, 0)
        stopped: list[bool] = []
        with ExitStack() as closing:
            writers: list[Writer] = []

            def begin() -> None:
                for form in (form for form in Form if form in order.wishes.forms):
                    writers.append(writer_of(form, order, lambda: bool(stopped)))
                    closing.callback(writers[-1].close)

            def write(group: list[Sight]) -> None:
                check_room(order.folder)
                for writer in writers:
                    if not stopped:
                        writer.write(group)

            def finish() -> list[str]:
                return [name for writer in writers if not stopped for name in writer.finish()]

            stop = partial(stopped.append, True)
            await in_thread(begin)
            async for group in sights(own, chosen, order.wishes):
                await in_thread(partial(write, group), stop)
                row.meter.add_items(len(group))
            check_room(order.folder)
            return await in_thread(finish, stop)

    def _begin(self, path: Path, needed: int) -> GrowingFolder:
        """Make the folder in which it grows, after those that nobody goes on with are gone. Blocks."""
        path.parent.mkdir(parents=True, exist_ok=True)
        check_room(path.parent, needed)
        sweep(path.parent, {saving.growing for saving in self._journal.savings.unfinished()})
        folder = GrowingFolder.take(path)
        if folder is None:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        folder.done.mkdir(exist_ok=True)
        return folder

    async def open_again(self, opened: Opened) -> Opened:
        """Open the same results once more, for what takes its time: whoever looks at them may close theirs."""
        if opened.job is not None:
            return await self._results.open(opened.job.key, _unheard)
        return await self._results.open_folder(opened.folder, _unheard)


def _unheard(_done: int, _of: int) -> None:
    """These results were open a moment ago: they open at once."""


def _legal(name: str) -> str:
    return legal(printable(name)).strip() or "Results"


def _show(handed: Handed, row: Row) -> None:
    if handed.problems:
        message = f"Left out, or not as they were: {len(handed.problems):,}. The list is with the rest."
        row.change(state=TransferState.DONE_WITH_PROBLEMS, message=message, place=handed.folder)
    else:
        row.change(place=handed.folder)
