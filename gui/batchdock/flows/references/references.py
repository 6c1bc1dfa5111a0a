"""References on their way into batches: looked at, handed over, gone on with after a restart; and jobs over them."""

import asyncio
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing, suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from batchdock.core.batch import Content
from batchdock.core.errors import (
    BatchdockError,
    ListAddressForgotten,
    ListNotHttps,
    NoReferences,
    NotAllReferencesTakenIn,
    NothingUsable,
    TransferStopped,
)
from batchdock.core.ids import check_batch_id, new_batch_id, new_job_id
from batchdock.core.job import Job, JobDefinition
from batchdock.core.order import IngestNotice
from batchdock.core.problem import FileFailure
from batchdock.core.reference import most_in_a_request, without_signature
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.intake.names import printable
from batchdock.flows.patience import Patience
from batchdock.flows.problems import Problems
from batchdock.flows.references.handing_over import HandedOver, HandingOver
from batchdock.flows.references.looking import Cutter, Lookout, OnProgress, look_at_file
from batchdock.flows.references.sources import ListAddress, ListFile, Source
from batchdock.flows.references.wishes import JobWish, Looked, job_text, options_of
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.arrival import Arrival
from batchdock.flows.transfers.reading import READERS
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.sources import source_error
from batchdock.flows.transfers.transfers import Unfinished
from batchdock.services.http.lists import Lists
from batchdock.store import Journal
from batchdock.store.looked import Counts, LookedList
from batchdock.store.references import Chunk, ReferenceSending

NOT_LISTED = QT_TRANSLATE_NOOP("errors", "The service does not list it: it could not fetch it, or has not said why.")
EXAMPLE = '{"name": "photo1.jpg", "url": "https://…"}'

_KEPT = timedelta(days=30)
_LOOKS_KEPT_SECONDS = 7 * 24 * 3600.0
_LIST, _ADDRESS = "list", "address"

StartJob = Callable[[str, str, JobDefinition, str], Awaitable[Job]]
Opener = Callable[[ReferenceSending], Awaitable[Source]]
"""Gives the source of a sending, from its `origin`."""


