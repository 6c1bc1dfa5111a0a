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
from batchdock.flows.as_command import CommandLines
from batchdock.flows.awake import SETTING, Awake
from batchdock.flows.batches import Batches
from batchdock.flows.buckets import Buckets
from batchdock.flows.computer import Computer
from batchdock.flows.connectivity import Connectivity
from batchdock.flows.costs import Costs
from batchdock.flows.datasets import Datasets
from batchdock.flows.datasets.filling import Fillings
from batchdock.flows.datasets.pictures import DatasetPictures
from batchdock.flows.datasets.taking_out import Takings
from batchdock.flows.diagnostics import Diagnostics
from batchdock.flows.events import Catching, Events
from batchdock.flows.hooks import Hooks
from batchdock.flows.intake import Intake
from batchdock.flows.inventory import Inventory
from batchdock.flows.jobs import Jobs
from batchdock.flows.jobs.board import Board
from batchdock.flows.jobs.claims import Claims
from batchdock.flows.jobs.grace import GRACE_SECONDS
from batchdock.flows.news import News
from batchdock.flows.patience import Patience
from batchdock.flows.preferences import Preferences
from batchdock.flows.problems import Problems
from batchdock.flows.recipes import Recipes
from batchdock.flows.references import References
from batchdock.flows.results import Results
from batchdock.flows.results.autosave import Autosave
from batchdock.flows.results.expiry import Expiry
from batchdock.flows.results.glimpsing import Glimpses
from batchdock.flows.results.handing import Handing
from batchdock.flows.results.opening.shelf import Shelf
from batchdock.flows.results.pictures import Pictures
from batchdock.flows.supervisor import LocalService
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.holds import Holds
from batchdock.flows.transfers.receipt import Receipts
from batchdock.flows.transfers.send import Sender
from batchdock.flows.updates import Updates
from batchdock.flows.watching import Watches, Watching
from batchdock.keystore.system import SystemKeys
from batchdock.store import Journal, Settings
from batchdock.store.accounts import AccountsFile

_log = logging.getLogger(__name__)


