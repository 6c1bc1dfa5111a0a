"""One version of a dataset, as it looks: segments at the left, and their files, the label catalog and statistics."""

import asyncio
from collections.abc import Coroutine
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from batchdock.core.datasets.data import Data, Json, Sensor
from batchdock.core.datasets.dataset import Dataset, DatasetKind, Segment, Version
from batchdock.core.errors import BatchdockError
from batchdock.flows.datasets.labels.classes import Classes
from batchdock.flows.datasets.pictures import Place
from batchdock.flows.datasets.rows import Rows
from batchdock.flows.news import DatasetsChanged, Event
from batchdock.window.context import Context
from batchdock.window.datasets.data.acting import Acting
from batchdock.window.datasets.data.catalog import CatalogView
from batchdock.window.datasets.data.files import FilesView
from batchdock.window.datasets.data.segments import SegmentsList
from batchdock.window.datasets.data.state import DataState, Shown, in_a_row
from batchdock.window.datasets.data.statistics import StatisticsView
from batchdock.window.empty_state import EmptyState
from batchdock.window.icons import icon
from batchdock.window.inventory.trouble import Trouble
from batchdock.window.theme import unit

_GATHER_MS = 200
"""How long changes are gathered: who fills a draft makes many."""


class Tab(IntEnum):
    """In the order of the tabs."""

    FILES = 0
    CATALOG = 1
    STATISTICS = 2


