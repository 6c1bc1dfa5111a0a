"""The main window: sidebar, pages, messages, the side sheet of a drop, and one way in for files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QIcon
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.job import Job
from batchdock.core.resources import resource
from batchdock.flows.desk import Desk
from batchdock.flows.news import Event, ProblemsChanged, TransfersChanged
from batchdock.flows.recipes.files import SUFFIX
from batchdock.window.actions import JOBS, TRANSFERS, Actions
from batchdock.window.announcing import Announcer
from batchdock.window.availability import Availability
from batchdock.window.commands import WindowCommands
from batchdock.window.context import Context
from batchdock.window.datasets.menu import DatasetsMenu
from batchdock.window.drop import DropWindow, local_paths
from batchdock.window.intake.sheet import IntakeSheet
from batchdock.window.inventory.menu import InventoryMenu
from batchdock.window.jobs.page import Beginnings
from batchdock.window.jobs.roster import Key
from batchdock.window.jobs.views import JobView
from batchdock.window.messages import Messages
from batchdock.window.network import NetworkSigns
from batchdock.window.new_job.last_choices import LastChoices
from batchdock.window.new_job.sheet import LEAST_SHEET_WIDTH
from batchdock.window.new_job.side import Side
from batchdock.window.new_job.workflow_choice import WorkflowChoice
from batchdock.window.pages import Pages
from batchdock.window.presence import Presence
from batchdock.window.references.addresses_dialog import is_list_address
from batchdock.window.references.sheet import LIST_ENDINGS
from batchdock.window.regions import Regions
from batchdock.window.screen_room import restore_place, save_place, screen_room
from batchdock.window.sidebar import EVENTS, INVENTORY, PLACES, Page, Place, Sidebar
from batchdock.window.status_bar import StatusBar
from batchdock.window.theme import unit
from batchdock.window.tool_bar import ToolBar
from batchdock.window.transfers.announcing import TransferAnnouncer
from batchdock.window.transfers.speed import SpeedMenu
from batchdock.window.tray import Tray
from batchdock.window.updates import UpdateTeller
from batchdock.window.view_places import ViewPlaces
from batchdock.window.workflows.own_files import OwnFiles, parted

if TYPE_CHECKING:
    from batchdock.window.batches.page import BatchesPage
    from batchdock.window.results.page import ResultsPage

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
        self.setObjectName("batchdock")
        self.setWindowTitle("Batchdock")
        self.setWindowIcon(QIcon(str(resource("icons", "batchdock.svg"))))
        self.updates = UpdateTeller(context)
        self.commands = WindowCommands(context, self, home)
        self.own_files = OwnFiles(context, self)
        beginnings = Beginnings(self.commands.choose_files, self.commands.choose_folder, self.commands.use_samples)
        self.pages = Pages(context, beginnings)
        self.jobs = self.pages.jobs
        self.recipes = self.pages.recipes
        self.events = self.pages.events
        self.inventory = self.pages.inventory
        self.transfers = self.pages.transfers
        self.problems = self.pages.problems
        self.sidebar = Sidebar()
        self.status = StatusBar(context, home)
        self.setStatusBar(self.status)
        tables = {JOBS: self.jobs.table, TRANSFERS: self.transfers.table}
        self.actions_ = Actions(self, self.commands.slots(), tables)
        self._speed = SpeedMenu(context, self)
        self.tools = ToolBar(self.actions_)
        self.addToolBar(self.tools)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self.side = Side(context, self._splitter, self.commands.choose_files, self.commands.choose_folder)
        self._lay_out()
        self.tray = Tray(self, self.windowIcon(), self.actions_, context.desk)
        self._availability = Availability(self.actions_, self.sidebar, self.side, self.tools, self.pages)
        self._announcer = Announcer(
            context, self.tray, self.show_results, self.show_job, self.commands.show_preferences
        )
        TransferAnnouncer(context, self, self.tray)
        NetworkSigns(context, self.status)
        self._connect()
        self.actions_["updates"].setVisible(context.desk.updates.possible)
        self._restore()
        self._availability.look()
        self.sidebar.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- ways in

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Take these files and folders: the one way in for drop, menu, paste and demo.

        Workflows and models are asked about, each in a dialog; everything else is looked at in the side sheet.
        """
        recipes = [path for path in paths if path.name.lower().endswith(SUFFIX)]
        if recipes and self._takes_work:
            self._import_recipe(recipes[0])
            paths = [path for path in paths if path not in recipes]
        lists = [path for path in paths if path.suffix.lower() in LIST_ENDINGS]
        if lists and self._takes_work:
            # One sheet at a time: of several lists the first is shown, and the rest of the drop stays where it is.
            self.side.open_list(lists[0])
            return
        own, others = parted(paths)
        if own and self._takes_work:
            self.own_files.take(own, others)
        self._look_at(others)

    def _look_at(self, paths: Sequence[Path]) -> None:
        if not paths or not self._takes_work:
            return
        self.side.add_paths(paths)

    @property
    def desk(self) -> Desk:
        """The flows behind the window."""
        return self._context.desk

    @property
    def batches(self) -> "BatchesPage":
        """The page of batches and datasets, made now if nobody was there yet."""
        return self.pages.batches

    @property
    def results(self) -> "ResultsPage":
        """The page of results, made now if nobody was there yet."""
        return self.pages.results

    @property
    def messages(self) -> Messages:
        """The bar that talks to the person."""
        return self._context.messages

    @property
    def sheet(self) -> IntakeSheet | None:
        """The side sheet with dropped files while there is one."""
        return self.side.files

    def load(self) -> None:
        """Show what the flows know already; afterwards the news keep it up to date."""
        desk = self._context.desk
        accounts = desk.accounts.all()
        self.jobs.name_accounts(accounts)
        jobs = desk.jobs.all()
        self.jobs.feed.put(jobs)
        self.status.set_accounts(accounts)
        self.status.set_transfers(desk.transfers.all())
        self.status.look_at_disk()
        self._count_problems(len(desk.problems.all()))
        self.tray.load(jobs, len(desk.problems.all()))
        self._count_transfers()
        self._availability.look_at_transfers()

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
        self.side.close()

    def leave(self) -> None:
        """Remember how it looks, and close for good."""
        self.tray.hide()
        self._closing = True
        self.save_state()
        self.close()

    def save_state(self) -> None:
        """Remember geometry, columns and place."""
        settings = self._context.settings
        save_place(self, settings, "window/geometry")
        settings.setValue("window/splitter", self._splitter.saveState() if self.side.sheet is None else None)
        settings.setValue("window/place", self.sidebar.place().key)
        settings.setValue("window/status-bar", self.status.isVisibleTo(self))
        self.jobs.save_state(settings)
        if Page.BATCHES in self.pages:
            self.batches.save_state(settings)
        self.inventory.save_state(settings)
        settings.sync()

    def go_to_search(self) -> None:
        """Put the keyboard into the search field."""
        if self.sidebar.place().page is Page.BATCHES and self.batches.shows_datasets:
            self.batches.datasets.go_to_search()
            return
        if self.sidebar.place() == INVENTORY:
            self.inventory.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
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
        if not self.tray.take_window():
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
        column.addWidget(self.pages, 1)
        self._context.messages.setContentsMargins(step * 4, step * 2, step * 4, step * 2)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self.sidebar)
        self._splitter.addWidget(middle)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([self.sidebar.sizeHint().width(), unit(self) * 250])
        self.sidebar.setMinimumWidth(self.sidebar.sizeHint().width() - step * 13)
        self.setCentralWidget(self._splitter)
        # Room for the side sheet from the start: the window must not grow under the mouse when files are dropped.
        self.setMinimumSize(self.sidebar.minimumWidth() + step * (40 + LEAST_SHEET_WIDTH + 2), step * 110)
        room = screen_room(self)
        self.resize(min(step * 320, round(room.width() * 0.9)), min(step * 200, round(room.height() * 0.88)))

    def _connect(self) -> None:
        self._context.inbox.arrived.connect(self._on_news)
        self.dropped.connect(self._take)
        self.side.form_made.connect(self._offer_own)
        self.side.opened.connect(self._on_sheet_opened)
        self.side.closed.connect(self._on_sheet_closed)
        self.side.started.connect(self._on_started)
        self.side.addresses_asked.connect(self.commands.ask_for_addresses)
        self.side.bucket_asked.connect(self.side.open_bucket)
        self.side.sent.connect(lambda: self.go(Place(Page.TRANSFERS)))
        self.pages.made.connect(self._on_page_made)
        self.own_files.not_own.connect(self._look_at)
        self.own_files.added.connect(self._on_added)
        self.sidebar.went.connect(self._on_went)
        self.tools.search.searched.connect(self._on_search)
        ViewPlaces(self.sidebar, self.jobs)
        self.events.offered.connect(self._offer_events)
        self._offer_events(self.events.is_offered)
        self.events.job_wanted.connect(self._on_job_wanted)
        InventoryMenu(self.inventory, self.sidebar, self.actions_)
        DatasetsMenu(self._context, self.pages, self.sidebar, self.actions_)
        Presence(self, self._context.desk.jobs.attention)
        Regions(self, self._regions)
        self.jobs.details_toggled.connect(self.actions_["details"].setChecked)
        self.jobs.search_cleared.connect(self.tools.clear_search)
        self.jobs.view_asked.connect(lambda view: self.go(Place(Page.JOBS, JobView(view))))
        self.jobs.commands.results_asked.connect(self.show_results)
        self.jobs.commands.save_asked.connect(self.commands.save_results_of)
        self.jobs.commands.draft_opened.connect(self.side.open_draft)
        self.jobs.commands.new_files_asked.connect(self.side.run_again_on_new)
        self.jobs.commands.made.connect(self._on_started)
        self.jobs.commands.bucket_asked.connect(self.commands.save_to_bucket)
        self.jobs.commands.recipe_asked.connect(self.recipes.make_of)
        self.recipes.started.connect(self._on_started)
        self.recipes.sent.connect(lambda: self.go(Place(Page.TRANSFERS)))
        self.recipes.job_asked.connect(self.show_job)
        self.jobs.commands.catch_asked.connect(self._on_catch)
        self.actions_.fill_with("at-service", self.jobs.commands.service.of_selection)
        self.actions_.fill_with("new-at-service", self.jobs.commands.service.of_accounts)
        self.jobs.commands.service.job_made.connect(self.show_job)
        self.side.service_job_asked.connect(self.jobs.commands.service.make)
        self.status.accounts_asked.connect(self.commands.manage_accounts)
        self.status.problems_asked.connect(lambda: self.go(Place(Page.PROBLEMS)))
        self.problems.find_folder_asked.connect(self.transfers.find_folder_of)
        self.tray.open_asked.connect(self.come_forward)
        self.tray.quit_asked.connect(self.close_asked)
        self.tray.job_asked.connect(self.show_job)
        self.tray.page_asked.connect(lambda page: self.go(PLACES[0] if page == "jobs" else Place(Page(page))))
        self.status.transfers_asked.connect(lambda: self.go(Place(Page.TRANSFERS)))
        self.actions_.speed_limit.aboutToShow.connect(lambda: self._speed.fill(self.actions_.speed_limit))

    def _regions(self) -> list[QWidget]:
        """Return what F6 goes through."""
        page = self.pages.currentWidget()
        regions = page.regions() if page is self.jobs or page is self.inventory else [page]
        side = [self.side.sheet] if self.side.sheet is not None else []
        return [self.tools, self.sidebar, self._context.messages, *regions, *side]

    def _restore(self) -> None:
        settings = self._context.settings
        restore_place(self, settings, "window/geometry")
        if (splitter := settings.value("window/splitter")) is not None:
            self._splitter.restoreState(splitter)
        self.status.setVisible(settings.value("window/status-bar", True, bool) is True)
        self.jobs.restore_state(settings)
        self.inventory.restore_state(settings)
        self.actions_["status-bar"].setChecked(self.status.isVisibleTo(self))
        wanted = settings.value("window/place", PLACES[0].key)
        self.sidebar.go(self.sidebar.place_of(str(wanted)) or PLACES[0])

    def _on_news(self, events: list[Event]) -> None:
        self.jobs.take(events)
        self.status.take(events)
        self.tray.take(events)
        self._announcer.take(events)
        self.updates.take(events)
        for event in events:
            match event:
                case ProblemsChanged(problems):
                    self._count_problems(len(problems))
                case TransfersChanged():
                    self._count_transfers()

    def _on_page_made(self, page: Page) -> None:
        if page is Page.BATCHES:
            self.batches.start_asked.connect(self.side.open_batch)
            self.batches.job_asked.connect(self.show_job)
            self.batches.restore_state(self._context.settings)

    def _on_went(self, place: Place) -> None:
        self.pages.setCurrentWidget(self.pages[place.page])
        if place.view is not None:
            self.jobs.set_view(place.view, place.own)
        self._availability.look()

    def _on_search(self, text: str) -> None:
        if text and self.sidebar.place().page is not Page.JOBS:
            self.go(PLACES[0])
        self.jobs.search(text)

    def _count_transfers(self) -> None:
        self.sidebar.set_count(Place(Page.TRANSFERS), len(self.status.moving))

    def _count_problems(self, count: int) -> None:
        self.sidebar.set_count(Place(Page.PROBLEMS), count)
        self.status.set_problems(count)

    def _import_recipe(self, path: Path) -> None:
        self.go(Place(Page.RECIPES))
        self.recipes.import_file(path)

    def _offer_events(self, offered: bool) -> None:
        self.sidebar.show_place(EVENTS, offered)
        self.actions_["show-events"].setVisible(offered)
        self.actions_["show-events"].setEnabled(offered)

    def _on_catch(self, job: Job) -> None:
        self.go(EVENTS)
        self.events.catch(job)

    def _on_job_wanted(self) -> None:
        if self.jobs.commands.possible()["catch-results"]:
            self.jobs.commands.catch_results()
            return
        self.go(PLACES[0])
        self._context.messages.info(self.tr("Choose a job here, then Job › Catch results…"))

    def _on_started(self, jobs: tuple[Job, ...]) -> None:
        self.jobs.model.put(jobs)
        if jobs:
            self.show_job(jobs[0].key)

    def _offer_own(self, choice: WorkflowChoice) -> None:
        choice.own_wanted.connect(self.own_files.choose)
        choice.shelf_wanted.connect(self.commands.show_shelf)

    def _on_added(self, workflow_id: str, name: str) -> None:
        last, said = LastChoices(self._context.settings), self.tr("“%1” was added.").replace("%1", name)
        if self.side.form is not None:
            last.keep_workflow(THIS_COMPUTER_ID, workflow_id)
            self._context.messages.info(said)
            return
        last.keep(THIS_COMPUTER_ID, workflow_id)
        said = f"{said} {self.tr('Drop pictures or videos to run it over them.')}"
        self._context.messages.info(said, button_text=self.tr("Add files…"), on_click=self.commands.choose_files)

    def _on_sheet_opened(self, beside: int) -> None:
        self.jobs.make_room(beside < unit(self) * LEAST_BESIDE_DETAILS)
        self._availability.look()

    def _on_sheet_closed(self) -> None:
        self.jobs.make_room(False)
        self._availability.look()
        self.jobs.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self, data: QMimeData) -> None:
        paths = local_paths(data)
        if paths:
            self.add_paths(paths)
        elif is_list_address(data.text()) and self._takes_work:
            self.side.open_list(data.text().strip())
        elif not self.own_files.take_text(data.text()):
            self._context.messages.info(
                self.tr("There are no files of this computer in it. Save them to a folder first, then drop them here.")
            )
