"""The browser: go into batches, parts and archives, and look at what is there."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QTabBar, QToolButton, QVBoxLayout, QWidget

from batchdock.core.batch import Content
from batchdock.core.errors import BatchdockError
from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.messages import worded
from batchdock.window.quiet_table import QuietTable
from batchdock.window.results.entries import (
    Entry,
    Kind,
    entries_of_files,
    entries_of_parts,
    entry_of_batch,
    in_order,
    members_of,
)
from batchdock.window.results.entries_model import HOW_MUCH, EntriesModel
from batchdock.window.results.looking import Sight, look_into
from batchdock.window.results.preview import Preview
from batchdock.window.theme import unit
from batchdock.window.wording import size_text

SETTLE_MS = 120
"""How long the selection rests before its file is read: holding an arrow key reads nothing in between."""

OPENED_AT_ONCE = 4
"""So many archives are opened together without being asked; more would fetch a lot that nobody looks at."""

LARGEST_SHOWN = 64 * 1024 * 1024
"""Bytes; what is larger is not fetched only to be looked at."""


class Browser(QWidget):
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
        self._going: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._model = EntriesModel(self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(SETTLE_MS)
        self._rest.timeout.connect(self._look)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Parts"))
        self.tabs.currentChanged.connect(self._on_tab)
        self.back = QToolButton()
        self.back.setIcon(icon("arrow-left"))
        self.back.setAutoRaise(True)
        self.back.setToolTip(self.tr("Back (Backspace)"))
        self.back.setAccessibleName(self.tr("Back"))
        self.back.clicked.connect(lambda _checked=False: self.go_back())
        self._path = QLabel()
        self._path.setTextFormat(Qt.TextFormat.PlainText)
        self._path_row = QWidget()
        self.table = _Table(self.tr("Files"))
        self.table.setModel(self._model)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.size_columns(0, {HOW_MUCH: "888.8 MB"})
        self.table.activated.connect(self._on_activated)
        self.table.wants_back.connect(self.go_back)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.preview = Preview()
        self.preview.open_wanted.connect(self._open_current)
        self._lay_out()
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self._stop()
        self._top, self._trail, self._floor = [], [], 0
        self._show_tabs([])
        self._model.show_entries([])
        self._write_path()
        self.preview.say("")

    def show_batches(self, account_id: str, batches: Sequence[tuple[str, str]]) -> None:
        """Show batches given as `(batch_id, title)`; a single one is gone into at once."""
        self.clear()
        self._account_id = account_id
        account = {each.account_id: each for each in self._context.desk.accounts.all()}.get(account_id)
        # Going into an archive fetches it, which only on this computer costs nobody anything.
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
        """Return the entries on screen."""
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
            self._go(self._enter(entry))

    def go_back(self) -> None:
        """Go to the place this one is in."""
        if not self._can_go_back():
            return
        left = self._trail.pop()
        if not self._trail:
            self._show_tabs([])
            self._show_place(self._top, left)
        else:
            self._go(self._reenter(left))

    def _lay_out(self) -> None:
        step = unit(self)
        path = QHBoxLayout(self._path_row)
        path.setContentsMargins(0, 0, 0, 0)
        path.addWidget(self.back)
        path.addWidget(self._path, 1)
        left = QWidget()
        places = QVBoxLayout(left)
        places.setContentsMargins(0, 0, 0, 0)
        places.setSpacing(step)
        places.addWidget(self._path_row)
        places.addWidget(self.table, 1)
        self._halves = QSplitter(Qt.Orientation.Horizontal)
        self._halves.setChildrenCollapsible(False)
        self._halves.setHandleWidth(step * 4)
        self._halves.addWidget(left)
        self._halves.addWidget(self.preview)
        self._halves.setStretchFactor(0, 2)
        self._halves.setStretchFactor(1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addWidget(self.tabs)
        layout.addWidget(self._halves, 1)

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        self._stop()
        self.preview.say(self.tr("Reading…"))
        self._going = self._context.tasks.start(work, on_error=self._on_error)

    def _stop(self) -> None:
        self._rest.stop()
        for task in (self._going, self._looking):
            if task is not None:
                task.cancel()
        self._going = self._looking = None

    async def _enter_batch(self, batch: Entry) -> None:
        desk = self._context.desk
        detail = await self._context.background.run(desk.batches.describe(self._account_id, batch.batch_id))
        parts = entries_of_parts(detail)
        self._trail = [batch]
        self._floor = 1 if len(self._top) == 1 else 0
        self._show_tabs(parts)
        await self._show_inside(parts[0] if parts else batch)

    async def _enter_part(self, part: Entry) -> None:
        del self._trail[1:]
        await self._show_inside(part)

    async def _enter(self, archive: Entry) -> None:
        entries = await self._context.background.run(self._inside(archive))
        self._trail.append(archive)
        self._show_place(entries)

    async def _reenter(self, left: Entry) -> None:
        place = self._parts[self.tabs.currentIndex()] if self._parts else self._trail[0]
        self._show_place(await self._context.background.run(self._inside_opened(place)), left)

    async def _show_inside(self, place: Entry) -> None:
        self._show_place(await self._context.background.run(self._inside_opened(place)))

    async def _inside_opened(self, place: Entry) -> list[Entry]:
        """Return what is inside a batch or part, and inside its archives where they are few or small, and near."""
        entries = await self._inside(place)
        nested = {entry.file.nested_content if entry.file else None for entry in entries}
        small = len(entries) <= OPENED_AT_ONCE or nested == {Content.METADATA}
        if not self._archives_are_near or not small or any(entry.kind is not Kind.ARCHIVE for entry in entries):
            return entries
        desk = self._context.desk
        found = []
        for archive in entries:
            assert archive.file is not None
            members = await desk.results.members(self._account_id, archive.batch_id, archive.file)
            found += members_of(archive, members)
        return in_order(found)

    async def _inside(self, entry: Entry) -> list[Entry]:
        """Runs on the other thread, lists and all: a batch may hold a hundred thousand files."""
        desk = self._context.desk
        if entry.kind is Kind.ARCHIVE and entry.file is not None:
            return in_order(members_of(entry, await desk.results.members(self._account_id, entry.batch_id, entry.file)))
        return entries_of_files(entry.batch_id, await desk.batches.files(self._account_id, entry.batch_id, entry.part))

    def _show_tabs(self, parts: list[Entry]) -> None:
        self._parts = parts
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for part in parts:
            self.tabs.setTabToolTip(self.tabs.addTab(part.title), part.name)
        self.tabs.blockSignals(False)
        self.tabs.setVisible(len(parts) > 1)

    def _show_place(self, entries: list[Entry], current: Entry | None = None) -> None:
        self._model.show_entries(entries)
        self._write_path()
        self._rest.stop()
        if not entries:
            self.preview.say(self.tr("Nothing is in here.") if self._trail else "")
            self.settled.emit()
            return
        self.select(next((row for row, entry in enumerate(entries) if entry == current), 0))

    def _can_go_back(self) -> bool:
        return len(self._trail) > self._floor

    def _write_path(self) -> None:
        self._path_row.setVisible(self._can_go_back())
        self._path.setText("  ›  ".join(entry.title for entry in self._trail[self._floor :]))
        self._path.setToolTip(self._path.text())

    def _on_tab(self, place: int) -> None:
        if 0 <= place < len(self._parts):
            self._go(self._enter_part(self._parts[place]))

    def _open_current(self) -> None:
        entry = self.entry()
        if entry is not None:
            self.go_into(entry)

    def _on_current(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self._rest.start()

    def _on_activated(self, index: QModelIndex) -> None:
        entry = self._model.entry(index.row())
        if entry is not None:
            self.go_into(entry)

    def _look(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        entry = self.entry()
        if entry is None:
            return
        if entry.kind.is_place:
            self.preview.offer(self.tr("Many files in one package."), self.tr("Look inside"), entry.name)
            self.settled.emit()
        elif (entry.size or 0) > LARGEST_SHOWN or (entry.kind is Kind.VIDEO and entry.member is None):
            large = self.tr("Too large to show here. Save the results to open it.")
            self.preview.say(large, " · ".join(part for part in (entry.name, _size(entry)) if part))
            self.settled.emit()
        else:
            self._looking = self._context.tasks.start(self._show(entry), on_error=self._on_error)

    async def _show(self, entry: Entry) -> None:
        box = self.preview.room()
        size, sight = await self._context.background.run(self._sight(entry, box))
        self.preview.show_sight(entry.title, size, sight)
        self.settled.emit()

    async def _sight(self, entry: Entry, box: QSize) -> tuple[int, Sight]:
        assert entry.file is not None
        data = await self._context.desk.results.read(self._account_id, entry.batch_id, entry.file, entry.member)
        return len(data), await asyncio.to_thread(look_into, entry.member or entry.file.name, data, box)

    def _on_error(self, error: BatchdockError) -> None:
        title, message, advice = worded(error)
        self.preview.say("\n".join(part for part in (title, message, advice) if part))
        self.settled.emit()


class _Table(QuietTable):
    """Arrows to both sides move too: one looks through pictures as through a book."""

    wants_back = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Backspace:
            self.wants_back.emit()
        elif step is not None:
            row = self.currentIndex().row() + step
            if 0 <= row < self.model().rowCount():
                self.setCurrentIndex(self.model().index(row, 0))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


def _size(entry: Entry) -> str:
    return "" if entry.size is None else size_text(entry.size)
