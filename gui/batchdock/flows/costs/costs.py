"""Costs: estimates, budgets, and what was spent."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from batchdock.core.batch import Content
from batchdock.core.costs import Budget, Estimate, Measure, credits_for, price_of
from batchdock.core.job import Job, JobOptions
from batchdock.core.states import JobState
from batchdock.flows.accounts import Accounts
from batchdock.flows.costs.alarm import Alarm
from batchdock.flows.costs.budgets import Budgets
from batchdock.flows.costs.estimates import estimate
from batchdock.flows.costs.judgement import Judgement
from batchdock.flows.costs.judging import Judge
from batchdock.flows.costs.ledger import JobKey, Ledger, local_now, month_of
from batchdock.flows.costs.measuring import Measuring
from batchdock.flows.costs.records import Records
from batchdock.flows.news import CostsChanged, Event, JobsChanged, JobsRemoved, News
from batchdock.flows.problems import Problems
from batchdock.store import Journal, Phase, Settings

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_RUNNING = (JobState.RUNNING, JobState.FINISHING, JobState.STOPPING)


class Costs:
    """What is asked, and shown, before a start. `open` begins to measure."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        settings: Settings,
        news: News,
        problems: Problems,
        records: Records,
    ) -> None:
        self._accounts, self._measures, self._records, self._news = accounts, journal.measures, records, news
        self._budgets = Budgets(settings, news)
        self._ledger = Ledger(journal.measures.since(month_of(local_now())))
        self._judge = Judge(records, journal.measures, self._ledger)
        self._alarm = Alarm(problems)
        self._measuring = Measuring(accounts, journal.measures, records, self._ledger, news, self._on_measured)
        self._loop = asyncio.get_running_loop()
        self._unsubscribe = news.subscribe(self._hear)

    def open(self) -> None:
        """Measure jobs from now on, those first that ended meanwhile."""
        self._measuring.start()
        for account in self._accounts.all():
            self._look_at_budget(account.account_id)

    async def close(self) -> None:
        """Stop measuring."""
        self._unsubscribe()
        await self._measuring.close()

    def budget(self, account_id: str) -> Budget:
        """Return what the person lets an account spend. Safe from any thread."""
        return self._budgets.of(account_id)

    async def set_budget(self, account_id: str, budget: Budget) -> None:
        """Let an account spend that much from now on. Raise `FolderNotWritable`."""
        await self._budgets.change(account_id, budget)
        self._look_at_budget(account_id)

    def spent(self, account_id: str) -> float:
        """Return about how many credits an account has used this month, by everybody, as far as it was seen.

        Jobs that run count as far as they are, one machine each. Safe from any thread.
        """
        return self._ledger.spent(account_id)

    def used_by(self, keys: Iterable[JobKey]) -> float:
        """Return about how many credits these jobs have used this month.

        One that was started and is not measured counts with all that it may use: by its own limit, or by what was
        promised to it. Belongs to the loop of the flows.
        """
        return sum(map(self._used_by, keys))

    def _used_by(self, key: JobKey) -> float:
        measured = self._ledger.of_job(key)
        record = self._records.get(key)
        if record is None or record.definition is None or (measured is not None and record.job.state.is_terminal):
            return measured or 0.0
        if record.job.state.is_terminal and (
            record.phase is not Phase.STARTED
            or (record.job.ended or record.job.created or _LONG_AGO).timestamp() < self._ledger.month
            or self._measures.runs(*key)
        ):
            return 0.0  # It came to nothing, or ended in an earlier month.
        prices = self._accounts.capabilities(key[0]).credits_an_hour
        seconds = record.definition.timeout_seconds
        limit = 0.0 if seconds is None else credits_for(seconds, price_of(record.definition.machine, prices))
        return (measured or 0.0) + max(limit, self._ledger.may_use(key))

    async def estimate(
        self,
        account_id: str,
        workflow_id: str,
        content: Content,
        count: int,
        options: JobOptions,
        *,
        bytes_total: int | None = None,
        trial_only: bool = False,
    ) -> Estimate | None:
        """Return what a job over `count` items will take, or None while nobody can know.

        From tries and earlier jobs; with `trial_only` from tries alone. `bytes_total` is the size of the items, where
        known: large ones make more tasks. Raises what keeps the account from being used.
        """
        service = await self._accounts.service(account_id)
        return await estimate(
            service,
            self._measures,
            workflow_id,
            content,
            count,
            options,
            bytes_total=bytes_total,
            trial_only=trial_only,
        )

    async def check(
        self,
        account_id: str,
        estimate: Estimate | None,
        *,
        key: JobKey | None = None,
        options: JobOptions | None = None,
    ) -> Judgement:
        """Return whether a start is asked about first, and the limit that holds the hard stop.

        Raises `BudgetReached` where the hard stop may be passed. With `key`, that job is about to be created: what it
        may use counts as used until it has ended, so that two starts at once can not pass the stop together.
        `options` are what it is to work with; where they are not given, those of the job under `key`.
        """
        service = await self._accounts.service(account_id)
        if not service.capabilities.costs_money:
            return Judgement()
        self._measuring.catch_up()
        return self._judge.judge(service, self.budget(account_id), estimate, key, options)

    def release(self, key: JobKey) -> None:
        """Take in that a job which was checked was not started after all."""
        self._ledger.release(key)

    def _on_measured(self, measure: Measure) -> None:
        self._look_at_budget(measure.account_id)
        self._news.publish(CostsChanged(measure.account_id))

    def _hear(self, event: Event) -> None:
        self._loop.call_soon_threadsafe(self._on_news, event)

    def _on_news(self, event: Event) -> None:
        match event:
            case JobsChanged(jobs):
                for account_id in {job.account_id for job in jobs if self._note_running(job)}:
                    self._look_at_budget(account_id)
            case JobsRemoved(keys):
                for key in keys:
                    if self._records.get(key) is None:
                        self._ledger.settle(key)

    def _note_running(self, job: Job) -> bool:
        """Note what a job that runs has used at least: one machine since it began. Return whether it did."""
        if job.state not in _RUNNING or job.started is None:
            return False
        prices = self._accounts.capabilities(job.account_id).credits_an_hour
        if not prices:
            return False
        record = self._records.get(job.key)
        if record is not None and record.job.state.is_terminal:
            return False  # It has ended since this was told.
        machine = record.definition.machine if record is not None and record.definition is not None else job.machine
        seconds = max(0.0, ((job.last_news or job.started) - job.started).total_seconds())
        self._ledger.run(job.key, credits_for(seconds, price_of(machine, prices)))
        return True

    def _look_at_budget(self, account_id: str) -> None:
        name = next((each.name for each in self._accounts.all() if each.account_id == account_id), account_id)
        self._alarm.look(account_id, name, self.budget(account_id), self.spent(account_id))
