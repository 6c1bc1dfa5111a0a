"""Takes jobs up again: run again, duplicated as drafts, drafts changed and started; and which files are new since."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batchdock.core.errors import NotKnownHowStarted, StartedAlready
from batchdock.core.ids import new_job_id
from batchdock.core.intake import Item
from batchdock.core.job import Job, JobDefinition, JobOptions, RestartOverride
from batchdock.core.states import JobState
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.jobs.grace import Grace
from batchdock.flows.jobs.ordering import machine_of
from batchdock.flows.jobs.resending import is_whole, sent_again
from batchdock.flows.jobs.start import UNDER_WAY, Starter
from batchdock.store import JobRecord, Journal, Phase, Sending

BATCHES_STAY = timedelta(days=7)
"""What was sent earlier is deleted at the service (contract §1.7)."""


class Repeating:
    """Makes new rows of jobs that are there."""

    def __init__(self, accounts: Accounts, journal: Journal, board: Board, starter: Starter, grace: Grace) -> None:
        self._accounts, self._journal, self._board = accounts, journal, board
        self._starter, self._grace = starter, grace
        self._turns: dict[JobKey, asyncio.Lock] = {}

    async def definition(self, record: JobRecord) -> JobDefinition | None:
        """Return what a job was created from: as written down here, else as its service says."""
        if record.definition is not None:
            return record.definition
        return await (await self._accounts.service(record.job.account_id)).definition(record.job.job_id)

    async def duplicate(self, record: JobRecord) -> Job:
        """Return a new draft with the definition of a job. Raise `NotKnownHowStarted`."""
        definition = await self.definition(record)
        if definition is None:
            raise NotKnownHowStarted(name=record.job.name)
        was, now = record.job, datetime.now(UTC)
        job = Job(
            was.account_id,
            new_job_id(now.date()),
            was.name,
            JobState.DRAFT,
            content=definition.content,
            created=now,
            workflow_id=definition.workflow_id,
            batch_id=definition.batch_id,
            items_total=was.items_total,
            bytes_total=was.bytes_total,
            source=was.source,
            machine=was.machine,
            tags=was.tags,
        )
        self._board.record([JobRecord(job, Phase.DRAFT, definition)])
        return job

    async def start_draft(self, key: JobKey) -> Job:
        """Start a draft, once; one that was started already is returned as it is. Raise what keeps it from that."""
        async with self._turns.setdefault(key, asyncio.Lock()):
            record = self._record(key)
            if record.phase is Phase.DRAFT:
                await self._start(record)
        return self._record(key).job

    async def _start(self, record: JobRecord) -> None:
        key = record.job.key
        service = await self._accounts.service(key[0])
        assert record.definition is not None
        job = replace(
            record.job,
            message="",
            created=datetime.now(UTC),
            machine=machine_of(record.definition, service),
            goes_out=self._grace.given(service),
        )
        fresh = replace(record, job=job)
        sending = self._own_sending(record)
        if sending is not None:
            fresh = replace(fresh, phase=Phase.SENDING)
            anew = datetime.now(UTC) - sending.started > BATCHES_STAY
        else:
            fresh = replace(fresh, phase=Phase.STARTING)
            batch_id = record.definition.batch_id
            anew = not await asyncio.to_thread(is_whole, self._journal, key[0], batch_id)
        if anew:
            by_reference = service.capabilities.file_references
            fresh = await sent_again(self._journal, fresh, file_references=by_reference) or fresh
        written = self._journal.jobs.get(*key)
        if written is not None and written.phase is not Phase.DRAFT:
            self._board.record([written])  # Another process was faster.
            if written.phase in UNDER_WAY:
                self._starter.begin(key)
            return
        state = JobState.UPLOADING
        if fresh.phase is Phase.STARTING:
            state = JobState.STARTING if job.goes_out is None else JobState.WAITING
        self._board.record([replace(fresh, job=replace(fresh.job, state=state))])
        self._starter.begin(key, new=True)

    def change_draft(self, key: JobKey, name: str, options: JobOptions) -> Job:
        """Give a draft another name and other options. Raise `StartedAlready`."""
        record = self._record(key)
        if record.phase is not Phase.DRAFT or record.definition is None:
            raise StartedAlready(name=record.job.name)
        definition = replace(record.definition, **asdict(options))
        job = replace(record.job, name=name, machine=definition.machine or "")
        own_name = name if record.own_name is not None else None
        self._board.record([replace(record, job=job, own_name=own_name, definition=definition)])
        return job

    def override(self, record: JobRecord, override: RestartOverride) -> JobRecord:
        """Return the record of an order that is not with a service yet, to be started with these changes."""
        assert record.definition is not None
        changes = {name: value for name, value in asdict(override).items() if value is not None}
        changed = replace(record, definition=replace(record.definition, **changes))
        self._board.record([changed])
        return changed

    async def sources(self, record: JobRecord) -> tuple[Path, ...]:
        """Return the folders that the job's files were dropped from; nothing where this app did not send them."""
        found = await asyncio.to_thread(self._journal.files.roots, record.job.account_id, record.job.batch_id)
        return tuple(root for root in found if not any(root != each and root.is_relative_to(each) for each in found))

    async def new_files(self, record: JobRecord, items: Sequence[Item]) -> tuple[Item, ...]:
        """Return those of the items that are not in the job: not sent for it, or changed since."""

        def look() -> tuple[Item, ...]:
            known = self._journal.files.identities(record.job.account_id, record.job.batch_id)
            return tuple(item for item in items if (str(item.path), item.size, item.modified) not in known)

        return await asyncio.to_thread(look)

    def _own_sending(self, record: JobRecord) -> Sending | None:
        sent = self._journal.sendings.of_batch(record.job.account_id, record.job.batch_id)
        return next((sending for sending in sent if sending.job_id == record.job.job_id), None)

    def _record(self, key: JobKey) -> JobRecord:
        record = self._board.get(key)
        assert record is not None
        return record
