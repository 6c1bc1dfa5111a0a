"""Lines for a terminal, made of what the journal knows. No key is in one: the command finds it where the app does."""

import asyncio
from pathlib import Path

from batchdock.core.errors import NotKnownHowStarted
from batchdock.core.job import Job
from batchdock.flows.accounts import Accounts
from batchdock.flows.as_command.words import ingest_command, line_of, run_command, source_words, start_command
from batchdock.flows.jobs import Jobs
from batchdock.flows.references.wishes import options_of
from batchdock.store import Journal, Sending
from batchdock.store.references import ReferenceSending

NAMED_AT_MOST = 20
"""Files and folders that a line names one by one."""


class CommandLines:
    """Belongs to the loop of the flows."""

    def __init__(self, accounts: Accounts, journal: Journal, jobs: Jobs) -> None:
        self._accounts, self._journal, self._jobs = accounts, journal, jobs

    async def of_job(self, job: Job, save_to: Path) -> str:
        """Return the line that does what the job did. Raise `NotKnownHowStarted`, `UnknownAccount`.

        Results go to where those of the job are, or to `save_to`.
        """
        definition = await self._jobs.definition(job.key)
        if definition is None:
            raise NotKnownHowStarted(name=job.name)
        account = await self._accounts.find(job.account_id)
        source = await asyncio.to_thread(self._source, job.account_id, job.batch_id)
        if source and definition.part is None:
            record = self._journal.jobs.get(*job.key)
            folder = record.saved.parent if record is not None and record.saved is not None else save_to
            return line_of(run_command(account, job.name, source, definition.workflow_id, definition, folder))
        return line_of(start_command(account, job.name, definition))

    async def of_transfer(self, transfer_id: str, save_to: Path) -> str:
        """Return the line that sends the same again, with its job where there is one. Raise `NotKnownHowStarted`."""
        known = await asyncio.to_thread(self._known, transfer_id)
        if known is None:
            raise NotKnownHowStarted(name=transfer_id)
        if isinstance(known, ReferenceSending):
            account = await self._accounts.find(known.account_id)
            source = await asyncio.to_thread(self._words_of, known)
            if known.job:
                options = options_of(known.job)
                return line_of(run_command(account, known.name, source, known.job["workflow_id"], options, save_to))
            return line_of(ingest_command(account, known.name, source, known.batch_id))
        if known.job_id:
            job = self._jobs.get((known.account_id, known.job_id))
            if job is not None:
                return await self.of_job(job, save_to)
        source = await asyncio.to_thread(self._source, known.account_id, known.batch_id)
        if not source:
            raise NotKnownHowStarted(name=known.batch_name)
        account = await self._accounts.find(known.account_id)
        return line_of(ingest_command(account, known.batch_name, source, known.batch_id))

    def _source(self, account_id: str, batch_id: str) -> list[str]:
        """Return the words for what went into a batch, nothing where this app did not send it."""
        for sending in self._journal.references.of_batch(account_id, batch_id):
            return self._words_of(sending)
        return [str(path) for path in self._journal.files.tops(account_id, batch_id, NAMED_AT_MOST)]

    def _words_of(self, sending: ReferenceSending) -> list[str]:
        return source_words(sending.origin, {each.name for each in self._journal.storages.all()})

    def _known(self, transfer_id: str) -> Sending | ReferenceSending | None:
        for known in (self._journal.references, self._journal.sendings):
            try:
                return known.get(transfer_id)
            except LookupError:
                continue
        return None
