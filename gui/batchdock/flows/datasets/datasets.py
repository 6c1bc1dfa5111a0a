"""The datasets of every account that keeps some."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from batchdock.core.datasets.port import DatasetService
from batchdock.core.errors import NotOffered
from batchdock.flows.accounts import Accounts
from batchdock.flows.news import DatasetsChanged, News

_Result = TypeVar("_Result")


class Datasets:
    """What was changed through here is told as `DatasetsChanged`."""

    def __init__(self, accounts: Accounts, news: News) -> None:
        self._accounts = accounts
        self._news = news

    async def of(self, account_id: str) -> DatasetService:
        """Return what an account can do with datasets. Raise `NotOffered`, and what keeps it from being reached."""
        service = await self._accounts.service(account_id)
        if service.datasets is None:
            raise NotOffered(service=service.account.name)
        return service.datasets

    async def change(
        self, account_id: str, dataset_id: str, doing: Callable[[DatasetService], Awaitable[_Result]]
    ) -> _Result:
        """Change something of a dataset; of the list of datasets where `dataset_id` is empty."""
        service = await self.of(account_id)
        try:
            return await doing(service)
        finally:
            # Whoever was cut off or refused halfway may have changed something all the same.
            self._news.publish(DatasetsChanged(account_id, dataset_id))
