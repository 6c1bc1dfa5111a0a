"""The desk: everything a person can do, built once and closed once."""

from pathlib import Path
from typing import Self

from batchdock.core.ports import KeyStore
from batchdock.flows.accounts import Accounts
from batchdock.flows.batches import Batches
from batchdock.flows.intake import Intake
from batchdock.flows.jobs import Jobs
from batchdock.flows.news import News
from batchdock.flows.problems import Problems
from batchdock.flows.results import Results
from batchdock.flows.transfers import Transfers


class Desk:
    """All flows over one home folder, on one event loop."""

    accounts: Accounts
    intake: Intake
    jobs: Jobs
    batches: Batches
    results: Results
    transfers: Transfers
    problems: Problems
    news: News

    @classmethod
    async def open(cls, home: Path, *, key_store: KeyStore | None = None) -> Self:
        """Open the desk: loads the accounts, goes on with unfinished sendings, watches the jobs."""
        raise NotImplementedError

    async def close(self) -> None:
        """Stop everything that runs here and give everything back. What was written down goes on next time."""
        raise NotImplementedError
