"""From a bucket to a batch: browse, count, hand over signed addresses. `saving` brings results back."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from batchdock.core.batch import Content
from batchdock.core.bucket import DEFAULT_HOURS, BucketPage, Glob, SignInWay, Storage, StorageKind
from batchdock.core.errors import ListChanged
from batchdock.core.errors.buckets import NothingMatches, PrefixEmpty, StorageOnlyHere
from batchdock.core.order import IngestNotice
from batchdock.core.reference import is_private_host
from batchdock.flows.accounts import Accounts
from batchdock.flows.buckets.counting import Counted, OnCount, count_into, page_of
from batchdock.flows.buckets.saving import BucketSaver
from batchdock.flows.buckets.signing import SignedFiles
from batchdock.flows.buckets.storages import StorageBook
from batchdock.flows.references import BOTH, JobWish, References, Source
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.reading import READERS
from batchdock.services.buckets.opening import Openers
from batchdock.services.buckets.port import Signer
from batchdock.store import Journal
from batchdock.store.bucket_files import BucketFiles
from batchdock.store.references import ReferenceSending

_BUCKET = "bucket"
_KEPT_SECONDS = 7 * 24 * 3600.0


class Buckets:
    """Storages and what is in them. Belongs to the loop of the flows."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        references: References,
        transfers: Transfers,
        home: Path,
        openers: Openers | None = None,
    ) -> None:
        """`home` is the folder for what was counted."""
        self._accounts, self._journal, self._references = accounts, journal, references
        self._home, self._openers = home, openers or Openers()
        self.storages = StorageBook(journal, accounts.secrets, self._openers)
        self.saving = BucketSaver(accounts, journal, transfers, self.storages)
        references.openers[_BUCKET] = self._source

    # --- looking --------------------------------------------------------------------------------------------------

    async def names(self, storage: Storage) -> tuple[str, ...]:
        """Return the buckets of a storage. Raise `BucketsNotListed` where these keys may not ask."""
        return await (await self.storages.service(storage)).buckets()

    async def browse(self, storage: Storage, bucket: str, prefix: str = "", position: str = "") -> BucketPage:
        """Return a page of what is right in a folder: at most a thousand files and folders."""
        service = await self.storages.service(storage)
        return await page_of(service, bucket, prefix, position=position, folders=True)

    async def count(
        self, storage: Storage, bucket: str, pattern: str, *, on_count: OnCount = lambda counts: None
    ) -> Counted:
        """Count what a pattern means, page by page. May be cancelled. Nothing is sent.

        `on_count` is called after each page. Raise `PrefixEmpty`, `NothingMatches`, `BadPattern`.
        """
        glob = Glob(pattern)
        service = await self.storages.service(storage)
        count_id = f"b-{secrets.token_hex(8)}"
        into = await READERS.run(BucketFiles, self._place(count_id))
        try:
            await count_into(into, service, bucket, glob, on_count)
            counts = await READERS.run(into.counts)
            if not counts.looked_at:
                raise PrefixEmpty(place=f"{storage.kind}://{bucket}/{glob.prefix}")
            if not counts.usable:
                place = f"{storage.kind}://{bucket}/{glob.prefix}"
                raise NothingMatches(pattern=pattern or "**", place=place, count=f"{counts.looked_at:,}")
        except BaseException:
            await asyncio.shield(READERS.run(into.remove))
            raise
        return Counted(count_id, storage, bucket, pattern, counts, into)

    async def good_until(self, counted: Counted, hours: int = DEFAULT_HOURS) -> datetime:
        """Return until when addresses are good that are signed now. Raise `CanNotSign`, `SignatureTooLong`."""
        return (await self._signer(counted.storage, counted.bucket, hours)).expires

    async def discard(self, counted: Counted) -> None:
        """Forget what was counted and is not to be sent."""
        if self._journal.references.uses_of("count", counted.count_id):
            await READERS.run(counted.files.close)
        else:
            await READERS.run(counted.files.remove)

    # --- sending --------------------------------------------------------------------------------------------------

    async def send(
        self,
        account_id: str,
        counted: Counted,
        name: str = "",
        *,
        hours: int = DEFAULT_HOURS,
        job: JobWish | None = None,
        notice: IngestNotice | None = None,
        batch_id: str | None = None,
        contents: Sequence[Content] = BOTH,
    ) -> tuple[ReferenceSending, ...]:
        """Write down that the files of these `contents` go over, each into a batch of its own. Nothing moves yet.

        Raise `StorageOnlyHere`, `NothingMatches`, `CanNotSign`, `NotOffered`.
        """
        await self._check_reach(account_id, counted.storage)
        await self.good_until(counted, hours)
        counts = counted.counts
        origin = {
            "kind": _BUCKET,
            "storage": asdict(counted.storage),
            "bucket": counted.bucket,
            "pattern": counted.pattern,
            "count": counted.count_id,
            "hours": hours,
            "signed_anew": True,
        }
        amounts = {each: counts.of(each) for each in contents if counts.of(each)}
        if not amounts:
            raise NothingMatches(pattern=counted.pattern or "**", place=counted.place, count=f"{counts.looked_at:,}")
        called = name or counted.bucket
        made = await self._references.plan(
            account_id, called, origin, amounts, job=job, notice=notice, batch_id=batch_id
        )
        await READERS.run(counted.files.close)
        return made

    async def left(
        self, account_id: str, storage: Storage, bucket: str, pattern: str, workflow_id: str
    ) -> tuple[ReferenceSending, ...]:
        """Return what an earlier run began to hand over of the very same, and has not ended."""
        wanted = {"kind": _BUCKET, "storage": asdict(storage), "bucket": bucket, "pattern": pattern}
        found = await asyncio.to_thread(self._journal.references.unfinished)
        return tuple(
            each
            for each in found
            if each.account_id == account_id
            and each.job.get("workflow_id", "") == workflow_id
            and all(each.origin.get(name) == value for name, value in wanted.items())
        )

    async def close(self) -> None:
        """Give back all connections."""
        await self.storages.close()

    # --- what is behind it ------------------------------------------------------------------------------------------

    async def storage_for(self, kind: StorageKind, *, name: str = "", profile: str = "", endpoint: str = "") -> Storage:
        """Return a connected storage by name, a profile, or what else there is to sign in to this kind with."""
        if name:
            return await self.storages.of_name(name)
        if profile:
            return Storage(f"profile {profile}", kind, SignInWay.PROFILE, profile, endpoint=endpoint)
        usable = [each for each in await self.storages.found() if each.kind is kind]
        usable.sort(key=lambda each: (bool(each.hindrance), each.way is SignInWay.PROFILE and each.name != "default"))
        if not usable:
            return Storage(kind.value, kind, SignInWay.INSTANCE, endpoint=endpoint)
        first = usable[0]
        # Which profile is meant by default the environment may say.
        where = "" if first.way is SignInWay.PROFILE else first.name
        return Storage(kind.value, kind, first.way, where, endpoint=endpoint)

    async def _signer(self, storage: Storage, bucket: str, hours: int) -> Signer:
        """Sign in afresh: keys in files may be newer by now, and temporary ones run out."""
        service = await self.storages.fresh(storage)
        try:
            return await service.signer(bucket, hours)
        finally:
            await service.close()

    async def _source(self, sending: ReferenceSending) -> Source:
        origin = sending.origin
        said = origin["storage"]
        storage = Storage(**{**said, "kind": StorageKind(said["kind"]), "way": SignInWay(said["way"])})
        path = self._place(origin["count"])
        try:
            if not await asyncio.to_thread(path.is_file):
                raise ListChanged(name=sending.name)
            files = await READERS.run(BucketFiles, path)
            if files.finished:
                return SignedFiles(files, partial(self._signer, storage, origin["bucket"], origin["hours"]))
            await READERS.run(files.remove)
        except OSError:
            pass
        raise ListChanged(name=sending.name)

    async def _check_reach(self, account_id: str, storage: Storage) -> None:
        account = await self._accounts.find(account_id)
        parts = urlsplit(storage.endpoint)
        if account.is_this_computer or not parts.hostname:
            return
        if parts.scheme != "https" or is_private_host(parts.hostname):
            raise StorageOnlyHere(service=account.name, storage=storage.name, host=parts.hostname)

    def tidy(self) -> None:
        """Delete what was counted a week ago and nobody sends. Blocks."""
        used = {each.origin.get("count") for each in self._journal.references.unfinished()}
        before = time.time() - _KEPT_SECONDS
        for path in self._home.glob("b-*.sqlite"):
            with suppress(OSError):
                if path.stem not in used and path.stat().st_mtime < before:
                    path.unlink()

    def _place(self, count_id: str) -> Path:
        return self._home / f"{count_id}.sqlite"
