"""The create request: what must be so before it, and that it makes one job however often it is asked for."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any, Protocol

from batchdock.core.batch import Content
from batchdock.core.costs import Estimate
from batchdock.core.errors import (
    AlreadyExists,
    BatchdockError,
    NotAllTakenIn,
    NotFound,
    NothingUsable,
    UnreadableAnswer,
    WorkflowUnfit,
)
from batchdock.core.job import Job, JobDefinition, JobOptions, RestartOverride
from batchdock.core.workflow import Workflow
from batchdock.flows.accounts import Accounts
from batchdock.flows.costs import Judgement
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.jobs.readiness import Readiness
from batchdock.flows.patience import Patience
from batchdock.store import JobRecord

CHECKING_SENTENCE = "Checking whether it started…"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0

OnTrouble = Callable[[BatchdockError], None]


class Spending(Protocol):
    """Knows what jobs cost, and what an account may spend."""

    async def estimate(
        self,
        account_id: str,
        workflow_id: str,
        content: Content,
        count: int,
        options: JobOptions,
        *,
        bytes_total: int | None = None,
    ) -> Estimate | None:
        """Return what a job will take, None where nobody knows."""
        ...

    async def check(
        self,
        account_id: str,
        estimate: Estimate | None,
        *,
        key: JobKey | None = None,
        options: JobOptions | None = None,
    ) -> Judgement:
        """Raise `BudgetReached` when the job would go past the hard stop; `key` is the one about to be created."""
        ...

    def release(self, key: JobKey) -> None:
        """Take in that the job was not started after all."""
        ...


class Completeness(Protocol):
    """Says whether a batch is complete."""

    async def __call__(self, account_id: str, batch_id: str, part: str | None) -> Readiness: ...


class Creating:
    """Asks services to create jobs."""

    def __init__(
        self,
        accounts: Accounts,
        board: Board,
        patience: Patience,
        *,
        readiness: Completeness,
        spending: Spending | None = None,
    ) -> None:
        self._accounts, self._board, self._patience = accounts, board, patience
        self._readiness, self._spending = readiness, spending
        self._doubted: set[JobKey] = set()
        self._content_with: set[JobKey] = set()

    def doubt(self, key: JobKey) -> None:
        """Note that the service may have been asked already; it is looked before it is asked again."""
        self._doubted.add(key)

    def is_doubted(self, key: JobKey) -> bool:
        """Tell whether the service may have the job, without anybody here knowing."""
        return key in self._doubted

    def content_with(self, key: JobKey) -> None:
        """Note that the job may start on what is there, though some of it could not be taken in."""
        self._content_with.add(key)

    async def fit(self, key: JobKey, *, on_trouble: OnTrouble) -> None:
        """Find out which input of the workflow the pictures fill. Raise `WorkflowUnfit`."""
        definition = self._definition(key)

        async def ask() -> Workflow:
            return await (await self._accounts.service(key[0])).workflow(definition.workflow_id)

        workflow = await self._patience.keep(ask, on_trouble=on_trouble)
        inputs = workflow.image_inputs
        if len(inputs) != 1:
            reason = "It takes no picture." if not inputs else f"It needs {len(inputs)} pictures at once, not one."
            raise WorkflowUnfit(workflow=workflow.name, reasons=(reason,))
        record = self._record(key)
        self._board.record([replace(record, definition=replace(definition, image_input=inputs[0].name))])

    async def complete(self, key: JobKey, *, on_trouble: OnTrouble) -> None:
        """Wait until the job's batch is complete. Raise `NotFound`, `NothingUsable`, `NotAllTakenIn`."""
        definition, pause = self._definition(key), _FIRST_PAUSE

        async def ask() -> Readiness:
            return await self._readiness(key[0], definition.batch_id, definition.part)

        while True:
            found = await self._patience.keep(ask, on_trouble=on_trouble)
            if found.empty:
                raise NothingUsable(count=0)
            enough = key in self._content_with and found.files > 0 and not found.shards_moving
            if found.complete or enough:
                self._change(key, message="", items_total=found.files)
                return
            if found.shards_failed and not found.shards_moving:
                service = (await self._accounts.find(key[0])).name
                raise NotAllTakenIn(failed=found.shards_failed, total=found.shards, count=found.files, service=service)
            self._change(key, message=found.sentence)
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 1.6)

    async def allowed(self, key: JobKey, *, on_trouble: OnTrouble) -> None:
        """Raise `BudgetReached` when the job would take the account past what it may spend.

        The job gets the limit of machine time at which it stops by itself before that.
        """
        spending = self._spending
        if spending is not None:
            await self._patience.keep(lambda: self._limit(key, spending), on_trouble=on_trouble)

    async def create(self, key: JobKey, *, on_trouble: OnTrouble) -> None:
        """Have the job created, once. Where it may be there already it is looked before it is asked for again."""
        definition, name = self._definition(key), self._record(key).job.name

        def checking(error: BatchdockError) -> None:
            self._change(key, message=CHECKING_SENTENCE)

        async def ask() -> None:
            service = await self._accounts.service(key[0])
            if key in self._doubted:
                self._change(key, message=CHECKING_SENTENCE)
                if await self.is_there(key):
                    return
                self._change(key, message="")
            self.doubt(key)
            try:
                await service.create_job(key[1], name, definition, on_trouble=checking)
            except AlreadyExists:
                if not await self.is_there(key):
                    self._doubted.discard(key)
                    raise
            except BatchdockError as error:
                if not error.retryable and not isinstance(error, UnreadableAnswer):
                    self._doubted.discard(key)
                raise

        await self._patience.keep(ask, on_trouble=on_trouble)
        self._doubted.discard(key)

    async def again(self, key: JobKey, override: RestartOverride | None) -> None:
        """Have a job that is over started again, which costs as a start does. Raise `BudgetReached`."""
        service, spending = await self._accounts.service(key[0]), self._spending
        if spending is None or not service.capabilities.takes_files:
            await service.restart(key[1], override)
            return
        record = self._record(key)
        definition = record.definition or await service.definition(key[1])
        estimate = None
        if definition is not None:
            changes = {} if override is None else {k: v for k, v in asdict(override).items() if v is not None}
            definition = replace(definition, **changes)
            estimate = await _estimated(spending, record.job, definition)
        limit = (await spending.check(key[0], estimate, key=key, options=definition)).timeout_seconds
        own = None if definition is None else definition.timeout_seconds
        if limit is not None and (own is None or own > limit):
            override = replace(override or RestartOverride(), timeout_seconds=limit)
        try:
            await service.restart(key[1], override)
        except BatchdockError:
            spending.release(key)
            raise

    async def is_there(self, key: JobKey) -> bool:
        """Ask whether the service has a job under this id that works on the same batch with the same workflow."""
        definition = self._definition(key)
        service = await self._accounts.service(key[0])
        try:
            job = await service.job(key[1])
        except NotFound:
            return False
        wanted = (definition.batch_id, definition.workflow_id)
        same = all(told in ("", want) for told, want in zip((job.batch_id, job.workflow_id), wanted, strict=True))
        return same and job.content in (Content.UNKNOWN, definition.content)

    async def _limit(self, key: JobKey, spending: Spending) -> None:
        if key in self._doubted:
            self._change(key, message=CHECKING_SENTENCE)
            if await self.is_there(key):
                return  # What it may cost was judged before it was asked for.
        definition = self._definition(key)
        estimate = await _estimated(spending, self._record(key).job, definition)
        limit = (await spending.check(key[0], estimate, key=key)).timeout_seconds
        if limit is not None and (definition.timeout_seconds is None or definition.timeout_seconds > limit):
            limited = replace(definition, timeout_seconds=limit)
            self._board.record([replace(self._record(key), definition=limited)])

    def _definition(self, key: JobKey) -> JobDefinition:
        definition = self._record(key).definition
        assert definition is not None
        return definition

    def _record(self, key: JobKey) -> JobRecord:
        record = self._board.get(key)
        assert record is not None
        return record

    def _change(self, key: JobKey, **changes: Any) -> None:
        record = self._record(key)
        self._board.record([replace(record, job=replace(record.job, **changes))])


async def _estimated(spending: Spending, job: Job, definition: JobDefinition) -> Estimate | None:
    return await spending.estimate(
        job.account_id,
        definition.workflow_id,
        definition.content,
        job.items_total or 0,
        definition,
        bytes_total=job.bytes_total,
    )
