"""Reading a list on the other thread, and handing it to the window in bites it can swallow."""

import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from PySide6.QtCore import QObject, QTimer, Signal

from batchdock.core.errors import BatchdockError
from batchdock.core.inventory import Item
from batchdock.window.context import Context

_BEAT_MS = 30
_BUDGET = 0.008
"""Seconds that whoever listens may take of the window's thread in one beat, give or take one page."""


Pages = Callable[[], AsyncGenerator[tuple[Item, ...], None]]
"""Begins to ask for a list, on the thread of the flows."""


class Reading(QObject):
    """One walk through a list. `came` carries a tuple of items, `ended` the error that broke it off, or None."""

    came = Signal(tuple)
    ended = Signal(object)

    def __init__(self, context: Context, pages: Pages, parent: QObject | None = None) -> None:
        """Nothing is asked before `start`."""
        super().__init__(parent)
        self._context = context
        self._ask = pages
        self._pages: deque[tuple[Item, ...]] = deque()
        self._error: BatchdockError | None = None
        self._over = False
        self._beat = QTimer(self)
        self._beat.setInterval(_BEAT_MS)
        self._beat.timeout.connect(self._hand_on)

    def start(self) -> None:
        """Begin to read."""
        self._beat.start()
        self._task = self._context.tasks.start(self._read(), on_error=self._on_error)

    def stop(self) -> None:
        """Read no further, and say nothing any more."""
        self._beat.stop()
        self._pages.clear()
        self._task.cancel()

    async def _read(self) -> None:
        await self._context.background.run(self._gather())
        self._over = True

    async def _gather(self) -> None:
        """Runs on the thread of the flows."""
        async with aclosing(self._ask()) as pages:
            async for page in pages:
                self._pages.append(page)

    def _on_error(self, error: BatchdockError) -> None:
        self._error, self._over = error, True

    def _hand_on(self) -> None:
        over = self._over  # Looked at first: what comes after this line is for the next beat.
        until = time.perf_counter() + _BUDGET
        while self._pages and time.perf_counter() < until:
            self.came.emit(self._pages.popleft())
        if over and not self._pages and self._beat.isActive():
            self._beat.stop()
            self.ended.emit(self._error)
