"""Watches jobs: one list request an account, details only for jobs that move or are looked at.

How often: This computer every second while something moves; a cloud every 5 s while somebody looks at a moving job,
else every 15 s; every 60 s when nothing moves. With jitter, and ever more slowly while there is no answer.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from batchdock.core.account import THIS_COMPUTER_ID, Account, KeyKept
from batchdock.core.errors import (
    AccountError,
    BatchdockError,
    ConnectionClosed,
    ConnectionProblem,
    LocalServiceProblem,
    NotFound,
    UsagePaused,
)
from batchdock.core.job import Job
from batchdock.core.ports import Service
from batchdock.core.problem import FileFailure
from batchdock.core.progress import Pace
from batchdock.core.states import JobState
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.jobs.details import (
    ENDED_WELL,
    FILE_NOT_PROCESSED,
    StageDetail,
    failures_in,
    lost_files,
    problem_of,
    read_stages,
    refined,
    results_among,
    settled,
)
from batchdock.flows.news import Light
from batchdock.flows.patience import pause_after
from batchdock.flows.problems import Problems
from batchdock.store import JobRecord, Journal, Phase

LOCAL_MOVING, LOOKED_AT, STEADY, IDLE = 1.0, 5.0, 15.0, 60.0
SLOW_ANSWER = 3.0
"""Seconds. One answer counts, not a round: that may ask for many jobs, unlock a key or start the local service."""
NAMED_FILES = 1_000
"""A problem names at most so many files; the detail of the job has all."""
FULL_ROUND = 20
"""Every so many rounds the whole list is read; in between only as far as the moving jobs and one page go."""
PAGE = 100


class Watch:
    """Keeps the board up to date, account by account."""

    def __init__(
        self,
        accounts: Accounts,
        board: Board,
        journal: Journal,
        problems: Problems,
        *,
        again: Callable[[JobKey], Awaitable[object]],
    ) -> None:
        """`again` starts a job once more."""
        self._accounts, self._board, self._journal = accounts, board, journal
        self._problems, self._again = problems, again
        self._loops: dict[str, asyncio.Task[None]] = {}
        self._wakes: dict[str, asyncio.Event] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._rounds: dict[str, int] = {}
        self._paces: dict[JobKey, Pace] = {}
        self.looked_at: JobKey | None = None

    def follow(self, account_id: str) -> None:
        """Watch an account from now on; asked again, look at it now."""
        if account_id in self._loops:
            self._wakes[account_id].set()
            return
        self._wakes[account_id] = asyncio.Event()
        self._loops[account_id] = asyncio.create_task(self._loop(account_id), name=f"watch {account_id}")

    def leave(self, account_id: str) -> None:
        """Watch an account no longer."""
        loop = self._loops.pop(account_id, None)
        if loop is not None:
            loop.cancel()

    def wake_refused(self, accounts: Iterable[Account]) -> None:
        """Look at the accounts whose key was refused and that may have another one now."""
        for account in accounts:
            # An account without any key is passed over: asking for it would tell everybody that it has none.
            refused = self._accounts.light(account.account_id) is Light.KEY_REFUSED
            if refused and account.key_kept is not KeyKept.MISSING and account.account_id in self._loops:
                self.follow(account.account_id)

    def wake(self) -> None:
        """Look at every account now: the computer has slept, or the network has changed."""
        for wake in self._wakes.values():
            wake.set()

    @property
    def followed(self) -> tuple[str, ...]:
        """The accounts that are watched."""
        return tuple(self._loops)

    async def close(self) -> None:
        """Stop watching."""
        loops = tuple(self._loops.values())
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)

    async def look(self, account_id: str, *, whole: bool = False) -> float:
        """Ask the service how the jobs of an account are, once. Return the seconds that its first answer took."""
        async with self._turns.setdefault(account_id, asyncio.Lock()):
            number = self._rounds.get(account_id, 0)
            self._rounds[account_id] = number + 1
            service = await self._accounts.service(account_id)
            listed, seconds = await self._listed(service, account_id, whole=whole or number % FULL_ROUND == 0)
            lively = [job for job in listed if self._is_lively(job)]
            keys = {job.key for job in lively}
            self._board.put(self._merged(job) for job in listed if job.key not in keys)
            for job in lively:
                self._board.put([await self._detailed(service, job)])
            return seconds

    async def _loop(self, account_id: str) -> None:
        tries = 0
        while True:
            try:
                seconds = await self.look(account_id)
            except ConnectionClosed:
                continue  # The account has another client now.
            except BatchdockError as error:
                tries += 1
                self._show(account_id, _light(error), error)
                pause = min(IDLE, pause_after(tries, error))
            else:
                tries = 0
                self._show(account_id, Light.SLOW if seconds > SLOW_ANSWER else Light.OK)
                pause = self._interval(account_id) * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load
            wake = self._wakes[account_id]
            # Not wait_for: on Python 3.11 it loses a cancellation that comes together with the wake-up.
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await wake.wait()
            wake.clear()

    async def _listed(self, service: Service, account_id: str, *, whole: bool) -> tuple[list[Job], float]:
        moving = {record.job.job_id for record in self._board.all() if self._is_moving(record, account_id)}
        jobs: list[Job] = []
        asked, seconds = time.monotonic(), None
        async for job in service.jobs():
            seconds = time.monotonic() - asked if seconds is None else seconds
            jobs.append(job)
            moving.discard(job.job_id)
            if not whole and not moving and len(jobs) >= PAGE:
                break
        seconds = time.monotonic() - asked if seconds is None else seconds
        for job_id in moving:
            # Just created and not listed yet, or gone at the service.
            try:
                jobs.append(await service.job(job_id))
            except NotFound:
                self._vanished((account_id, job_id))
        return [job for job in jobs if self._is_told_by_service(job)], seconds

    def _vanished(self, key: JobKey) -> None:
        record = self._board.get(key)
        if record is not None:
            self._board.put(
                [replace(record.job, state=JobState.UNKNOWN, message="The service does not list this job.")]
            )

    @staticmethod
    def _is_moving(record: JobRecord, account_id: str) -> bool:
        job = record.job
        return (
            job.account_id == account_id
            and record.phase in (Phase.STARTED, Phase.ELSEWHERE)
            and not job.state.is_terminal
            and job.state is not JobState.UNKNOWN
        )

    def _is_told_by_service(self, job: Job) -> bool:
        record = self._board.get(job.key)
        return record is None or record.phase in (Phase.STARTED, Phase.ELSEWHERE)

    def _is_lively(self, job: Job) -> bool:
        """Tell whether a listed job is worth more requests: it moves, is looked at, or has just ended."""
        record = self._board.get(job.key)
        if not job.state.is_terminal:
            return job.state is not JobState.UNKNOWN
        return record is not None and not record.job.state.is_terminal

    async def _detailed(self, service: Service, job: Job) -> Job:
        try:
            stages = await read_stages(service, job.job_id)
        except NotFound:
            stages = ()
        job = refined(self._merged(job), stages)
        if job.state.is_terminal:
            self._paces.pop(job.key, None)
            return await self._ended(service, job, stages)
        if job.progress is not None:
            pace = self._paces.setdefault(job.key, Pace())
            pace.add(time.monotonic(), job.progress)
            job = replace(job, seconds_left=pace.seconds_left())
        return job

    async def _ended(self, service: Service, job: Job, stages: tuple[StageDetail, ...]) -> Job:
        entries = [entry async for entry in service.logs(job.job_id) if entry.log_type == FILE_NOT_PROCESSED]
        failures = failures_in(entries, self._journal, job.account_id, job.batch_id)
        lost = lost_files(self._journal, job)
        job = settled(job, stages, len(lost), len(failures))
        self.report(job, (*lost, *failures))
        return job

    def report(self, job: Job, files: tuple[FileFailure, ...] = ()) -> None:
        """Put a job that ended badly among the problems."""
        error = problem_of(job)
        if error is not None:
            problem_id = f"job:{job.account_id}:{job.job_id}"
            again = None if job.state is JobState.DONE_WITH_PROBLEMS else lambda: self._again(job.key)
            self._problems.report(
                problem_id, job.name, error, files=files[:NAMED_FILES], job=job.key, at=job.last_news, again=again
            )

    def _merged(self, job: Job) -> Job:
        """Return a listed job with what only this app knows of it."""
        job = replace(job, output_batches=results_among(job.output_batches))
        record = self._board.get(job.key)
        if record is None:
            return job
        known = record.job
        job = replace(
            job,
            created=job.created or known.created,
            items_total=known.items_total if record.phase is Phase.STARTED else job.items_total or known.items_total,
            batch_id=job.batch_id or known.batch_id,
            workflow_id=job.workflow_id or known.workflow_id,
        )
        if known.state is JobState.STOPPING and not job.state.is_terminal:
            return replace(job, state=JobState.STOPPING)
        if job.state in ENDED_WELL and known.state in ENDED_WELL:
            # Settled once, with its log and tasks; the list alone would make it look better than it is.
            return known
        return job

    def _interval(self, account_id: str) -> float:
        moving = any(self._is_moving(record, account_id) for record in self._board.all())
        if not moving:
            return IDLE
        if account_id == THIS_COMPUTER_ID:
            return LOCAL_MOVING
        looked_at = self.looked_at is not None and self.looked_at[0] == account_id
        return LOOKED_AT if looked_at else STEADY

    def _show(self, account_id: str, light: Light, error: BatchdockError | None = None) -> None:
        before = self._accounts.light(account_id)
        self._accounts.show_light(account_id, light)
        problem_id = f"account:{account_id}"
        if error is None:
            if before is not Light.OK and before is not Light.SLOW:
                self._problems.settle(problem_id)
        elif isinstance(error, AccountError | UsagePaused | LocalServiceProblem):
            name = next((each.name for each in self._accounts.all() if each.account_id == account_id), account_id)
            self._problems.report(problem_id, name, error, again=lambda: self.look(account_id, whole=True))


def _light(error: BatchdockError) -> Light:
    if isinstance(error, AccountError):
        return Light.KEY_REFUSED
    if isinstance(error, ConnectionProblem | LocalServiceProblem):
        return Light.NO_CONNECTION
    return Light.SLOW
