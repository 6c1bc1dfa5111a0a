"""One round of asking an account: one list for many jobs, then details of those that need them."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime

from batchdock.core.errors import NotFound
from batchdock.core.job import Job
from batchdock.core.ports import Service
from batchdock.flows.jobs.asking import in_detail
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.jobs.ending import Ending
from batchdock.flows.jobs.ends import BORNE, Ends, requests_for
from batchdock.flows.jobs.listing import Listing, Outcome
from batchdock.flows.jobs.missing import Missing, unseen
from batchdock.flows.jobs.plain_rounds import PlainRounds
from batchdock.flows.jobs.seeing import is_settled, over
from batchdock.flows.jobs.sights import Sights
from batchdock.flows.jobs.stages import StageReader
from batchdock.store import Phase

PAGE = 100
WHOLE_EVERY, WHOLE_A_PAGE = 120.0, 2.0
"""Seconds between two readings of the whole list, at least, and for each of its pages; in between it is read only as
far as the moving jobs and one page go."""
ENDS = 25
"""So many jobs are settled in a round."""
ASKED_FOR_SINGLY = 20
TOLD_BY_LIST = 60.0
"""Seconds between two detailed looks at a job whose progress the list tells."""


class Rounds:
    """Asks one account after the other how its jobs are, and tells the board."""

    def __init__(self, board: Board, reader: StageReader, ending: Ending) -> None:
        self._board, self._reader = board, reader
        self._sights, self._missing = Sights(), Missing()
        self._ends = Ends(board, reader, ending, self._sights)
        self._plain = PlainRounds(board, ending)
        self._detailed: dict[JobKey, float] = {}
        self._whole_due: dict[str, float] = {}

    def leave(self, account_id: str) -> None:
        """Let go of what is still asked about an account."""
        self._ends.leave(account_id)
        self._plain.leave(account_id)

    async def close(self) -> None:
        """Let go of what is still asked; it is asked again next time."""
        await self._ends.close()

    def begin_again(self, key: JobKey) -> None:
        """Show a job as started again; answers about the run before count no longer."""
        record = self._board.get(key)
        assert record is not None
        self._missing.found(key)
        self._reader.forget(key)
        self._board.put([self._sights.begin_again(record.job)])

    async def ask(
        self, service: Service, *, must: Iterable[JobKey], in_view: frozenset[JobKey], whole: bool
    ) -> Outcome:
        """Ask once. Raises what stands in the way of the account; trouble over one job is borne."""
        if not service.capabilities.tells_steps:
            return await self._plain.ask(service, must=must, in_view=in_view, whole=whole)
        listing = Listing(time.monotonic())
        moving: dict[JobKey, Job] = {}
        ends: dict[JobKey, Job] = {}
        async for some in self._listed(service, listing, whole=whole):
            self._take(some, listing.asked, moving, ends)
            await asyncio.sleep(0)
        requests = 1 + listing.count // PAGE
        goes_on = [key for key in moving if self._goes_on(key)]
        for key in in_detail(self._untold(moving, listing.asked), [*must, *goes_on], in_view, self._detailed):
            requests += await self._look_into(service, moving[key], listing.asked)
        for key in list(ends)[:ENDS]:
            requests += 3 + await self._ends.settle_soon(service, ends[key], listing.asked)
        return Outcome(listing.first_answer or 0.0, requests, unfinished=len(ends) > ENDS)

    async def take(self, service: Service, jobs: Sequence[Job], asked: float) -> None:
        """Tell the board of some jobs that were asked for in another way. Ends are left to the next round."""
        if service.capabilities.tells_steps:
            self._take(list(jobs), asked, {}, {})
        else:
            await self._plain.take(service, jobs, asked)

    async def check(self, service: Service, keys: Sequence[JobKey]) -> None:
        """Ask now about jobs that something was done to, where one request tells all. Trouble is borne."""
        if not service.capabilities.tells_steps:
            await self._plain.check(service, keys)

    # --- the list

    async def _listed(self, service: Service, listing: Listing, *, whole: bool) -> AsyncIterator[list[Job]]:
        """Yield the jobs of the account, some at a time: all of them, or the moving ones and a page."""
        account_id = service.account.account_id
        whole = whole or listing.asked >= self._whole_due.get(account_id, 0.0)
        moving = self._board.moving(account_id)
        missed = {key for key in moving if self._missing.is_due(key, listing.asked)}
        waited_for = {key for key in moving if not self._missing.is_missed(key)}
        some: list[Job] = []
        async for job in service.jobs():
            listing.note()
            some.append(job)
            missed.discard(job.key)
            waited_for.discard(job.key)
            self._missing.found(job.key)
            if listing.count % PAGE:
                continue
            # What is missing is asked for by itself as soon as that is cheaper than to read on.
            if not whole and len(waited_for) <= min(listing.count // PAGE, ASKED_FOR_SINGLY):
                break
            yield some
            some = []
        else:
            self._whole_due[account_id] = listing.asked + max(WHOLE_EVERY, listing.count / PAGE * WHOLE_A_PAGE)
            listing.note(jobs=0)
        for key in sorted(missed)[:ASKED_FOR_SINGLY]:
            # Far down in the list, just created and not listed yet, or gone at the service.
            try:
                some.append(await service.job(key[1]))
                self._missing.found(key)
            except NotFound:
                self._miss(key)
            except BORNE:
                continue
        yield some

    def _take(self, some: list[Job], asked: float, moving: dict[JobKey, Job], ends: dict[JobKey, Job]) -> None:
        """Tell the board what a list says, as far as it may; note what moves, and what has just ended."""
        now = datetime.now(UTC)
        shown = []
        for job in some:
            record = self._board.met(job.key)
            if record is not None and record.phase not in (Phase.STARTED, Phase.ELSEWHERE):
                continue  # This app knows better.
            if self._sights.is_old(job, asked):
                continue
            if not job.state.is_terminal:
                moving[job.key] = job
                shown.append(self._sights.see(record, job))
            elif record is None:
                shown.append(over(None, job, now))
            elif not self._ends.is_under_way(job.key) and not _is_known_end(record.job, job):
                ends[job.key] = job
        self._board.put(shown)

    def _miss(self, key: JobKey) -> None:
        self._missing.note(key, time.monotonic())
        record = self._board.get(key)
        if record is not None and not record.job.state.is_terminal:
            self._board.put([unseen(record.job, datetime.now(UTC))])

    # --- details

    def _untold(self, moving: dict[JobKey, Job], now: float) -> dict[JobKey, Job]:
        """Return the moving jobs of which details say more than the list did."""
        return {
            key: job
            for key, job in moving.items()
            if job.progress is None or now - self._detailed.get(key, float("-inf")) > TOLD_BY_LIST
        }

    def _goes_on(self, key: JobKey) -> bool:
        record = self._board.get(key)
        return record is not None and record.job.ended is not None

    async def _look_into(self, service: Service, job: Job, asked: float) -> int:
        """Ask about one moving job in detail. Return how many requests it took."""
        self._detailed[job.key] = time.monotonic()
        try:
            stages = await self._reader.read(service, job.job_id)
        except BORNE:
            return 1
        if not self._sights.is_old(job, asked):
            self._board.put([self._sights.see(self._board.get(job.key), job, stages)])
        return requests_for(stages)


def _is_known_end(known: Job, listed: Job) -> bool:
    return known.state.is_terminal and is_settled(known, listed)
