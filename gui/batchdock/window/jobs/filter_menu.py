"""The menus in which filters are chosen."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu

from batchdock.core.batch import Content
from batchdock.core.states import JobState
from batchdock.window.jobs.filter_words import (
    OF_CAMERAS,
    Kind,
    chosen_of,
    kind_word,
    span_word,
    value_word,
    with_value,
    without,
)
from batchdock.window.jobs.filters import Filters, Period, Span
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.service_filters import ServiceFilters, field_titles
from batchdock.window.wording import content_word, state_word

_tr = QCoreApplication.translate

_FIELDS = {
    Kind.ALGORITHM: "algorithm",
    Kind.VIDEO_SOURCE: "video_source",
    Kind.VENDOR: "vendor",
    Kind.RUNS_ON: "runs_on",
    Kind.GROUP: "groups",
}
"""Where jobs have the values of a kind."""


class TickMenu(QMenu):
    """Stays open while ticks are set, for people choose several."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action: QAction | None = self.activeAction()
        if action is not None and action.isCheckable() and action.actionGroup() is None:
            action.trigger()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action: QAction | None = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isCheckable():
            action.trigger()
            return
        super().keyPressEvent(event)


class FilterMenus:
    """Fills menus with what can be chosen, from what there is. `choose` is told the filters after each choice."""

    def __init__(
        self,
        model: JobModel,
        services: ServiceFilters | None,
        choose: Callable[[Filters], None],
        ask_days: Callable[[], None],
    ) -> None:
        """`services` have filters of their own."""
        self._model, self._services = model, services
        self._choose = choose
        self._ask_days = ask_days

    def fill_all(self, menu: QMenu) -> None:
        """Fill a menu with one menu for each kind."""
        menu.clear()
        for kind in Kind:
            if kind is not Kind.WORDS and (kind not in OF_CAMERAS or self._values(kind)):
                below = TickMenu(kind_word(kind), menu)
                self.fill(below, kind)
                menu.addMenu(below)
        for account, fields in self._services.accounts() if self._services is not None else ():
            title = _tr("filters", "At “%1”").replace("%1", account.name.replace("&", "&&"))
            its = QMenu(title, menu)
            for key, said in field_titles(fields).items():
                its.addAction(f"{said}…").triggered.connect(partial(self._ask_service, account.account_id, key))
            menu.addMenu(its)

    def fill(self, menu: QMenu, kind: Kind) -> None:
        """Fill a menu with the choices of one kind."""
        menu.clear()
        if kind is Kind.TIME:
            self._fill_times(menu)
            return
        chosen = chosen_of(kind, self._model.filters)
        for value, text in self._values(kind):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(value in chosen)
            action.toggled.connect(lambda on, value=value: self._tick(kind, value, on))
        if menu.isEmpty():
            menu.addAction(_tr("filters", "There are none yet")).setEnabled(False)
        elif chosen:
            menu.addSeparator()
            menu.addAction(_tr("filters", "Remove this filter")).triggered.connect(
                lambda _checked=False: self._choose(without(kind, self._model.filters))
            )

    def _ask_service(self, account_id: str, key: str, _checked: bool = False) -> None:
        if self._services is not None:
            self._services.offer(account_id, key, self._model.filters)

    def _fill_times(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        period = self._model.filters.period
        action = group.addAction(_tr("filters", "Any time"))
        action.setCheckable(True)
        action.setChecked(period is None)
        action.triggered.connect(lambda _checked=False: self._choose(without(Kind.TIME, self._model.filters)))
        for span in Span:
            action = group.addAction(span_word(span))
            action.setCheckable(True)
            action.setChecked(period is not None and period.span is span)
            if span is Span.OWN:
                action.triggered.connect(lambda _checked=False: self._ask_days())
            else:
                action.triggered.connect(lambda _checked=False, span=span: self._set_span(span))
        menu.addActions(group.actions())

    def _set_span(self, span: Span) -> None:
        self._choose(replace(self._model.filters, period=Period(span)))

    def _tick(self, kind: Kind, value: str, on: bool) -> None:
        self._choose(with_value(kind, self._model.filters, value, on))

    def _values(self, kind: Kind) -> Sequence[tuple[str, str]]:
        """Return value and text of each choice."""
        if kind is Kind.STATE:
            return [(state, state_word(state)) for state in JobState]
        if kind is Kind.TYPE:
            kinds = (Content.IMAGES, Content.VIDEOS, Content.STREAM, Content.MIXED, Content.ARCHIVES, Content.METADATA)
            return [(content, content_word(content)) for content in kinds]
        look, filters = self._model.look, self._model.filters
        known = {each: value_word(kind, each, look) for each in chosen_of(kind, filters)}
        if kind is Kind.ACCOUNT:
            names = known | {each: each for each in self._model.account_ids()} | dict(look.accounts)
        elif kind is Kind.WORKFLOW:
            names = known | self._model.workflows()
        else:
            names = known | {each: value_word(kind, each, look) for each in self._model.values(_FIELDS[kind])}
        return sorted(names.items(), key=lambda pair: look.alphabet.number(pair[1]))
