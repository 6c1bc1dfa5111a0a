"""The results page, without the page."""

import asyncio
import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from batchdock.core.batch import Batch, Choice, Saved, StagedFile
from batchdock.core.errors import BatchdockError, FolderNotWritable, NotSavedAsTheyCame, TransferStopped
from batchdock.core.job import Job
from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.jobs.details import lost_files
from batchdock.flows.news import News, ResultsSaved
from batchdock.flows.patience import Patience
from batchdock.flows.problems import Problems
from batchdock.flows.results.growing import PREFIX, GrowingFolder, remove, sweep
from batchdock.flows.results.looking import CACHED_SECONDS, Looking, Member
from batchdock.flows.results.opening import JobCount, Opened
from batchdock.flows.results.opening.shelf import Shelf
from batchdock.flows.results.placing import SaveReport
from batchdock.flows.results.reading.folder import Heard
from batchdock.flows.results.save import Saver
from batchdock.flows.results.weighing import Weight, weigh
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.receive import in_thread, unwritable
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.transfers import Unfinished
from batchdock.flows.transfers.verdict import Action, verdict
from batchdock.store import JobRecord, Journal, Saving

_GIVEN_UP_AFTER = timedelta(seconds=CACHED_SECONDS)


class Results:
    """Looks into result batches and saves them. `cache` is a folder for what was looked at."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        board: Board,
        transfers: Transfers,
        cache: Path,
        patience: Patience,
        problems: Problems,
        news: News,
        shelf: Shelf,
    ) -> None:
        self._accounts, self._journal, self._board, self._problems = accounts, journal, board, problems
        self._transfers, self._patience, self._news, self._shelf = transfers, patience, news, shelf
        self._looking = Looking(accounts, transfers.speed, cache, patience)
        self._turns: dict[Path, asyncio.Lock] = {}
        self._live: set[str] = set()
        """The savings of this process, which have their folders."""
        transfers.take_up(self._unfinished)

    async def members(self, account_id: str, batch_id: str, file: StagedFile) -> tuple[Member, ...]:
        """See `Looking.members`."""
        return await self._looking.members(account_id, batch_id, file)

    async def read(self, account_id: str, batch_id: str, file: StagedFile, member: str | None = None) -> bytes:
        """See `Looking.read`."""
        return await self._looking.read(account_id, batch_id, file, member)

    async def open(self, job_key: JobKey, heard: Heard) -> Opened:
        """See `Shelf.open`."""
        return await self._shelf.open(job_key, heard)

    async def open_folder(self, folder: Path, heard: Heard) -> Opened:
        """See `Shelf.open_folder`."""
        return await self._shelf.open_folder(folder, heard)

    async def per_job(self, like: Job) -> tuple[JobCount, ...]:
        """See `Shelf.per_job`."""
        return await self._shelf.per_job(like)

    def forget_old(self) -> None:
        """See `Looking.forget_old` and `Shelf.forget_old`. Blocks."""
        self._looking.forget_old()
        self._shelf.forget_old()

    async def save(
        self,
        account_id: str,
        batch_ids: Sequence[str],
        to: Path,
        *,
        parts: Sequence[str] | None = None,
        choices: Sequence[Choice] | None = None,
        name: str = "",
        unasked: bool = False,
    ) -> SaveReport:
        """Save the results below the folder `to`, in a new folder called `name`. Never overwrites anything.

        Of all parts or of `parts`; all files, or those of `choices`, one for each part that has any.
        Shown as a transfer. One that did not come to its end, also of an earlier run, is gone on with. When nobody
        asked for it (`unasked`), the news say so. Raises `NothingToSave`,
        `DiskFull`, `FolderNotWritable`, and what keeps files from being fetched.
        """
        place = Path(os.path.abspath(to))  # noqa: ASYNC240, PTH100 - asks nothing of the disk
        for saving in self._journal.savings.unfinished_like(account_id, batch_ids, parts, place, name, choices):
            folder = await self._taken(saving)
            if folder is not None:
                return await self._carry(saving, folder, unasked=unasked)
        transfer_id = f"t-{secrets.token_hex(6)}"
        saving = Saving(
            transfer_id=transfer_id,
            account_id=account_id,
            batch_ids=tuple(batch_ids),
            parts=None if parts is None else tuple(parts),
            name=name or await self._name(account_id, batch_ids[0], self._job_of(account_id, batch_ids[0])),
            place=place,
            growing=place / f"{PREFIX}{transfer_id}",
            started=datetime.now(UTC),
            choices=None if choices is None else tuple(choices),
        )
        await self._sweep(place)
        self._journal.savings.begin(saving)
        try:
            folder = await self._taken(saving, new=True)
        except BatchdockError:
            self._journal.savings.end(transfer_id)
            raise
        assert folder is not None, "Nobody else knows its name."
        return await self._carry(saving, folder, unasked=unasked)

    def under_way(self, account_id: str, batch_ids: Sequence[str]) -> bool:
        """Tell whether these results are being saved, by this run of the app or as soon as it goes on with them."""
        return any(
            (each.account_id, each.batch_ids, each.choices, each.stopped) == (account_id, tuple(batch_ids), None, False)
            for each in self._journal.savings.unfinished()
        )

    async def _carry(self, saving: Saving, folder: GrowingFolder | None, *, unasked: bool) -> SaveReport:
        """Save until it is done, or given back for another time. `folder` is taken when it is its turn, if not yet."""
        account_id, batch_ids, name = saving.account_id, saving.batch_ids, saving.name
        jobs = [self._job_of(account_id, batch_id) for batch_id in batch_ids]
        transfer = Transfer(
            transfer_id=saving.transfer_id,
            kind=TransferKind.SAVING,
            name=name,
            account_id=account_id,
            state=TransferState.WAITING,
            items_done=0,
            items_total=0,
            bytes_done=0,
            bytes_total=0,
            started=saving.started,
            place=saving.place,
        )

        def restore(wire: str) -> str:
            for batch_id, record in zip(batch_ids, jobs, strict=True):
                origin = record.job.batch_id if record is not None else batch_id
                original = self._journal.sendings.original(account_id, origin, wire)
                if original is not None:
                    return original
            return wire

        lost = [failure for record in jobs if record for failure in lost_files(self._journal, record.job)]
        saver: Saver | None = None
        # Who has saved a few files has not saved the results.
        whole = [record for record in jobs if record] if saving.choices is None and saving.parts is None else []

        async def work(row: Row) -> SaveReport:
            nonlocal folder, saver
            async with self._turns.setdefault(saving.growing, asyncio.Lock()):
                folder = folder or await self._taken(saving)
                if folder is None:
                    raise FolderNotWritable(folder=saving.place, reason="Another Batchdock saves there just now.")
                saver = saver or Saver(
                    saving, folder, partial(self._accounts.service, account_id), self._patience, restore, lost
                )
                report = await saver.save(row)
                # The note stays until it is forgotten: killed in between, nobody may begin anew.
                await in_thread(folder.clear)
                # Before it is forgotten: whoever closes the app right now must not find it saved again next time.
                self._note_saved(saving, report)
                self._board.record(
                    [replace(self._board.get(each.job.key) or each, saved=report.folder) for each in whole]
                )
                self._journal.savings.end(saving.transfer_id)
                await in_thread(folder.end)
            _show(report, row)
            return report

        self._journal.savings.stop(saving.transfer_id, stopped=False)
        try:
            report = await self._transfers.run(transfer, work, again=partial(self._again, saving))
        except TransferStopped:
            self._journal.savings.stop(saving.transfer_id)
            raise
        except BatchdockError as error:
            if saver is not None and folder is not None and not saver.begun and verdict(error).action is Action.STOP:
                self._journal.savings.end(saving.transfer_id)
                await in_thread(folder.end)
            raise
        finally:
            if folder is not None:
                folder.leave()
                self._live.discard(saving.transfer_id)
        self._tell(saving, report)
        keys = tuple(each.job.key for each in whole)
        self._news.publish(ResultsSaved(keys, report.folder, report.files, len(report.problems), unasked))
        return report

    async def _again(self, saving: Saving) -> None:
        """Go on with a saving; when it was given up meanwhile, from its beginning."""
        if any(each.transfer_id == saving.transfer_id for each in self._journal.savings.unfinished()):
            await self._carry(saving, None, unasked=True)
        else:
            await self.save(
                saving.account_id,
                saving.batch_ids,
                saving.place,
                parts=saving.parts,
                choices=saving.choices,
                name=saving.name,
                unasked=True,
            )

    def _unfinished(self) -> Iterable[Unfinished]:
        """Return what earlier runs left; what nobody will go on with is given up."""
        connected = {account.account_id for account in self._accounts.all()}
        for saving in self._journal.savings.unfinished():
            if saving.stopped or datetime.now(UTC) - saving.started > _GIVEN_UP_AFTER:
                self._journal.savings.end(saving.transfer_id)
                remove(saving.growing)
            elif saving.account_id in connected:
                yield Unfinished(saving.transfer_id, saving.name, partial(self._again, saving))

    async def _taken(self, saving: Saving, *, new: bool = False) -> GrowingFolder | None:
        """Take the folder in which it grows, None while somebody else has it. Raise `FolderNotWritable`, `DiskFull`."""
        if saving.transfer_id in self._live:
            return None
        self._live.add(saving.transfer_id)

        def take() -> GrowingFolder | None:
            if new:
                saving.place.mkdir(parents=True, exist_ok=True)
            return GrowingFolder.take(saving.growing)

        folder = None
        try:
            folder = await in_thread(take)
        except OSError as error:
            raise unwritable(saving.place, error) from error
        finally:
            if folder is None:
                self._live.discard(saving.transfer_id)
        return folder

    async def _sweep(self, place: Path) -> None:
        shown = {transfer.transfer_id for transfer in self._transfers.all()}
        kept = set()
        for saving in self._journal.savings.unfinished():
            if saving.stopped and saving.transfer_id not in shown:
                # Stopped, and taken off the list: nobody asks for it any more.
                self._journal.savings.end(saving.transfer_id)
                await in_thread(partial(remove, saving.growing))
            else:
                kept.add(saving.growing)
        await in_thread(lambda: sweep(place, kept))

    def _note_saved(self, saving: Saving, report: SaveReport) -> None:
        """Write down what came home, so that it is marked where it is listed."""
        for batch_id in saving.batch_ids:
            missing = frozenset((part, shard, name) for of, part, shard, name in report.missing if of == batch_id)
            self._journal.savings.note_saved(
                Saved(
                    account_id=saving.account_id,
                    batch_id=batch_id,
                    folder=report.folder,
                    at=datetime.now(UTC),
                    parts=saving.parts,
                    choices=saving.choices,
                    missing=missing,
                )
            )

    async def weigh(self, account_id: str, batch_ids: Sequence[str], choices: Sequence[Choice] | None = None) -> Weight:
        """Return how much room they need, as far as a few of them tell. See `weighing.weigh`."""

        async def look() -> Weight:
            return await weigh(await self._accounts.service(account_id), batch_ids, choices)

        return await self._patience.keep(look)

    async def room(self, place: Path) -> int:
        """Return how many bytes are free where `place` is, or will be made. Raise `FolderNotWritable`."""

        def look() -> int:
            there = place
            while not there.exists() and there != there.parent:
                there = there.parent
            return shutil.disk_usage(there).free

        try:
            return await asyncio.to_thread(look)
        except OSError as error:
            raise unwritable(place, error) from error

    async def saved_of(self, account_id: str, batch_id: str) -> tuple[Saved, ...]:
        """Return what was saved of a batch and is still where it was put, oldest first."""

        def there() -> tuple[Saved, ...]:
            found = self._journal.savings.saved(account_id, batch_id)
            return tuple([each for each in found if each.folder.is_dir()])

        return await asyncio.to_thread(there)

    def _tell(self, saving: Saving, report: SaveReport) -> None:
        """Put what had to be left out, or got another name, on the list of problems."""
        files = (*report.refused, *report.renamed)
        if files:
            error = NotSavedAsTheyCame(count=len(files), folder=report.folder)
            self._problems.report(f"saved:{saving.transfer_id}", saving.name, error, files=files)

    def saved(self, job_key: tuple[str, str]) -> Path | None:
        """Return the folder in which the results of a job were saved last, if it is still there."""
        record = self._board.get(job_key)
        folder = record.saved if record is not None else None
        return folder if folder is not None and folder.is_dir() else None

    def _job_of(self, account_id: str, batch_id: str) -> JobRecord | None:
        """Return the job that made a batch: the one that says so, or the one its name comes from (contract §1.7)."""
        named = None
        for record in self._board.all():
            job = record.job
            if job.account_id == account_id:
                if batch_id in job.output_batches:
                    return record
                if batch_id in (f"{job.job_id}-export", f"{job.job_id}-processing"):
                    named = record
        return named

    async def _name(self, account_id: str, batch_id: str, record: JobRecord | None) -> str:
        if record is not None:
            return record.job.name

        async def ask() -> Batch:
            return await (await self._accounts.service(account_id)).batch(batch_id)

        return (await self._patience.keep(ask)).name


def _show(report: SaveReport, row: Row) -> None:
    told = []
    if report.problems:
        told.append(f"Files without a result: {len(report.problems):,}.")
    if report.renamed:
        told.append(f"Files that got another name: {len(report.renamed):,}.")
    if told:
        message = " ".join((*told, "The list is with the results."))
        row.change(state=TransferState.DONE_WITH_PROBLEMS, message=message, place=report.folder)
    else:
        row.change(place=report.folder)
