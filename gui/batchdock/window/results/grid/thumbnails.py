"""What the grid has in hand of each picture, up to so many bytes, and the way to more of it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QPixmap

from batchdock.flows.results.opening import Seen
from batchdock.window.context import Context
from batchdock.window.results.grid.keeping import Keeping
from batchdock.window.results.grid.loading import Loads, Look, Ready
from batchdock.window.results.viewing import Viewing

KEPT_BYTES = 96 * 1024 * 1024
"""Of pictures that are ready to be painted."""

_WEIGHT_OF_WORDS = 2048
_LOOKING_MS = 15
_BUDGET = 0.004
"""Seconds for taking over what has arrived, a time."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """One picture as far as it is known. An older `stamp` is shown until a newer one has come."""

    stamp: int
    seen: Seen
    pixmap: QPixmap | None
    is_whole: bool


class Thumbnails(QObject):
    """`ready` tells the numbers whose look has changed."""

    ready = Signal(list)

    def __init__(
        self,
        context: Context,
        state: Viewing,
        loading: Callable[[], Loads | None],
        parent: QObject | None = None,
    ) -> None:
        """`loading` gives what brings the pictures of what is looked at; None where that is nothing."""
        super().__init__(parent)
        self._context = context
        self._state = state
        self._new_loading = loading
        self._kept: Keeping[Thumbnail] = Keeping(KEPT_BYTES)
        self._stamp = 0
        self._counting: tuple[frozenset[int] | None, float, float] | None = None
        """Which findings count: the rest of a filter changes no picture."""
        self._wished: tuple[int, ...] = ()
        self._awaited: set[int] = set()
        self._room, self._ratio = QSize(), 1.0
        self._loading: Loads | None = None
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOKING_MS)
        self._looking.timeout.connect(self._take_arrived)
        state.opened_changed.connect(self._on_opened)
        state.selection_changed.connect(self._on_selection)
        state.looks_changed.connect(self._age)
        state.originals_moved.connect(self._age)

    def get(self, number: int) -> Thumbnail | None:
        """Return what is known of a picture."""
        return self._kept.get(number)

    def seen(self, number: int) -> Seen | None:
        """Return what was found in a picture, where that is known."""
        kept = self._kept.get(number)
        return kept.seen if kept is not None else None

    def wish(self, numbers: Sequence[int], room: QSize, ratio: float) -> None:
        """Bring these pictures first to last, `room` device pixels large, and no others any more."""
        selection = self._state.selection
        if self._loading is None or selection is None or room.isEmpty():
            return
        if (room, ratio) != (self._room, self._ratio):
            self._room, self._ratio = room, ratio
            self._age()
        missing = tuple(number for number in numbers if not self._is_there(number))
        if missing == self._wished:
            return
        self._wished, self._awaited = missing, set(missing)
        look = Look(self._stamp, selection.filter, self._state.looks, room, ratio)
        self._context.tasks.start(self._context.background.run(self._loading.wish(missing, look)))
        if missing:
            self._looking.start()

    def rest(self) -> None:
        """Wish for nothing: nobody looks."""
        self._looking.stop()
        self._wished, self._awaited = (), set()

    def _is_there(self, number: int) -> bool:
        kept = self._kept.get(number)
        return kept is not None and kept.is_whole and kept.stamp == self._stamp

    def _age(self) -> None:
        self._stamp += 1
        self._wished = ()

    def _on_selection(self) -> None:
        selection = self._state.selection
        if selection is not None:
            chosen = selection.filter
            counting = (chosen.labels, chosen.least, chosen.most)
            if counting != self._counting:
                self._counting = counting
                self._age()

    def _on_opened(self) -> None:
        self.rest()
        self._kept.clear()
        if self._loading is not None:
            self._context.tasks.start(self._context.background.run(self._loading.close()))
        self._loading = self._new_loading()

    def _take_arrived(self) -> None:
        """Take over what has come, as much as is done without being noticed."""
        if self._loading is None:
            return
        arrived, until, changed = self._loading.arrived, time.perf_counter() + _BUDGET, []
        while arrived and time.perf_counter() < until:
            ready = arrived.popleft()
            if ready.stamp == self._stamp:
                self._keep(ready)
                changed.append(ready.number)
        if changed:
            self.ready.emit(changed)
        if not arrived and not self._awaited:
            self._looking.stop()

    def _keep(self, ready: Ready) -> None:
        pixmap = QPixmap.fromImage(ready.image) if ready.image is not None else None
        if pixmap is None and not ready.is_whole:
            # The old picture stays until the new one is there.
            old = self._kept.get(ready.number)
            pixmap = old.pixmap if old is not None else None
        else:
            self._awaited.discard(ready.number)
        weight = _WEIGHT_OF_WORDS + (pixmap.width() * pixmap.height() * 4 if pixmap is not None else 0)
        self._kept.put(ready.number, Thumbnail(ready.stamp, ready.seen, pixmap, ready.is_whole), weight)
