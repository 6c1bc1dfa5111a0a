"""The heading of the job table: which columns there are, in which order, how wide, and by which one it is sorted."""

import json
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from batchdock.window.flat_header import FlatHeader
from batchdock.window.jobs.columns import COLUMNS, PLACE, title_of
from batchdock.window.theme import unit

NARROWEST_NAME, WIDEST_NAME = 18, 60
"""In letters x: between them the name takes what the other columns leave."""


class JobHeader(FlatHeader):
    """A tick for each column in its context menu. The first click on numbers and dates puts the largest on top."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Columns"))
        self.setSectionsMovable(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._offer_columns)
        self.sectionClicked.connect(self._descend_first)
        self.sectionResized.connect(self._on_resized)
        self._clicked_before = PLACE["created"]
        self._fits_name = True
        self._has_cameras = self._offered_cameras = False

    @property
    def has_cameras(self) -> bool:
        """Whether the columns of jobs over cameras were asked for."""
        return self._has_cameras

    def show_cameras(self) -> None:
        """Show the columns that only jobs over cameras have: there are some. In each layout once; who hides them then
        will not see them again."""
        self._has_cameras = True
        self._offer_cameras()

    def column_actions(self, parent: QWidget) -> list[QAction]:
        """Return a tick for each column, and a way back."""
        actions = []
        for place, column in enumerate(COLUMNS):
            action = QAction(title_of(column), parent, checkable=True, checked=not self.isSectionHidden(place))
            action.setEnabled(column.key != "name")
            action.toggled.connect(lambda shown, place=place: self._show_column(place, shown))
            actions.append(action)
        separator = QAction(parent)
        separator.setSeparator(True)
        reset = QAction(self.tr("Reset columns"), parent)
        reset.triggered.connect(lambda _checked=False: self.reset_columns())
        return [*actions, separator, reset]

    def shown_places(self) -> list[int]:
        """Return the columns on screen from left to right, as the model numbers them."""
        places = [place for place in range(len(COLUMNS)) if not self.isSectionHidden(place)]
        return sorted(places, key=self.visualIndex)

    def reset_columns(self) -> None:
        """Give every column its first place, width and visibility, and put the newest on top."""
        self._fits_name = True
        for place, column in enumerate(COLUMNS):
            self.moveSection(self.visualIndex(place), place)
            self.setSectionHidden(place, not (column.shown or (column.of_cameras and self._has_cameras)))
            self.resizeSection(place, self._usual_width(place))
        self._offered_cameras = self._has_cameras
        self.sort_by(PLACE["created"], descending=True)
        self.fit_name()

    def sort_by(self, place: int, *, descending: bool) -> None:
        """Sort by a column."""
        self._clicked_before = place
        self.setSortIndicator(place, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder)

    def layout_text(self) -> str:
        """Return the columns as text for the settings, by their keys: later versions have others."""
        order = sorted(range(len(COLUMNS)), key=self.visualIndex)
        columns = [[COLUMNS[place].key, self._width(place), not self.isSectionHidden(place)] for place in order]
        sort = [COLUMNS[self.sortIndicatorSection()].key, self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder]
        told = {"columns": columns, "sort": sort, "fits": self._fits_name, "cameras": self._offered_cameras}
        return json.dumps(told)

    def take_layout(self, text: str) -> None:
        """Take up what `layout_text` wrote; what is not in it is as it was at first."""
        self.reset_columns()
        try:
            told = json.loads(text)
            columns = [(str(key), int(width), bool(shown)) for key, width, shown in told["columns"] if key in PLACE]
            sorted_by, descending = told["sort"]
            fits, offered = bool(told["fits"]), told.get("cameras") is True
        except (ValueError, TypeError, KeyError):
            return  # Nothing, or nothing we wrote.
        for visual, (key, width, shown) in enumerate(columns):
            place = PLACE[key]
            self.moveSection(self.visualIndex(place), visual)
            self.resizeSection(place, max(width, unit(self) * 6))
            self.setSectionHidden(place, not (shown or key == "name"))
        self._fits_name, self._offered_cameras = fits, offered
        if self._has_cameras:
            self._offer_cameras()
        self.sort_by(PLACE.get(sorted_by, PLACE["created"]), descending=bool(descending))
        self.fit_name()

    def fit_name(self) -> None:
        """Give the name what the other columns leave, until the person has drawn widths of their own."""
        width = self.viewport().width()
        if self._fits_name and width > 0:
            place = PLACE["name"]
            average = QFontMetrics(self.font()).horizontalAdvance("x")
            rest = width - self.length() + self.sectionSize(place)
            self.resizeSection(place, max(average * NARROWEST_NAME, min(rest, average * WIDEST_NAME)))

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self.fit_name()

    # --- inside

    def _offer_cameras(self) -> None:
        if not self._offered_cameras:
            self._offered_cameras = True
            for place, column in enumerate(COLUMNS):
                if column.of_cameras:
                    self.setSectionHidden(place, False)
            self.fit_name()

    def _show_column(self, place: int, shown: bool) -> None:
        self.setSectionHidden(place, not shown)
        self.fit_name()

    def _width(self, place: int) -> int:
        """Return how wide a column is, or would be if it were shown."""
        if not self.isSectionHidden(place):
            return self.sectionSize(place)
        return self._usual_width(place)

    def _usual_width(self, place: int) -> int:
        column = COLUMNS[place]
        average = QFontMetrics(self.font()).horizontalAdvance("x")
        title = self.fontMetrics().horizontalAdvance(title_of(column)) + unit(self) * 10
        return max(column.width * average + unit(self) * 4, title)

    def _on_resized(self, _place: int, _before: int, _after: int) -> None:
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton and self.isVisible():
            self._fits_name = False

    def _descend_first(self, section: int) -> None:
        if section != self._clicked_before and COLUMNS[section].descending_first:
            self.setSortIndicator(section, Qt.SortOrder.DescendingOrder)
        self._clicked_before = section

    def _offer_columns(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(self.column_actions(menu))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(where))
