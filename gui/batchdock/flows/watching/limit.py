"""The spending limit of a watched folder: what its batches may use in a calendar month."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from batchdock.core.batch import Content
from batchdock.core.costs import credits_for, price_of, seconds_for
from batchdock.core.errors.watching import (
    WatchBudgetReached,
    WatchingCostsMoney,
    WatchingPriceUnknown,
    WatchLimitReached,
)
from batchdock.core.job import JobOptions
from batchdock.core.ports import Service
from batchdock.flows.accounts import Accounts
from batchdock.flows.costs import Costs, Why
from batchdock.flows.costs.amounts import said
from batchdock.flows.watching.wish import WatchWish

_LEAST_SECONDS = 60.0
"""Machine time below which nothing is left."""
_TO_LEARN = 20
"""Files of a batch while nobody knows what one costs."""

JobKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Permit:
    """How many files the next batch may have, and what its jobs are to work with so that the limit holds."""

    count: int
    options: JobOptions


class Limit:
    """Says what may be started. The jobs get the rest as a limit of their own, which the service keeps."""

    def __init__(self, accounts: Accounts, costs: Costs) -> None:
        self._accounts, self._costs = accounts, costs

    async def check(self, account_id: str, monthly: float | None) -> None:
        """Raise `WatchingCostsMoney` where a limit is needed, and there is none that would hold."""
        _price(await self._accounts.service(account_id), monthly, JobOptions())

    async def permit(self, wish: WatchWish, count: int, keys: Iterable[JobKey]) -> Permit:
        """Return what may be started of `count` files that wait; `keys` are the jobs that count against the limit.

        Raise `WatchLimitReached`, `WatchBudgetReached`, `BudgetReached`, and what keeps the account from being used.
        """
        service = await self._accounts.service(wish.account_id)
        price = _price(service, wish.monthly_credits, wish.options)
        if price is None or wish.monthly_credits is None:
            return Permit(count, wish.options)
        used = self._costs.used_by(keys)
        left = wish.monthly_credits - used
        reached = WatchLimitReached(
            name=wish.name, used=said(used), limit=said(wish.monthly_credits), waiting=f"{count:,}"
        )
        waiting, content = count, Content.VIDEOS if wish.content is Content.VIDEOS else Content.IMAGES
        while True:
            estimate = await self._costs.estimate(wish.account_id, wish.workflow_id, content, count, wish.options)
            upper = None if estimate is None or estimate.credits is None else estimate.credits[1]
            if left <= credits_for(_LEAST_SECONDS, price) or (count == 1 and upper is not None and upper > left):
                raise reached
            if upper is None or upper <= left:
                break
            count = max(1, count // 2)
        judgement = await self._costs.check(wish.account_id, estimate, options=wish.options)
        if judgement.why is Why.SOFT:
            raise WatchBudgetReached(name=wish.name, account=service.account.name, waiting=f"{waiting:,}")
        if upper is None:
            count = min(count, _TO_LEARN)
        # Pictures and videos are two jobs, and nobody knows yet whether there are both.
        share = left / (2 if wish.content is Content.UNKNOWN else 1)
        limits = (wish.options.timeout_seconds, judgement.timeout_seconds, seconds_for(share, price))
        return Permit(count, replace(wish.options, timeout_seconds=min(each for each in limits if each is not None)))


def _price(service: Service, monthly: float | None, options: JobOptions) -> float | None:
    """Return the credits that an hour of a machine costs, None where nothing does."""
    if not service.capabilities.costs_money:
        return None
    if monthly is None or not math.isfinite(monthly) or monthly <= 0:
        raise WatchingCostsMoney(account=service.account.name)
    price = price_of(options.machine, service.capabilities.credits_an_hour)
    if not price:
        raise WatchingPriceUnknown(account=service.account.name)
    return price
