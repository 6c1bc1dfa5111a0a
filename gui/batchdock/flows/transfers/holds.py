"""Waits for what nobody here can hurry, until it may be over.

KEY, CERTIFICATE            somebody has to do something elsewhere: looked at every few minutes, and at once when the
                            account has news or the person says “try now”
CREDITS                     nothing is asked before the person says so: what costs money is not tried at random
DISK, SOURCE                looked at every few seconds: is there room, is the folder back
the others                  ever longer pauses up to a minute, which end early when the network comes back
"""

import asyncio
import math
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.account import KeyKept
from batchdock.core.errors import BatchdockError
from batchdock.core.transfer import Hold
from batchdock.flows.news import AccountsChanged, Event, Light, LightChanged, News
from batchdock.flows.patience import Patience, pause_after
from batchdock.flows.transfers.reading import READERS
from batchdock.flows.transfers.receive import RESERVE_BYTES
from batchdock.flows.transfers.verdict import Action, verdict

FOR_PERSON = frozenset({Hold.KEY, Hold.CREDITS, Hold.CERTIFICATE, Hold.DISK, Hold.SOURCE, Hold.SIGN_IN})
"""What does not end unless somebody does something."""
_ELSEWHERE = frozenset({Hold.KEY, Hold.CREDITS, Hold.CERTIFICATE})


@dataclass(frozen=True, slots=True)
class Looks:
    """Seconds between two looks whether it is over; `elsewhere` grows by doubling up to `longest`."""

    source: float = 2.0
    disk: float = 5.0
    elsewhere: float = 60.0
    longest: float = 600.0
    calm: float = 5.0
    """After so many seconds of work, what held it is over for certain."""


class Holds:
    """Knows what may end a hold. One for all flows, on their loop."""

    def __init__(self, news: News, patience: Patience, looks: Looks | None = None) -> None:
        self.patience, self.looks = patience, looks or Looks()
        self._waiting: dict[asyncio.Future[None], str] = {}
        self._loop = asyncio.get_running_loop()
        self._unsubscribe: Callable[[], None] = news.subscribe(self._on_news)

    def close(self) -> None:
        """Listen no more."""
        self._unsubscribe()

    def hold_of(self, error: BatchdockError) -> Hold | None:
        """Return what `error` makes wait for, None where waiting is no use or nobody would.

        A script has nobody who would enter a key; what it tried again until its patience ended is not tried anew.
        """
        found = verdict(error)
        if math.isinf(self.patience.limit):
            return found.hold
        return found.hold if found.action is Action.HOLD and found.hold not in _ELSEWHERE else None

    def begin(self, account_id: str) -> "Holding":
        """Return what counts the holds, one after another, of some work of an account."""
        return Holding(self, account_id)

    async def news_of(self, account_id: str, seconds: float, error: BatchdockError) -> None:
        """Wait until something is heard of the account, at most `seconds`."""
        heard: asyncio.Future[None] = self._loop.create_future()
        self._waiting[heard] = account_id
        pause = asyncio.ensure_future(self.patience.pause(seconds, error))
        try:
            await asyncio.wait({heard, pause}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._waiting[heard]
            pause.cancel()
            heard.cancel()

    def _on_news(self, event: Event) -> None:
        match event:
            case AccountsChanged(accounts):
                # An account without a key is passed over: asking for it would tell everybody that it has none.
                changed = {each.account_id for each in accounts if each.key_kept is not KeyKept.MISSING}
            case LightChanged(account_id, Light.OK | Light.SLOW):
                changed = {account_id}
            case _:
                return
        self._loop.call_soon_threadsafe(self._wake, changed)

    def _wake(self, account_ids: set[str]) -> None:
        for heard, account_id in self._waiting.items():
            if account_id in account_ids and not heard.done():
                heard.set_result(None)


class Holding:
    """Holds one after another; the pauses grow until something works."""

    def __init__(self, holds: Holds, account_id: str) -> None:
        self._holds, self._account_id = holds, account_id
        self._tries, self._began = 0, 0.0

    def over(self) -> None:
        """Note that something has worked."""
        self._tries = 0

    async def wait(self, error: BatchdockError) -> None:
        """Wait until what `error` tells of may be over. Raise it when that takes longer than patience lasts."""
        now, limit = time.monotonic(), self._holds.patience.limit
        self._began = now if self._tries == 0 else self._began
        self._tries += 1
        try:
            async with asyncio.timeout(None if math.isinf(limit) else max(0.0, self._began + limit - now)):
                await self._wait(error)
        except TimeoutError:
            raise error from None

    async def _wait(self, error: BatchdockError) -> None:
        hold, looks = self._holds.hold_of(error), self._holds.looks
        folder = error.values.get("folder")
        if hold is Hold.SOURCE and isinstance(folder, Path):
            if self._tries > 1:  # It is there, and yet not what it was.
                await asyncio.sleep(looks.source)
            await _until(_is_there, folder, looks.source)
        elif hold is Hold.DISK and isinstance(folder, Path):
            before, wanted = await _look(_free, folder), error.values.get("bytes")
            enough = RESERVE_BYTES + wanted if isinstance(wanted, int) else (before or 0) + 1
            await _until(lambda place: (_free(place) or 0) >= max(enough, RESERVE_BYTES), folder, looks.disk)
        elif hold is Hold.CREDITS:
            await asyncio.get_running_loop().create_future()
        elif hold in _ELSEWHERE:
            seconds = min(looks.longest, looks.elsewhere * 2.0 ** min(self._tries - 1, 10))
            await self._holds.news_of(self._account_id, seconds, error)
        else:
            await self._holds.patience.pause(pause_after(self._tries, error), error)


async def _until(holds: Callable[[Path], bool], folder: Path, every: float) -> None:
    """Look until it is so, again and again; a look that hangs is waited for, without a second one beside it."""
    while True:
        if await READERS.run(holds, folder):
            return
        await asyncio.sleep(every)


async def _look(ask: Callable[[Path], int | None], folder: Path) -> int | None:
    with suppress(TimeoutError):
        async with asyncio.timeout(2.0):
            return await READERS.run(ask, folder)
    return None


def _is_there(folder: Path) -> bool:
    """Tell whether there is anything in a folder; what is left of a drive that has gone is an empty one."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def _free(folder: Path) -> int | None:
    """Return the free bytes of the disk of a folder, which may not be there yet, or None when it does not answer."""
    for place in (folder, *folder.parents):
        with suppress(OSError):
            return shutil.disk_usage(place).free
    return None
