"""Watches jobs, account by account: when to ask is in `asking`, what to ask in `rounds`, what it means in `seeing`."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from batchdock.core.account import THIS_COMPUTER_ID, Account, KeyKept
from batchdock.core.errors import (
    AccountError,
    BatchdockError,
    ConnectionClosed,
    ConnectionProblem,
    LocalServiceProblem,
)
from batchdock.core.job import Job, Severity
from batchdock.core.ports import Service
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.asking import (
    AT_ONCE,
    SOON,
    Attention,
    Circumstances,
    asked_pause,
    is_said,
    pause_after_trouble,
    pause_between,
)
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.jobs.details import JobDetail
from batchdock.flows.jobs.ending import Ending
from batchdock.flows.jobs.listing import Outcome
from batchdock.flows.jobs.log import LogPage
from batchdock.flows.jobs.looking import Looking
from batchdock.flows.jobs.rounds import Rounds
from batchdock.flows.jobs.stages import StageReader
from batchdock.flows.news import Light
from batchdock.flows.patience import pause_after
from batchdock.flows.problems import Problems
from batchdock.store import Journal

_log = logging.getLogger(__name__)

SLOW_ANSWER = 3.0
"""Seconds. One answer counts, not a round: that may ask for many jobs, unlock a key or start the local service."""


@dataclass
class _Followed:
    """An account that is watched. `due` and `asked` are monotonic seconds.

    `closed_until` is by the clock, which goes on while the computer sleeps: before that the service does not want to
    be asked. `closed_for` is how long that was, for clocks that are set.
    """

    task: asyncio.Task[None] | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    due: float = 0.0
    asked: float = float("-inf")
    closed_until: float = 0.0
    closed_for: float = 0.0


class Watch:
    """Keeps the board up to date."""

    def __init__(
        self,
        accounts: Accounts,
        board: Board,
        journal: Journal,
        problems: Problems,
        *,
        again: Callable[[JobKey], Awaitable[object]],
    ) -> None:
        """`again` starts a job once more."""
        self._accounts, self._board, self._problems = accounts, board, problems
        self._loop = asyncio.get_running_loop()
        self._ending = Ending(journal, problems, again=again)
        reader = StageReader()
        self._rounds = Rounds(board, reader, self._ending)
        self._looking = Looking(accounts, board, journal, reader)
        self._followed: dict[str, _Followed] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._looked_at: JobKey | None = None
        self._in_view: frozenset[JobKey] = frozenset()
        self._troubled: set[str] = set()
        """Accounts that could not be asked the last time."""
        self._attention = Attention.FRONT
        self._touched = time.monotonic()

    # --- what people look at; safe from any thread

    def look_at(self, key: JobKey | None) -> None:
        """Tell which job somebody looks at; it is asked about more often."""
        if key != self._looked_at:
            self._looked_at = key
            self._loop.call_soon_threadsafe(self._touch, frozenset() if key is None else frozenset({key}), AT_ONCE)

    def in_view(self, keys: frozenset[JobKey]) -> None:
        """Tell which jobs are on screen; those of them that move are asked about in detail."""
        fresh, self._in_view = keys - self._in_view, keys
        if fresh:
            self._loop.call_soon_threadsafe(self._touch, fresh, SOON)

    def attention(self, attention: Attention) -> None:
        """Tell what the person does with the window; who comes back to it sees at once how things are."""
        before, self._attention = self._attention, attention
        if attention is not before:
            self._loop.call_soon_threadsafe(self._attend)

    # --- accounts

    def follow(self, account_id: str) -> None:
        """Watch an account from now on; asked again, look at it now."""
        followed = self._followed.get(account_id)
        if followed is not None:
            self._bring_forward(followed, time.monotonic())
            return
        followed = self._followed[account_id] = _Followed()
        followed.task = asyncio.create_task(self._go_round(account_id, followed), name=f"watch {account_id}")

    def hint(self, account_id: str) -> None:
        """Look at an account soon, and not for every one of many hints that come together."""
        followed = self._followed.get(account_id)
        if followed is not None:
            self._bring_forward(followed, followed.asked + AT_ONCE)

    def leave(self, account_id: str) -> None:
        """Watch an account no longer."""
        followed = self._followed.pop(account_id, None)
        if followed is not None and followed.task is not None:
            followed.task.cancel()
        self._rounds.leave(account_id)

    def wake_refused(self, accounts: Iterable[Account]) -> None:
        """Look at the accounts whose key was refused and that may have another one now."""
        for account in accounts:
            # An account without any key is passed over: asking for it would tell everybody that it has none.
            refused = self._accounts.light(account.account_id) is Light.KEY_REFUSED
            if refused and account.key_kept is not KeyKept.MISSING and account.account_id in self._followed:
                self.follow(account.account_id)

    def wake(self) -> None:
        """Look at every account now: the computer has slept, or the network has changed."""
        for account_id in self.followed:
            self.follow(account_id)

    @property
    def followed(self) -> tuple[str, ...]:
        """The accounts that are watched."""
        return tuple(self._followed)

    async def close(self) -> None:
        """Stop watching."""
        tasks = [followed.task for followed in self._followed.values() if followed.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._rounds.close()

    async def look(self, account_id: str, *, whole: bool = False) -> Outcome:
        """Ask the service how the jobs of an account are, once. Raises what stands in the way."""
        async with self._turns.setdefault(account_id, asyncio.Lock()):
            await self._board.loaded()
            service = await self._accounts.service(account_id)
            must = [key for key in self._board.moving(account_id) if self._board.is_awaited(key)]
            if self._looked_at is not None:
                must.append(self._looked_at)
            return await self._rounds.ask(service, must=must, in_view=self._in_view, whole=whole)

    async def take(self, service: Service, jobs: Sequence[Job], asked: float) -> None:
        """Put jobs into the list that a service was asked for in another way, at `asked` (monotonic seconds)."""
        await self._board.loaded()
        await self._rounds.take(service, jobs, asked)

    async def check(self, service: Service, keys: Sequence[JobKey]) -> None:
        """Look at jobs that something was done to, now or very soon. Trouble is left to the next round."""
        try:
            await self._rounds.check(service, keys)
        except BatchdockError:
            _log.debug("Jobs of %s could not be looked at", service.account.name, exc_info=True)
        self.hint(service.account.account_id)

    # --- one job

    def begin_again(self, key: JobKey) -> None:
        """Show a job as started again, and look how it goes."""
        self._looking.forget(key)
        self._rounds.begin_again(key)
        self.follow(key[0])

    def report(self, job: Job) -> None:
        """Put a job that ended badly among the problems."""
        self._ending.report(job)

    async def detail(self, key: JobKey) -> JobDetail:
        """Return a job that its service has, with stages, tasks and failures. Raises what the service raises."""
        return await self._looking.detail(key)

    async def log(self, key: JobKey, severity: Severity | None = None, *, after: int = 0, limit: int = 1000) -> LogPage:
        """Return at most `limit` lines of the log of a job that its service has, after the first `after`."""
        return await self._looking.log(key, severity, after=after, limit=limit)

    # --- inside

    async def _go_round(self, account_id: str, followed: _Followed) -> None:
        tries = 0
        while True:
            followed.wake.clear()
            try:
                outcome = await self.look(account_id)
            except ConnectionClosed:
                continue  # The account has another client now.
            except BatchdockError as error:
                tries += 1
                self._show(account_id, _light(error), error, tries)
                pause = pause_after_trouble(tries, error)
                followed.closed_for = asked_pause(error) or 0.0
                followed.closed_until = time.time() + followed.closed_for
            except Exception:
                # Jobs must not be left alone for ever because of one answer that nobody has thought of.
                _log.exception("A round of asking %s came to nothing", account_id)
                tries += 1
                pause = pause_after(tries)
            else:
                tries = 0
                self._show(account_id, Light.SLOW if outcome.first_answer > SLOW_ANSWER else Light.OK)
                pause = AT_ONCE if outcome.unfinished else self._pause(account_id, outcome)
                pause *= random.uniform(0.9, 1.1)  # noqa: S311 - spreads load
            followed.asked = time.monotonic()
            if not followed.wake.is_set():
                followed.due = followed.asked + pause
            await self._wait(followed)

    async def _wait(self, followed: _Followed) -> None:
        """Wait until an account is due, which may come to be sooner, and until its service wants to be asked again."""
        while True:
            closed = min(followed.closed_until - time.time(), followed.closed_for)
            left = max(followed.due - time.monotonic(), closed)
            if left <= 0:
                return
            followed.wake.clear()
            # Not wait_for: on Python 3.11 it loses a cancellation that comes together with the wake-up.
            try:
                async with asyncio.timeout(left):
                    await followed.wake.wait()
            except TimeoutError:
                pass

    def _bring_forward(self, followed: _Followed, due: float) -> None:
        followed.due = min(followed.due, due) if not followed.wake.is_set() else due
        followed.wake.set()

    def _touch(self, keys: frozenset[JobKey], pause: float) -> None:
        """Ask soon about jobs that somebody looks at now, if they move: so long after the last round."""
        self._touched = time.monotonic()
        for account_id, followed in self._followed.items():
            if not self._board.moving(account_id).isdisjoint(keys):
                self._bring_forward(followed, followed.asked + pause)

    def _attend(self) -> None:
        self._touched = time.monotonic()
        if self._attention is Attention.FRONT:
            for followed in self._followed.values():
                self._bring_forward(followed, followed.asked + AT_ONCE)

    def _pause(self, account_id: str, outcome: Outcome) -> float:
        moving = self._board.moving(account_id)
        seen = moving & self._in_view
        now = time.monotonic()
        return pause_between(
            Circumstances(
                attention=self._attention,
                moving=bool(moving),
                watched=bool(seen) or any(key == self._looked_at or self._board.is_awaited(key) for key in moving),
                here=account_id == THIS_COMPUTER_ID,
                quiet=now - max(self._touched, self._board.last_change(account_id)),
                requests=outcome.requests,
            )
        )

    def _show(self, account_id: str, light: Light, error: BatchdockError | None = None, tries: int = 0) -> None:
        first = self._accounts.light(account_id) is None
        self._accounts.show_light(account_id, light)
        problem_id = f"account:{account_id}"
        if error is None:
            if first or account_id in self._troubled:
                self._troubled.discard(account_id)
                self._problems.settle(problem_id)
        else:
            self._troubled.add(account_id)
            if is_said(error, tries):
                name = next((each.name for each in self._accounts.all() if each.account_id == account_id), account_id)
                self._problems.report(problem_id, name, error, again=lambda: self.look(account_id, whole=True))


def _light(error: BatchdockError) -> Light:
    if isinstance(error, AccountError):
        return Light.KEY_REFUSED
    if isinstance(error, ConnectionProblem | LocalServiceProblem):
        return Light.NO_CONNECTION
    return Light.SLOW
