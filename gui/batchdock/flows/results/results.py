"""The results page, without the page."""

import asyncio
import hashlib
import json
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from batchdock.core.batch import Batch, StagedFile
from batchdock.core.errors import ArchiveDamaged, BatchdockError, FolderNotWritable, NothingToSave
from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.board import Board
from batchdock.flows.jobs.details import lost_files
from batchdock.flows.patience import Patience
from batchdock.flows.results.fetch import Fetcher, Listed
from batchdock.flows.results.save import Saver, SaveReport
from batchdock.flows.results.unpack import members
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.row import Row
from batchdock.store import JobRecord, Journal

CACHED_SECONDS = 7 * 24 * 3600
"""Batches expire after a week (contract §1.7); what was looked at need not be kept longer."""

_INDEX = "index.json"


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside an archive; `size` in bytes. `name` is the path inside, which `Results.read` takes."""

    name: str
    size: int


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
    ) -> None:
        self._accounts, self._journal, self._board = accounts, journal, board
        self._transfers, self._cache, self._patience = transfers, cache, patience
        self._turns: dict[Path, asyncio.Lock] = {}

    async def members(self, account_id: str, batch_id: str, file: StagedFile) -> tuple[Member, ...]:
        """Return what is inside an archive; it is fetched and unpacked once, into a cache.

        Raises `ArchiveDamaged` and what keeps it from being fetched.
        """
        folder = await self._unpacked(account_id, batch_id, file)
        return tuple(Member(name, size) for name, size in await asyncio.to_thread(_index, folder))

    async def read(self, account_id: str, batch_id: str, file: StagedFile, member: str | None = None) -> bytes:
        """Return the bytes of a file, or of one member of an archive."""
        if member is None:
            return await asyncio.to_thread((await self._fetched(account_id, batch_id, file)).read_bytes)
        folder = await self._unpacked(account_id, batch_id, file)
        names = [name for name, _ in await asyncio.to_thread(_index, folder)]
        if member not in names:
            raise ArchiveDamaged(name=file.name, reason=f"There is no {member} in it.")
        return await asyncio.to_thread((folder / str(names.index(member))).read_bytes)

    async def save(
        self,
        account_id: str,
        batch_ids: Sequence[str],
        to: Path,
        *,
        parts: Sequence[str] | None = None,
        name: str = "",
    ) -> SaveReport:
        """Save the results below the folder `to`, in a new folder called `name`. Never overwrites anything.

        Shown as a transfer. Raises `NothingToSave`, `DiskFull`, `FolderNotWritable`, and what keeps files from being
        fetched; then nothing is left behind.
        """
        fetcher = Fetcher(self._accounts, account_id, self._patience, self._transfers.speed)
        jobs = [self._job_of(account_id, batch_id) for batch_id in batch_ids]
        name = name or await self._name(account_id, batch_ids[0], jobs[0])
        transfer = Transfer(
            transfer_id=f"t-{secrets.token_hex(6)}",
            kind=TransferKind.SAVING,
            name=name,
            account_id=account_id,
            state=TransferState.WAITING,
            items_done=0,
            items_total=0,
            bytes_done=0,
            bytes_total=0,
            started=datetime.now(UTC),
            place=to,
        )

        def restore(wire: str) -> str:
            for batch_id, record in zip(batch_ids, jobs, strict=True):
                origin = record.job.batch_id if record is not None else batch_id
                original = self._journal.sendings.original(account_id, origin, wire)
                if original is not None:
                    return original
            return wire

        async def work(row: Row) -> SaveReport:
            files = [file for batch_id in batch_ids for file in await fetcher.listed(batch_id, parts)]
            if not files:
                raise NothingToSave(name=name)
            row.meter.items_total = len(files)
            lost = [failure for record in jobs if record for failure in lost_files(self._journal, record.job)]
            report = await Saver(to, name, restore, lost).save(fetcher, files, row)
            if report.problems:
                told = f"Files without a result: {len(report.problems):,}. The list is with the results."
                row.change(state=TransferState.DONE_WITH_PROBLEMS, message=told, place=report.folder)
            else:
                row.change(place=report.folder)
            return report

        async def again() -> None:
            await self.save(account_id, batch_ids, to, parts=parts, name=name)

        report = await self._transfers.run(transfer, work, again=again)
        self._board.record(
            [replace(self._board.get(record.job.key) or record, saved=report.folder) for record in jobs if record]
        )
        return report

    def saved(self, job_key: tuple[str, str]) -> Path | None:
        """Return the folder in which the results of a job were saved last, if it is still there."""
        record = self._board.get(job_key)
        folder = record.saved if record is not None else None
        return folder if folder is not None and folder.is_dir() else None

    def forget_old(self) -> None:
        """Remove from the cache what was looked at long ago. Blocks."""
        oldest = time.time() - CACHED_SECONDS
        for entry in self._cache.glob("*/*"):
            if entry.stat().st_mtime < oldest:
                shutil.rmtree(entry, ignore_errors=True)

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

    async def _fetched(self, account_id: str, batch_id: str, file: StagedFile) -> Path:
        key = "\0".join((batch_id, file.part or "", file.shard_id or "", file.name))
        folder = self._cache / account_id / hashlib.sha256(key.encode()).hexdigest()[:24]
        target = folder / "file"
        async with self._turns.setdefault(folder, asyncio.Lock()):
            if not target.exists():
                try:
                    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
                except OSError as error:
                    raise FolderNotWritable(folder=self._cache, reason=error.strerror or str(error)) from error
                await Fetcher(self._accounts, account_id, self._patience, self._transfers.speed).fetch(
                    Listed(batch_id, file), target
                )
        return target

    async def _unpacked(self, account_id: str, batch_id: str, file: StagedFile) -> Path:
        archive = await self._fetched(account_id, batch_id, file)
        folder = archive.parent / "members"
        async with self._turns.setdefault(folder, asyncio.Lock()):
            if not (folder / _INDEX).exists():
                await asyncio.to_thread(_unpack, archive, folder, file.name)
        return folder


def _unpack(archive: Path, folder: Path, name: str) -> None:
    """Unpack under numbers, so that no name of the archive ever is a path; the index comes last."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        index = []
        for number, unpacked in enumerate(members(archive, name)):
            unpacked.save(folder / str(number))
            index.append(("/".join(unpacked.parts), unpacked.size))
        (folder / _INDEX).write_text(json.dumps(index), encoding="utf-8")
    except BatchdockError:
        archive.unlink(missing_ok=True)
        raise
    except OSError as error:
        raise FolderNotWritable(folder=folder.parent, reason=error.strerror or str(error)) from error


def _index(folder: Path) -> list[tuple[str, int]]:
    entries = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
    return [(str(name), int(size)) for name, size in entries]