class References:
    """Lists of references, and other sources of them, become batches and jobs."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        transfers: Transfers,
        problems: Problems,
        patience: Patience,
        home: Path,
        start_job: StartJob,
        *,
        arrival: Arrival | None = None,
    ) -> None:
        """`home` is the folder for what was found in lists. Other kinds of sources put themselves into `openers`."""
        self._accounts, self._journal, self._transfers = accounts, journal, transfers
        self._problems, self._patience, self._home, self._start_job = problems, patience, home, start_job
        self._arrival = arrival or Arrival()
        self._lists = Lists()
        self._known_addresses: dict[str, str] = {}
        self.openers: dict[str, Opener] = {_LIST: self._open_file, _ADDRESS: self._open_address}
        transfers.take_up(self._unfinished)

    # --- looking --------------------------------------------------------------------------------------------------

    async def look(self, source: Path | str, *, on_progress: OnProgress = lambda done, lines, total: None) -> Looked:
        """Look at a list, a file or an https address, line by line. May be cancelled; takes half a minute a million.

        `on_progress` is called on another thread. Raise `FileUnreadable`, `SourceGone`, `ListNotHttps`,
        `ListNotFetched`.
        """
        path = source if isinstance(source, Path) else None
        url = "" if isinstance(source, Path) else str(source).strip()
        if path is None and not url.lower().startswith("https://"):
            raise ListNotHttps
        look_id = f"l-{secrets.token_hex(8)}"
        into = await asyncio.to_thread(LookedList, self._place(look_id))
        try:
            if path is not None:
                counts = await self._look_at_file(path, into, on_progress)
                return Looked(look_id, path.name, counts, await asyncio.to_thread(path.absolute), _list=into)
            name = name_of(url)
            counts = await self._look_at_address(url, name, into, on_progress)
            return Looked(look_id, name, counts, address=url, _list=into)
        except BaseException:
            await asyncio.shield(READERS.run(into.remove))
            raise

    async def discard(self, looked: Looked) -> None:
        """Forget what was found in a list that is not to be sent."""
        looked.close()
        if not self._journal.references.uses_of("look", looked.look_id):
            await asyncio.to_thread(self._place(looked.look_id).unlink, missing_ok=True)

    # --- sending --------------------------------------------------------------------------------------------------

    async def send(
        self,
        account_id: str,
        looked: Looked,
        name: str,
        *,
        job: JobWish | None = None,
        notice: IngestNotice | None = None,
        batch_id: str | None = None,
    ) -> tuple[ReferenceSending, ...]:
        """Write down that the usable lines go over: pictures and videos into batches of their own. Nothing moves yet.

        Raise `NoReferences`, `NotOffered`, `BadIdentifier`.
        """
        counts = looked.counts
        if not counts.usable:
            raise NoReferences(name=looked.name, count=f"{counts.lines:,}", example=EXAMPLE)
        origin: dict[str, Any] = {"look": looked.look_id, "name": looked.name}
        if looked.path is not None:
            origin |= {"kind": _LIST, "path": str(looked.path)}
        else:
            whole = [] if counts.left_out or (counts.pictures and counts.videos) else [_only(counts)]
            handed = [each for each in whole if counts.of(each) <= most_in_a_request(each)]
            origin |= {"kind": _ADDRESS, "address": without_signature(looked.address), "whole": [*map(str, handed)]}
            await self._remember(looked.look_id, looked.address)
        amounts = {each: counts.of(each) for each in (Content.IMAGES, Content.VIDEOS) if counts.of(each)}
        made = await self.plan(account_id, name, origin, amounts, job=job, notice=notice, batch_id=batch_id)
        looked.close()
        return made

    async def plan(
        self,
        account_id: str,
        name: str,
        origin: Mapping[str, Any],
        amounts: Mapping[Content, int],
        *,
        job: JobWish | None = None,
        notice: IngestNotice | None = None,
        batch_id: str | None = None,
    ) -> tuple[ReferenceSending, ...]:
        """Write down that so many references of each kind go over, from where `origin` says.

        `origin` has a `kind`, which one of `openers` knows, and no secret; what signs anew for each go says so with
        `signed_anew`. Raise `NotOffered` where the service takes no references.
        """
        service = await self._accounts.service(account_id)
        if not service.capabilities.references:
            await service.add_references("", Content.IMAGES, (), batch_name="", ingest_id="")  # Says that it does not.
        now = datetime.now(UTC)
        made = []
        for content, files in amounts.items():
            several = len(amounts) > 1 and content is Content.VIDEOS
            suffix = "-v" if several else ""
            batch = new_batch_id(now.date()) if batch_id is None else check_batch_id(f"{batch_id}{suffix}")
            sending = ReferenceSending(
                transfer_id=f"t-{secrets.token_hex(6)}",
                account_id=account_id,
                name=f"{printable(name)} (videos)" if several else printable(name),
                batch_id=batch,
                content=content,
                files=files,
                origin=origin,
                started=now,
                job=job_text(new_job_id(now.date()), job) if job is not None else {},
                notice=notice,
            )
            most = files if str(content) in origin.get("whole", ()) else most_in_a_request(content)
            starts = range(0, files, most)
            chunks = [
                Chunk(number, first, min(most, files - first), f"{sending.transfer_id}-{number:04}")
                for number, first in enumerate(starts)
            ]
            made.append((sending, chunks))
        await asyncio.to_thread(self._journal.references.begin, made)
        return tuple(sending for sending, _ in made)

    def begin(self, sendings: Iterable[ReferenceSending]) -> tuple[str, ...]:
        """Hand over in the background. Return the ids of the transfers that show it."""
        ids = []
        for each in sendings:
            self._transfers.aside(self.carry(each), each.transfer_id, each.name)
            ids.append(each.transfer_id)
        return tuple(ids)

    async def carry(self, sending: ReferenceSending) -> Job | None:
        """Hand over until the service has taken all in, then start what is to be started; return that.

        Shown as a transfer. Raises `TransferStopped`, and what keeps it from being done.
        """
        transfer = Transfer(
            transfer_id=sending.transfer_id,
            kind=TransferKind.SENDING,
            name=sending.name,
            account_id=sending.account_id,
            state=TransferState.WAITING,
            items_done=0,
            items_total=sending.files,
            bytes_done=0,
            bytes_total=0,
            started=sending.started,
        )
        journal = self._journal.references
        source = await self.openers[sending.origin["kind"]](sending)

        async def work(row: Row) -> tuple[Job | None, bool]:
            going = HandingOver(self._accounts, journal, self._patience, self._arrival, sending, source, row)
            handed = await going.go()
            await self._tell(sending, handed)
            if handed.lost:
                message = f"Not taken in: {handed.lost:,}. The list of problems says what."
                row.change(state=TransferState.DONE_WITH_PROBLEMS, message=message)
            job = await self._start(sending) if handed.count else None
            await asyncio.to_thread(journal.finish, sending.transfer_id)
            return job, not handed.lost

        whole = False
        await asyncio.to_thread(journal.stop, sending.transfer_id, stopped=False)
        try:
            job, whole = await self._transfers.run(
                transfer,
                work,
                again=partial(self._again, sending.transfer_id),
                free=True,
                source=source if isinstance(source, ListFile) else None,
            )
        except TransferStopped:
            await asyncio.to_thread(journal.stop, sending.transfer_id)
            raise
        finally:
            look = sending.origin.get("look")
            last = whole and (look is None or not journal.uses_of("look", look))
            await asyncio.shield(source.close(ended=last))
            if last and look is not None:
                await self._forget(look)
        return job

    async def close(self) -> None:
        """Give back connections."""
        await self._lists.close()

    # --- what is behind it ------------------------------------------------------------------------------------------

    async def _start(self, sending: ReferenceSending) -> Job | None:
        if not sending.job:
            return None
        options = options_of(sending.job)
        definition = JobDefinition(
            content=sending.content,
            batch_id=sending.batch_id,
            workflow_id=sending.job["workflow_id"],
            **asdict(options),
        )
        # Under the id that was written down before: after a restart it is the same job.
        return await self._start_job(sending.account_id, sending.name, definition, sending.job["job_id"])

    async def _again(self, transfer_id: str) -> None:
        sending = await asyncio.to_thread(self._journal.references.get, transfer_id)
        await self.carry(sending)

    def _unfinished(self) -> Iterable[Unfinished]:
        """Return what earlier runs left. What a person has stopped is given up here; what was taken in stays."""
        journal = self._journal.references
        connected = {account.account_id for account in self._accounts.all()}
        journal.forget_before(datetime.now(UTC) - _KEPT)
        for sending in journal.unfinished():
            if sending.stopped:
                journal.finish(sending.transfer_id)
            elif sending.account_id in connected:
                yield Unfinished(sending.transfer_id, sending.name, partial(self.carry, sending))
        self._tidy({each.origin.get("look") for each in journal.unfinished()})

    def _tidy(self, used: set[Any]) -> None:
        """Delete what was found in lists that nobody sends any more."""
        before = time.time() - _LOOKS_KEPT_SECONDS
        for path in self._home.glob("l-*.sqlite"):
            with suppress(OSError):
                if path.stem not in used and path.stat().st_mtime < before:
                    path.unlink()

    async def _tell(self, sending: ReferenceSending, handed: HandedOver) -> None:
        """Put what was not taken in on the list of problems."""
        problem_id = f"references:{sending.transfer_id}"
        if not handed.lost:
            self._problems.settle(problem_id)
            return
        account = await self._accounts.find(sending.account_id)
        error = NotAllReferencesTakenIn(
            service=account.name, name=sending.name, count=f"{handed.count:,}", total=f"{handed.total:,}"
        )
        files = tuple(FileFailure(printable(name), why or NOT_LISTED) for name, why in handed.missing)
        self._problems.report(problem_id, sending.name, error, files=files)

    # --- sources ----------------------------------------------------------------------------------------------------

    async def _open_file(self, sending: ReferenceSending) -> Source:
        path = Path(sending.origin["path"])
        return ListFile(path, await self._opened(sending.origin["look"], path.name))

    async def _open_address(self, sending: ReferenceSending) -> Source:
        look, name = sending.origin["look"], sending.origin["name"]
        url = await self._remembered(look)
        if url is None:
            raise ListAddressForgotten(name=name)
        whole = frozenset(Content(each) for each in sending.origin["whole"])
        return ListAddress(url, name, await self._opened(look, name), self._lists.fetch, whole=whole)

    async def _opened(self, look_id: str, name: str) -> LookedList:
        opened = await asyncio.to_thread(LookedList, self._place(look_id))
        if not opened.finished:
            await asyncio.to_thread(opened.remove)
            raise NothingUsable(count=0, details=f"What was found in {name} is gone.")
        return opened

    async def _look_at_file(self, path: Path, into: LookedList, on_progress: OnProgress) -> Counts:
        stopped = threading.Event()
        try:
            return await READERS.run(
                partial(look_at_file, path, into, datetime.now(UTC), stopped=stopped, on_progress=on_progress)
            )
        except OSError as error:
            raise source_error(path, error) from None
        finally:
            stopped.set()

    async def _look_at_address(self, url: str, name: str, into: LookedList, on_progress: OnProgress) -> Counts:
        cutter, lookout = Cutter(), Lookout(into, datetime.now(UTC))

        def take(lines: list[tuple[bytes, int]]) -> None:
            for raw, length in lines:
                lookout.take(raw, length)

        async with aclosing(self._lists.fetch(url, name)) as pieces:
            async for piece in pieces:
                await READERS.run(take, list(cutter.feed(piece)))
                on_progress(lookout.bytes, lookout.lines, 0)
        await READERS.run(take, list(cutter.end()))
        return await READERS.run(lookout.finish)

    def _place(self, look_id: str) -> Path:
        return self._home / f"{look_id}.sqlite"

    # --- addresses of lists, which may be secrets -------------------------------------------------------------------

    async def _remember(self, look_id: str, url: str) -> None:
        self._known_addresses[look_id] = url
        with suppress(BatchdockError):  # Without a password store it is known until the end.
            await self._accounts.secrets.put(_secret(look_id), url)

    async def _remembered(self, look_id: str) -> str | None:
        if look_id not in self._known_addresses:
            with suppress(BatchdockError):
                kept = await self._accounts.secrets.load()
                if _secret(look_id) in kept:
                    self._known_addresses[look_id] = kept[_secret(look_id)]
        return self._known_addresses.get(look_id)

    async def _forget(self, look_id: str) -> None:
        if self._known_addresses.pop(look_id, None) is not None:
            with suppress(BatchdockError):
                await self._accounts.secrets.drop(_secret(look_id))


def name_of(url: str) -> str:
    """Return what people know a list by that is at an address: nothing of it that may be a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "–"
    return printable(parts.path.rpartition("/")[2] or parts.hostname or "–")


def _only(counts: Counts) -> Content:
    return Content.VIDEOS if counts.videos else Content.IMAGES


def _secret(look_id: str) -> str:
    return f"list {look_id}"
