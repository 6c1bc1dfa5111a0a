"""What is borne while a service or the line is in trouble: how long until the next try, and what the row says."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from batchdock.core.errors import BatchdockError, ServiceError
from batchdock.core.transfer import TransferState
from batchdock.flows.patience import Patience
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.verdict import Action, verdict

_Result = TypeVar("_Result")

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 60.0
SHOWN_AFTER = 10.0
"""Seconds without anything that moved until the row says why; shorter trouble is nobody's business."""


class Trouble:
    """The troubles of one run, over all its pieces."""

    def __init__(self, row: Row, patience: Patience) -> None:
        self._row, self._patience = row, patience
        self._moved_at = asyncio.get_running_loop().time()
        self._most_bytes = row.meter.bytes_done
        self._before = TransferState.MOVING

    def moved(self) -> None:
        """Something got over."""
        self._moved_at = asyncio.get_running_loop().time()
        self._most_bytes = max(self._most_bytes, self._row.meter.bytes_done)
        self._forget()

    async def after(self, error: BatchdockError, tries: int) -> None:
        """Wait before another try, the `tries`-th was in vain. Raise `error` when patience is at its end."""
        self._look_at_bytes()
        await self._wait(error, tries, self._moved_at)
        self._look_at_bytes()

    def bear(self, error: BatchdockError) -> None:
        """Count a try in vain. Raise `error` when nothing else came for as long as patience lasts."""
        self._look_at_bytes()
        self._count()
        if asyncio.get_running_loop().time() - self._moved_at > self._patience.limit:
            raise error
        self._show(error, self._moved_at)

    async def keep(self, ask: Callable[[], Awaitable[_Result]]) -> _Result:
        """Return what is asked for, asking again while the errors are ones of which the verdict is `AGAIN`."""
        since, tries = 0.0, 0
        while True:
            try:
                answer = await ask()
            except BatchdockError as error:
                tries += 1
                if verdict(error).action is not Action.AGAIN:
                    raise
                since = since or asyncio.get_running_loop().time()
                await self._wait(error, tries, since)
            else:
                if tries:
                    self._forget()
                return answer

    async def _wait(self, error: BatchdockError, tries: int, since: float) -> None:
        clock = asyncio.get_running_loop()
        seconds = _pause(error, tries)
        if clock.time() + seconds - since > self._patience.limit:
            raise error
        self._count()
        until_shown = since + SHOWN_AFTER - clock.time()
        if 0 < until_shown < seconds:
            await self._patience.pause(until_shown, error)
            seconds -= until_shown
        self._show(error, since)
        await self._patience.pause(seconds, error)

    def _count(self) -> None:
        self._row.change(retried=self._row.transfer.retried + 1)

    def _look_at_bytes(self) -> None:
        """Take it for movement when more has gone over than ever before; bytes that go again are none."""
        if self._row.meter.bytes_done > self._most_bytes:
            self.moved()

    def _show(self, error: BatchdockError, since: float) -> None:
        # Another piece may have got through while this one waited.
        if asyncio.get_running_loop().time() - max(since, self._moved_at) < SHOWN_AFTER:
            return
        if self._row.transfer.hold is None:
            self._before = self._row.transfer.state
        said = f"{error.filled(error.title)}. {error.filled(error.message)}"
        self._row.change(state=TransferState.HELD, hold=verdict(error).hold, message=said, rate=None, seconds_left=None)

    def _forget(self) -> None:
        if self._row.transfer.hold is not None:
            self._row.change(state=self._before, hold=None, message="")


def _pause(error: BatchdockError, tries: int) -> float:
    """Return how many seconds to wait: what the service asks for, and else full jitter below a doubling limit."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(tries - 1, 10))
    jitter = random.uniform(0.0, longest)  # noqa: S311 - spreads load, guards nothing
    asked = error.retry_after if isinstance(error, ServiceError) else None
    # A little over what was asked for: all who were told the same would come back at the same moment.
    return jitter if asked is None else asked + min(jitter, 0.1 * asked)
