"""Brings results that nobody has saved into a folder of the app's own: what is needed to look, and no more.

The tables and details come; drawn pictures, where they are packed apart and weigh much, do not. It grows as every
saving does, so that a stop, a hold or a kill costs nothing: the next time it is gone on with. It is a transfer like the
others, and goes on when nobody waits for it any more.
"""

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from batchdock.core.batch import BatchKind, Content
from batchdock.core.errors import FolderNotWritable, NothingToSave
from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.details import lost_files, results_among
from batchdock.flows.patience import Patience
from batchdock.flows.results.growing import GrowingFolder
from batchdock.flows.results.save import Saver
from batchdock.flows.results.weighing import weigh
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.receive import in_thread, unwritable
from batchdock.flows.transfers.row import Row
from batchdock.store import JobRecord, Journal, Saving

LIGHT_BYTES = 200_000_000
"""Results that weigh no more are brought whole: what the service has drawn can be looked at too."""
_APART = (Content.IMAGES, Content.VIDEOS)
_WHOLE = "whole"
"""The file that says that all is there, and in which folder."""


class Bringing:
    """Brings the results of jobs, each into a folder of its own."""

    def __init__(self, accounts: Accounts, journal: Journal, transfers: Transfers, patience: Patience) -> None:
        self._accounts, self._journal = accounts, journal
        self._transfers, self._patience = transfers, patience
        self._coming: dict[Path, asyncio.Task[Path]] = {}

    async def bring(self, record: JobRecord, to: Path) -> Path:
        """Return the folder below `to` that has the results of a job; they are fetched once, for all who ask.

        Raises `NothingToSave`, `DiskFull`, `FolderNotWritable`, `TransferStopped` and what keeps files from being
        fetched.
        """
        task = self._coming.get(to)
        if task is None:
            task = self._coming[to] = asyncio.create_task(self._bring(record, to), name=f"bring {to.name}")
            task.add_done_callback(partial(self._came, to))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Bring nothing more; what was begun goes on next time."""
        coming = tuple(self._coming.values())
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)

    def _came(self, to: Path, task: asyncio.Task[Path]) -> None:
        self._coming.pop(to, None)
        if not task.cancelled():
            task.exception()  # Shown with the transfer; perhaps nobody waits for it here.

    async def _bring(self, record: JobRecord, to: Path) -> Path:
        job = record.job
        there = await asyncio.to_thread(brought, to)
        if there is not None:
            with suppress(OSError):
                await asyncio.to_thread(os.utime, to)  # What nobody looks at goes first.
            return there
        saving = Saving(
            transfer_id=f"look-{to.name}",
            account_id=job.account_id,
            batch_ids=job.output_batches,
            parts=None,
            name="results",
            place=to,
            growing=to / "growing",
            started=datetime.now(UTC),
        )
        transfer = Transfer(
            transfer_id=saving.transfer_id,
            kind=TransferKind.SAVING,
            name=job.name,
            account_id=job.account_id,
            state=TransferState.WAITING,
            items_done=0,
            items_total=0,
            bytes_done=0,
            bytes_total=0,
            started=saving.started,
        )
        folder = await self._taken(saving)
        saver: Saver | None = None

        async def work(row: Row) -> Path:
            nonlocal saver
            saver = saver or await self._saver(record, saving, folder)
            report = await saver.save(row)
            await in_thread(lambda: _settle(to, report.folder))
            await in_thread(folder.end)
            return report.folder

        async def again() -> None:
            await self.bring(record, to)

        try:
            return await self._transfers.run(transfer, work, again=again)
        finally:
            folder.leave()

    async def _saver(self, record: JobRecord, saving: Saving, folder: GrowingFolder) -> Saver:
        """Find out what is to be brought. Raise `NothingToSave`."""
        job = record.job
        batches = await self._batches(record)
        parts = await self._parts(job.account_id, batches)
        return Saver(
            replace(saving, batch_ids=batches, parts=parts),
            folder,
            partial(self._accounts.service, job.account_id),
            self._patience,
            partial(self._restored, record),
            await asyncio.to_thread(lost_files, self._journal, job),
        )

    async def _batches(self, record: JobRecord) -> tuple[str, ...]:
        """Return the batches that have the results. Raise `NothingToSave`."""
        job = record.job
        if job.output_batches:
            return job.output_batches

        async def ask() -> tuple[str, ...]:
            stages = await (await self._accounts.service(job.account_id)).stages(job.job_id)
            return results_among(stages[-1].output_batches) if stages else ()

        batches = await self._patience.keep(ask)
        if not batches:
            raise NothingToSave(name=job.name)
        return batches

    async def _parts(self, account_id: str, batch_ids: Sequence[str]) -> tuple[str, ...] | None:
        """Return the parts that are needed to look, None for all."""

        async def ask() -> tuple[str, ...] | None:
            service = await self._accounts.service(account_id)
            needed, others = [], 0
            for batch_id in batch_ids:
                if (await service.batch(batch_id)).kind is BatchKind.MULTIPART:
                    for part in await service.parts(batch_id):
                        if part.content in _APART or part.nested_content in _APART:
                            others += 1
                        else:
                            needed.append(part.name)
            if not needed or not others or (await weigh(service, batch_ids)).bytes <= LIGHT_BYTES:
                return None
            return tuple(needed)

        return await self._patience.keep(ask)

    async def _taken(self, saving: Saving) -> GrowingFolder:
        def take() -> GrowingFolder | None:
            saving.place.mkdir(parents=True, exist_ok=True, mode=0o700)
            return GrowingFolder.take(saving.growing)

        try:
            folder = await in_thread(take)
        except OSError as error:
            raise unwritable(saving.place, error) from error
        if folder is None:
            raise FolderNotWritable(folder=saving.place, reason="Another Batchdock fetches the same just now.")
        return folder

    def _restored(self, record: JobRecord, wire: str) -> str:
        job = record.job
        return self._journal.sendings.original(job.account_id, job.batch_id, wire) or wire


def brought(to: Path) -> Path | None:
    """Return the folder with the results, None while they are not all there. Blocks."""
    try:
        folder = to / (to / _WHOLE).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return folder if folder.parent == to and folder.is_dir() else None


def _settle(to: Path, folder: Path) -> None:
    made = to / f"{_WHOLE}.new"
    made.write_text(folder.name, encoding="utf-8")
    made.replace(to / _WHOLE)
