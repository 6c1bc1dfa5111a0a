"""Opens results: finds where they are, reads them where that was not done yet, and keeps what was read.

`folder` is the app's own:
    indexes/    what was read, for folders anywhere (indexes.py)
    brought/    results that nobody has saved (bringing.py)
    originals/  pictures and videos that were fetched to be looked at (fetching.py)
"""

import asyncio
import errno
import hashlib
import logging
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from batchdock.core.errors import NotFound, ReadingEnded, ResultsUnreadable
from batchdock.core.job import Job
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.patience import Patience
from batchdock.flows.results.opening.answers import JobCount
from batchdock.flows.results.opening.asking import Asking
from batchdock.flows.results.opening.bringing import Bringing, brought
from batchdock.flows.results.opening.fetching import Fetching
from batchdock.flows.results.opening.indexes import Indexes, state_of
from batchdock.flows.results.opening.opened import Opened
from batchdock.flows.results.opening.originals import Originals
from batchdock.flows.results.opening.selecting import Selecting
from batchdock.flows.results.opening.times import Taken
from batchdock.flows.results.reading import read_apart
from batchdock.flows.results.reading.folder import Heard
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.reading import READERS
from batchdock.flows.transfers.receive import in_thread, unwritable
from batchdock.store import JobRecord, Journal, Settings
from batchdock.store.findings.asking import BrokenIndex, Question, Tables
from batchdock.store.findings.seeing import Known, read_known, read_sources

_log = logging.getLogger(__name__)

_MOST_JOBS = 30
_BROUGHT_SECONDS = 30 * 24 * 3600
"""What nobody has looked at for so long is fetched anew, if the service still has it."""

_Begun = tuple[Tables, Known, Selecting]
_Sources = list[tuple[str, int, float]]


