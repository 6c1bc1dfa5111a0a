"""Judges starts by the budget of their account, and keeps for each job what it may use.

What is kept for a job is the limit it gets (`Judgement.timeout_seconds`): what runs can not use more together than the
hard stop allows, however wrong the estimates are.
"""

from collections.abc import Mapping

from batchdock.core.costs import HEAD_ROOM, Budget, Estimate, credits_for, price_of, seconds_for
from batchdock.core.errors import BudgetReached, BudgetUsedUp
from batchdock.core.job import JobOptions
from batchdock.core.ports import Service
from batchdock.flows.costs.amounts import said
from batchdock.flows.costs.estimates import estimate_by_jobs
from batchdock.flows.costs.judgement import Judgement, Why
from batchdock.flows.costs.ledger import JobKey, Ledger
from batchdock.flows.costs.records import Records
from batchdock.store import JobRecord, Phase
from batchdock.store.measures import Measures

_LEAST = 60.0
"""Seconds of machine time: what is left below that is nothing, and a limit of 0 could mean none."""
_SMALL = 600.0
"""Seconds of machine time that also the smallest job gets: few seconds too few must not cost it its results."""


class Judge:
    """Says whether a job may start. Nothing here waits: between the look and the promise no other start comes."""

    def __init__(self, records: Records, measures: Measures, ledger: Ledger) -> None:
        self._records, self._measures, self._ledger = records, measures, ledger

    def judge(
        self,
        service: Service,
        budget: Budget,
        estimate: Estimate | None,
        key: JobKey | None,
        options: JobOptions | None,
    ) -> Judgement:
        """See `Costs.check`."""
        self._release_what_came_to_nothing()
        self._promise_to_those_that_run(service)
        account_id = service.account.account_id
        committed = self._ledger.spent(account_id) + self._ledger.outstanding(account_id, but=key)
        upper = _upper(estimate)
        record = None if key is None else self._records.get(key)
        options = options or (None if record is None else record.definition)
        price = _price(service.capabilities.credits_an_hour, estimate, options)
        limit = _limit(service.account.name, budget, committed, upper, price)
        if limit is not None and options is not None and options.timeout_seconds is not None:
            limit = min(limit, credits_for(options.timeout_seconds, price))
        if key is not None:
            self._ledger.promise(key, limit if limit is not None else upper or 0.0)
        why = self._why(account_id, budget, committed, upper, key)
        seconds = None if limit is None or not price else seconds_for(limit, price)
        return Judgement(ask=why is not Why.NOTHING, why=why, timeout_seconds=seconds)

    def _why(self, account_id: str, budget: Budget, committed: float, upper: float | None, key: JobKey | None) -> Why:
        if budget.soft is not None and committed + (upper or 0.0) > budget.soft:
            return Why.SOFT
        if upper is None:
            return Why.UNKNOWN
        if not self._was_used(account_id, key):
            return Why.FIRST
        return Why.THRESHOLD if upper > budget.ask_above else Why.NOTHING

    def _was_used(self, account_id: str, but: JobKey | None) -> bool:
        return any(
            record.job.account_id == account_id and record.job.key != but and _was_asked_for(record)
            for record in self._records.all()
        )

    def _release_what_came_to_nothing(self) -> None:
        for key in self._ledger.promises():
            record = self._records.get(key)
            if record is None or (record.job.state.is_terminal and record.phase is not Phase.STARTED):
                self._ledger.release(key)

    def _promise_to_those_that_run(self, service: Service) -> None:
        """Keep for every job of this app that runs what it may use, also for those of an earlier run of the app."""
        account_id, prices = service.account.account_id, service.capabilities.credits_an_hour
        for record in self._records.all():
            job, definition = record.job, record.definition
            runs = record.phase is Phase.STARTED and not job.state.is_terminal
            if not runs or definition is None or job.account_id != account_id:
                continue
            if self._ledger.promised(job.key) is not None:
                continue
            if definition.timeout_seconds is not None:
                price = price_of(definition.machine, prices)
                self._ledger.promise(job.key, credits_for(definition.timeout_seconds, price))
            else:
                found = estimate_by_jobs(
                    service,
                    self._measures,
                    job.workflow_id,
                    job.content,
                    job.items_total or 0,
                    definition,
                    bytes_total=job.bytes_total,
                )
                self._ledger.promise(job.key, _upper(found) or 0.0)


def _limit(name: str, budget: Budget, committed: float, upper: float | None, price: float) -> float | None:
    """Return the credits a job may use at most, None for any. Raise `BudgetReached`."""
    if budget.hard is None:
        return None
    left = budget.hard - committed
    values = {"account": name, "hard": said(budget.hard), "left": said(max(0.0, left))}
    if left <= credits_for(_LEAST, price):
        raise BudgetUsedUp(**values)
    if upper is None:
        return left
    if upper > left:
        raise BudgetReached(upper=said(upper), **values)
    return min(left, max(upper * HEAD_ROOM, credits_for(_SMALL, price)))


def _price(prices: Mapping[str, float], estimate: Estimate | None, options: JobOptions | None) -> float:
    """Return the credits an hour of the machine costs; the dearest where nobody said which."""
    if options is not None:
        return price_of(options.machine, prices)
    if estimate is not None and estimate.credits is not None and estimate.machine_seconds[1]:
        return estimate.credits[1] / estimate.machine_seconds[1] * 3600
    return max(prices.values(), default=0.0)


def _was_asked_for(record: JobRecord) -> bool:
    """Tell whether a person has started it: it is with the service, or on its way there."""
    under_way = record.phase in (Phase.SENDING, Phase.STARTING) and not record.job.state.is_terminal
    return record.phase is Phase.STARTED or under_way


def _upper(estimate: Estimate | None) -> float | None:
    return None if estimate is None or estimate.credits is None else estimate.credits[1]
