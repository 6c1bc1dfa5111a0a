"""The tabs over opened results: pictures, table, charts, files."""

from dataclasses import replace
from enum import IntEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.results.charts import ChartsView
from batchdock.window.results.files_tab import FilesTab
from batchdock.window.results.large import LargeView
from batchdock.window.results.opening_view import OpeningView
from batchdock.window.results.pictures_tab import PicturesTab
from batchdock.window.results.table import TableView
from batchdock.window.results.video import VideoView
from batchdock.window.results.view_state import ViewState
from batchdock.window.theme import unit


class Tab(IntEnum):
    """In the order of the tabs."""

    PICTURES = 0
    TABLE = 1
    CHARTS = 2
    FILES = 3


_OPENING = len(Tab)


class Viewer(QWidget):
    """Shows what the state has opened. Until something is, the first three tabs say what is going on instead."""

    def __init__(self, context: Context, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._state = context, state
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Views of the results"))
        for icon_name, text in (
            ("images", self.tr("Pictures")),
            ("table", self.tr("Table")),
            ("chart-column", self.tr("Charts")),
            ("folder", self.tr("Files")),
        ):
            self.tabs.addTab(icon(icon_name), text)
        self.opening = OpeningView()
        self.pictures = PicturesTab(context, state)
        self.table = TableView(context, state)
        self.charts = ChartsView(context, state)
        self.files = FilesTab(context)
        self._sent_to_files = False
        self._large: dict[bool, QWidget] = {}
        self._stack = QStackedWidget()
        for widget in (self.pictures, self.table, self.charts, self.files, self.opening):
            self._stack.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        layout.addWidget(self.tabs)
        layout.addWidget(self._stack, 1)
        self.tabs.currentChanged.connect(self._show_tab)
        self.table.opened_wanted.connect(self._show_large)
        state.opened_changed.connect(self._on_opened)
        self._show_tab(self.tabs.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that mean the same everywhere in the viewer; what has the keyboard has had them first."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9:
            self.pictures.classes.toggle_by_digit(event.key() - Qt.Key.Key_0)
        elif event.key() == Qt.Key.Key_B:
            self._turn_boxes()
        elif event.key() == Qt.Key.Key_Escape and self.pictures.is_large():
            self.pictures.show_grid()
        else:
            super().keyPressEvent(event)

    def show_tab(self, tab: Tab) -> None:
        """Go to a tab."""
        self.tabs.setCurrentIndex(tab)

    def settle(self) -> None:
        """Go to the files where there is nothing else to see, and back from them where there is again."""
        opened = self._state.opened
        if opened is None or not opened.findings:
            if self.tabs.currentIndex() == Tab.PICTURES:
                self._sent_to_files = True
                self.show_tab(Tab.FILES)
        elif self._sent_to_files:
            self._sent_to_files = False
            if self.tabs.currentIndex() == Tab.FILES:
                self.show_tab(Tab.PICTURES)

    def _show_large(self, number: int) -> None:
        self._state.go(number)
        self.show_tab(Tab.PICTURES)
        self.pictures.show_large()

    def _on_opened(self) -> None:
        opened = self._state.opened
        if opened is not None:
            self.pictures.take_large(self._large_for(of_videos=opened.of_videos))
        self._show_tab(self.tabs.currentIndex())

    def _large_for(self, *, of_videos: bool) -> QWidget:
        """Return what shows one picture, or one video; made when first needed."""
        if of_videos not in self._large:
            kind = VideoView if of_videos else LargeView
            large = kind(self._context, self._state, self)
            large.left.connect(self.pictures.show_grid)
            self._large[of_videos] = large
        return self._large[of_videos]

    def _show_tab(self, place: int) -> None:
        needs_opened = place != Tab.FILES and self._state.opened is None
        self._stack.setCurrentIndex(_OPENING if needs_opened else place)

    def _turn_boxes(self) -> None:
        looks = self._state.looks
        self._state.look(replace(looks, boxes=not looks.boxes))
