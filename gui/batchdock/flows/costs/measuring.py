"""Measures every job that ends, also those that ended while Batchdock was closed; one after the other, in no hurry.

Of the jobs of other people or programs those are measured that ended this month: they count against the budget.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from batchdock.core.costs import Measure
from batchdock.core.errors import BatchdockError
from batchdock.core.job import Job
from batchdock.flows.accounts import Accounts
from batchdock.flows.costs.ledger import JobKey, Ledger
from batchdock.flows.costs.reading import read_measure
from batchdock.flows.costs.records import Records
from batchdock.flows.costs.startups import StartUps
from batchdock.flows.news import AccountsChanged, Event, JobEnded, JobsChanged, News
from batchdock.flows.patience import pause_after
from batchdock.store import JobRecord, Phase
from batchdock.store.measures import Measures

_log = logging.getLogger(__name__)

_LATELY = timedelta(days=7)
"""A service forgets what it worked on after a week (contract §1.7)."""
_NO_HURRY, _MANY, _LEISURE = 0.2, 50, 3.0
"""Seconds between the jobs of others; after so many of them, so many seconds: a large workspace has thousands."""


class Measuring:
    """A queue of jobs that have ended, and what takes from it."""

    def __init__(
        self,
        accounts: Accounts,
        measures: Measures,
        records: Records,
        ledger: Ledger,
        news: News,
        on_measured: Callable[[Measure], None],
    ) -> None:
        self._accounts, self._measures, self._records = accounts, measures, records
        self._ledger, self._on_measured = ledger, on_measured
        self._startups = StartUps()
        self._done: set[JobKey] = set()
        self._wanted: OrderedDict[JobKey, None] = OrderedDict()
        self._worker: asyncio.Task[None] | None = None
        self._active = False
        self._others = 0
        self._loop = asyncio.get_running_loop()
        self._unsubscribe = news.subscribe(self._hear)

    def start(self) -> None:
        """Measure from now on, beginning with what ended meanwhile."""
        self._active = True
        self._done = self._measures.keys()
        self.catch_up()

    async def close(self) -> None:
        """Stop; what was not measured is next time."""
        self._unsubscribe()
        self._active = False
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    def _hear(self, event: Event) -> None:
        self._loop.call_soon_threadsafe(self._on_news, event)

    def _on_news(self, event: Event) -> None:
        if not self._active:
            return
        match event:
            case JobEnded(job):
                self._want(job.key)
            case JobsChanged(jobs):
                for job in jobs:
                    self._look(job)
            case AccountsChanged():
                self.catch_up()

    def _look(self, job: Job) -> None:
        if not job.state.is_terminal:
            self._startups.look(job)
        elif job.key not in self._done:
            record = self._records.get(job.key)
            if record is not None and self._is_worth_it(record):
                self._want(job.key)

    def catch_up(self) -> None:
        """Measure what has ended and was not measured: nobody is told of the end of a job that is off the list."""
        if not self._active:
            return
        connected = {account.account_id for account in self._accounts.all()}
        for record in self._records.all():
            job = record.job
            is_new = job.state.is_terminal and job.key not in self._done and job.account_id in connected
            if is_new and self._is_worth_it(record):
                self._want(job.key)

    def _is_worth_it(self, record: JobRecord) -> bool:
        job = record.job
        ended = job.ended or job.last_news or job.created
        if ended is None or record.phase not in (Phase.STARTED, Phase.ELSEWHERE):
            return False
        if record.phase is Phase.ELSEWHERE:
            return ended.timestamp() >= self._ledger.month
        return ended > datetime.now(UTC) - _LATELY or ended.timestamp() >= self._ledger.month

    def _want(self, key: JobKey) -> None:
        if not self._accounts.capabilities(key[0]).tells_steps:
            return  # Nothing says how long which machine was at it.
        record = self._records.get(key)
        self._wanted[key] = None
        if record is not None and record.phase is Phase.STARTED:
            # Whose own it is comes first; there may be thousands of others.
            self._wanted.move_to_end(key, last=False)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name="measure jobs")

    async def _work(self) -> None:
        tries = 0
        while self._wanted:
            key, _ = self._wanted.popitem(last=False)
            record = self._records.get(key)
            if record is None or not record.job.state.is_terminal:
                continue
            try:
                await self._measure(record)
            except BatchdockError as error:
                if not error.retryable:
                    # Without a key, or forgotten there. `AccountsChanged` and the next start look again.
                    _log.info("What a job took can not be read (%s)", type(error).__name__)
                    self._ledger.release(key)
                    continue
                tries += 1
                self._wanted.setdefault(key)
                await asyncio.sleep(pause_after(tries, error))
            except Exception:
                _log.exception("What a job took could not be measured")
            else:
                tries = 0
                if record.phase is Phase.ELSEWHERE:
                    self._others += 1
                    await asyncio.sleep(_NO_HURRY if self._others < _MANY else _LEISURE)

    async def _measure(self, record: JobRecord) -> None:
        key = record.job.key
        service = await self._accounts.service(key[0])
        measure = await read_measure(service, record)
        self._done.add(key)
        if measure is None:
            self._ledger.release(key)
            return
        startup = self._startups.take(key, measure.ended - measure.started)
        if measure.tasks == measure.at_once:
            # Else the tasks began one after the other, and nobody saw each of them begin.
            measure = replace(measure, startup=startup)
        self._measures.put([measure])
        self._ledger.enter(measure)
        if service.capabilities.costs_money:
            used = sum(each.credits for each in self._measures.runs(*key))
            now = self._records.get(key)
            if now is not None:
                self._records.put([replace(now.job, credits=used)])
        self._on_measured(measure)
