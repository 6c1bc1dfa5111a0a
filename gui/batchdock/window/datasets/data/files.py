"""The files of a segment: all of them in a grid, or one of them large."""

from PySide6.QtCore import QPoint, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from batchdock.core.datasets.data import Data
from batchdock.window.context import Context
from batchdock.window.datasets.data.large import DataLarge
from batchdock.window.datasets.data.loading import DataLoading
from batchdock.window.datasets.data.state import MOST_SENSORS, DataState
from batchdock.window.empty_state import EmptyState
from batchdock.window.icons import icon
from batchdock.window.results.grid.thumbnails import Thumbnails
from batchdock.window.results.grid.view import GridView
from batchdock.window.results.tools import LooksTools, on_key, tool
from batchdock.window.results.viewing import NOTHING_CURRENT
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import files_text, grouped, number_text


class FilesView(QWidget):
    """`delete_asked` and `move_asked` carry the file they mean; they come only where changes are allowed."""

    delete_asked = Signal(object)
    move_asked = Signal(object)
    refresh_asked = Signal()
    enlarged = Signal(bool)
    """One file is shown large, or all are again."""

    def __init__(self, context: Context, state: DataState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._state = state
        self._changes = self._fusion = False
        self.grid = GridView(state, Thumbnails(context, state, self._loading, self))
        self.grid.setAccessibleName(self.tr("Files"))
        self.large = DataLarge(context, state)
        self.empty = EmptyState("images", "")
        self.looks = LooksTools(state)
        self.looks.words.hide()
        self.looks.boxes.setAccessibleName(self.tr("Labels over the picture"))
        self.looks.boxes.setToolTip(self.tr("Labels over the picture (B)"))
        self.again = tool("refresh-cw", self.tr("Refresh"), "F5")
        self.count = TintedLabel()
        self.count.setWordWrap(False)
        self._grid_page = QWidget()
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()

    def allow_changes(self, allowed: bool, *, fusion: bool) -> None:
        """Offer what changes files, or not; in a fusion dataset whole frames are deleted, and nothing is moved."""
        self._changes, self._fusion = allowed, fusion

    @property
    def is_large(self) -> bool:
        """Whether one file is shown large."""
        return self._stack.currentWidget() is self.large

    def show_large(self) -> None:
        """Show the file in hand large."""
        if self._state.current != NOTHING_CURRENT:
            self._stack.setCurrentWidget(self.large)

    def show_grid(self) -> None:
        """Show all files."""
        self._stack.setCurrentWidget(self._grid_page)
        self.grid.setFocus()

    def _loading(self) -> DataLoading | None:
        shown = self._state.shown
        return DataLoading(self._context.desk, shown) if shown is not None else None

    def _on_opened(self) -> None:
        if self._state.selection is None:
            self.count.clear()
            self._stack.setCurrentWidget(self._grid_page)

    def _on_count(self, rows: int, whole: bool) -> None:
        shown = self._state.shown
        frames = shown is not None and bool(shown.sensors)
        text = grouped(self.tr("%n frame(s)", None, rows), rows) if frames else files_text(rows)
        text = text if whole else self.tr("%1 or more").replace("%1", text)
        if shown is not None and len(shown.sensors) == MOST_SENSORS:
            text += " · " + self.tr("at most %1 sensors are shown").replace("%1", number_text(MOST_SENSORS))
        self.count.setText(text)
        if whole and not rows:
            self.empty.set_sentence(self.tr("This segment has no files yet."))
            self._stack.setCurrentWidget(self.empty)
        elif self._stack.currentWidget() is self.empty:
            self._stack.setCurrentWidget(self._grid_page)

    def _ask_menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("maximize"), self.tr("Show large")).triggered.connect(
            lambda _checked=False: self.show_large()
        )
        if self._changes:
            menu.addSeparator()
            if not self._fusion:
                move = menu.addAction(icon("pencil"), self.tr("Move or rename…"))
                move.triggered.connect(lambda _checked=False: self._ask(self.move_asked))
            text = self.tr("Delete frame…") if self._fusion else self.tr("Delete file…")
            delete = menu.addAction(icon("trash-2"), text)
            delete.triggered.connect(lambda _checked=False: self._ask(self.delete_asked))
        menu.popup(where)

    def _ask(self, asked: SignalInstance) -> None:
        if self._changes:
            self._context.tasks.start(self._tell(asked))

    async def _tell(self, asked: SignalInstance) -> None:
        """Tell which file is meant: its row is asked for first."""
        shown, number = self._state.shown, self._state.current
        if shown is None or number == NOTHING_CURRENT:
            return
        at = number // shown.width
        row = (await self._context.background.run(shown.rows.some((at,))))[at]
        sensor = shown.sensor(number)
        meant: Data | None = next((each for each in row if sensor is None or each.sensor == sensor.name), None)
        meant = meant or (row[0] if row else None)
        if meant is not None:
            asked.emit(meant)

    def _lay_out(self) -> None:
        step = unit(self)
        top = QHBoxLayout()
        top.setSpacing(step // 2)
        top.addWidget(self.count, 1)
        top.addWidget(self.looks)
        top.addWidget(self.again)
        page = QVBoxLayout(self._grid_page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(step)
        page.addLayout(top)
        page.addWidget(self.grid, 1)
        for widget in (self._grid_page, self.large, self.empty):
            self._stack.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _connect(self) -> None:
        state = self._state
        state.opened_changed.connect(self._on_opened)
        state.counted.connect(self._on_count)
        self._stack.currentChanged.connect(lambda _at: self.enlarged.emit(self.is_large))
        self.grid.opened.connect(self.show_large)
        self.grid.menu_asked.connect(self._ask_menu)
        self.large.left.connect(self.show_grid)
        self.again.clicked.connect(lambda _checked=False: self.refresh_asked.emit())
        on_key(self._grid_page, "B", self.looks.boxes.click)
        on_key(self._grid_page, "F5", self.again.click)
        on_key(self._grid_page, "Del", lambda: self._ask(self.delete_asked))
