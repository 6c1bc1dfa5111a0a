"""What a person lets each account spend, kept in the settings under the account's id.

It stays when an account is forgotten: connecting it again must not lift a limit.
"""

import asyncio
import logging
import math
from dataclasses import asdict, fields

from batchdock.core.costs import Budget
from batchdock.flows.news import CostsChanged, News
from batchdock.store import Settings

_log = logging.getLogger(__name__)
_PREFIX = "budget/"


class Budgets:
    """Reads and changes budgets."""

    def __init__(self, settings: Settings, news: News) -> None:
        self._settings, self._news = settings, news
        self._turn = asyncio.Lock()
        """One change after the other, or the last that was asked for would not always be the one that holds."""

    def of(self, account_id: str) -> Budget:
        """Return the budget of an account. Safe from any thread."""
        kept = self._settings.get(_PREFIX + account_id, {})
        try:
            return _budget(kept)
        except ValueError:
            _log.warning("A budget in the settings does not fit; there is none until somebody sets one")
            return Budget()

    async def change(self, account_id: str, budget: Budget) -> None:
        """Keep a budget, and tell everybody. Raise `FolderNotWritable`."""
        async with self._turn:
            if budget == self.of(account_id):
                return
            usual = asdict(Budget())
            values = {name: value for name, value in asdict(budget).items() if value != usual[name]}
            await asyncio.to_thread(self._settings.set, _PREFIX + account_id, values, default={})
        self._news.publish(CostsChanged(account_id))


def _budget(kept: object) -> Budget:
    """Return the budget that was kept. Raise `ValueError` for what is none."""
    if not isinstance(kept, dict):
        raise ValueError
    known = {each.name for each in fields(Budget)}
    amounts = {}
    for name in known & kept.keys():
        value = kept[name]
        is_amount = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_amount or not math.isfinite(value) or value < 0:
            raise ValueError
        amounts[name] = float(value)
    return Budget(**amounts)
