"""News that services send by themselves, while somebody wants them: each is a hint to look, never how things are.

What an event says of a job is not believed; its account is looked at a little sooner. What it says of files that were
not taken in is told when the service, asked by us, has fewer than were sent. What jobs send is caught, see `events`.
"""

import asyncio
import math
import time
from collections.abc import Callable, Collection

from batchdock.core.errors import BatchdockError
from batchdock.core.hint import Hint, IngestHint
from batchdock.flows.accounts import Accounts
from batchdock.flows.events import Catching
from batchdock.flows.jobs import Jobs
from batchdock.flows.news import Event, News, PreferencesChanged, TransfersChanged
from batchdock.flows.preferences import HOOKS, HOOKS_ADDRESS, HOOKS_PORT, Preferences
from batchdock.flows.problems import Problems
from batchdock.flows.transfers.taken_in import TakenIn
from batchdock.services.hooks.receiver import Receiver
from batchdock.store import Journal

LOOK_AGAIN = 5.0
"""Seconds between two looks at an account, however many events there are."""
_PRUNE_EVERY = 256
_PROBLEM = "hooks"
_KEYS = frozenset({HOOKS.key, HOOKS_ADDRESS.key, HOOKS_PORT.key})


class Hooks:
    """The receiver of services' news, as the preferences have it. On the loop of the flows."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        jobs: Jobs,
        problems: Problems,
        preferences: Preferences,
        news: News,
        catching: Catching,
        *,
        look_again: float = LOOK_AGAIN,
    ) -> None:
        self._accounts, self._journal, self._jobs, self._problems = accounts, journal, jobs, problems
        self._preferences, self._news = preferences, news
        self._look_again = look_again
        self._receiver = Receiver(self._workspaces, self._hear, catching)
        self._place = ("", 0)
        self._loop = asyncio.get_running_loop()
        self._turn = asyncio.Lock()
        self._looked: dict[str, float] = {}
        self._looks: dict[str, asyncio.TimerHandle] = {}
        self._taken = 0
        self._taken_in = TakenIn(accounts, journal, problems)
        self._applying: set[asyncio.Task[None]] = set()
        self._closed = False
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def address(self) -> str:
        """Where services are to send their news; empty while nobody listens. Safe from any thread."""
        return self._receiver.address

    @property
    def caught_address(self) -> str:
        """Where jobs are to send what they see; empty while nobody listens. Safe from any thread."""
        return self._receiver.caught_address

    async def listening(self) -> str:
        """Return where jobs are to send what they see; listen if nobody does yet. Raise `NotListening`."""
        async with self._turn:
            if not self._receiver.address:
                await self._listen()
            return self._receiver.caught_address

    async def start(self) -> None:
        """Listen where the preferences say. Raise `NotListening`: `PortTaken`, `AddressNotHere`."""
        async with self._turn:
            await self._listen()

    async def stop(self) -> None:
        """Listen no more."""
        async with self._turn:
            await self._receiver.stop()

    def begin(self) -> None:
        """Listen from now on whenever the preferences say so, and where. What stands in the way becomes a problem."""
        self._unsubscribe = self._news.subscribe(self._on_news)
        self._apply_soon()  # Nobody waits for it: the name of a computer may take long to look up.

    async def close(self) -> None:
        """Listen no more, for good."""
        self._closed = True
        if self._unsubscribe is not None:
            self._unsubscribe()
        for look in self._looks.values():
            look.cancel()
        applying = tuple(self._applying)
        for task in applying:
            task.cancel()
        await asyncio.gather(*applying, return_exceptions=True)
        await self.stop()
        await self._taken_in.close()

    async def _listen(self) -> None:
        place = self._preferences.get(HOOKS_ADDRESS), self._preferences.get(HOOKS_PORT)
        if self._receiver.address and place == self._place:
            return  # What is being sent goes on.
        await self._receiver.stop()
        await self._receiver.start(*place)
        self._place = place

    async def _apply(self) -> None:
        try:
            await (self.start() if self._preferences.get(HOOKS) else self.stop())
        except BatchdockError as error:
            self._problems.report(_PROBLEM, error.filled("{address}"), error, again=self._again)
        else:
            self._problems.settle(_PROBLEM)

    async def _again(self) -> None:
        self._apply_soon()  # And not at once: whoever calls this takes the problem off the list afterwards.

    def _workspaces(self) -> Collection[str]:
        return {account.workspace for account in self._accounts.all() if account.workspace}

    def _hear(self, workspace: str, hint: Hint) -> None:
        # Later: whoever sends is answered first.
        self._loop.call_soon(self._take, workspace, hint)

    def _take(self, workspace: str, hint: Hint) -> None:
        if self._closed or (hint.event_id and not self._is_new(workspace, hint.event_id)):
            return
        for account in self._accounts.all():
            if account.workspace == workspace:
                self._look_soon(account.account_id)
                if isinstance(hint, IngestHint) and self._accounts.capabilities(account.account_id).takes_files:
                    self._taken_in.look_into(account, hint)

    def _is_new(self, workspace: str, event_id: str) -> bool:
        now = time.time()
        try:
            if self._taken % _PRUNE_EVERY == 0:
                self._journal.heard.prune(now)
            self._taken += 1
            return self._journal.heard.first(f"{workspace} {event_id}", now)
        except BatchdockError:
            return True  # No room to note it; one look too many does no harm.

    def _look_soon(self, account_id: str) -> None:
        if account_id in self._looks:
            return
        wait = self._looked.get(account_id, -math.inf) + self._look_again - self._loop.time()
        self._looks[account_id] = self._loop.call_later(max(0.0, wait), self._look, account_id)

    def _look(self, account_id: str) -> None:
        del self._looks[account_id]
        self._looked[account_id] = self._loop.time()
        self._jobs.hinted(account_id)

    def _on_news(self, event: Event) -> None:
        if isinstance(event, PreferencesChanged) and not _KEYS.isdisjoint(event.keys):
            self._loop.call_soon_threadsafe(self._apply_soon)
        elif isinstance(event, TransfersChanged):
            self._loop.call_soon_threadsafe(self._taken_in.arrived, event.transfers)

    def _apply_soon(self) -> None:
        if not self._closed:
            task = self._loop.create_task(self._apply(), name="hooks")
            self._applying.add(task)
            task.add_done_callback(self._applying.discard)
