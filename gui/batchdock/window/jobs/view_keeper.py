"""Which view of the job list is shown, and what it remembers: filters, columns, order."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from batchdock.window.jobs.filter_bar import FilterBar
from batchdock.window.jobs.filters import Filters
from batchdock.window.jobs.header import JobHeader
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.saved_views import OwnView, RemovedView, SavedViews
from batchdock.window.jobs.views import JobView
from batchdock.window.messages import Messages

LONGEST_NAME = 40


class ViewKeeper(QObject):
    """Goes from view to view, and makes, renames and removes the person's own.

    `own_changed` tells that these are others now, `made` one that was just made and waits for its name.
    """

    own_changed = Signal()
    made = Signal(object)
    filters_shown = Signal(object)
    """The filters of what is shown from now on."""

    def __init__(
        self, model: JobModel, header: JobHeader, bar: FilterBar, saved: SavedViews, messages: Messages, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._header = header
        self._bar = bar
        self._saved = saved
        self._messages = messages
        self._shown = ""
        bar.chosen.connect(self.choose)
        self._count_own()

    @property
    def own(self) -> tuple[OwnView, ...]:
        """The person's own views."""
        return self._saved.own

    def show(self, view: JobView, own_id: str = "") -> None:
        """Show a fixed view, or one of the person's own, as it was left."""
        own = self._saved.find(own_id)
        key, view = (own.view_id, own.base) if own is not None else (view.value, view)
        if key == self._shown:
            return
        self.keep()
        self._shown = key
        with self._model.together():
            self._header.take_layout(self._saved.columns(key))
            self._model.show_view(view, self._saved.filters(key))
        self._bar.update_filters()
        self.filters_shown.emit(self._model.filters)

    def keep(self) -> None:
        """Remember the columns of the view that is shown."""
        if self._shown:
            self._saved.set_columns(self._shown, self._header.layout_text())

    def choose(self, filters: Filters) -> None:
        """Narrow the view that is shown, and remember that it is."""
        self._saved.set_filters(self._shown, filters)
        self._model.show_view(self._model.view, filters)
        self._bar.update_filters()
        self.filters_shown.emit(filters)
        self._count_own()

    def begin_day(self) -> None:
        """Reckon anew what “today” is."""
        self._model.set_condition()
        self._count_own()

    def recount(self) -> None:
        """Count the person's views anew in which a service finds the jobs: it has found some."""
        if any(self._saved.filters(view.view_id).asked for view in self._saved.own):
            self._count_own()

    def choose_for_all(self, filters: Filters) -> None:
        """Narrow the view of all jobs like this the next time it is shown."""
        self._saved.set_filters(JobView.ALL.value, filters)
        if self._shown == JobView.ALL.value:
            self.choose(filters)

    def make(self, name: str, searched: str) -> OwnView:
        """Keep what is shown now as a view of the person's own; what is searched for becomes one of its filters. A
        fixed view is whole again then."""
        filters = self._model.filters
        words = " ".join(part for part in (filters.words, searched) if part)
        filters = replace(filters, words=words)
        view = self._saved.add(name[:LONGEST_NAME], self._model.view, filters, self._header.layout_text())
        self._tell_own()
        if self._shown == self._model.view.value:
            self.choose(Filters())
        self.made.emit(view)
        return view

    def rename(self, view_id: str, name: str) -> None:
        """Give a view another name; offer to take that back."""
        view = self._saved.find(view_id)
        name = name.strip()
        if view is None or not name or name == view.name:
            return
        self._saved.rename(view_id, name)
        self._tell_own()
        text = self.tr("Renamed the view “%1” to “%2”.").replace("%1", view.name).replace("%2", name)
        self._messages.undo(text, lambda: self.rename(view_id, view.name))

    def remove(self, view_id: str) -> None:
        """Remove a view; its jobs stay. Offer to take that back."""
        if view_id == self._shown:
            self.keep()
            self._shown = ""
        removed = self._saved.remove(view_id)
        if removed is None:
            return
        self._tell_own()
        text = self.tr("Removed the view “%1”. Its jobs are still in the list.").replace("%1", removed.view.name)
        self._messages.undo(text, lambda: self._bring_back(removed))

    def _bring_back(self, removed: RemovedView) -> None:
        self._saved.restore(removed)
        self._tell_own()

    def _tell_own(self) -> None:
        self.own_changed.emit()
        self._count_own()

    def _count_own(self) -> None:
        views = {view.view_id: (view.base, self._saved.filters(view.view_id)) for view in self._saved.own}
        self._model.set_own_views(views)
