"""Results on their way back into a bucket: into a folder of their own, gone on with after a restart."""

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from batchdock.core.bucket import Storage
from batchdock.core.errors import BatchdockError, FileUnreadable, TransferStopped
from batchdock.core.errors.buckets import PrefixForbidden
from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.buckets.counting import page_of, pages
from batchdock.flows.buckets.storages import StorageBook
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.transfers import Unfinished
from batchdock.services.buckets.port import BucketService
from batchdock.store import BucketSaving, Journal

_AT_ONCE = 4
_TRIES = 3


class BucketSaver:
    """Saves folders of results into buckets. Belongs to the loop of the flows."""

    def __init__(self, accounts: Accounts, journal: Journal, transfers: Transfers, storages: StorageBook) -> None:
        self._accounts, self._transfers, self._storages = accounts, transfers, storages
        self._records = journal.bucket_savings
        self._choosing = asyncio.Lock()
        self._moving: set[str] = set()
        transfers.take_up(self._unfinished)

    async def save(self, storage: Storage, bucket: str, prefix: str, folder: Path, *, account_id: str) -> str:
        """Save a folder of results below a prefix, under its own name or the next that is free; return where.

        Nothing that is there is replaced. One that was begun earlier, with the same folder and to the same place, and
        did not get to its end is gone on with. Shown as a transfer. Raise `SavingForbidden`, `FileTooLarge`,
        `FileUnreadable`, and what else keeps it from being saved.
        """
        below = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        async with self._choosing:
            saving = await asyncio.to_thread(self._begun, storage, bucket, below, folder, account_id)
            if saving is None:
                saving = BucketSaving(
                    transfer_id=f"t-{secrets.token_hex(6)}",
                    account_id=account_id,
                    storage=storage,
                    bucket=bucket,
                    below=below,
                    name=await self._free_name(storage, bucket, below, folder.name),
                    folder=folder,
                    started=datetime.now(UTC),
                )
                await asyncio.to_thread(self._records.begin, saving)
            self._moving.add(saving.transfer_id)
        await self._carry(saving)
        return saving.place

    def _begun(self, storage: Storage, bucket: str, below: str, folder: Path, account_id: str) -> BucketSaving | None:
        return next(
            (
                each
                for each in self._records.unfinished()
                if each.goes_to(storage, bucket, below)
                and (each.folder, each.account_id) == (folder, account_id)
                and each.transfer_id not in self._moving
            ),
            None,
        )

    async def _free_name(self, storage: Storage, bucket: str, below: str, wanted: str) -> str:
        """Return a name that nobody has there, nor is about to have from here."""
        found = await asyncio.to_thread(self._records.unfinished)
        taken = {each.name for each in found if each.goes_to(storage, bucket, below)}
        service = await self._storages.service(storage)
        number, name = 1, wanted
        try:
            while name in taken or await _is_there(service, bucket, f"{below}{name}/"):
                number += 1
                name = f"{wanted} ({number})"
        except PrefixForbidden:  # Many keys may save and not look.
            name = f"{wanted} {datetime.now().astimezone():%Y-%m-%d %H-%M-%S}"
        return name

    async def _carry(self, saving: BucketSaving) -> int:
        """Save until all of it is there, or give it back for another time; return how many files that are."""
        self._moving.add(saving.transfer_id)
        try:
            found = await asyncio.to_thread(_files_below, saving.folder)
            transfer = Transfer(
                transfer_id=saving.transfer_id,
                kind=TransferKind.SENDING,
                name=f"{saving.folder.name} → {saving.storage.kind}://{saving.bucket}/{saving.prefix}",
                account_id=saving.account_id,
                state=TransferState.WAITING,
                items_done=0,
                items_total=len(found),
                bytes_done=0,
                bytes_total=sum(size for _, size, _ in found),
                started=saving.started,
                place=saving.folder,
            )
            await asyncio.to_thread(self._records.stop, saving.transfer_id, stopped=False)
            done = await self._transfers.run(
                transfer, partial(self._put_all, saving), again=partial(self._again, saving)
            )
        except BatchdockError as error:
            # What may pass by itself is tried again at the next start; the rest when somebody asks for it.
            if isinstance(error, TransferStopped) or not error.retryable:
                await asyncio.to_thread(self._records.stop, saving.transfer_id)
            raise
        finally:
            self._moving.discard(saving.transfer_id)
        return done

    async def _put_all(self, saving: BucketSaving, row: Row) -> int:
        """Put what is not there. It may be cancelled and called again."""
        service = await self._storages.service(saving.storage)
        found = await asyncio.to_thread(_files_below, saving.folder)
        there = await _there(service, saving)
        row.meter.restart(0, 0)
        row.change(state=TransferState.MOVING, message="", items_total=len(found))
        left = iter(found)

        async def some() -> None:
            for file, size, modified in left:  # All take from the same: a task for each file would cost memory.
                path = saving.prefix + file.relative_to(saving.folder).as_posix()
                known = there.get(path)
                # Written again since then, it may have the same size.
                if known is None or known[0] != size or known[1] is None or known[1] < modified:
                    await _put(service, saving.bucket, path, file)
                else:
                    await asyncio.sleep(0)  # Where all of it is there, others want their turn as well.
                row.meter.add_items(1)
                row.meter.add_bytes(size)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(_AT_ONCE):
                    group.create_task(some())
        except BaseExceptionGroup as several:
            raise _first(several) from None
        await asyncio.to_thread(self._records.end, saving.transfer_id)
        return len(found)

    async def _again(self, saving: BucketSaving) -> None:
        """Go on with one that ended, into the same folder."""
        known = {each.transfer_id for each in await asyncio.to_thread(self._records.unfinished)}
        if saving.transfer_id not in known:
            await asyncio.to_thread(self._records.begin, replace(saving, stopped=False))
        await self._carry(saving)

    def _unfinished(self) -> Iterable[Unfinished]:
        """Return what earlier runs left. What was stopped is given up here; what is there stays there."""
        connected = {account.account_id for account in self._accounts.all()}
        for saving in self._records.unfinished():
            if saving.stopped:
                self._records.end(saving.transfer_id)
            elif saving.account_id in connected:
                yield Unfinished(saving.transfer_id, saving.folder.name, partial(self._carry, saving))