class Desk:
    """All flows over one home folder, on one event loop."""

    def __init__(self, home: Path, key_store: KeyStore, patience: Patience, grace_seconds: float) -> None:
        """Build everything and start nothing. Call on the loop; `open` does it all."""
        self._home = home
        self._journal = Journal(home)
        self._lock = FileLock(home / "desk.lock")
        self.settings = Settings(home)
        self.news = News()
        self.preferences = Preferences(self.settings, self.news)
        self.updates = Updates(self.settings, self.preferences, self.news)
        self.accounts = Accounts(
            book=AccountsFile(home / "accounts.json"),
            keys=key_store,
            local=LocalService(home / "this-computer"),
            news=self.news,
        )
        self.awake = Awake(self.news, allowed=self.settings.get(SETTING, True) is not False)
        self.connectivity = Connectivity(self.news, self.accounts.addresses)
        patience = replace(patience, pause=self.connectivity.pause)
        self.problems = Problems(self._journal, self.news)
        self.intake = Intake()
        self.batches = Batches(self.accounts)
        self.computer = Computer(self.accounts, self.news)
        self.inventory = Inventory(self.accounts, self.news)
        self.datasets = Datasets(self.accounts, self.news)
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
        self.diagnostics = Diagnostics(home, self.accounts, board, self.problems)
        self.costs = Costs(self.accounts, self._journal, self.settings, self.news, self.problems, board)
        self.jobs = Jobs(
            self.accounts,
            self._journal,
            self.news,
            self.problems,
            self.transfers,
            board,
            patience,
            Claims(home / "orders"),
            grace_seconds=grace_seconds,
            spending=self.costs,
        )
        self.watching = Watching(self.accounts, self._journal, self.intake, self.jobs, self.problems, self.costs, home)
        self.references = References(
            self.accounts,
            self._journal,
            self.transfers,
            self.problems,
            patience,
            home / "references",
            self.jobs.start_on_batch,
        )
        self.buckets = Buckets(self.accounts, self._journal, self.references, self.transfers, home / "buckets")
        self.recipes = Recipes(
            self.accounts,
            self._journal,
            self.news,
            self.intake,
            self.jobs,
            self.references,
            self.buckets,
            home / "recipes",
        )
        self.command_lines = CommandLines(self.accounts, self._journal, self.jobs)
        self.pictures = Pictures(home / "cache", self.preferences, self.news)
        self.dataset_pictures = DatasetPictures(self.datasets, self.pictures, home / "cache")
        self._shelf = Shelf(
            self.accounts,
            self._journal,
            board,
            self.transfers,
            self.settings,
            patience,
            home / "opened",
            self.pictures.taken,
        )
        self.results = Results(
            self.accounts,
            self._journal,
            board,
            self.transfers,
            home / "cache",
            patience,
            self.problems,
            self.news,
            self._shelf,
        )
        self.glimpses = Glimpses(self.accounts, self.batches.addresses, self.transfers.speed)
        self.autosave = Autosave(
            self.accounts,
            board,
            self._journal,
            self.results,
            self.problems,
            self.preferences,
            self.settings,
            self.news,
            patience,
        )
        self.watches = Watches(
            self._journal,
            self.watching,
            self.recipes,
            self.jobs,
            self.problems,
            self.news,
            lambda: self.autosave.folder,
        )
        self.expiry = Expiry(self.accounts, board, self._journal, self.news)
        self.filling = Fillings(
            self.accounts, self.datasets, self._journal, self.transfers, self.problems, self.news, patience
        )
        self.taking_out = Takings(self.accounts, self.datasets, self._journal, self.transfers, self.problems, patience)
        self.handing = Handing(self.results, self.transfers, self._journal, self.problems)
        self._catching = Catching(self._journal, self.problems, self.preferences, self.news, home / "events")
        self.hooks = Hooks(
            self.accounts, self._journal, self.jobs, self.problems, self.preferences, self.news, self._catching
        )
        self.references.listens = lambda: self.hooks.address
        self.events = Events(
            self._catching, self.hooks.listening, self._journal, self.preferences, self.pictures, self.news
        )

    @classmethod
    async def open(
        cls,
        home: Path,
        *,
        key_store: KeyStore | None = None,
        active: bool = True,
        autosave: bool = False,
        patience: float | None = None,
        grace_seconds: float = GRACE_SECONDS,
    ) -> Self:
        """Open the desk: loads the accounts, goes on with unfinished sendings, watches the jobs.

        With `active` false nothing is done that nobody asked for: a command line that only looks must not send. With
        `autosave` results of jobs that end are saved as the preferences say, and told of before they expire.
        `patience` is for how many seconds trouble with a service is borne (default: for ever), `grace_seconds` how long
        a start that costs money can be taken back; 0 in a script. Only one process at a time takes up what earlier runs
        left. Raises `FolderNotWritable`, `MadeByNewerVersion`.
        """
        try:
            await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise FolderNotWritable(folder=home, reason=error.strerror or str(error)) from error
        limit = Patience() if patience is None else Patience(patience)
        desk = cls(home, key_store or SystemKeys(), limit, grace_seconds)
        await desk.accounts.open()
        desk.connectivity.start()
        desk.awake.start()
        if active:
            await desk._go_on(autosave=autosave)
        return desk

    async def close(self) -> None:
        """Stop everything that runs here and give everything back. What was written down goes on next time."""
        await self.updates.close()
        await self.watches.close()
        await self.hooks.close()
        await self._catching.close()
        await self.costs.close()
        await self.jobs.close()
        await self.transfers.close()
        await self.references.close()
        await self.buckets.close()
        await self._shelf.close()
        await self.autosave.close()
        await self.expiry.close()
        await self.pictures.close()
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

    async def _go_on(self, *, autosave: bool) -> None:
        if self._journal.set_aside is not None:
            about = self._journal.set_aside.name
            self.problems.report("journal", about, BatchdockError(details="The journal was damaged; a new one began."))
        if self.may_go_on():
            await asyncio.to_thread(self.results.forget_old)
            await asyncio.to_thread(self.buckets.tidy)
            await asyncio.to_thread(self.recipes.tidy)
            await asyncio.to_thread(self._journal.sendings.doubt)
            self.transfers.go_on()
            self.jobs.take_up()
            if autosave:
                await self.autosave.start()
                self.watches.start()
                self.expiry.start()
                self.updates.start()
            self._catching.begin()
            self.hooks.begin()
        self.costs.open()
        self.jobs.watch_all()
