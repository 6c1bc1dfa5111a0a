"""Notices that the network is gone or back and that the computer has slept, and ends the pauses that this makes idle.

What the person wants is not touched here: a transfer that shall run waits and goes on, one that is paused stays so.
"""

import asyncio
import random
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from batchdock.core.errors import (
    BatchdockError,
    CertificateRefused,
    ConnectionClosed,
    ConnectionProblem,
    NoNetwork,
    SignInNeeded,
)
from batchdock.flows.clocks import Clocks, SleepWatch
from batchdock.flows.news import Event, Light, LightChanged, Network, NetworkChanged, News, Woke
from batchdock.flows.reach import reach

TICK = 2.0
LOOK_EVERY = 3.0
LOOK_SECONDS = 10.0
"""A name that is not found for so long is not found."""
SIGN_IN_PAUSE = 10.0
"""Only a real request can tell whether somebody has signed in, so the next one comes soon."""
SIGN_IN_LASTS = 45.0
"""Seconds after which nobody is asked any more to sign in, when no request has needed it again."""


class Connectivity:
    """One for all flows, on their loop. It looks at the network only while something is in trouble."""

    def __init__(
        self,
        news: News,
        addresses: Callable[[], Mapping[str, tuple[str, ...]]],
        *,
        clocks: Clocks | None = None,
        tick: float = TICK,
        look_every: float = LOOK_EVERY,
        look: Callable[[str], BatchdockError | None] = reach,
    ) -> None:
        """`addresses` tells all hosts of the accounts' services, by account id; `look` may block, in a thread."""
        self._news, self._addresses = news, addresses
        self._clocks, self._tick, self._every, self._look_at = clocks or Clocks(), tick, look_every, look
        self._pauses: dict[asyncio.Future[None], BatchdockError | None] = {}
        self._unreached: set[str] = set()
        self._down: frozenset[str] = frozenset()
        self._sign_in: tuple[SignInNeeded, float] | None = None
        self._state = Network.ONLINE
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = news.subscribe(self._on_news)

    @property
    def state(self) -> Network:
        """What the network was the last time that it mattered. Safe from any thread."""
        return self._state

    def start(self) -> None:
        """Watch the clocks from now on."""
        self._keep(self._watch_clocks(), "watch the clocks")

    async def close(self) -> None:
        """Watch nothing any more; pauses run to their end."""
        self._unsubscribe()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def pause(self, seconds: float, error: BatchdockError | None = None) -> None:
        """Wait, at most `seconds`, because of `error`; shorter when the computer wakes or the network comes back."""
        if isinstance(error, SignInNeeded):
            seconds = min(seconds, SIGN_IN_PAUSE)
            self._sign_in = error, self._clocks.steady() + SIGN_IN_LASTS
            self._show(Network.SIGN_IN, error)
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pauses[over] = error
        self._look_if_troubled()
        try:
            await asyncio.wait({over}, timeout=seconds)
        finally:
            del self._pauses[over]
            over.cancel()

    async def _watch_clocks(self) -> None:
        watch = SleepWatch(self._clocks, self._tick)
        while True:
            await asyncio.sleep(self._tick)
            seconds = watch.slept()
            if seconds:
                self._end(self._pauses)
                self._news.publish(Woke(seconds))

    def _on_news(self, event: Event) -> None:
        if isinstance(event, LightChanged):
            if event.light is Light.NO_CONNECTION and event.account_id in self._addresses():
                self._unreached.add(event.account_id)
                self._look_if_troubled()
                return
            self._unreached.discard(event.account_id)
            if self._state is Network.SIGN_IN and event.light is Light.OK and event.account_id in self._addresses():
                self._sign_in = None
                self._show(Network.ONLINE)

    def _look_if_troubled(self) -> None:
        if self._is_troubled() and (self._looking is None or self._looking.done()):
            self._looking = self._keep(self._look(), "look at the network")

    def _is_troubled(self) -> bool:
        addresses = self._addresses()
        return bool(addresses) and (
            self._state is not Network.ONLINE
            or any(_is_about_network(error) for error in self._pauses.values())
            or not self._unreached.isdisjoint(addresses)
        )

    async def _look(self) -> None:
        while self._is_troubled():
            addresses = frozenset(each for hosts in self._addresses().values() for each in hosts)
            found = dict(zip(addresses, await asyncio.gather(*map(self._found, addresses)), strict=True))
            down = frozenset(address for address, error in found.items() if error is not None)
            back, self._down = (self._down & addresses) - down, down
            if self._sign_in is not None and self._clocks.steady() > self._sign_in[1]:
                self._sign_in = None
            errors = [error for error in found.values() if error is not None]
            if errors and len(errors) == len(found):
                self._show(Network.OFFLINE, next((each for each in errors if isinstance(each, NoNetwork)), errors[0]))
            elif self._sign_in is not None:
                self._show(Network.SIGN_IN, self._sign_in[0])
            else:
                self._show(Network.ONLINE)
            if back:
                # Only after it was gone: a service that is there and answers badly must not be asked faster.
                self._end(over for over, error in self._pauses.items() if error is None or _is_about_network(error))
            await asyncio.sleep(self._every * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load

    async def _found(self, address: str) -> BatchdockError | None:
        """Look in a daemon thread: asyncio waits for its own at the end, and a name server may be silent for long."""
        found: Future[BatchdockError | None] = Future()

        def work() -> None:
            if not found.set_running_or_notify_cancel():
                return
            try:
                found.set_result(self._look_at(address))
            except BaseException as error:
                found.set_exception(error)

        threading.Thread(target=work, name="batchdock-network", daemon=True).start()
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await asyncio.wrap_future(found)
        except TimeoutError:
            return NoNetwork(details=f"No answer in {LOOK_SECONDS:.0f} seconds")

    def _end(self, pauses: Iterable[asyncio.Future[None]]) -> None:
        for over in tuple(pauses):
            if not over.done():
                over.set_result(None)

    def _show(self, state: Network, error: BatchdockError | None = None) -> None:
        if state is not self._state:
            self._state = state
            self._news.publish(NetworkChanged(state, error))

    def _keep(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _is_about_network(error: BatchdockError | None) -> bool:
    """Tell whether nothing was reached; what this app has closed itself, or does not trust, was."""
    return isinstance(error, ConnectionProblem) and not isinstance(error, CertificateRefused | ConnectionClosed)
