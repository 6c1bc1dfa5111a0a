"""Brings the files of a segment to the grid: all of it happens on the other thread, the newest wish first."""

import asyncio
from collections import deque
from collections.abc import Sequence

from batchdock.core.errors import BatchdockError
from batchdock.flows.datasets.rows import Row
from batchdock.flows.desk import Desk
from batchdock.window.datasets.data.looking import known, look, out_of_reach
from batchdock.window.datasets.data.state import Shown
from batchdock.window.results.grid.composing import composed
from batchdock.window.results.grid.loading import Look, Ready

_AT_ONCE = 4
"""Files that are fetched and read at the same time."""


class DataLoading:
    """For one segment. Build it anywhere; `wish` runs on the other thread. What is ready lies in `arrived`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self.arrived: deque[Ready] = deque()
        """Filled on the other thread, emptied on the window's."""
        self._desk = desk
        self._shown = shown
        self._wished: list[int] = []
        self._look: Look | None = None
        self._rows: dict[int, Row] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def wish(self, numbers: Sequence[int], look: Look) -> None:
        """Bring these files, in this order, and nothing that was wished for before. Returns at once."""
        changed = self._look is None or self._look.stamp != look.stamp
        self._look = look
        wanted = set(numbers)
        for number, task in list(self._running.items()):
            if changed or number not in wanted:
                task.cancel()
                del self._running[number]
        self._wished = [number for number in numbers if number not in self._running]
        self._rows = {number: row for number, row in self._rows.items() if number in wanted}
        if self._asking is not None:
            self._asking.cancel()
        self._asking = asyncio.ensure_future(self._learn(look))

    async def close(self) -> None:
        """End what is on its way."""
        ending = [*self._running.values(), *([self._asking] if self._asking is not None else [])]
        self._wished, self._running, self._asking = [], {}, None
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    async def _learn(self, look: Look) -> None:
        """Ask for the rows of all that is wished for, then for the files."""
        for number in [each for each in self._wished if each not in self._rows]:
            row_number = number // self._shown.width
            try:
                self._rows[number] = (await self._shown.rows.some((row_number,)))[row_number]
            except BatchdockError as error:
                self._wished.remove(number)
                self.arrived.append(Ready(number, look.stamp, out_of_reach(number, error).seen, None, True))
                continue
            looked = known(self._shown, number, self._rows[number])
            self.arrived.append(Ready(number, look.stamp, looked.seen, None, looked.data is None))
            if looked.data is None:
                self._wished.remove(number)
            self._go_on(look)
        self._go_on(look)

    def _go_on(self, look: Look) -> None:
        while self._wished and len(self._running) < _AT_ONCE and self._wished[0] in self._rows:
            number = self._wished.pop(0)
            self._running[number] = asyncio.ensure_future(self._bring(number, self._rows[number], look))

    async def _bring(self, number: int, row: Row, wanted: Look) -> None:
        try:
            looked = await look(self._desk, self._shown, number, row, wanted.edge, small=True)
            image = None
            if looked.pixels is not None:
                labels = self._shown.classes.labels
                image = await asyncio.to_thread(
                    composed, looked.pixels, looked.seen, wanted.room, wanted.ratio, wanted.looks, labels
                )
            self.arrived.append(Ready(number, wanted.stamp, looked.seen, image, is_whole=True))
        finally:
            if self._running.get(number) is asyncio.current_task():
                del self._running[number]
                if self._look is not None:
                    self._go_on(self._look)
