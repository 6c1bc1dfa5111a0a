"""What the browser looks like: tabs, the way back, the list with its bar, and what is shown of a file beside it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.window.batches.browser.entries_model import HOW_MUCH, NAME, SAVED, EntriesModel
from batchdock.window.batches.browser.preview import Preview
from batchdock.window.batches.browser.table import BrowserTable
from batchdock.window.icon_button import IconButton
from batchdock.window.icons import icon
from batchdock.window.plain_text import tooltip_text
from batchdock.window.search_field import SearchField
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text

SEARCHED_FROM = 12
"""Lists with fewer rows are seen at a glance."""


LEAST_WIDTH = 95
"""In steps of `theme.unit`: where there is less, a preview is too small to show anything."""


class Frame(QWidget):
    """The widgets and where they are; what they do is the browser's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.tabs.setAccessibleName(self.tr("Parts"))
        self.back = QToolButton()
        self.back.setIcon(icon("arrow-left"))
        self.back.setAutoRaise(True)
        self.back.setToolTip(self.tr("Back (Backspace)"))
        self.back.setAccessibleName(self.tr("Back"))
        self._path = QLabel()
        self._path.setTextFormat(Qt.TextFormat.PlainText)
        self._path_row = QWidget()
        self.all_box = QCheckBox()
        self.all_box.setTristate(True)
        self.search = SearchField()
        self.search.name(self.tr("Search by name"))
        self.save = IconButton("download", "")
        self._bar = QWidget()
        self.table = BrowserTable(self.tr("Files"))
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.said = TintedLabel()
        self.read_on = QPushButton(self.tr("Read all of it"))
        self.read_on.setAccessibleName(self.tr("Fetch the whole package to see all that is in it"))
        self._state_row = QWidget()
        self.preview = Preview()
        self._lay_out()

    def show_model(self, model: EntriesModel) -> None:
        """Show the rows of `model`."""
        self.table.setModel(model)
        self.table.size_columns(NAME, {HOW_MUCH: "888.8 MB", SAVED: self.tr("saved") + "888"})
        self.show_marks(shown=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the list all the room where there is too little for both."""
        super().resizeEvent(event)
        self.preview.setVisible(event.size().width() >= unit(self) * LEAST_WIDTH)

    def show_path(self, text: str, *, shown: bool) -> None:
        """Say where one is."""
        self._path_row.setVisible(shown)
        self._path.setText(text)
        self._path.setToolTip(tooltip_text(text))

    def show_ticks(self, shown: Qt.CheckState, rows: int, ticked: int, *, can_tick: bool) -> None:
        """Say how many of `rows` are ticked on screen, and how many in the whole batch."""
        self.all_box.setVisible(can_tick and rows > 0)
        self.all_box.blockSignals(True)
        self.all_box.setCheckState(shown)
        self.all_box.blockSignals(False)
        self.all_box.setText(self.tr("All %1").replace("%1", number_text(rows)))
        self.all_box.setAccessibleName(self.tr("All %1 files").replace("%1", number_text(rows)))
        self.all_box.setToolTip(self.tr("Tick all (Ctrl+A). Ctrl+I ticks the others instead, Space the selected ones."))
        self.save.setVisible(ticked > 0)
        self.save.setText(self.tr("Save %1…").replace("%1", number_text(ticked)))
        self.save.setAccessibleName(self.tr("Save the %1 ticked files").replace("%1", number_text(ticked)))
        self.search.setVisible(rows >= SEARCHED_FROM or bool(self.search.text()))
        self._bar.setVisible((can_tick and rows > 0) or self.save.isVisibleTo(self._bar) or not self.search.isHidden())
        self.table.setColumnHidden(HOW_MUCH, can_tick)

    def show_marks(self, *, shown: bool) -> None:
        """Show or hide the column that says what was saved."""
        self.table.setColumnHidden(SAVED, not shown)

    def say(self, text: str, *, offers_more: bool) -> None:
        """Say something about the list, under it."""
        self.said.setText(text)
        self.read_on.setVisible(offers_more)
        self._state_row.setVisible(bool(text))

    def _lay_out(self) -> None:
        step = unit(self)
        path = _row(self._path_row, step)
        path.addWidget(self.back)
        path.addWidget(self._path, 1)
        bar = _row(self._bar, step * 2)
        bar.addWidget(self.all_box)
        bar.addWidget(self.search, 1)
        bar.addStretch()
        bar.addWidget(self.save)
        state = _row(self._state_row, step * 2)
        state.addWidget(self.said, 1)
        state.addWidget(self.read_on)
        left = QWidget()
        places = QVBoxLayout(left)
        places.setContentsMargins(0, 0, 0, 0)
        places.setSpacing(step)
        for widget in (self._path_row, self._bar, self.table, self._state_row):
            places.addWidget(widget, 1 if widget is self.table else 0)
        self._halves = QSplitter(Qt.Orientation.Horizontal)
        self._halves.setChildrenCollapsible(False)
        self._halves.setHandleWidth(step * 4)
        self._halves.addWidget(left)
        self._halves.addWidget(self.preview)
        self._halves.setStretchFactor(0, 2)
        self._halves.setStretchFactor(1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addWidget(self.tabs)
        layout.addWidget(self._halves, 1)


def _row(widget: QWidget, spacing: int) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    return row
