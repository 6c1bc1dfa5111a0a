"""The heading of the table: which columns there are, how wide, and in which order. It is remembered by their keys."""

import json
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from batchdock.window.flat_header import FlatHeader
from batchdock.window.results.table.columns import Column
from batchdock.window.theme import unit

_MOST_REMEMBERED = 200
"""Columns: results have classes and outputs of their own, and the settings are no archive."""


class SheetHeader(FlatHeader):
    """A tick for each column in its context menu."""

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._name = ""
        self._columns: tuple[Column, ...] = ()
        self.setAccessibleName(self.tr("Columns"))
        self.setSectionsMovable(True)
        self.setSortIndicatorShown(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._offer_columns)
        self.sectionResized.connect(self._on_changed)
        self.sectionMoved.connect(self._on_changed)

    def take_columns(self, name: str, columns: Sequence[Column]) -> None:
        """Show these columns as the table called `name` was left."""
        self._name, self._columns = name, tuple(columns)
        kept = self._kept()
        places = {column.key: place for place, column in enumerate(columns)}
        for place, column in enumerate(columns):
            self.moveSection(self.visualIndex(place), place)
            width, shown = kept.get(column.key, (0, column.shown))
            self.resizeSection(place, width or self._usual_width(column))
            self.setSectionHidden(place, not shown and place > 0)
        for visual, key in enumerate(key for key in kept if key in places):
            self.moveSection(self.visualIndex(places[key]), visual)

    def show_output(self, place: int) -> None:
        """Show a column that turned out to have values, unless the person has hidden it."""
        if self.isSectionHidden(place) and self._columns[place].key not in self._kept():
            self.setSectionHidden(place, False)

    def column_actions(self, parent: QWidget) -> list[QAction]:
        """Return a tick for each column but the first, and a way back."""
        actions = []
        for place, column in enumerate(self._columns):
            # What is written in a menu gives its “&” away.
            action = QAction(column.title.replace("&", "&&"), parent)
            action.setCheckable(True)
            action.setChecked(not self.isSectionHidden(place))
            action.setEnabled(place > 0)
            action.toggled.connect(lambda shown, place=place: self._show_column(place, shown))
            actions.append(action)
        separator = QAction(parent)
        separator.setSeparator(True)
        reset = QAction(self.tr("Reset columns"), parent)
        reset.triggered.connect(lambda _checked=False: self._reset())
        return [*actions, separator, reset]

    def _kept(self) -> dict[str, tuple[int, bool]]:
        try:
            told = json.loads(str(self._settings.value(self._key(), "[]")))
            return {str(key): (max(unit(self) * 6, int(width)), bool(shown)) for key, width, shown in told}
        except (ValueError, TypeError):
            return {}  # Nothing we wrote.

    def _keep(self, decided: int = -1) -> None:
        """Remember all columns; whether the one at `decided` is shown was just said."""
        order = sorted(range(len(self._columns)), key=self.visualIndex)
        kept = self._kept()
        now: dict[str, tuple[int, bool]] = {}
        for place in order:
            column, hidden = self._columns[place], self.isSectionHidden(place)
            width = kept.get(column.key, (self._usual_width(column), True))[0] if hidden else self.sectionSize(place)
            if hidden and not column.shown and column.key not in kept and place != decided:
                continue  # Nobody has hidden it: it has had no values yet.
            now[column.key] = (width, not hidden)
        told = [[key, *rest] for key, rest in {**now, **{k: v for k, v in kept.items() if k not in now}}.items()]
        self._settings.setValue(self._key(), json.dumps(told[:_MOST_REMEMBERED]))

    def _key(self) -> str:
        return f"results/table-{self._name}"

    def _usual_width(self, column: Column) -> int:
        letter = self.fontMetrics().horizontalAdvance("x")
        title = self.fontMetrics().horizontalAdvance(column.title) + unit(self) * 8
        return max(column.width * letter + unit(self) * 4, min(title, letter * 18))

    def _show_column(self, place: int, shown: bool) -> None:
        self.setSectionHidden(place, not shown)
        self._keep(place)

    def _reset(self) -> None:
        self._settings.remove(self._key())
        self.take_columns(self._name, self._columns)

    def _on_changed(self, *_places: int) -> None:
        # Only what the person draws is remembered, not what is laid out here.
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton and self.isVisible():
            self._keep()

    def _offer_columns(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(self.column_actions(menu))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(where))
