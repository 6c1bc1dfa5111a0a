"""The pages of the window. Two of them are made when they are first wanted, or when there is time for it.

Batches and results take, with all that they load, a quarter of what the window takes to be there. Who starts the app
looks at jobs.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from batchdock.window.context import Context
from batchdock.window.events.page import EventsPage
from batchdock.window.inventory.page import InventoryPage
from batchdock.window.jobs.page import Beginnings, JobsPage
from batchdock.window.problems.page import ProblemsPage
from batchdock.window.recipes import RecipesPage
from batchdock.window.sidebar import Page
from batchdock.window.theme import unit
from batchdock.window.transfers.page import TransfersPage

if TYPE_CHECKING:
    from batchdock.window.batches.page import BatchesPage
    from batchdock.window.results.page import ResultsPage

LATE = ("batchdock.window.batches.page", "batchdock.window.results.page")
"""The modules of the pages that come late."""

_BETWEEN_MS = 50
"""Between two pages that are made beside what the person does."""


class Pages(QStackedWidget):
    """All pages, by their `Page`. `made` tells of one that came late, before anybody has used it."""

    made = Signal(Page)

    def __init__(self, context: Context, beginnings: Beginnings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.jobs = JobsPage(context, beginnings)
        self.recipes = RecipesPage(context)
        self.events = EventsPage(context)
        self.inventory = InventoryPage(context)
        self.transfers = TransfersPage(context)
        self.problems = ProblemsPage(context)
        self._there: dict[Page, QWidget] = {
            Page.JOBS: self.jobs,
            Page.RECIPES: self.recipes,
            Page.EVENTS: self.events,
            Page.INVENTORY: self.inventory,
            Page.TRANSFERS: self.transfers,
            Page.PROBLEMS: self.problems,
        }
        for page in self._there.values():
            self.addWidget(page)
        # A page that wants more than there is scrolls or is cut off; it does not widen the window.
        self.setMinimumSize(unit(self) * 40, unit(self) * 60)
        self._batches: BatchesPage | None = None
        self._results: ResultsPage | None = None

    def __getitem__(self, page: Page) -> QWidget:
        """Return a page, made now if it was not there."""
        match page:
            case Page.BATCHES:
                return self.batches
            case Page.RESULTS:
                return self.results
            case _:
                return self._there[page]

    def __contains__(self, page: Page) -> bool:
        """Tell whether a page is there already."""
        return page in self._there

    @property
    def batches(self) -> "BatchesPage":
        """The page of batches and datasets."""
        if self._batches is None:
            from batchdock.window.batches.page import BatchesPage

            self._batches = BatchesPage(self._context)
            self._put(Page.BATCHES, self._batches)
        return self._batches

    @property
    def results(self) -> "ResultsPage":
        """The page of results."""
        if self._results is None:
            from batchdock.window.results.page import ResultsPage

            self._results = ResultsPage(self._context)
            self._put(Page.RESULTS, self._results)
        return self._results

    def make_all(self) -> None:
        """Make those that are not there, each in a turn of its own: whoever goes there then need not wait."""
        missing = next((page for page in (Page.RESULTS, Page.BATCHES) if page not in self), None)
        if missing is not None:
            self[missing]
            QTimer.singleShot(_BETWEEN_MS, self, self.make_all)
        elif self.batches.datasets.is_offered:
            _ = self.batches.datasets.view

    def _put(self, page: Page, widget: QWidget) -> None:
        self._there[page] = widget
        self.addWidget(widget)
        self.made.emit(page)
