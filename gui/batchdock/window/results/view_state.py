"""What is looked at: opened results, which of their pictures, in which order, and the one in hand. Views share it."""

import asyncio
import time
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from batchdock.core.finding import Filter, Label, SortBy
from batchdock.flows.results.opening import Opened, Selection
from batchdock.window.context import Context
from batchdock.window.results.viewing import NOTHING_CURRENT, Viewing

PATIENCE = 0.3
"""Seconds. An answer that comes sooner is shown although the wish has changed since: a slider is followed while it
moves. One that takes longer is given up for the newer wish."""

BUSY_AFTER_MS = 250
"""What takes no longer than this is not called busy."""

NO_CLASS = -1
"""Stands in `Filter.labels` for findings without a class."""


class ViewState(Viewing):
    """Ask for changes here, and follow the signals. `filter`, `by` and `descending` are what is wished for;
    `selection` (with its own `filter`) is the last answer, and what is on screen."""

    filter_changed = Signal()
    """The wish; `selection_changed` follows when it is answered."""
    busy_changed = Signal(bool)
    """An answer takes long, or has come."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.opened: Opened | None = None
        self.filter = Filter()
        self.by = SortBy.NAME
        self.descending = False
        self.is_busy = False
        self._asking: asyncio.Task[None] | None = None
        self._asked_at = 0.0
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(BUSY_AFTER_MS)
        self._slow.timeout.connect(self._call_busy)

    @property
    def labels(self) -> tuple[Label, ...]:
        return self.opened.labels if self.opened is not None else ()

    @property
    def order(self) -> object:
        return self.opened, self.by, self.descending

    def show(self, opened: Opened | None, wished: Filter | None = None) -> None:
        """Look at other results, all of them unless `wished` says which; None: at nothing."""
        self._give_up()
        self.opened, self.selection = opened, None
        self.filter, self.by, self.descending = wished or Filter(), SortBy.NAME, False
        self.place = 0
        self.opened_changed.emit()
        self._take_current(NOTHING_CURRENT)
        self._ask()

    def change(self, **fields: Any) -> None:
        """Change fields of the filter. The newest wish wins; `selection_changed` tells the answer."""
        wished = replace(self.filter, **fields)
        if wished != self.filter:
            self.filter = wished
            self.filter_changed.emit()
            self._ask()

    def toggle(self, label: int) -> None:
        """Let the findings of one class count, or not any more."""
        if self.opened is not None:
            every = self.every_label()
            self.change_labels((every if self.filter.labels is None else self.filter.labels) ^ {label})

    def change_labels(self, labels: frozenset[int]) -> None:
        """Let the findings of these classes count."""
        self.change(labels=None if labels >= self.every_label() else labels)

    def every_label(self) -> frozenset[int]:
        """Return all classes, and what stands for none."""
        known = self.opened.labels if self.opened is not None else ()
        return frozenset(label.number for label in known) | {NO_CLASS}

    def sort(self, by: SortBy, descending: bool) -> None:
        """Order the pictures anew."""
        if (by, descending) != (self.by, self.descending):
            self.by, self.descending = by, descending
            self._ask()

    # --- inside

    def _ask(self) -> None:
        if self._asking is not None:
            if time.monotonic() - self._asked_at < PATIENCE:
                return
            self._asking.cancel()
        if self.opened is not None:
            if not self._slow.isActive() and not self.is_busy:
                self._slow.start()
            self._asking = self._context.tasks.start(self._answer(self.opened))

    async def _answer(self, opened: Opened) -> None:
        me = asyncio.current_task()
        try:
            answered = None
            while answered != (wish := (self.filter, self.by, self.descending)):
                self._asked_at = time.monotonic()
                asked = opened.select(wish[0], wish[1], descending=wish[2])
                selection = await self._context.background.run(asked)
                if self._asking is not me:
                    return
                answered = wish
                self._take_selection(selection)
        finally:
            if self._asking is me:
                self._asking = None
                self._rest()

    def _give_up(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        self._rest()

    def _take_selection(self, selection: Selection) -> None:
        self.selection = selection
        place = self.place_of(self.current) if self.current != NOTHING_CURRENT else None
        kept = self.current
        if place is not None:
            self.place = place
        else:
            last = len(selection.numbers) - 1
            self.place = min(self.place, max(0, last))
            if kept != NOTHING_CURRENT:
                kept = int(selection.numbers[self.place]) if last >= 0 else NOTHING_CURRENT
        self.selection_changed.emit()
        self._take_current(kept)

    def _call_busy(self) -> None:
        self.is_busy = True
        self.busy_changed.emit(True)

    def _rest(self) -> None:
        self._slow.stop()
        if self.is_busy:
            self.is_busy = False
            self.busy_changed.emit(False)
