"""Writes orders down: what is to be sent and started, with all its ids, before anything is asked of a service."""

import asyncio
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.errors import AlreadyExists, NothingUsable
from batchdock.core.ids import check_job_id, marked_job_id, new_batch_id, new_job_id
from batchdock.core.intake import Item
from batchdock.core.job import Job, JobDefinition
from batchdock.core.order import Order
from batchdock.core.ports import Service
from batchdock.core.states import JobState
from batchdock.flows.accounts import Accounts
from batchdock.flows.intake.names import printable
from batchdock.flows.intake.plan import Plan, plans
from batchdock.flows.jobs.board import Board
from batchdock.flows.jobs.creating import Completeness
from batchdock.flows.jobs.grace import Grace
from batchdock.flows.jobs.start import Starter
from batchdock.flows.transfers.orders import begin_sending
from batchdock.store import JobRecord, Journal, Phase

TRIAL_COUNT = 20


class Ordering:
    """Makes rows of orders, and hands them to the starter."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        board: Board,
        starter: Starter,
        grace: Grace,
        *,
        readiness: Completeness,
    ) -> None:
        self._accounts, self._journal, self._board = accounts, journal, board
        self._starter, self._grace, self._readiness = starter, grace, readiness

    async def start(self, order: Order, *, trial: bool = False) -> tuple[Job, ...]:
        """See `Jobs.start`. A trial has no grace: it costs next to nothing, and somebody waits for it."""
        service = await self._accounts.service(order.account_id)
        by_reference = service.capabilities.file_references
        made = await asyncio.to_thread(plans, order.items, file_references=by_reference)
        if not made:
            raise NothingUsable(count=len(order.items))
        return tuple([await self._ordered(order, plan, service, several=len(made) > 1, trial=trial) for plan in made])

    async def try_first(self, order: Order, count: int) -> Job:
        """See `Jobs.try_first`."""
        chosen = sample(order.items, count)
        named = replace(order, items=chosen, name=f"{order.name} (try on {len(chosen)})")
        (job,) = await self.start(named, trial=True)
        return job

    async def on_batch(self, account_id: str, name: str, definition: JobDefinition, job_id: str | None) -> Job:
        """See `Jobs.start_on_batch`."""
        service = await self._accounts.service(account_id)
        if job_id is not None and (known := self._board.get((account_id, check_job_id(job_id)))) is not None:
            return _same(known, definition, service)
        found = await self._readiness(account_id, definition.batch_id, definition.part)
        if found.empty:
            raise NothingUsable(count=0)
        sent = self._journal.sendings.of_batch(account_id, definition.batch_id)
        folder = await asyncio.to_thread(self._journal.files.folder, sent[0].number) if sent else None
        job = Job(
            account_id,
            job_id or new_job_id(datetime.now(UTC).date()),
            name,
            JobState.STARTING,
            content=definition.content,
            created=datetime.now(UTC),
            workflow_id=definition.workflow_id,
            batch_id=definition.batch_id,
            items_total=found.files,
            source=str(folder or ""),
            bytes_total=sum(each.bytes for each in sent) if sent and definition.part is None else None,
            machine=machine_of(definition, service),
            goes_out=self._grace.given(service),
        )
        if job.goes_out is not None:
            job = replace(job, state=JobState.WAITING)
        self._board.record([JobRecord(job, Phase.STARTING, definition)])
        self._starter.begin(job.key, new=True)
        return job

    async def _ordered(self, order: Order, plan: Plan, service: Service, *, several: bool, trial: bool) -> Job:
        today = datetime.now(UTC)
        videos = plan.content is Content.VIDEOS
        if order.mark and (known := marked_job(self._journal, order.account_id, order.mark, plan.content)) is not None:
            self._board.record([replace(known, hidden=False)])
            return known.job
        name = printable(order.name)
        definition = JobDefinition(
            content=plan.content,
            batch_id=new_batch_id(today.date()),
            workflow_id=order.workflow_id,
            **asdict(order.options),
        )
        job = Job(
            order.account_id,
            marked_job_id(order.mark, plan.content) if order.mark else new_job_id(today.date()),
            f"{name} (videos)" if several and videos else name,
            JobState.UPLOADING,
            content=plan.content,
            created=today,
            workflow_id=order.workflow_id,
            batch_id=definition.batch_id,
            items_total=len(plan.files),
            bytes_total=plan.bytes,
            source=await asyncio.to_thread(common_folder, (file.path for file in plan.files)),
            machine=machine_of(definition, service),
            goes_out=None if trial else self._grace.given(service),
        )
        # The job first: a sending without its job would be sent for nothing, a job without its sending is dropped.
        record = JobRecord(job, Phase.SENDING, definition, trial=trial)
        self._journal.jobs.put([replace(record, hidden=True)])
        await begin_sending(
            self._journal,
            plan,
            account_id=order.account_id,
            batch_id=definition.batch_id,
            batch_name=job.name,
            job_id=job.job_id,
            notice=order.ingest_notice,
        )
        self._board.record([record])
        self._starter.begin(job.key, new=True)
        return job


def marked_job(journal: Journal, account_id: str, mark: str, content: Content) -> JobRecord | None:
    """Return the job of an order with this mark that was written down whole, by whichever run of the app."""
    record = journal.jobs.get(account_id, marked_job_id(mark, content))
    if record is None or record.phase is not Phase.SENDING:
        return record
    return record if journal.sendings.of_batch(account_id, record.job.batch_id) else None


def sample(items: Sequence[Item], count: int) -> tuple[Item, ...]:
    """Return `count` usable items spread evenly over all, always the same ones; of the pictures, if there are any."""
    usable = [item for item in items if item.usable]
    chosen = [item for item in usable if item.content is Content.IMAGES] or usable
    if len(chosen) <= count:
        return tuple(chosen)
    # From the middle of each stretch: the first picture of a series is often not like the others.
    return tuple(chosen[(2 * number + 1) * len(chosen) // (2 * count)] for number in range(count))


def common_folder(paths: Iterable[Path]) -> str:
    """Return the folder that holds all of these files, empty where they are on several drives."""
    parents = {str(path.parent) for path in paths}
    try:
        return os.path.commonpath(parents)
    except ValueError:
        return ""


def machine_of(definition: JobDefinition, service: Service) -> str:
    """Return the kind of machine a job runs on: the one asked for, else what the service takes by itself."""
    return definition.machine or next(iter(service.capabilities.credits_an_hour), "")


def _same(known: JobRecord, definition: JobDefinition, service: Service) -> Job:
    """Return the job that was started under this id before, if it is this very one. Raise `AlreadyExists`."""
    was = known.definition
    if was is None or replace(definition, image_input=was.image_input) != was:
        reason = "There is a job with this id and another definition."
        raise AlreadyExists(service=service.account.name, reason=reason)
    return known.job
