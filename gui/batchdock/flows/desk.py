"""The desk: everything a person can do, built once and closed once."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from batchdock.core.errors import BatchdockError, FolderNotWritable
from batchdock.core.ports import KeyStore
from batchdock.flows.accounts import Accounts
from batchdock.flows.awake import SETTING, Awake
from batchdock.flows.batches import Batches
from batchdock.flows.connectivity import Connectivity
from batchdock.flows.intake import Intake
from batchdock.flows.jobs import Jobs
from batchdock.flows.jobs.board import Board
from batchdock.flows.news import News
from batchdock.flows.patience import Patience
from batchdock.flows.problems import Problems
from batchdock.flows.results import Results
from batchdock.flows.supervisor import LocalService
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.holds import Holds
from batchdock.flows.transfers.receipt import Receipts
from batchdock.flows.transfers.send import Sender
from batchdock.keystore.system import SystemKeys
from batchdock.store import Journal, Settings
from batchdock.store.accounts import AccountsFile

_log = logging.getLogger(__name__)


class Desk:
    """All flows over one home folder, on one event loop."""

    def __init__(self, home: Path, key_store: KeyStore, patience: Patience) -> None:
        """Build everything and start nothing. Call on the loop; `open` does it all."""
        self._home = home
        self._journal = Journal(home)
        self._lock = FileLock(home / "desk.lock")
        self.settings = Settings(home)
        self.news = News()
        self.accounts = Accounts(
            book=AccountsFile(home / "accounts.json"),
            keys=key_store,
            local=LocalService(home / "this-computer"),
            news=self.news,
        )
        self.awake = Awake(self.news, allowed=self.settings.get(SETTING, True) is not False)
        self.connectivity = Connectivity(self.news, self._addresses)
        patience = replace(patience, pause=self.connectivity.pause)
        self.problems = Problems(self._journal, self.news)
        self.intake = Intake()
        self.batches = Batches(self.accounts)
        sender = Sender(self.accounts, self._journal, patience)
        self._holds = Holds(self.news, patience)
        self.transfers = Transfers(
            self.accounts,
            self._journal,
            self.settings,
            self.news,
            self.problems,
            sender,
            self._holds,
            Receipts(home / "receipts", self._journal),
            patience,
        )
        board = Board(self._journal, self.news)
        self.jobs = Jobs(self.accounts, self._journal, self.news, self.problems, self.transfers, board, patience)
        self.results = Results(
            self.accounts, self._journal, board, self.transfers, home / "cache", patience, self.problems
        )

    @classmethod
    async def open(
        cls, home: Path, *, key_store: KeyStore | None = None, active: bool = True, patience: float | None = None
    ) -> Self:
        """Open the desk: loads the accounts, goes on with unfinished sendings, watches the jobs.

        With `active` false nothing is done that nobody asked for: a command line that only looks must not send.
        `patience` is for how many seconds trouble with a service is borne (default: for ever). Only one process at a
        time takes up what earlier runs left. Raises `FolderNotWritable`, `MadeByNewerVersion`.
        """
        try:
            await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise FolderNotWritable(folder=home, reason=error.strerror or str(error)) from error
        limit = Patience() if patience is None else Patience(patience)
        desk = cls(home, key_store or SystemKeys(), limit)
        await desk.accounts.open()
        desk.connectivity.start()
        desk.awake.start()
        if active:
            await desk._go_on()
        return desk

    async def close(self) -> None:
        """Stop everything that runs here and give everything back. What was written down goes on next time."""
        await self.jobs.close()
        await self.transfers.close()
        self._holds.close()
        await self.connectivity.close()
        await self.awake.close()
        await self.accounts.close()
        self._journal.close()
        self._lock.release()

    def may_go_on(self) -> bool:
        """Tell whether this process may take up what earlier runs left. No other one may then, until this is closed."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            _log.info("Another Batchdock goes on with what earlier runs left")
            return False
        return True

    def _addresses(self) -> dict[str, str]:
        return {account.account_id: account.address for account in self.accounts.all() if account.address}

    async def _go_on(self) -> None:
        if self._journal.set_aside is not None:
            about = self._journal.set_aside.name
            self.problems.report("journal", about, BatchdockError(details="The journal was damaged; a new one began."))
        if self.may_go_on():
            await asyncio.to_thread(self.results.forget_old)
            await asyncio.to_thread(self._journal.sendings.doubt)
            self.transfers.go_on()
            self.jobs.take_up()
        self.jobs.watch_all()
