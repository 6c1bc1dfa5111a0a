"""The main window: sidebar, pages, messages, the side sheet of a drop, and one way in for files."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QIcon,
)
from PySide6.QtWidgets import (
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.job import Job
from batchdock.core.resources import resource
from batchdock.flows.desk import Desk
from batchdock.flows.news import Event, JobEnded, ProblemsChanged, TransfersChanged
from batchdock.window.actions import JOBS, TRANSFERS, Actions
from batchdock.window.announcing import Announcer
from batchdock.window.batches.page import BatchesPage
from batchdock.window.commands import WindowCommands
from batchdock.window.context import Context
from batchdock.window.drop import DropWindow, local_paths
from batchdock.window.intake.sheet import LEAST_SHEET_WIDTH, IntakeSheet
from batchdock.window.jobs.model import Key
from batchdock.window.jobs.page import Beginnings, JobsPage
from batchdock.window.jobs.views import JobView
from batchdock.window.messages import Messages
from batchdock.window.network import NetworkSigns
from batchdock.window.problems.page import ProblemsPage
from batchdock.window.results.page import ResultsPage
from batchdock.window.sidebar import PLACES, Page, Place, Sidebar
from batchdock.window.status_bar import StatusBar
from batchdock.window.theme import unit
from batchdock.window.tool_bar import ToolBar
from batchdock.window.transfers.announcing import TransferAnnouncer
from batchdock.window.transfers.page import TransfersPage
from batchdock.window.transfers.speed import SpeedMenu
from batchdock.window.tray import Tray

LEAST_BESIDE_DETAILS = 230
"""In steps of `theme.unit`: with less room in the middle, the side sheet takes the place of the details."""


class MainWindow(DropWindow):
    """Everything a person sees. It never closes by itself: `close_asked` tells whoever built it to tidy up first."""

    close_asked = Signal()

    def __init__(self, context: Context, home: Path) -> None:
        super().__init__()
        self._context = context
        self._home = home
        self._closing = False
        self._takes_work = True
        self._sheet: IntakeSheet | None = None
        self.setObjectName("batchdock")
        self.setWindowTitle("Batchdock")
        self.setWindowIcon(QIcon(str(resource("icons", "batchdock.svg"))))
        self.commands = WindowCommands(context, self, home)
        beginnings = Beginnings(self.commands.choose_files, self.commands.choose_folder, self.commands.use_samples)
        self.jobs = JobsPage(context, beginnings)
        self.results = ResultsPage(context)
        self.transfers = TransfersPage(context)
        self.problems = ProblemsPage(context)
        self.pages: dict[Page, QWidget] = {
            Page.JOBS: self.jobs,
            Page.BATCHES: BatchesPage(context),
            Page.RESULTS: self.results,
            Page.TRANSFERS: self.transfers,
            Page.PROBLEMS: self.problems,
        }
        self.sidebar = Sidebar()
        self.status = StatusBar(context, home)
        self.setStatusBar(self.status)
        tables = {JOBS: self.jobs.table, TRANSFERS: self.transfers.table}
        self.actions_ = Actions(self, self.commands.slots(), tables)
        self._speed = SpeedMenu(context, self)
        self.tools = ToolBar(self.actions_)
        self.addToolBar(self.tools)
        self._stack = QStackedWidget()
        for page in self.pages.values():
            self._stack.addWidget(page)
        # A page that wants more than there is scrolls or is cut off; it does not widen the window.
        self._stack.setMinimumSize(unit(self) * 40, unit(self) * 60)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self.tray = Tray(self, self.windowIcon(), self.actions_)
        self._announcer = Announcer(context.messages, self.tray, self.show_results, self.show_job)
        TransferAnnouncer(context, self, self.tray)
        NetworkSigns(context, self.status)
        self._connect()
        self._restore()
        self._on_selection()
        self.sidebar.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- ways in

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Look at these files and folders in the side sheet: the one way in for drop, menu, paste and demo."""
        if not paths or not self._takes_work:
            return
        if self._sheet is None:
            self._sheet = IntakeSheet(self._context)
            self._sheet.closed.connect(self._on_sheet_closed)
            self._sheet.started.connect(self._on_started)
            self._splitter.addWidget(self._sheet)
            self._sheet.show()
            side, middle, *_ = self._splitter.sizes()
            sheet = self._sheet.sizeHint().width()
            self._splitter.setSizes([side, max(middle - sheet, 1), sheet])
            self.jobs.make_room(middle - sheet < unit(self) * LEAST_BESIDE_DETAILS)
            self._on_selection()
        self._sheet.add_paths(list(paths))
        self._sheet.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def desk(self) -> Desk:
        """The flows behind the window."""
        return self._context.desk

    @property
    def messages(self) -> Messages:
        """The bar that talks to the person."""
        return self._context.messages

    @property
    def sheet(self) -> IntakeSheet | None:
        """The side sheet while there is one."""
        return self._sheet

    def load(self) -> None:
        """Show what the flows know already; afterwards the news keep it up to date."""
        desk = self._context.desk
        accounts = desk.accounts.all()
        self.jobs.name_accounts(accounts)
        self.jobs.model.put(desk.jobs.all())
        self.status.set_accounts(accounts)
        self.status.set_transfers(desk.transfers.all())
        self.status.look_at_disk()
        self._count_problems(len(desk.problems.all()))
        self._count_transfers()
        self._on_transfers()

    def go(self, place: Place) -> None:
        """Show a page, and a view of the job list."""
        self.sidebar.go(place)

    def show_results(self, key: Key) -> None:
        """Show the results of a job."""
        self.go(Place(Page.RESULTS))
        self.results.show_job(key)

    def show_job(self, key: Key) -> None:
        """Show a job in the list, whatever view and search there are."""
        if self.sidebar.place().page is not Page.JOBS:
            self.go(PLACES[0])
        self.jobs.show_job(key)

    def come_forward(self) -> None:
        """Show and raise the window: somebody has started Batchdock again."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def stop_taking_work(self) -> None:
        """From here on nothing new is begun."""
        self._takes_work = False
        self.setAcceptDrops(False)
        if self._sheet is not None:
            self._sheet.close()

    def leave(self) -> None:
        """Remember how it looks, and close for good."""
        self.tray.hide()
        self._closing = True
        self.save_state()
        self.close()

    def save_state(self) -> None:
        """Remember geometry, columns and place."""
        settings = self._context.settings
        settings.setValue("window/geometry", self.saveGeometry())
        settings.setValue("window/splitter", self._splitter.saveState() if self._sheet is None else None)
        settings.setValue("window/place", self.sidebar.place().key)
        settings.setValue("window/status-bar", self.status.isVisibleTo(self))
        self.jobs.save_state(settings)
        settings.sync()

    def go_to_search(self) -> None:
        """Put the keyboard into the search field."""
        self.tools.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.tools.search.selectAll()

    def paste(self) -> None:
        """Take the files whose links or paths are in the clipboard."""
        self._take(QGuiApplication.clipboard().mimeData())

    # --- Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._closing:
            event.accept()
            return
        event.ignore()
        self.close_asked.emit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.actions_.retranslate_ui()
            self.tray.retranslate_ui()
        super().changeEvent(event)

    # --- inside

    def _lay_out(self) -> None:
        step = unit(self)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._context.messages)
        column.addWidget(self._stack, 1)
        self._context.messages.setContentsMargins(step * 4, step * 2, step * 4, step * 2)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self.sidebar)
        self._splitter.addWidget(middle)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([self.sidebar.sizeHint().width(), unit(self) * 250])
        self.sidebar.setMinimumWidth(self.sidebar.sizeHint().width() - step * 4)
        self.setCentralWidget(self._splitter)
        # Room for the side sheet from the start: the window must not grow under the mouse when files are dropped.
        self.setMinimumSize(self.sidebar.minimumWidth() + step * (40 + LEAST_SHEET_WIDTH + 2), step * 110)
        room = self.screen().availableSize()
        self.resize(min(step * 320, round(room.width() * 0.9)), min(step * 200, round(room.height() * 0.88)))

    def _connect(self) -> None:
        self._context.inbox.arrived.connect(self._on_news)
        self.dropped.connect(self._take)
        self.sidebar.went.connect(self._on_went)
        self.tools.search_changed.connect(self._on_search)
        self.jobs.counts_changed.connect(self._count_jobs)
        self.jobs.selection_changed.connect(self._on_selection)
        self.jobs.details_toggled.connect(self.actions_["details"].setChecked)
        self.jobs.search_cleared.connect(self.tools.clear_search)
        self.jobs.view_asked.connect(lambda view: self.go(Place(Page.JOBS, JobView(view))))
        self.jobs.table.menu_asked.connect(self._offer_job_menu)
        self.jobs.commands.results_asked.connect(self.show_results)
        self.jobs.commands.save_asked.connect(self.commands.save_results_of)
        self.status.accounts_asked.connect(self.commands.manage_accounts)
        self.status.problems_asked.connect(lambda: self.go(Place(Page.PROBLEMS)))
        self.problems.find_folder_asked.connect(self.transfers.find_folder_of)
        self.tray.open_asked.connect(self.come_forward)
        self.tray.quit_asked.connect(self.close_asked)
        self.status.transfers_asked.connect(lambda: self.go(Place(Page.TRANSFERS)))
        self.actions_.columns.aboutToShow.connect(self._fill_columns)
        self.actions_.speed_limit.aboutToShow.connect(lambda: self._speed.fill(self.actions_.speed_limit))
        self.transfers.selection_changed.connect(self._on_transfers)
        self.transfers.menu_asked.connect(self._offer_transfer_menu)

    def _restore(self) -> None:
        settings = self._context.settings
        if (geometry := settings.value("window/geometry")) is not None:
            self.restoreGeometry(geometry)
        if (splitter := settings.value("window/splitter")) is not None:
            self._splitter.restoreState(splitter)
        self.status.setVisible(settings.value("window/status-bar", True, bool) is True)
        self.jobs.restore_state(settings)
        self.actions_["status-bar"].setChecked(self.status.isVisibleTo(self))
        wanted = settings.value("window/place", PLACES[0].key)
        self.sidebar.go(next((place for place in PLACES if place.key == wanted), PLACES[0]))

    def _on_news(self, events: list[Event]) -> None:
        self.jobs.take(events)
        self.status.take(events)
        for event in events:
            match event:
                case JobEnded(job):
                    self._announcer.job_ended(job)
                case ProblemsChanged(problems):
                    self._count_problems(len(problems))
                case TransfersChanged():
                    self._count_transfers()

    def _on_went(self, place: Place) -> None:
        self._stack.setCurrentWidget(self.pages[place.page])
        if place.view is not None:
            self.jobs.set_view(place.view)
        self._on_selection()

    def _on_search(self, text: str) -> None:
        if text and self.sidebar.place().page is not Page.JOBS:
            self.go(PLACES[0])
        self.jobs.search(text)

    def _on_selection(self) -> None:
        here = self.sidebar.place().page
        possible = self.jobs.commands.possible()
        if here is not Page.JOBS:
            possible = dict.fromkeys(possible, False)
        if here is Page.RESULTS:
            possible["save-results"] = self.results.shown_job() is not None
        at_jobs = {"select-all": here is Page.JOBS, "details": here is Page.JOBS}
        self.actions_.enable({**possible, **at_jobs, "start": self._sheet is not None})
        self._on_transfers()

    def _offer_job_menu(self, where: QPoint) -> None:
        if self.jobs.commands.possible()["copy"]:
            self.actions_.job_menu().popup(self.jobs.table.viewport().mapToGlobal(where))

    def _on_transfers(self) -> None:
        possible = self.transfers.commands.possible()
        self.tools.offer_transfers(pause=possible["pause-all"], resume=possible["continue-all"])
        if self.sidebar.place().page is not Page.TRANSFERS:
            everything = ("pause-all", "continue-all", "clear-finished")
            possible = {key: possible[key] and key in everything for key in possible}
        self.actions_.enable(possible)

    def _offer_transfer_menu(self, where: QPoint) -> None:
        if self.transfers.selected():
            self.actions_.transfer_menu().popup(self.transfers.table.viewport().mapToGlobal(where))

    def _fill_columns(self) -> None:
        menu = self.actions_.columns
        menu.clear()
        menu.addActions(self.jobs.table.column_actions(menu))

    def _count_jobs(self) -> None:
        for view in JobView:
            self.sidebar.set_count(Place(Page.JOBS, view), self.jobs.model.count(view))

    def _count_transfers(self) -> None:
        self.sidebar.set_count(Place(Page.TRANSFERS), len(self.status.moving))

    def _count_problems(self, count: int) -> None:
        self.sidebar.set_count(Place(Page.PROBLEMS), count)
        self.status.set_problems(count)

    def _on_started(self, jobs: tuple[Job, ...]) -> None:
        self.jobs.model.put(jobs)
        if jobs:
            self.show_job(jobs[0].key)

    def _on_sheet_closed(self) -> None:
        self._sheet = None
        self.jobs.make_room(False)
        self._on_selection()
        self.jobs.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self, data: QMimeData) -> None:
        paths = local_paths(data)
        if paths:
            self.add_paths(paths)
        else:
            self._context.messages.info(
                self.tr("There are no files of this computer in it. Save them to a folder first, then drop them here.")
            )
