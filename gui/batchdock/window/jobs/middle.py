"""The middle of the jobs page: the table, or what explains why there is none."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from batchdock.window.empty_state import EmptyState
from batchdock.window.jobs.filters import Filters
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.views import JobView, view_word
from batchdock.window.wording import jobs_text


class Middle(QStackedWidget):
    """`search_cleared`, `filters_cleared` and `all_asked` come from the buttons that bring hidden jobs to light."""

    search_cleared = Signal()
    filters_cleared = Signal()
    all_asked = Signal()

    def __init__(self, model: JobModel, table: QWidget, first_run: EmptyState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._table = table
        self._first_run = first_run
        self._quiet = EmptyState("circle-check", "")
        self._nothing_found = EmptyState("search", "", self.tr("Clear search"), self.search_cleared.emit)
        self._clear = self._nothing_found.buttons[0]
        self._show_filtered = self._nothing_found.add_button(self.tr("Show them"), self.filters_cleared.emit)
        self._show_elsewhere = self._nothing_found.add_button(self.tr("Show them"), self.all_asked.emit)
        for page in (first_run, table, self._quiet, self._nothing_found):
            self.addWidget(page)

    @property
    def has_table(self) -> bool:
        """Whether there is anything to show."""
        return self.currentWidget() is self._table

    @property
    def is_first_run(self) -> bool:
        """Whether there are no jobs at all."""
        return self.currentWidget() is self._first_run

    def fit(self, searched: str, filter_words: str, *, asking: bool = False) -> None:
        """Show the table, or say what hides the jobs there are: the search, the filters, or the view. `asking`: a
        service is still asked what a filter lets through."""
        self.setCurrentWidget(self._fitting(searched, filter_words, asking=asking))

    def _fitting(self, searched: str, filter_words: str, *, asking: bool) -> QWidget:
        model = self._model
        if model.rowCount():
            return self._table
        if asking:
            self._nothing_found.set_sentence(self.tr("Looking for it: %1").replace("%1", filter_words))
            for button in self._nothing_found.buttons:
                button.setVisible(False)
            return self._nothing_found
        if not model.count():
            return self._first_run
        by_filters = model.hits(model.view, Filters()) if filter_words else 0
        by_view = model.hits(JobView.ALL, model.filters) if model.view is not JobView.ALL and searched else 0
        if not searched and not by_filters:
            self._quiet.set_sentence(self._calm())
            return self._quiet
        if by_filters:
            text = self.tr("Hidden by the filter “%2”: %1.") if not searched else ""
            text = text or self.tr("Matching, but hidden by the filter “%2”: %1.")
            text = text.replace("%1", jobs_text(by_filters)).replace("%2", filter_words)
        elif by_view:
            text = self.tr("Matching, but hidden by the view “%2”: %1.")
            text = text.replace("%1", jobs_text(by_view)).replace("%2", view_word(model.view))
        else:
            text = self.tr("Nothing matches “%1”.").replace("%1", searched)
        self._nothing_found.set_sentence(text)
        self._clear.setVisible(bool(searched))
        self._show_filtered.setVisible(bool(by_filters))
        self._show_elsewhere.setVisible(bool(by_view) and not by_filters)
        return self._nothing_found

    def _calm(self) -> str:
        """Return why a view is empty although nothing is searched for."""
        sentences = {
            JobView.RUNNING: self.tr("Nothing is running."),
            JobView.NEEDS_ATTENTION: self.tr("Nothing needs attention."),
            JobView.DONE: self.tr("Nothing is done yet."),
        }
        return sentences.get(self._model.view, "")