async def _is_there(service: BucketService, bucket: str, prefix: str) -> bool:
    page = await page_of(service, bucket, prefix, folders=True)
    return bool(page.files or page.folders)


async def _there(service: BucketService, saving: BucketSaving) -> dict[str, tuple[int, datetime | None]]:
    """Return what an earlier go has put there already; nothing where these keys may not look."""
    there: dict[str, tuple[int, datetime | None]] = {}
    try:
        async for page in pages(service, saving.bucket, saving.prefix):
            there.update({each.path: (each.size, each.changed) for each in page.files})
    except PrefixForbidden:
        return {}
    return there


async def _put(service: BucketService, bucket: str, path: str, file: Path) -> None:
    for tried in range(1, _TRIES + 1):
        try:
            return await service.put(bucket, path, file)
        except BatchdockError as error:
            if not error.retryable or tried == _TRIES:
                raise
        await asyncio.sleep(2.0**tried)
    return None


def _first(several: BaseExceptionGroup[BaseException]) -> BaseException:
    found = several.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


def _files_below(folder: Path) -> list[tuple[Path, int, datetime]]:
    """Return the files of a folder with their sizes and when they were written. Raise `FileUnreadable`."""
    try:
        folder.stat()
        looks = [(path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file()]
    except OSError as error:
        raise FileUnreadable(name=folder.name, reason=error.strerror or str(error)) from None
    return [(path, look.st_size, datetime.fromtimestamp(look.st_mtime, UTC)) for path, look in looks]
