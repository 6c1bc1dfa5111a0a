"""Accounts without a desk around them, and a password store that outlives them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from batchdock.core.ports import KeyStore
from batchdock.flows.accounts import Accounts
from batchdock.flows.news import Event, News
from batchdock.flows.supervisor import LocalService
from batchdock.keystore.session import SessionKeys
from batchdock.store.accounts import AccountsFile


class LastingKeys(SessionKeys):
    """Keys that outlive the program, as far as a test goes."""

    name = "a test's password store"
    lasting = True


class AccountsDesk:
    """What accounts need around them, in a folder of its own; `accounts()` is a new start of the program."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.keys: KeyStore = LastingKeys()
        self.heard: list[Event] = []

    def accounts(self, patience: float = 10.0) -> Accounts:
        news = News()
        news.subscribe(self.heard.append)
        return Accounts(
            book=AccountsFile(self.home / "accounts.json"),
            keys=self.keys,
            local=LocalService(self.home / "pc", command=["/nonexistent"]),
            news=news,
            patience=patience,
        )

    def run(self, work: Callable[[Accounts], Awaitable[None]], patience: float = 10.0) -> None:
        async def scenario() -> None:
            accounts = self.accounts(patience)
            await accounts.open()
            try:
                await work(accounts)
            finally:
                await accounts.close()

        asyncio.run(scenario())
