"""The views of the job list as places in the sidebar: the person's own ones, and how many jobs each of them has."""

from PySide6.QtCore import QObject

from batchdock.window.jobs.page import JobsPage
from batchdock.window.jobs.saved_views import OwnView
from batchdock.window.jobs.views import JobView
from batchdock.window.sidebar import Page, Place, Sidebar


class ViewPlaces(QObject):
    """Holds both together: a view that is made or renamed in one is so in the other."""

    def __init__(self, sidebar: Sidebar, jobs: JobsPage) -> None:
        super().__init__(sidebar)
        self._sidebar = sidebar
        self._jobs = jobs
        jobs.counts_changed.connect(self._count)
        jobs.views.own_changed.connect(self._show_own)
        jobs.views.made.connect(self._on_made)
        sidebar.rename_asked.connect(jobs.views.rename)
        sidebar.remove_asked.connect(jobs.views.remove)
        self._show_own()

    def _show_own(self) -> None:
        self._sidebar.show_own_views(self._jobs.views.own)
        self._count()

    def _on_made(self, view: OwnView) -> None:
        place = _place_of(view)
        self._sidebar.go(place)
        self._sidebar.edit_name(place)

    def _count(self) -> None:
        model = self._jobs.model
        for view in JobView:
            self._sidebar.set_count(Place(Page.JOBS, view), model.count(view))
        counts = model.own_counts()
        for own in self._jobs.views.own:
            self._sidebar.set_count(_place_of(own), counts.get(own.view_id, 0))


def _place_of(view: OwnView) -> Place:
    return Place(Page.JOBS, view.base, view.view_id)
