"""The browser: go into batches, parts and archives, look at what is there, and tick what is to be saved."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from batchdock.core.batch import Choice
from batchdock.core.errors import BatchdockError
from batchdock.flows.batches import FilePage, Spot
from batchdock.flows.news import Event, ResultsSaved
from batchdock.window.batches.browser.entries import Entry, Kind, entries_of_parts, entry_of_batch
from batchdock.window.batches.browser.entries_model import EntriesModel
from batchdock.window.batches.browser.frame import Frame
from batchdock.window.batches.browser.loading import Loading
from batchdock.window.batches.browser.marks import Marks
from batchdock.window.batches.browser.places import PartPlace
from batchdock.window.batches.browser.reading import first_page, inside_archive
from batchdock.window.batches.browser.rows import Rows
from batchdock.window.batches.browser.showing import Showing
from batchdock.window.batches.browser.ticks import Ticks
from batchdock.window.batches.saving import Wanted, ask_and_save
from batchdock.window.context import Context
from batchdock.window.messages import worded
from batchdock.window.plain_text import tooltip_text
from batchdock.window.wording import number_text

AHEAD_ROWS = 400
"""So many rows below the last one on screen are read, so that scrolling finds them there."""


class Browser(Frame):
    """One account's batches. Everything it reads, it reads on the other thread.

    The parts of a batch are tabs over the list; archives (and batches, where there are several) are gone into.
    """

    settled = Signal()
    """A place or a preview has finished loading."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._account_id = ""
        self._archives_are_near = False
        self._top: list[Entry] = []
        self._parts: list[Entry] = []
        self._trail: list[Entry] = []
        self._floor = 0
        """How much of the trail was gone by itself: there is nothing to see on the way back."""
        self._places: dict[str | None, PartPlace] = {}
        self._more: Entry | None = None
        """The archive that was read in part."""
        self._going: asyncio.Task[None] | None = None
        self._model = EntriesModel(self)
        self._marks = Marks(context, self)
        self._loading = Loading(context, self._rows_wanted, self)
        self._showing = Showing(context, self.preview, self.entry, self)
        self._showing.settled.connect(self.settled)
        self.show_model(self._model)
        self._connect()
        self.clear()

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab)
        self.back.clicked.connect(self._on_back)
        self.table.activated.connect(self._on_activated)
        self.table.wants_back.connect(self.go_back)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.table.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.preview.open_wanted.connect(self._on_offer_taken)
        self.search.searched.connect(self._on_searched)
        self.all_box.clicked.connect(self._on_all)
        self.save.clicked.connect(self._on_save)
        self.read_on.clicked.connect(self._on_read_on)
        self._model.ticks_changed.connect(self._write_state)
        self._loading.came.connect(self._on_page)
        self._loading.stuck.connect(self._on_stuck)
        self._marks.changed.connect(self._on_marks)
        self._context.inbox.arrived.connect(self._on_news)

    def clear(self) -> None:
        """Show nothing."""
        self._stop()
        self._top, self._trail, self._floor = [], [], 0
        self._places.clear()
        self._show_tabs([])
        self._show_entries([])
        self._marks.forget()
        self._write_path()
        self.preview.say("")

    def show_batches(self, account_id: str, batches: Sequence[tuple[str, str]]) -> None:
        """Show batches given as `(batch_id, title)`; a single one is gone into at once."""
        self.clear()
        self._account_id = account_id
        account = {each.account_id: each for each in self._context.desk.accounts.all()}.get(account_id)
        # Fetching an archive of this computer costs nobody anything.
        self._archives_are_near = account is not None and account.is_this_computer
        self._top = [entry_of_batch(batch_id, title) for batch_id, title in batches]
        if len(self._top) == 1:
            self._go(self._enter_batch(self._top[0]))
        else:
            self._show_place(self._top)

    def entry(self) -> Entry | None:
        """Return the entry in the current row."""
        return self._model.entry(self.table.currentIndex().row())

    def entries(self) -> list[Entry]:
        """Return the entries on screen that have come."""
        found = (self._model.entry(row) for row in range(self._model.rowCount()))
        return [entry for entry in found if entry is not None]

    def select(self, row: int) -> None:
        """Make `row` the current one."""
        self.table.setCurrentIndex(self._model.index(row, 0))

    def go_into(self, entry: Entry) -> None:
        """Open a batch or an archive; anything else has nothing inside."""
        if entry.kind is Kind.BATCH:
            self._go(self._enter_batch(entry))
        elif entry.kind is Kind.ARCHIVE:
            self._go(self._enter(entry), self._showing.say_error)

    def go_back(self) -> None:
        """Go to the place this one is in."""
        if not self._can_go_back():
            return
        left = self._trail.pop()
        if not self._trail:
            self._show_tabs([])
            self._marks.forget()
            self._show_place(self._top, left)
        else:
            self._go(self._show_inside(self._here(), left))

    # --- going somewhere

    def _go(self, work: Coroutine[Any, Any, None], on_error: Callable[[BatchdockError], None] | None = None) -> None:
        self._stop()
        self.preview.say(self.tr("Reading…"))
        self._going = self._context.tasks.start(work, on_error=on_error or self._on_no_way)

    def _on_no_way(self, error: BatchdockError) -> None:
        """Nothing is known of the place that was to be shown."""
        self._show_entries([])
        self._showing.say_error(error)

    def _try_again(self) -> None:
        entry = self.entry()
        if entry is not None and entry.kind.is_place:
            self.go_into(entry)
        elif entry is not None:
            self._showing.begin()
        elif self._trail:
            self._go(self._show_inside(self._here()))
        elif len(self._top) == 1:
            self._go(self._enter_batch(self._top[0]))

    def _stop(self) -> None:
        self._showing.stop()
        self._loading.stop()
        if self._going is not None:
            self._going.cancel()
            self._going = None

    async def _enter_batch(self, batch: Entry) -> None:
        desk = self._context.desk
        parts = await self._context.background.run(desk.batches.parts(self._account_id, batch.batch_id))
        self._trail = [batch]
        self._floor = 1 if len(self._top) == 1 else 0
        self._places.clear()
        self._show_tabs(entries_of_parts(batch.batch_id, parts))
        self._marks.show(self._account_id, batch.batch_id)
        await self._show_inside(self._here())

    async def _enter_part(self, part: Entry) -> None:
        del self._trail[1:]
        await self._show_inside(part)

    async def _enter(self, archive: Entry, *, whole: bool = False) -> None:
        inside, entries = await self._context.background.run(
            inside_archive(self._context.desk, archive, near=self._archives_are_near, whole=whole)
        )
        if self._trail[-1] is not archive:
            self._trail.append(archive)
        self._more = None if inside else archive
        self._show_place(entries)

    async def _show_inside(self, place: Entry, left: Entry | None = None) -> None:
        """Show the first page of a batch or part; the others come when somebody looks."""
        known = self._places.get(place.part)
        if known is not None:
            self._show_known(known, left)
            return
        spot = Spot(self._account_id, place.batch_id, place.part)
        page, entries = await self._context.background.run(
            first_page(self._context.desk, spot, near=self._archives_are_near)
        )
        here = self._places[place.part] = PartPlace(total=len(page.files))
        if page.following is None:
            here.entries = entries
            self._show_known(here, left)
            return
        here.rows, here.following = Rows(place.batch_id), page.following
        here.rows.add(page)
        self._show_known(here, left)
        here.total = await self._context.background.run(self._context.desk.batches.count(spot))
        if self._places.get(place.part) is here and self._here().part == place.part:
            self._model.expect(here.total)

    def _show_known(self, here: PartPlace, left: Entry | None) -> None:
        if here.rows is None:
            self._show_place(here.entries, left, here.ticks if here.can_tick else None)
            return
        self._model.show_rows(here.rows, here.total, here.ticks)
        self._shown_anew()
        self.select(0)
        self._loading.begin(here.following, here.rows.count)

    # --- showing it

    def _here(self) -> Entry:
        return self._parts[self.tabs.currentIndex()] if self._parts else self._trail[0]

    def _show_tabs(self, parts: list[Entry]) -> None:
        self._parts = parts
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for part in parts:
            self.tabs.setTabToolTip(self.tabs.addTab(part.title.replace("&", "&&")), tooltip_text(part.name))
        self.tabs.blockSignals(False)
        self.tabs.setVisible(len(parts) > 1)

    def _show_place(self, entries: list[Entry], current: Entry | None = None, ticks: Ticks | None = None) -> None:
        self._show_entries(entries, ticks)
        self._showing.stop()
        if not entries:
            self.preview.say(self.tr("Nothing is in here.") if self._trail else "")
            self.settled.emit()
            return
        self.select(next((row for row, entry in enumerate(entries) if entry == current), 0))

    def _show_entries(self, entries: list[Entry], ticks: Ticks | None = None) -> None:
        self._loading.stop()
        if not (self._trail and self._trail[-1].kind is Kind.ARCHIVE):
            self._more = None
        self._model.show_entries(entries, ticks)
        self._shown_anew()

    def _shown_anew(self) -> None:
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.table.forget_anchor()
        self.table.scrollToTop()
        self._write_path()
        self._write_state()

    def _can_go_back(self) -> bool:
        return len(self._trail) > self._floor

    def _write_path(self) -> None:
        self.show_path("  ›  ".join(entry.title for entry in self._trail[self._floor :]), shown=self._can_go_back())

    def _write_state(self, trouble: str = "") -> None:
        """Say what is ticked, and how much of the list has come, while that matters."""
        model = self._model
        self.show_ticks(model.shown_ticks(), model.rowCount(), self._ticked_in_all(), can_tick=model.can_tick)
        come, total = number_text(model.come), number_text(model.total)
        said = ""
        if model.is_searching:
            said = self.tr("%1 found.").replace("%1", number_text(model.rowCount()))
            if model.come < model.total:
                said = self.tr("%1 found in the first %2 of %3 files, reading on…")
                said = said.replace("%1", number_text(model.rowCount())).replace("%2", come).replace("%3", total)
        elif self._more is not None:
            said = self.tr("The first %1 files in this package.").replace("%1", total)
        self.say(" ".join(part for part in (said, trouble) if part), offers_more=self._more is not None)

    # --- what a person does

    def _on_back(self, _checked: bool = False) -> None:
        self.go_back()

    def _on_tab(self, place: int) -> None:
        if 0 <= place < len(self._parts):
            self._go(self._enter_part(self._parts[place]))

    def _on_offer_taken(self) -> None:
        entry = self.entry()
        if self._showing.in_trouble:
            self._try_again()
        elif entry is not None and entry.kind.is_place:
            self.go_into(entry)
        elif entry is not None:
            self._showing.fetch(entry)

    def _on_current(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self._showing.begin()

    def _on_activated(self, index: QModelIndex) -> None:
        entry = self._model.entry(index.row())
        if entry is not None:
            self.go_into(entry)

    def _on_searched(self, text: str) -> None:
        self._model.search(text)
        self.table.forget_anchor()
        self._write_state()
        if self._model.rowCount():
            self.select(0)
        self._loading.go_on()

    def _on_all(self, _checked: bool = False) -> None:
        self._model.tick_all(ticked=self._model.shown_ticks() is not Qt.CheckState.Checked)

    def _on_read_on(self, _checked: bool = False) -> None:
        if self._more is not None:
            self._go(self._enter(self._more, whole=True), self._showing.say_error)

    def _on_save(self, _checked: bool = False) -> None:
        if self._trail and self._ticked_in_all():
            self._context.tasks.start(self._save(self._trail[0]))

    async def _save(self, batch: Entry) -> None:
        ticked = self._ticked_in_all()
        # In a thread: there may be 100,000 names to be gathered.
        choices = await asyncio.to_thread(self._choices)
        wanted = Wanted(self._account_id, batch.batch_id, batch.title, ticked, choices)
        await ask_and_save(self._context, self, wanted, self._marks.all())

    def _ticked_in_all(self) -> int:
        return sum(place.ticked for place in self._places.values())

    def _choices(self) -> tuple[Choice, ...]:
        return tuple([place.choice(part) for part, place in tuple(self._places.items()) if place.ticked])

    # --- pages

    def _rows_wanted(self) -> int:
        """Return up to which row somebody looks; a search looks at all of them."""
        if self._model.is_searching:
            return self._model.total + 1
        last = self.table.rowAt(self.table.viewport().height() - 1)
        return (self._model.rowCount() if last < 0 else last) + AHEAD_ROWS

    def _on_scrolled(self, _value: int) -> None:
        self._loading.go_on()

    def _on_page(self, page: FilePage, is_last: bool) -> None:
        self._model.add_page(page, is_last=is_last)
        here = self._places.get(page.spot.part)
        if here is not None:
            here.total, here.following = self._model.total, None if is_last else page.following
        if self._model.is_searching and not self.table.currentIndex().isValid() and self._model.rowCount():
            self.select(0)
        elif self.preview.is_empty():
            self._showing.begin()

    def _on_stuck(self, error: BatchdockError) -> None:
        title, _message, _advice = worded(error)
        self._write_state(self.tr("%1. The rest of the list is asked for again in a moment.").replace("%1", title))

    def _on_news(self, events: list[Event]) -> None:
        if any(isinstance(event, ResultsSaved) for event in events):
            self._marks.look()

    def _on_marks(self) -> None:
        self._model.mark_saved(self._marks.is_saved if self._marks.all() else None)
        self.show_marks(shown=bool(self._marks.all()))
