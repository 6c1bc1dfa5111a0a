"""Rounds at services that tell no steps of their jobs: the list is all there is, and most of it stays as it is.

Ten thousand streams that run are no reason to read ten thousand rows in every round. A round reads where the newest
are, and asks singly, a bounded number at a time, for jobs that are looked at, on screen, moving or missing. The whole
list is read now and then; what it does not have is asked for, and leaves the list when its service knows it no more.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from batchdock.core.errors import BatchdockError, NotFound
from batchdock.core.job import Job
from batchdock.core.ports import Service
from batchdock.core.states import JobState
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.jobs.ending import Ending
from batchdock.flows.jobs.ends import BORNE
from batchdock.flows.jobs.listing import Listing, Outcome
from batchdock.flows.jobs.missing import unseen
from batchdock.flows.jobs.seeing import told
from batchdock.store import Phase

PAGE = 50
"""So many jobs are told together: the list is of use after the first of them."""
WHOLE_EVERY, WHOLE_A_PAGE = 120.0, 1.0
"""Seconds between two readings of the whole list, at least, and for each of its pages."""
ASKED_FOR_SINGLY = 20
"""In a round, besides those that must be."""
FRESH = 15.0
"""Seconds for which an answer about one job is good enough, unless somebody looks at it."""
REASONS = 25
"""Of so many jobs that failed it is asked why, in a round."""
_LONG_AGO = float("-inf")


class PlainRounds:
    """Asks one account after the other how its jobs are, and tells the board. Times are monotonic seconds."""

    def __init__(self, board: Board, ending: Ending) -> None:
        self._board, self._ending = board, ending
        self._whole_due: dict[str, float] = {}
        self._answered: dict[JobKey, float] = {}
        """When the last answer about one job alone was asked for."""
        self._missing: dict[str, dict[JobKey, None]] = {}
        """Jobs that the list did not have, longest missing first."""

    async def ask(
        self, service: Service, *, must: Iterable[JobKey], in_view: frozenset[JobKey], whole: bool
    ) -> Outcome:
        """Ask once. Raises what stands in the way of the account; trouble over one job is borne."""
        account_id = service.account.account_id
        listing = Listing(time.monotonic())
        whole = whole or listing.asked >= self._whole_due.get(account_id, 0.0)
        seen: set[JobKey] = set()
        lot: list[Job] = []
        asked, reasons = listing.asked, 0
        try:
            async for job in service.jobs():
                listing.note()
                lot.append(job)
                if len(lot) < PAGE:
                    continue
                reasons += await self._take(service, lot, asked, seen, REASONS - reasons)
                lot, asked = [], time.monotonic()
                await asyncio.sleep(0)
                if not whole:
                    break
            else:
                listing.note(jobs=0)
                reasons += await self._take(service, lot, asked, seen, REASONS - reasons)
                self._end_of_list(account_id, listing, seen)
        except BatchdockError:
            await self._take(service, lot, asked, seen, 0)  # What came is true, although more did not.
            raise
        singly = self._singly(account_id, must, in_view, seen)
        for key in singly:
            await self._ask_for(service, key)
        return Outcome(listing.first_answer or 0.0, 1 + listing.count // PAGE + reasons + len(singly))

    async def take(self, service: Service, jobs: Sequence[Job], asked: float) -> None:
        """Tell the board of some jobs that were asked for in another way."""
        await self._take(service, jobs, asked, set(), 0)

    async def check(self, service: Service, keys: Sequence[JobKey]) -> None:
        """Ask how these jobs are now; of many the last ones in the next rounds. Trouble is borne."""
        for key in keys[:ASKED_FOR_SINGLY]:
            await self._ask_for(service, key)
        missing = self._missing.setdefault(service.account.account_id, {})
        missing.update(dict.fromkeys(keys[ASKED_FOR_SINGLY:]))

    def leave(self, account_id: str) -> None:
        """Forget what is known of an account."""
        self._missing.pop(account_id, None)
        self._whole_due.pop(account_id, None)

    # --- inside

    async def _take(self, service: Service, lot: Sequence[Job], asked: float, seen: set[JobKey], reasons: int) -> int:
        """Tell the board what a list says. Return how many jobs it was asked about why they failed."""
        now = datetime.now(UTC)
        missing = self._missing.get(service.account.account_id, {})
        shown, failed = [], []
        for job in lot:
            seen.add(job.key)
            missing.pop(job.key, None)
            if self._answered.get(job.key, _LONG_AGO) > asked:
                continue  # It was asked for by itself since.
            record = self._board.met(job.key)
            if record is not None and record.phase not in (Phase.STARTED, Phase.ELSEWHERE):
                continue
            if record is not None and not record.job.state.is_terminal and job.state is JobState.FAILED:
                failed.append(job)
            else:
                shown.append(job)
        self._show(service, shown, now)
        for job in failed[:reasons]:
            await self._ask_for(service, job.key, listed=job)
        self._show(service, failed[max(0, reasons) :], now)
        return min(len(failed), max(0, reasons))

    def _show(self, service: Service, jobs: Sequence[Job], now: datetime) -> None:
        """Show what was answered, and tell of those that have failed, or go on, by it."""
        shown = []
        for job in jobs:
            record = self._board.get(job.key)
            now_shown = told(record, job, now)
            shown.append(now_shown)
            if record is None or record.job.state.is_terminal is now_shown.state.is_terminal:
                continue
            if now_shown.state.is_terminal:
                self._ending.report(now_shown, may_start_again=service.capabilities.restarts(now_shown))
            else:
                self._ending.goes_on(now_shown)
        self._board.put(shown)

    def _end_of_list(self, account_id: str, listing: Listing, seen: set[JobKey]) -> None:
        pages = listing.count / PAGE
        self._whole_due[account_id] = listing.asked + max(WHOLE_EVERY, pages * WHOLE_A_PAGE)
        self._answered = {key: at for key, at in self._answered.items() if at > listing.asked or key[0] != account_id}
        missing = self._missing.setdefault(account_id, {})
        missing.update(dict.fromkeys(key for key in self._board.at_service(account_id) if key not in seen))

    def _singly(
        self, account_id: str, must: Iterable[JobKey], in_view: frozenset[JobKey], seen: set[JobKey]
    ) -> list[JobKey]:
        """Return the jobs to ask for one by one."""

        def known(keys: Iterable[JobKey]) -> list[JobKey]:
            return [key for key in dict.fromkeys(keys) if key[0] == account_id and self._board.get(key) is not None]

        first, on_screen = known(must), known(in_view)
        stale = time.monotonic() - FRESH
        wanted = dict.fromkeys([*on_screen, *self._missing.get(account_id, ()), *self._board.moving(account_id)])
        seen = seen - {key for key in on_screen if not self._is_told(key)}
        waiting = [key for key in wanted if key not in seen and key not in first]
        due = [key for key in waiting if self._answered.get(key, _LONG_AGO) < stale]
        return first + due[:ASKED_FOR_SINGLY]

    def _is_told(self, key: JobKey) -> bool:
        """Tell whether the list tells all that the table shows: some leave out the vendor, and the groups with it."""
        record = self._board.get(key)
        return record is None or bool(record.job.vendor) or key in self._answered

    async def _ask_for(self, service: Service, key: JobKey, listed: Job | None = None) -> None:
        """Ask for one job; where that says nothing, what the list said stands."""
        asked = time.monotonic()
        missing = self._missing.get(key[0], {})
        try:
            job = await service.job(key[1])
        except NotFound:
            missing.pop(key, None)
            self._lose(service, key)
        except BORNE:
            missing.pop(key, None)  # Asked again after the next whole list.
            if listed is not None:
                self._show(service, [listed], datetime.now(UTC))
        else:
            missing.pop(key, None)
            self._show(service, [job], datetime.now(UTC))
        self._answered[key] = asked

    def _lose(self, service: Service, key: JobKey) -> None:
        record = self._board.get(key)
        if record is None:
            return
        if service.capabilities.takes_files:
            if not record.job.state.is_terminal:
                self._board.put([unseen(record.job, datetime.now(UTC))])
            return
        self._ending.goes_on(record.job)
        self._board.forget([key])
