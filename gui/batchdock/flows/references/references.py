"""References on their way into batches: looked at, handed over, gone on with after a restart; and jobs over them."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from batchdock.core.account import Account
from batchdock.core.batch import Content
from batchdock.core.errors import (
    NoReferences,
    NotAllReferencesTakenIn,
    NotOffered,
    TransferStopped,
)
from batchdock.core.ids import check_batch_id, marked_job_id, new_batch_id, new_job_id
from batchdock.core.job import Job, JobDefinition
from batchdock.core.order import IngestNotice
from batchdock.core.problem import FileFailure
from batchdock.core.reference import host_of, is_private_host, most_in_a_request, without_signature
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.intake.names import printable
from batchdock.flows.patience import Patience
from batchdock.flows.problems import Problems
from batchdock.flows.references.handing_over import HandingOver
from batchdock.flows.references.lists import ADDRESS, LIST, Lists
from batchdock.flows.references.looking import OnProgress
from batchdock.flows.references.querying import Querying
from batchdock.flows.references.sources import ListFile, Source
from batchdock.flows.references.wishes import Carried, HandedOver, JobWish, Looked, job_text, options_of
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.arrival import Arrival
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.transfers import Unfinished
from batchdock.store import Journal
from batchdock.store.had import Had
from batchdock.store.references import Chunk, ReferenceSending

NOT_LISTED = QT_TRANSLATE_NOOP("errors", "The service does not list it: it could not fetch it, or has not said why.")
EXAMPLE = '{"name": "photo1.jpg", "url": "https://…"}'

_KEPT = timedelta(days=30)
BOTH = (Content.IMAGES, Content.VIDEOS)
_NOTED_AT_ONCE = 10_000
_QUERY = "query"
_TOLD = ("ingest-status", "files-status")

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
        self._problems, self._patience, self._start_job = problems, patience, start_job
        self._arrival = arrival or Arrival()
        self.lists = Lists(home, accounts.secrets)
        self.openers: dict[str, Opener] = {LIST: self.lists.open_file, ADDRESS: self.lists.open_address}
        self.listens: Callable[[], str] = str
        """Where this app hears what services say by themselves, empty while it does not."""
        transfers.take_up(self._unfinished)

    async def look(self, source: Path | str, *, on_progress: OnProgress = lambda done, lines, total: None) -> Looked:
        """Look at a list, a file or an https address, line by line; see `Lists.look`."""
        return await self.lists.look(source, on_progress=on_progress)

    async def discard(self, looked: Looked) -> None:
        """Forget what was found in a list that is not to be sent."""
        await self.lists.discard(looked)

    async def write_left_out(self, looked: Looked, to: Path) -> None:
        """Write the lines that are left out into a file, one JSON object a line. Raise `FolderNotWritable`."""
        await self.lists.write_left_out(looked, to)

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
        contents: Sequence[Content] = BOTH,
    ) -> tuple[ReferenceSending, ...]:
        """Write down that the usable lines of these `contents` go over, each into a batch of its own. Nothing moves.

        Raise `NoReferences`, `NotOffered`, `BadIdentifier`.
        """
        counts = looked.counts
        amounts = {each: counts.of(each) for each in contents if counts.of(each)}
        if not amounts:
            raise NoReferences(name=looked.name, count=f"{counts.lines:,}", example=EXAMPLE)
        origin = await self.lists.origin(looked)
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
            raise NotOffered(service=service.account.name)
        notice = notice or self._own_notice(service.account)
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
                job=job_text(_job_id(job, content, now), job) if job is not None else {},
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

    async def query(
        self,
        account_id: str,
        query: str,
        name: str,
        *,
        job: JobWish | None = None,
        notice: IngestNotice | None = None,
        batch_id: str | None = None,
    ) -> ReferenceSending:
        """Write down that what a RoboQL query finds becomes a batch. Raise `NotOffered`, `BadIdentifier`."""
        service = await self._accounts.service(account_id)
        if not service.capabilities.queries:
            raise NotOffered(service=service.account.name)
        now = datetime.now(UTC)
        sending = ReferenceSending(
            transfer_id=f"t-{secrets.token_hex(6)}",
            account_id=account_id,
            name=printable(name),
            batch_id=new_batch_id(now.date()) if batch_id is None else check_batch_id(batch_id),
            content=Content.IMAGES,
            files=0,
            origin={"kind": _QUERY, "query": query.strip()},
            started=now,
            job=job_text(_job_id(job, Content.IMAGES, now), job) if job is not None else {},
            notice=notice,
        )
        chunk = Chunk(0, 0, 0, sending.transfer_id)
        await asyncio.to_thread(self._journal.references.begin, [(sending, [chunk])])
        return sending

    def begin(self, sendings: Iterable[ReferenceSending]) -> tuple[str, ...]:
        """Hand over in the background. Return the ids of the transfers that show it."""
        ids = []
        for each in sendings:
            self._transfers.aside(self.carry(each), each.transfer_id, each.name)
            ids.append(each.transfer_id)
        return tuple(ids)

    async def carry(self, sending: ReferenceSending) -> Carried:
        """Hand over until the service has taken all in, then start what is to be started; return how it went.

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
        is_query = sending.origin["kind"] == _QUERY
        source = None if is_query else await self.openers[sending.origin["kind"]](sending)

        async def work(row: Row) -> Carried:
            parts: tuple[str | None, str | None] = (None, None)
            if source is None:
                querying = Querying(self._accounts, journal, self._patience, self._arrival, sending, row)
                handed, parts = await querying.go(), await querying.parts()
            else:
                handed = await HandingOver(
                    self._accounts, journal, self._patience, self._arrival, sending, source, row
                ).go()
            await self._tell(sending, handed)
            if handed.lost:
                message = f"Not taken in: {handed.lost:,}. The list of problems says what."
                row.change(state=TransferState.DONE_WITH_PROBLEMS, message=message)
            if source is not None and "had" in sending.job:
                await _note(source, sending, handed)
            job = await self._start(sending, *parts) if handed.count else None
            await asyncio.to_thread(journal.finish, sending.transfer_id)
            return Carried(sending, handed, job)

        whole = False
        await asyncio.to_thread(journal.stop, sending.transfer_id, stopped=False)
        try:
            carried = await self._transfers.run(
                transfer,
                work,
                again=partial(self._again, sending.transfer_id),
                free=True,
                source=source if isinstance(source, ListFile) else None,
            )
            whole = not carried.handed.lost
        except TransferStopped:
            await asyncio.to_thread(journal.stop, sending.transfer_id)
            raise
        finally:
            look = sending.origin.get("look")
            last = whole and (look is None or not journal.uses_of("look", look))
            if source is not None:
                await asyncio.shield(source.close(ended=last))
            if last and look is not None:
                await self.lists.forget(look)
        return carried

    async def left(self, account_id: str, source: Path | str, workflow_id: str) -> tuple[ReferenceSending, ...]:
        """Return what an earlier run began and did not end with this very list, for the same workflow ("": for none).

        To be asked only by who may go on (`Desk.may_go_on`).
        """
        if isinstance(source, Path):
            key, value = "path", str(await asyncio.to_thread(source.absolute))
        else:
            key, value = "address", without_signature(str(source).strip())
        found = await asyncio.to_thread(self._journal.references.unfinished)
        return tuple(
            each
            for each in found
            if (each.account_id, each.origin.get(key)) == (account_id, value)
            and each.job.get("workflow_id", "") == workflow_id
        )

    async def close(self) -> None:
        """Give back connections."""
        await self.lists.close()

    # --- what is behind it ------------------------------------------------------------------------------------------

    def _own_notice(self, account: Account) -> IngestNotice | None:
        """Return that the service is to tell this app which files it took, where it can reach it."""
        address = self.listens()
        reachable = account.is_this_computer or not is_private_host(host_of(address))
        return IngestNotice(url=address, categories=_TOLD) if address and reachable else None

    async def _start(self, sending: ReferenceSending, part: str | None, metadata: str | None) -> Job | None:
        if not sending.job:
            return None
        options = options_of(sending.job)
        definition = JobDefinition(
            content=sending.content,
            batch_id=sending.batch_id,
            workflow_id=sending.job["workflow_id"],
            part=part,
            metadata_part=metadata,
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
        self.lists.tidy({each.origin.get("look") for each in journal.unfinished()})

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


async def _note(source: Source, sending: ReferenceSending, handed: HandedOver) -> None:
    """Note what was taken in for a recipe. Where not all of the rest is named, nothing is: better twice than never."""
    if handed.lost > len(handed.missing):
        return
    had, lost = Had(Path(sending.job["had"])), {name for name, _ in handed.missing}
    for first in range(0, sending.files, _NOTED_AT_ONCE):
        some = await source.identities(sending.content, first, _NOTED_AT_ONCE)
        taken = [identity for name, identity in some if name not in lost]
        await asyncio.to_thread(had.put, sending.job["job_id"], taken)


def _job_id(wish: JobWish, content: Content, now: datetime) -> str:
    return marked_job_id(wish.mark, content) if wish.mark else new_job_id(now.date())
