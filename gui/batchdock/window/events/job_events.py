"""The events of one job: the timeline, the list below it, and one of them large."""

import asyncio
from datetime import datetime
from typing import TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from batchdock.core.event import Event, Span
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.events.large import LargeEvent
from batchdock.window.events.list_view import EventsList
from batchdock.window.events.shelf import EventShelf
from batchdock.window.events.stretch import Stretch, moment, stamp
from batchdock.window.events.timeline import Timeline
from batchdock.window.events.words import clock_text, events_text, kind_text
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text

Key = tuple[str, str]
_Result = TypeVar("_Result")
_BETWEEN_MS = 500
"""At least, between two looks at what has come: a burst of it is shown gathered."""


class JobEvents(QWidget):
    """Shows one job's; whoever owns it tells by `look_again` that there may be more."""

    counted = Signal(int)
    """How many events are in the list: those of the chosen time and kind."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._key: Key | None = None
        self._span: Span | None = None
        self._above = 0
        self._version = 0
        self._looking: asyncio.Task[None] | None = None
        self._is_stale = self._is_unread = False
        self._counting: asyncio.Task[None] | None = None
        self._opened: asyncio.Task[None] | None = None
        step = unit(self)
        self.shelf = EventShelf(context, self)
        self.timeline = Timeline()
        self.list = EventsList(self.shelf)
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("Kind"))
        self.shown = TintedLabel()
        self.shown.setWordWrap(False)
        self.all_times = QPushButton(self.tr("All times"))
        self.all_times.setAccessibleName(self.tr("See all times again"))
        self.new_ones = QPushButton()
        self.new_ones.hide()
        self.large = LargeEvent(context)
        kinds = QLabel(self.tr("&Kind"))
        kinds.setBuddy(self.kind)
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        row.addWidget(kinds)
        row.addWidget(self.kind)
        row.addWidget(self.all_times)
        row.addStretch()
        row.addWidget(self.new_ones)
        row.addWidget(self.shown)
        several = QWidget()
        column = QVBoxLayout(several)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(step * 2)
        column.addWidget(self.timeline)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        self.stack = QStackedWidget()
        self.waiting = EmptyState(
            "hourglass", self.tr("Nothing came yet. Events appear here as soon as the job sends them.")
        )
        for each in (self.waiting, several, self.large):
            self.stack.addWidget(each)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_BETWEEN_MS)
        self._pause.timeout.connect(self._look_if_stale)
        self._connect()

    def show_job(self, key: Key | None) -> None:
        """Show the events of this job from the newest on."""
        self._key, self._span, self._above = key, None, 0
        self.shelf.clear()
        self.kind.blockSignals(True)
        self.kind.clear()
        self.kind.blockSignals(False)
        self.timeline.set_whole(None, keep=False)
        self.all_times.hide()
        self.new_ones.hide()
        self._reload()

    def look_again(self) -> None:
        """There may be more, or less."""
        self._is_stale = True
        if not self._pause.isActive() and self._looking is None:
            self._look_if_stale()

    def times(self) -> tuple[datetime | None, datetime | None]:
        """Return the chosen time: since, and until, which is not in it; None where there is no limit."""
        choice = self.timeline.choice
        return (moment(choice.begin), moment(choice.end)) if choice is not None else (None, None)

    def kinds(self) -> frozenset[str] | None:
        """Return the chosen kinds; None: all."""
        chosen = self.kind.currentData()
        return frozenset((chosen,)) if isinstance(chosen, str) else None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_unread:
            self._reload()
        else:
            self._look_if_stale()

    def _connect(self) -> None:
        self.timeline.wanted.connect(self._count_soon)
        self.timeline.chosen.connect(self._on_chosen)
        self.kind.currentIndexChanged.connect(lambda _index: self._reload())
        self.all_times.clicked.connect(lambda: self.timeline.choose(None))
        self.new_ones.clicked.connect(self._on_new_ones)
        self.list.opened.connect(self.open_row)
        self.list.current_changed.connect(self._on_current)
        self.list.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.large.left.connect(self._on_left)
        self.large.stepped.connect(lambda by: self.open_row(self.list.currentIndex().row() + by))

    # --- reading

    def _reload(self) -> None:
        """Read everything anew: another job, time or kind."""
        self._version += 1
        self._is_stale = False
        self._is_unread = not self.isVisible()
        if self._is_unread:
            return  # Nothing is read for a page that nobody sees.
        if self._key is None:
            self.stack.setCurrentIndex(0)
            return
        self._context.tasks.start(self._read(self._key, self._version))

    async def _read(self, key: Key, version: int) -> None:
        desk, run = self._context.desk, self._context.background.run
        since, until = self.times()
        index = await run(desk.events.index(key, since, until, self.kinds()))
        spans = await run(desk.events.spans())
        kinds = await run(desk.events.kinds(key))
        if version != self._version:
            return
        self._take_span(spans.get(key), kinds)
        self.list.show_events(index)
        self._above = 0
        self._tell()

    def _look_if_stale(self) -> None:
        if self._is_stale and self._looking is None and self._key is not None and self.isVisible():
            self._is_stale = False
            self._looking = self._context.tasks.start(self._look(self._key, self._version))

    async def _look(self, key: Key, version: int) -> None:
        desk, run = self._context.desk, self._context.background.run
        try:
            since, until = self.times()
            before = self._span.events if self._span is not None else 0
            index = await run(desk.events.index(key, since, until, self.kinds(), above=self.list.events.newest))
            span = (await run(desk.events.spans())).get(key)
            kinds = await run(desk.events.kinds(key))
            if version != self._version:
                return
            if span is None or span.events < before + len(index.numbers):
                self._reload()  # Some have been let go of, too.
                return
            self._take_span(span, kinds)
            self._above += self.list.add_events(index)
            self._tell()
        finally:
            self._looking = None
            self._pause.start()

    def _take_span(self, span: Span | None, kinds: dict[str, int]) -> None:
        grown = span != self._span
        self._span = span
        self._offer_kinds(kinds)
        if span is None or span.first is None or span.last is None:
            self.timeline.set_whole(None, keep=False)
            self.stack.setCurrentIndex(0)
            return
        if self.stack.currentIndex() == 0:
            self.stack.setCurrentIndex(1)
        if grown:
            whole = Stretch(stamp(span.first), max(stamp(span.last) + 1, stamp(span.first) + 1_000))
            self.timeline.set_whole(whole, keep=True)

    def _offer_kinds(self, kinds: dict[str, int]) -> None:
        chosen = self.kind.currentData()
        wanted = [(self.tr("All kinds"), None), *((kind_text(each), each) for each in sorted(kinds))]
        there = [(self.kind.itemText(place), self.kind.itemData(place)) for place in range(self.kind.count())]
        if wanted == there:
            return
        self.kind.blockSignals(True)
        self.kind.clear()
        for text, kind in wanted:
            self.kind.addItem(text, kind)
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen)) if chosen is not None else 0)
        self.kind.blockSignals(False)

    def _count_soon(self) -> None:
        if self._counting is None and self._key is not None:
            self._counting = self._context.tasks.start(self._count(self._key))

    async def _count(self, key: Key) -> None:
        """Count what the timeline shows; once more when it has shown something else meanwhile."""
        try:
            while (seen := self.timeline.seen) is not None and key == self._key:
                bins = self.timeline.bins
                counts = await self._context.background.run(
                    self._context.desk.events.histogram(key, bins, moment(seen.begin), moment(seen.end), self.kinds())
                )
                if seen == self.timeline.seen and key == self._key:
                    self.timeline.show_counts(seen, counts)
                    if bins == self.timeline.bins:
                        return
        finally:
            self._counting = None

    # --- what people do

    def open_row(self, row: int) -> None:
        """Show an event large."""
        if 0 <= row < self.list.events.rowCount():
            self.list.choose_row(row)
            if self._opened is not None:
                self._opened.cancel()
            self._opened = self._context.tasks.start(self._open(self.list.events.number(row)))

    async def _open(self, number: int) -> None:
        event: Event | None = self.shelf.event_of(number)
        if event is None:
            found = await self._context.background.run(self._context.desk.events.some([number]))
            event = found[0] if found else None
        row = self.list.events.row_of(number, stamp(event.at)) if event is not None else None
        if event is None or row is None:
            return
        was_large = self.stack.currentWidget() is self.large
        self.large.show_event(event, first=row == 0, last=row == self.list.events.rowCount() - 1)
        self.stack.setCurrentWidget(self.large)
        if not was_large:
            self.large.picture.setFocus()

    def _on_left(self) -> None:
        self.stack.setCurrentIndex(1)
        self.list.setFocus()
        self.list.scrollTo(self.list.currentIndex())

    def _on_chosen(self, choice: Stretch | None) -> None:
        self.all_times.setVisible(choice is not None)
        self._reload()

    def _on_current(self, row: int) -> None:
        self.timeline.show_mark(self.list.events.time(row) if row >= 0 else None)

    def _on_new_ones(self) -> None:
        self.list.scrollToTop()
        self.list.setFocus()

    def _on_scrolled(self, value: int) -> None:
        if value == 0 and self._above:
            self._above = 0
            self._tell()

    def _tell(self) -> None:
        count = self.list.events.rowCount()
        text = events_text(count)
        since, until = self.times()
        if since is not None and until is not None:
            text = f"{text} · {clock_text(since)} – {clock_text(until)}"
        self.shown.setText(text)
        self.new_ones.setVisible(self._above > 0)
        self.new_ones.setText(self.tr("Show %1 new").replace("%1", number_text(self._above)))
        self.counted.emit(count)
