"""Carries an order out: workflow read, files sent, arrival checked, job created. Every step can be repeated.

    SENDING ──► STARTING ──► STARTED ──► the service tells the rest (watch.py)

The phase is in the journal, with all ids and names, before the first request. So a restart goes on where it was, and
creating the job again under the same id is harmless (contract §4.1).
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from batchdock.core.errors import BatchdockError, NotFound, TooManyRequests, TransferStopped, WorkflowUnfit
from batchdock.core.job import Job, JobDefinition
from batchdock.core.states import JobState
from batchdock.core.transfer import Hold, Transfer, TransferState
from batchdock.core.workflow import Workflow
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.patience import Patience
from batchdock.flows.problems import Problems
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.verdict import Action, verdict
from batchdock.store import JobRecord, Journal, Phase, Sending

_log = logging.getLogger(__name__)


class Starter:
    """Runs the orders that are not with a service yet."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        board: Board,
        transfers: Transfers,
        problems: Problems,
        patience: Patience,
        *,
        on_started: Callable[[str], None],
        again: Callable[[JobKey], Coroutine[Any, Any, object]],
    ) -> None:
        """`on_started` is told the account of a job that its service has now; `again` takes a job up once more."""
        self._accounts, self._journal, self._board = accounts, journal, board
        self._transfers, self._problems, self._patience = transfers, problems, patience
        self._on_started, self._again = on_started, again
        self._holds = transfers.holds
        self._running: dict[JobKey, asyncio.Task[None]] = {}
        self._held: dict[JobKey, asyncio.Task[None]] = {}

    def begin(self, key: JobKey) -> None:
        """Take up an order in the background; one that waits for something looks at once whether it can go on."""
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._carry_out(key), name=f"order {key[1]}")
        elif key in self._held:
            self._held[key].cancel()
        elif (sending := self._sending_of(key)) is not None:
            self._transfers.resume_now(sending.transfer_id)

    def begin_again(self, record: JobRecord) -> None:
        """Take up what an earlier run left of an order, if anything; what a person stopped stays stopped."""
        job = record.job
        unfinished = record.phase in (Phase.SENDING, Phase.STARTING) and not job.state.is_terminal
        # A crash while an order is written down leaves a job without files; nobody was told of it.
        if unfinished and self._journal.sendings.of_batch(job.account_id, job.batch_id):
            self.begin(job.key)

    async def stop(self, key: JobKey) -> None:
        """Stop an order and its sending; what arrived stays."""
        sending = self._sending_of(key)
        if sending is not None:
            await self._transfers.stop(sending.transfer_id)
            self._journal.sendings.finish(sending.number)
        task = self._running.get(key)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        self._problems.settle(_problem_id(key))
        self._change(key, state=JobState.STOPPED, message="", seconds_left=None)

    async def close(self) -> None:
        """Stop all; they go on next time."""
        tasks = tuple(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry_out(self, key: JobKey) -> None:
        try:
            await self._steps_and_holds(key)
        except TransferStopped:
            self._change(key, state=JobState.STOPPED, message="", seconds_left=None)
        except BatchdockError as error:
            self._went_wrong(key, error)
        except Exception as error:
            _log.exception("An order could not be carried out")
            self._went_wrong(key, BatchdockError(details=type(error).__name__))
        else:
            self._problems.settle(_problem_id(key))
            self._on_started(key[0])
        finally:
            self._running.pop(key, None)

    async def _steps_and_holds(self, key: JobKey) -> None:
        """Take the steps; what holds them is waited for, as in a transfer (`flows.transfers.holds`)."""
        holding = self._holds.begin(key[0])
        told: type[BatchdockError] | None = None
        while True:
            try:
                await self._steps(key)
                return
            except BatchdockError as error:
                hold = self._holds.hold_of(error)
                if verdict(error).action is not Action.HOLD or hold is None:
                    raise
                self._show_hold(key, hold, error.sentence())
                if told is not type(error):
                    told = type(error)
                    self._report(key, error)
                self._held[key] = asyncio.create_task(holding.wait(error))
                try:
                    await asyncio.wait({self._held[key]})
                finally:
                    waiting = self._held.pop(key)
                    waiting.cancel()
                if not waiting.cancelled():
                    waiting.result()

    async def _steps(self, key: JobKey) -> None:
        record = self._record(key)
        assert record.definition is not None
        if record.phase is Phase.SENDING:
            self._change(key, state=JobState.UPLOADING, message="")
            definition = await self._fitted(key, record.definition)
            self._set(replace(self._record(key), definition=definition))
            self._problems.settle(_problem_id(key))  # Of what held it until now.
            sending = self._sending(key)
            await self._transfers.carry(
                sending, on_change=lambda transfer: self._mirror(key, transfer), again=lambda: self._again(key)
            )
            self._set(replace(self._record(key), phase=Phase.STARTING))
        self._change(key, state=JobState.STARTING, message="", progress=None, seconds_left=None)
        await self._create(key)
        self._set(replace(self._record(key), phase=Phase.STARTED))

    async def _fitted(self, key: JobKey, definition: JobDefinition) -> JobDefinition:
        """Return the definition with the name of the workflow's picture input. Raise `WorkflowUnfit`."""

        async def ask() -> Workflow:
            return await (await self._accounts.service(key[0])).workflow(definition.workflow_id)

        workflow = await self._patience.keep(ask, on_trouble=lambda error: self._in_trouble(key, error))
        inputs = workflow.image_inputs
        if len(inputs) != 1:
            reason = "It takes no picture." if not inputs else f"It needs {len(inputs)} pictures at once, not one."
            raise WorkflowUnfit(workflow=workflow.name, reason=reason)
        return replace(definition, image_input=inputs[0].name)

    async def _create(self, key: JobKey) -> None:
        record = self._record(key)
        definition, name = record.definition, record.job.name
        assert definition is not None

        async def create() -> None:
            service = await self._accounts.service(key[0])
            try:
                await service.create_job(key[1], name, definition)
            except TooManyRequests:
                # The credits are checked before it is seen that the job is there already (contract §1.4).
                try:
                    await service.job(key[1])
                except NotFound:
                    pass
                else:
                    return
                raise

        await self._patience.keep(create, on_trouble=lambda error: self._in_trouble(key, error))

    def _sending(self, key: JobKey) -> Sending:
        sending = self._sending_of(key)
        if sending is None:
            reason = "The app ended while this order was written down. Start it anew."
            raise NotFound(service="Batchdock", reason=reason)
        return sending

    def _sending_of(self, key: JobKey) -> Sending | None:
        batch_id = self._record(key).job.batch_id
        sent = self._journal.sendings.of_batch(key[0], batch_id)
        return next((sending for sending in sent if sending.job_id == key[1]), None)

    def _mirror(self, key: JobKey, transfer: Transfer) -> None:
        """Show the transfer's state and progress as the job's."""
        match transfer.state:
            case TransferState.WAITING:
                self._change(key, state=JobState.WAITING, seconds_left=None, message="Other transfers come first.")
            case TransferState.MOVING:
                done = transfer.bytes_done / transfer.bytes_total if transfer.bytes_total else 0.0
                told = transfer.message or f"{transfer.items_done:,} of {transfer.items_total:,} sent"
                seconds = transfer.seconds_left
                self._change(key, state=JobState.UPLOADING, progress=min(1.0, done), seconds_left=seconds, message=told)
            case TransferState.CHECKING:
                self._change(key, state=JobState.CHECKING, progress=1.0, seconds_left=None, message="")
            case TransferState.PAUSED:
                told = "The sending is paused. What has arrived stays."
                self._change(key, state=JobState.PAUSED, seconds_left=None, message=told)
            case TransferState.HELD:
                self._show_hold(key, transfer.hold, transfer.message)

    def _show_hold(self, key: JobKey, hold: Hold | None, message: str) -> None:
        changes = {"state": JobState.ON_HOLD} if hold in (Hold.KEY, Hold.CREDITS) else {}
        self._change(key, seconds_left=None, message=message, **changes)

    def _went_wrong(self, key: JobKey, error: BatchdockError) -> None:
        self._change(key, state=JobState.FAILED, message=error.sentence(), seconds_left=None)
        self._report(key, error)

    def _report(self, key: JobKey, error: BatchdockError) -> None:
        name = self._record(key).job.name
        self._problems.report(_problem_id(key), name, error, job=key, again=lambda: self._again(key))

    def _in_trouble(self, key: JobKey, error: BatchdockError) -> None:
        self._change(key, message=f"{error.filled(error.title)}. {error.filled(error.message)}")

    def _record(self, key: JobKey) -> JobRecord:
        record = self._board.get(key)
        assert record is not None
        return record

    def _set(self, record: JobRecord) -> None:
        self._board.record([record])

    def _change(self, key: JobKey, **changes: Any) -> None:
        record = self._record(key)
        job: Job = replace(record.job, **changes)
        self._set(replace(record, job=job))


def _problem_id(key: JobKey) -> str:
    return f"job:{key[0]}:{key[1]}"