class DataPane(QWidget):
    """Show a version with `show_version`, or nothing with `show_nothing`. A draft can be changed here."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[str, Dataset, Version] | None = None
        self._wanted: str | None = None
        """The segment that is to be looked at when they are read."""
        self._catalog: Json = {}
        self._classes = Classes()
        self._reading: asyncio.Task[None] | None = None
        self._opening: asyncio.Task[None] | None = None
        self._counting: asyncio.Task[None] | None = None
        self._has_statistics = self._is_read = self._is_stale = False
        self._refreshing = QTimer(self)
        self._refreshing.setSingleShot(True)
        self._refreshing.setInterval(_GATHER_MS)
        self._refreshing.timeout.connect(self._refresh_gathered)
        self.state = DataState(self)
        self.acting = Acting(context, self)
        self.segments = SegmentsList()
        self.files = FilesView(context, self.state)
        self.catalog = CatalogView()
        self.statistics = StatisticsView(context)
        self.trouble = Trouble()
        self.none = EmptyState("images", "")
        self._make = self.none.add_button(self.tr("New segment…"), self.segments.make.click, "plus")
        self.tabs = QTabBar()
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()

    def show_version(self, account_id: str, dataset: Dataset, version: Version) -> None:
        """Show this version; where it is another state of the same dataset, the same segment of it."""
        same = self._shown is not None and self._shown[1].dataset_id == dataset.dataset_id
        self._wanted = self.segments.current if same else None
        self._shown = (account_id, dataset, version)
        self.acting.show_version(account_id, dataset, version)
        self.segments.allow_changes(version.is_draft)
        self._make.setVisible(version.is_draft)
        self.files.allow_changes(version.is_draft, fusion=dataset.kind is DatasetKind.FUSION)
        self._read_anew()

    def show_nothing(self) -> None:
        """Let go of what is shown, and of what is on its way."""
        self._shown = None
        self._stop()
        self.state.show(None)
        self.segments.show_segments((), None)

    def refresh(self) -> None:
        """Read everything anew, and stay in the same segment."""
        if self._wanted is None:
            self._wanted = self.segments.current
        self._read_anew()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh_gathered()

    # --- reading

    def _read_anew(self) -> None:
        if self._shown is None:
            return
        self._stop()
        self._has_statistics = self._is_read = self._is_stale = False
        self.trouble.clear()
        self._reading = self._start(self._read(*self._shown))

    async def _read(self, account_id: str, dataset: Dataset, version: Version) -> None:
        desk = self._context.desk

        async def fetch() -> tuple[tuple[Segment, ...], Json]:
            service = await desk.datasets.of(account_id)
            catalog = await service.catalog(dataset.dataset_id, version)
            return tuple([each async for each in service.segments(dataset.dataset_id, version)]), catalog

        segments, self._catalog = await self._context.background.run(fetch())
        self._classes = Classes.of_catalog(self._catalog)
        self.catalog.show_catalog(self._catalog, self._classes)
        wanted, self._wanted = self._wanted, None
        if not segments:
            self.state.show(None)
        self.segments.show_segments(segments, wanted)
        self._is_read = True
        self._show_tab()

    def _open_segment(self, name: str) -> None:
        if self._shown is None:
            return
        for task in (self._opening, self._counting):
            if task is not None:
                task.cancel()
        self.trouble.clear()
        self._opening = self._start(self._open(name, *self._shown))

    async def _open(self, name: str, account_id: str, dataset: Dataset, version: Version) -> None:
        desk = self._context.desk
        rows = Rows(desk.datasets, Place(account_id, dataset.dataset_id, version, name))
        sensors: tuple[Sensor, ...] = ()
        if dataset.kind is DatasetKind.FUSION:

            async def fetch() -> tuple[Sensor, ...]:
                service = await desk.datasets.of(account_id)
                listed = await service.sensors(dataset.dataset_id, version, name)
                return in_a_row(listed, (await rows.some((0,)))[0])

            sensors = await self._context.background.run(fetch())
        self.state.show(Shown(rows, self._classes, sensors))
        self._counting = self._start(self._count(rows, name))

    async def _count(self, rows: Rows, name: str) -> None:
        """Show how many rows there are, while that becomes known."""
        loop = asyncio.get_running_loop()

        def on_count(count: int, whole: bool) -> None:  # on the thread of the flows
            loop.call_soon_threadsafe(self._take_count, rows, name, count, whole)

        await self._context.background.run(rows.measure(on_count))

    def _take_count(self, rows: Rows, name: str, count: int, whole: bool) -> None:
        shown = self.state.shown
        if shown is not None and shown.rows is rows:
            self.state.take_count(count, whole)
            self.segments.take_count(name, count, whole)

    async def _read_statistics(self, account_id: str, dataset: Dataset, version: Version) -> None:
        desk = self._context.desk

        async def fetch() -> Json:
            service = await desk.datasets.of(account_id)
            return await service.statistics(dataset.dataset_id, version)

        self.statistics.show_statistics(await self._context.background.run(fetch()), self._classes)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._context.tasks.start(work, on_error=self._on_error)

    def _on_error(self, error: BatchdockError) -> None:
        self.trouble.say(error)
        self._show_tab()

    def _stop(self) -> None:
        self._refreshing.stop()
        for task in (self._reading, self._opening, self._counting):
            if task is not None:
                task.cancel()
        self._reading = self._opening = self._counting = None

    # --- what people do

    def _show_tab(self) -> None:
        tab = Tab(max(0, self.tabs.currentIndex()))
        # One picture wants all the room there is.
        self.segments.setVisible(tab is not Tab.FILES or not self.files.is_large)
        if tab is Tab.STATISTICS and not self._has_statistics and self._shown is not None:
            self._has_statistics = True
            self._start(self._read_statistics(*self._shown))
        no_segments = tab is Tab.FILES and self._is_read and not self.segments.model.total
        views = {Tab.FILES: self.files, Tab.CATALOG: self.catalog, Tab.STATISTICS: self.statistics}
        self._stack.setCurrentWidget(self.none if no_segments else views[tab])

    def _ask_menu(self, where: QPoint) -> None:
        name = self.segments.current
        if name is None or self._shown is None or not self._shown[2].is_draft:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for icon_name, text, act in (
            ("pencil", self.tr("Rename…"), self.acting.rename_segment),
            ("copy", self.tr("Copy…"), self.acting.copy_segment),
            ("trash-2", self.tr("Delete segment…"), self.acting.delete_segment),
        ):
            action = menu.addAction(icon(icon_name), text)
            action.triggered.connect(lambda _checked=False, act=act: self._context.tasks.start(self._do(act(name))))
        menu.popup(where)

    async def _do(self, act: Coroutine[Any, Any, str | bool | None]) -> None:
        made = await act
        if isinstance(made, str):
            self._wanted = made
            self.refresh()

    def _delete_file(self, data: Data) -> None:
        segment = self.segments.current
        if segment is not None:
            self._context.tasks.start(self._do(self.acting.delete_file(segment, data)))

    def _move_file(self, data: Data) -> None:
        segment = self.segments.current
        if segment is not None:
            self._context.tasks.start(self._do(self.acting.move_file(segment, data, self.segments.model.names)))

    def _on_news(self, events: list[Event]) -> None:
        shown = self._shown
        if shown is not None and shown[2].is_draft:
            changed = (each for each in events if isinstance(each, DatasetsChanged))
            if any((each.account_id, each.dataset_id) == (shown[0], shown[1].dataset_id) for each in changed):
                self._is_stale = True
                if not self._refreshing.isActive():
                    self._refreshing.start()

    def _refresh_gathered(self) -> None:
        """Read anew what has changed, once somebody looks; what is being read now is read to its end."""
        is_reading = self._reading is not None and not self._reading.done()
        if is_reading:
            self._refreshing.start()
        elif self._is_stale and self.isVisible():
            self.refresh()

    # --- how it is built

    def _lay_out(self) -> None:
        step = unit(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Views of this version"))
        for icon_name, text in (
            ("images", self.tr("Files")),
            ("list-tree", self.tr("Label catalog")),
            ("chart-column", self.tr("Statistics")),
        ):
            self.tabs.addTab(icon(icon_name), text)
        self.none.set_sentence(self.tr("This version has no segments yet, so there are no files in it."))
        for widget in (self.files, self.catalog, self.statistics, self.none):
            self._stack.addWidget(widget)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(step * 2)
        top = QHBoxLayout()
        top.addWidget(self.tabs)
        top.addStretch()
        column.addLayout(top)
        column.addWidget(self.trouble)
        column.addWidget(self._stack, 1)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(step * 2)
        halves.addWidget(self.segments)
        halves.addWidget(right)
        halves.setStretchFactor(0, 0)
        halves.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(halves)

    def _connect(self) -> None:
        tasks = self._context.tasks
        self.segments.chosen.connect(self._open_segment)
        self.segments.menu_asked.connect(self._ask_menu)
        self.segments.make_asked.connect(lambda: tasks.start(self._do(self.acting.make_segment())))
        self.tabs.currentChanged.connect(lambda _at: self._show_tab())
        self.trouble.again.clicked.connect(lambda _checked=False: self.refresh())
        self.files.delete_asked.connect(self._delete_file)
        self.files.move_asked.connect(self._move_file)
        self.files.enlarged.connect(lambda _large: self._show_tab())
        self.files.refresh_asked.connect(self.refresh)
        self._context.inbox.arrived.connect(self._on_news)
