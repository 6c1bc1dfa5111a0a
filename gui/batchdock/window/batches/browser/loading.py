"""Reads a long list on, page after page, as far as somebody looks; what does not come is asked for again."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from batchdock.core.errors import BatchdockError
from batchdock.flows.batches import Spot
from batchdock.window.context import Context

_FIRST_PAUSE_MS, _LONGEST_PAUSE_MS = 2_000, 60_000
MOST_ROWS = 1_000_000
"""More names are not kept in memory."""
PAGES_IN_VAIN = 100
"""After so many empty pages in a row, a list is taken to have no end."""


class Loading(QObject):
    """`wanted` tells up to which row somebody looks. Pages come one after the other: only each tells of the next."""

    came = Signal(object, bool)
    """A `FilePage`, and whether it is the last one."""
    stuck = Signal(object)
    """Why a page has not come: a `BatchdockError`. It is asked for again after a while."""

    def __init__(self, context: Context, wanted: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._wanted = context, wanted
        self._following: Spot | None = None
        self._seen: set[Spot] = set()
        self._come = self._tries = self._in_vain = 0
        self._reading: asyncio.Task[None] | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.go_on)

    def begin(self, following: Spot | None, come: int) -> None:
        """Go on with a list of which `come` rows have come, at the page `following`."""
        self.stop()
        self._following, self._come = following, come
        self._seen = set()
        self.go_on()

    def stop(self) -> None:
        """Read nothing more."""
        self._again.stop()
        self._following = None
        self._tries = self._in_vain = 0
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    @property
    def is_over(self) -> bool:
        """True when there is nothing more to read."""
        return self._following is None

    def go_on(self) -> None:
        """Read on if somebody looks further than what has come."""
        if self._following is None or self._reading is not None or self._come >= self._wanted():
            return
        if not self._again.isActive():
            self._reading = self._context.tasks.start(self._read(), on_error=self._on_error)

    async def _read(self) -> None:
        while self._following is not None and self._come < self._wanted():
            asked = self._following
            page = await self._context.background.run(self._context.desk.batches.page(asked))
            self._tries = 0
            self._seen.add(asked)
            self._come += len(page.files)
            self._in_vain = 0 if page.files else self._in_vain + 1
            following = page.following
            if following in self._seen or self._come >= MOST_ROWS or self._in_vain > PAGES_IN_VAIN:
                following = None
            self._following = following
            self.came.emit(page, following is None)
        self._reading = None

    def _on_error(self, error: BatchdockError) -> None:
        self._reading = None
        self._tries += 1
        self._again.start(min(_LONGEST_PAUSE_MS, _FIRST_PAUSE_MS * 2 ** min(self._tries - 1, 10)))
        self.stuck.emit(error)
