"""What the views of the job list look like, and which ones the person has made. All of it lies in the settings."""

import json
import secrets
from dataclasses import dataclass, replace

from PySide6.QtCore import QSettings

from batchdock.window.jobs.filters import Filters, read_filters
from batchdock.window.jobs.views import JobView

OWN_VIEWS = "jobs/own-views"


@dataclass(frozen=True, slots=True)
class OwnView:
    """A view the person has made: one of the four fixed ones, narrowed by filters, under a name."""

    view_id: str
    name: str
    base: JobView


@dataclass(frozen=True, slots=True)
class RemovedView:
    """A view that is gone, with all that is needed to bring it back."""

    view: OwnView
    place: int
    filters: Filters
    columns: str


class SavedViews:
    """Filters and columns by the key of a view: the value of a `JobView`, or the id of an own one."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._own = _read(str(settings.value(OWN_VIEWS, "")))

    @property
    def own(self) -> tuple[OwnView, ...]:
        """The person's own views, in their order."""
        return tuple(self._own)

    def find(self, view_id: str) -> OwnView | None:
        """Return one of the person's own views."""
        return next((view for view in self._own if view.view_id == view_id), None)

    def filters(self, key: str) -> Filters:
        """Return by what a view is narrowed."""
        return read_filters(str(self._settings.value(f"jobs/views/{key}/filters", "")))

    def set_filters(self, key: str, filters: Filters) -> None:
        """Remember by what a view is narrowed."""
        self._settings.setValue(f"jobs/views/{key}/filters", filters.written())

    def columns(self, key: str) -> str:
        """Return the columns of a view as its header wrote them; empty for one that nobody has looked at."""
        return str(self._settings.value(f"jobs/views/{key}/columns", ""))

    def set_columns(self, key: str, columns: str) -> None:
        """Remember the columns of a view."""
        self._settings.setValue(f"jobs/views/{key}/columns", columns)

    def add(self, name: str, base: JobView, filters: Filters, columns: str) -> OwnView:
        """Keep a view under a name."""
        view = OwnView(f"own-{secrets.token_hex(4)}", name, base)
        self.restore(RemovedView(view, len(self._own), filters, columns))
        return view

    def rename(self, view_id: str, name: str) -> None:
        """Call a view otherwise."""
        self._own = [replace(view, name=name) if view.view_id == view_id else view for view in self._own]
        self._write()

    def remove(self, view_id: str) -> RemovedView | None:
        """Forget a view. Return what brings it back, or None when there is none such."""
        view = self.find(view_id)
        if view is None:
            return None
        removed = RemovedView(view, self._own.index(view), self.filters(view_id), self.columns(view_id))
        self._own.remove(view)
        self._settings.remove(f"jobs/views/{view_id}")
        self._write()
        return removed

    def restore(self, removed: RemovedView) -> None:
        """Bring back a view as it was."""
        self._own.insert(removed.place, removed.view)
        self.set_filters(removed.view.view_id, removed.filters)
        self.set_columns(removed.view.view_id, removed.columns)
        self._write()

    def _write(self) -> None:
        told = [[view.view_id, view.name, view.base.value] for view in self._own]
        self._settings.setValue(OWN_VIEWS, json.dumps(told))


def _read(text: str) -> list[OwnView]:
    try:
        return [OwnView(str(view_id), str(name), JobView(base)) for view_id, name, base in json.loads(text)]
    except (ValueError, TypeError):
        return []  # Nothing yet, or nothing we wrote.