class Shelf:
    """What is open, and what can be opened without reading it again."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        board: Board,
        transfers: Transfers,
        settings: Settings,
        patience: Patience,
        folder: Path,
        taken: Taken,
    ) -> None:
        self._journal, self._board, self._settings = journal, board, settings
        self._folder, self._taken = folder, taken
        self._indexes = Indexes(folder / "indexes")
        self._bringing = Bringing(accounts, journal, transfers, patience)
        self._fetching = Fetching(accounts, patience, transfers.speed, folder / "originals")
        self._turns: dict[Path, asyncio.Lock] = {}
        self._open: dict[Opened, Path] = {}

    async def open(self, key: JobKey, heard: Heard) -> Opened:
        """Open the results of a job: those that were saved, while they are there, else the service's.

        `heard` is told bytes read and bytes in all. Raises `NotFound` for a job that is not known, `NothingToSave`
        without results, `ResultsUnreadable`, `TransferStopped`, and what keeps files from being fetched.
        """
        record = self._board.get(key)
        if record is None:
            raise NotFound(service="", reason="This job is not known here any more.")
        saved = record.saved
        if saved is not None and await READERS.run(saved.is_dir):
            try:
                return await self._open_in(saved, record, heard)
            except ReadingEnded:
                raise
            except ResultsUnreadable:
                _log.info("There are no results in the folder of %s any more", record.job.job_id)
        return await self._open_in(await self._bringing.bring(record, self._place(record.job)), record, heard)

    async def open_folder(self, folder: Path, heard: Heard) -> Opened:
        """Open any folder of results. One that a job was saved in knows its originals. Raises as `open` does."""
        place = Path(os.path.abspath(folder))  # noqa: ASYNC240, PTH100 - asks nothing of the disk
        record = next((each for each in self._board.all() if each.saved == place), None)
        return await self._open_in(place, record, heard)

    async def per_job(self, like: Job) -> tuple[JobCount, ...]:
        """Return what is in the results of the jobs of the same workflow, newest first, as far as they were read here
        and are as they were. Reads none."""
        records = [
            each
            for each in self._board.all()
            if (each.job.account_id, each.job.workflow_id) == (like.account_id, like.workflow_id)
            and each.job.output_batches
            and not each.hidden
        ]
        records.sort(key=lambda each: each.job.created.timestamp() if each.job.created else 0.0, reverse=True)
        now_open = {each.job.key: each for each in self._open if each.job is not None}

        def look() -> tuple[JobCount, ...]:
            found = []
            for record in records[:_MOST_JOBS]:
                known = now_open.get(record.job.key) or self._known(record)
                if known is not None:
                    found.append(JobCount(record.job, known.pictures, known.findings))
            return tuple(found)

        return await READERS.run(look)

    def forget_old(self) -> None:
        """Remove what was not looked at for long, and what is too much. Blocks."""
        self._indexes.forget_old(set(self._open.values()))
        for place in (self._folder / "brought").glob("*"):
            with suppress(OSError):
                if time.time() - place.stat().st_mtime > _BROUGHT_SECONDS:
                    shutil.rmtree(place, ignore_errors=True)

    async def close(self) -> None:
        """Close everything that is open, and what is on its way."""
        await self._bringing.close()
        for opened in tuple(self._open):
            await opened.close()

    def _place(self, job: Job) -> Path:
        # A job that was started again has other results, in batches of the same names.
        run = "" if job.ended is None else job.ended.isoformat()
        name = hashlib.sha256("\0".join((*job.key, *job.output_batches, run)).encode()).hexdigest()[:24]
        return self._folder / "brought" / name

    def _known(self, record: JobRecord) -> Known | None:
        """Look into the index of a job's results, if there is one that fits. Blocks."""
        for folder in (record.saved, brought(self._place(record.job))):
            index = self._indexes.fitting(folder) if folder is not None else None
            with suppress(BrokenIndex):
                tables = Tables(index, self._indexes.scratch) if index is not None else None
                if tables is not None:
                    with closing(tables):
                        return tables.ask(Question(read_known))
        return None

    async def _open_in(self, folder: Path, record: JobRecord | None, heard: Heard) -> Opened:
        async with self._turns.setdefault(folder, asyncio.Lock()):
            index = await READERS.run(self._indexes.fitting, folder)
            begun = None if index is None else await self._begin(index, folder)
            if index is None or begun is None:
                index = await self._read(folder, heard)
                begun = await self._begin(index, None)
            if begun is None:
                raise ResultsUnreadable(name=folder.name)
        tables, known, selecting = begun
        job = None if record is None else record.job
        batches = () if job is None or not job.batch_id else ((job.account_id, job.batch_id),)
        key = str(folder) if job is None else ":".join(job.key)
        originals = Originals(self._journal, self._settings, key, folder, batches)

        async def fetch(name: str) -> Path | None:
            return await self._fetching.fetch(batches, originals, name)

        opened = Opened(
            name=folder.name if job is None else job.name,
            folder=folder,
            job=job,
            known=known,
            asking=Asking(tables, folder),
            selecting=selecting,
            originals=originals,
            taken=self._taken,
            fetch=fetch,
            on_close=self._closed,
        )
        self._open[opened] = index
        return opened

    async def _read(self, folder: Path, heard: Heard) -> Path:
        """Read a folder into a new index. Raise `ResultsUnreadable`, `DiskFull`, `FolderNotWritable`."""
        try:
            index = await asyncio.to_thread(self._indexes.new, folder)
        except OSError as error:
            raise unwritable(self._folder, error) from error
        try:
            state = await READERS.run(state_of, folder)
            await read_apart(folder, index, heard)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise unwritable(self._folder, error) from error
            raise ResultsUnreadable(name=folder.name, details=error.strerror or type(error).__name__) from error
        in_use = set(self._open.values())
        await asyncio.to_thread(self._indexes.keep, folder, index, state)
        await asyncio.to_thread(self._indexes.forget_old, {index, *in_use})
        return index

    async def _begin(self, index: Path, results: Path | None) -> _Begun | None:
        """Open an index. None where it is broken, or what it was read from, in `results`, is not as it was."""
        made: list[tuple[_Begun, _Sources]] = []
        fits = False
        try:
            await in_thread(lambda: made.extend(self._begun(index)))
            if made:
                fits = results is None or await READERS.run(self._indexes.unchanged, results, made[0][1])
        finally:
            if made and not fits:
                made[0][0][0].close()
        return made[0][0] if fits else None

    def _begun(self, index: Path) -> Iterable[tuple[_Begun, _Sources]]:
        """Open an index and look at what has to be in it; return nothing where it is broken. Blocks."""
        try:
            tables = Tables(index, self._indexes.scratch)
        except BrokenIndex:
            return ()
        try:
            begun = tables, tables.ask(Question(read_known)), tables.ask(Question(Selecting.begin))
            return ((begun, tables.ask(Question(read_sources))),)
        except BrokenIndex:
            tables.close()
            return ()

    def _closed(self, opened: Opened) -> None:
        self._open.pop(opened, None)
