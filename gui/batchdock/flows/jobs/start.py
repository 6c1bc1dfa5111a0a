"""Carries an order out: workflow read, files sent, arrival checked, job created. Every step can be repeated.

    DRAFT ──► SENDING ──► STARTING ──► STARTED ──► the service tells the rest (watch.py)

The phase is in the journal, with all ids and names, before the first request. So a restart goes on where it was, and
creating the job again under the same id is harmless (contract §4.1). A job on a batch that is there begins STARTING.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from batchdock.core.errors import (
    BatchdockError,
    BatchGone,
    NotFound,
    StartedAlready,
    TransferStopped,
    WaitsForYou,
    WorkedOnElsewhere,
)
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.core.transfer import Hold, Transfer
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.jobs.claims import Claims
from batchdock.flows.jobs.creating import Creating
from batchdock.flows.jobs.grace import GRACE_SENTENCE, Grace
from batchdock.flows.jobs.mirroring import mirrored
from batchdock.flows.jobs.resending import sent_again
from batchdock.flows.problems import Problems
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.verdict import Action, verdict
from batchdock.store import JobRecord, Journal, Phase, Sending

_log = logging.getLogger(__name__)

NOT_AT_SERVICE = (Phase.DRAFT, Phase.SENDING, Phase.STARTING)
UNDER_WAY = (Phase.SENDING, Phase.STARTING)
OTHERS_LOOK = 0.5
"""Seconds between two looks at what another process does with an order."""


class Starter:
    """Runs the orders that are not with a service yet."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        board: Board,
        transfers: Transfers,
        problems: Problems,
        grace: Grace,
        claims: Claims,
        creating: Creating,
        *,
        on_started: Callable[[str], None],
        again: Callable[[JobKey], Coroutine[Any, Any, object]],
    ) -> None:
        """`on_started` is told the account of a job that its service has now; `again` takes a job up once more."""
        self._accounts, self._journal, self._board = accounts, journal, board
        self._transfers, self._problems = transfers, problems
        self._grace, self._claims, self._creating = grace, claims, creating
        self._on_started, self._again = on_started, again
        self._holds = transfers.holds
        self._running: dict[JobKey, asyncio.Task[None]] = {}
        self._held: dict[JobKey, asyncio.Task[None]] = {}
        self._errors: dict[JobKey, BatchdockError] = {}
        self._interrupted: set[JobKey] = set()

    def begin(self, key: JobKey, *, new: bool = False) -> None:
        """Take up an order in the background; one that waits for something looks at once whether it can go on.

        An order that is not `new` may have been asked for before: by a run of the app that ended in that moment.
        """
        if key not in self._running:
            record = self._record(key)
            if record.phase is Phase.STARTING and record.job.goes_out is None and not new:
                self._creating.doubt(key)
            self._errors.pop(key, None)
            self._running[key] = asyncio.create_task(self._carry_out(key), name=f"order {key[1]}")
        elif key in self._held:
            self._held[key].cancel()
        elif (sending := self._sending_of(key)) is not None:
            self._transfers.resume_now(sending.transfer_id)

    def begin_again(self, record: JobRecord) -> None:
        """Take up what an earlier run left of an order, if anything; what a person stopped stays stopped.

        One that waits for the person goes on waiting; one that could be taken back can be taken back still.
        """
        job = record.job
        if record.phase not in UNDER_WAY or job.state.is_terminal:
            return
        if record.waits:
            self._report(job.key, WaitsForYou(name=job.name, reason=job.message))
            return
        # A crash while an order is written down leaves a job without files; nobody was told of it.
        if record.phase is Phase.STARTING or self._journal.sendings.of_batch(job.account_id, job.batch_id):
            if job.goes_out is not None:
                self._change(job.key, goes_out=self._grace.after_a_pause(job.goes_out))
            self.begin(job.key)

    async def started(self, key: JobKey) -> Job:
        """Wait until the service has the job, and return it. Raise what kept it from starting."""
        if (task := self._running.get(key)) is not None:
            await asyncio.wait({task})
        record = self._record(key)
        if record.phase is Phase.STARTED:
            return record.job
        raise self._errors.get(key) or TransferStopped(name=record.job.name)

    async def stop(self, key: JobKey) -> None:
        """Stop an order and its sending; what arrived stays. Raise `WorkedOnElsewhere`.

        Where the service may have been asked already it is looked whether the job is there, and it is stopped there.
        """
        await self._interrupt(key)
        self._problems.settle(_problem_id(key))
        if self._record(key).phase is Phase.STARTED:
            await (await self._accounts.service(key[0])).abort(key[1])
            self._on_started(key[0])
        elif self._creating.is_doubted(key):
            await self._stop_in_doubt(key)
        else:
            self._change(key, state=JobState.STOPPED, message="", seconds_left=None, goes_out=None)

    async def take_back(self, key: JobKey) -> None:
        """Make a draft of an order that the service was not asked for. Raise `StartedAlready`, `WorkedOnElsewhere`."""
        if not self._can_be_taken_back(key):
            raise StartedAlready(name=self._record(key).job.name)
        await self._interrupt(key)
        if not self._can_be_taken_back(key):
            raise StartedAlready(name=self._record(key).job.name)
        record, message = self._record(key), "Taken back. Nothing was started, and nothing is billed."
        job = replace(
            record.job, state=JobState.DRAFT, message=message, goes_out=None, progress=None, seconds_left=None
        )
        self._set(replace(record, phase=Phase.DRAFT, job=job, waits=False))
        self._problems.settle(_problem_id(key))

    def start_now(self, key: JobKey) -> None:
        """End the grace of an order."""
        if self._can_be_taken_back(key):
            self._change(key, goes_out=datetime.now(UTC))
            self._grace.end(key)

    def start_anyway(self, key: JobKey) -> None:
        """Start on a batch of which not all packages could be taken in, with what is there."""
        self._creating.content_with(key)
        self.begin(key)

    async def close(self) -> None:
        """Stop all; they go on next time."""
        tasks = tuple(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _interrupt(self, key: JobKey) -> None:
        if not self._claims.take(key):
            raise WorkedOnElsewhere(name=self._record(key).job.name)
        self._interrupted.add(key)
        try:
            sending = self._sending_of(key)
            if sending is not None:
                await self._transfers.stop(sending.transfer_id)
                self._journal.sendings.finish(sending.number)
            if (task := self._running.get(key)) is not None:
                task.cancel()
                await asyncio.wait({task})
        finally:
            self._interrupted.discard(key)
            self._claims.give_back(key)

    async def _stop_in_doubt(self, key: JobKey) -> None:
        try:
            if not await self._creating.is_there(key):
                self._change(key, state=JobState.STOPPED, message="", seconds_left=None)
                return
            self._set(replace(self._record(key), phase=Phase.STARTED))
            self._change(key, state=JobState.STOPPING, message="", seconds_left=None)
            await (await self._accounts.service(key[0])).abort(key[1])
        except BatchdockError as error:
            # Whoever watches the account shows the job as soon as the service names it.
            self._set(replace(self._record(key), phase=Phase.STARTED))
            message = f"It is not known whether it had started: {error.filled(error.title)}."
            self._change(key, state=JobState.UNKNOWN, message=message, seconds_left=None)
        self._on_started(key[0])

    async def _carry_out(self, key: JobKey) -> None:
        try:
            if await self._claimed(key):
                await self._steps_and_holds(key)
        except TransferStopped:
            if key not in self._interrupted:
                self._change(key, state=JobState.STOPPED, message="", seconds_left=None, goes_out=None)
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
            self._claims.give_back(key)

    async def _claimed(self, key: JobKey) -> bool:
        """Wait for whoever carries the order out already, and show how far it is. Tell whether anything is left."""
        while not self._claims.take(key):
            if not self._is_left(key):
                return False
            await asyncio.sleep(OTHERS_LOOK)
        return self._is_left(key)

    def _is_left(self, key: JobKey) -> bool:
        """Read what is written down of an order: another process may have taken it further, or stopped it."""
        written = self._journal.jobs.get(*key)
        if written is not None and (written.phase is not self._record(key).phase or written.job.state.is_terminal):
            self._set(written)
        record = self._record(key)
        return record.phase in UNDER_WAY and not record.job.state.is_terminal

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
                self._set(replace(self._record(key), waits=False))

    async def _steps(self, key: JobKey) -> None:
        if self._record(key).phase is Phase.STARTING and self._sending_of(key) is None:
            await self._on_batch(key)
        if self._record(key).phase is Phase.SENDING:
            await self._send(key)
        goes_out = self._record(key).job.goes_out
        if goes_out is not None:
            self._change(key, state=JobState.WAITING, message=GRACE_SENTENCE, progress=None, seconds_left=None)
            await self._grace.wait(key, goes_out)
        await self._creating.allowed(key, on_trouble=lambda error: self._in_trouble(key, error))
        # From here on it can not be taken back, also not after a crash.
        changes = {"progress": None, "seconds_left": None, "goes_out": None}
        self._change(key, state=JobState.STARTING, message="", **changes)
        await self._creating.create(key, on_trouble=lambda error: self._in_trouble(key, error))
        self._set(replace(self._record(key), phase=Phase.STARTED))

    async def _on_batch(self, key: JobKey) -> None:
        """Wait until the batch that is there is complete. Where it is gone, its files are to be sent once more."""
        state = JobState.WAITING if self._record(key).job.goes_out is not None else JobState.STARTING
        self._change(key, state=state, message="")
        await self._creating.fit(key, on_trouble=lambda error: self._in_trouble(key, error))
        self._problems.settle(_problem_id(key))  # Of what held it until now.
        try:
            await self._creating.complete(key, on_trouble=lambda error: self._in_trouble(key, error))
        except NotFound:
            service = await self._accounts.service(key[0])
            by_reference = service.capabilities.file_references
            again = await sent_again(self._journal, self._record(key), file_references=by_reference)
            if again is None:
                raise BatchGone(service=service.account.name, name=self._record(key).job.name) from None
            self._set(again)

    async def _send(self, key: JobKey) -> None:
        self._change(key, state=JobState.UPLOADING, message="")
        await self._creating.fit(key, on_trouble=lambda error: self._in_trouble(key, error))
        self._problems.settle(_problem_id(key))
        sending = self._sending_of(key)
        if sending is None:
            reason = "The app ended while this order was written down. Start it anew."
            raise NotFound(service="Batchdock", reason=reason)

        def show(transfer: Transfer) -> None:
            self._set(replace(self._record(key), job=mirrored(self._record(key).job, transfer)))

        await self._transfers.carry(sending, on_change=show, again=lambda: self._again(key))
        self._set(replace(self._record(key), phase=Phase.STARTING))

    def _can_be_taken_back(self, key: JobKey) -> bool:
        record = self._record(key)
        return record.phase in UNDER_WAY and record.job.goes_out is not None

    def _sending_of(self, key: JobKey) -> Sending | None:
        batch_id = self._record(key).job.batch_id
        sent = self._journal.sendings.of_batch(key[0], batch_id)
        return next((sending for sending in sent if sending.job_id == key[1]), None)

    def _show_hold(self, key: JobKey, hold: Hold, message: str) -> None:
        record = self._record(key)
        state = JobState.ON_HOLD if hold in (Hold.KEY, Hold.CREDITS) else record.job.state
        job = replace(record.job, state=state, message=message, seconds_left=None)
        self._set(replace(record, job=job, waits=hold is Hold.CREDITS))

    def _went_wrong(self, key: JobKey, error: BatchdockError) -> None:
        self._errors[key] = error
        self._change(key, state=JobState.FAILED, message=error.sentence(), seconds_left=None, goes_out=None)
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
