"""The pictures: chips and search above, the grid or one picture large, classes beside it, and the keys below."""

from collections.abc import Sized
from dataclasses import fields

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from batchdock.core.finding import Filter
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.results.charts.chip_line import ChipLine
from batchdock.window.results.charts.narrowing import narrowings
from batchdock.window.results.chips import ShareChips
from batchdock.window.results.classes import ClassList
from batchdock.window.results.confidence import ConfidenceControl
from batchdock.window.results.grid.loading import Loading
from batchdock.window.results.grid.thumbnails import Thumbnails
from batchdock.window.results.grid.view import LARGEST, SMALLEST, USUAL, GridView
from batchdock.window.results.grid.words import findings_text, places_text
from batchdock.window.results.originals import Originals
from batchdock.window.results.sorting import SortControl
from batchdock.window.results.view_state import ViewState
from batchdock.window.search_field import SearchField
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text

_STEPS = "results/thumbnail-steps"
_BESIDE_LARGE = 240
"""Steps of width from which on the classes stay beside a large picture."""

_COUNTED_FROM = 170
"""Steps of width from which on the count stands beside the search; the chips count too."""

_TOLD_BY_CHIPS = ("most", "folder", "since", "until", "from_second", "to_second")
"""Fields of the filter that have no control of their own here."""


class PicturesTab(QWidget):
    """Everything in it follows one `ViewState`."""

    def __init__(self, context: Context, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._state = context, state
        self.shares = ShareChips(state)
        self.search = SearchField()
        self.search.name(self.tr("Find by name, or by what was read"))
        self.search.searched.connect(self._on_searched)
        self.sort = SortControl(state)
        self.count = TintedLabel()
        self.count.setWordWrap(False)
        self.narrowed = ChipLine()
        self.narrowed.undo_asked.connect(lambda changes: state.change(**changes))
        self.grid = GridView(state, Thumbnails(context, state, self._loading, self))
        self.grid.opened.connect(self.show_large)
        self.originals = Originals(context, state, self)
        self.grid.menu_asked.connect(self.originals.offer)
        self.zoom = QSlider(Qt.Orientation.Horizontal)
        self.zoom.setRange(SMALLEST, LARGEST)
        self.zoom.setAccessibleName(self.tr("Size of the pictures"))
        self.zoom.setToolTip(self.tr("Size of the pictures (Ctrl and wheel, Ctrl +, Ctrl −)"))
        self.zoom.setFixedWidth(unit(self) * 24)
        self.zoom.setValue(USUAL)
        self.zoom.valueChanged.connect(self.grid.set_steps)
        self.grid.size_changed.connect(self._on_size)
        self.classes = ClassList(state)
        self.confidence = ConfidenceControl(state)
        self.empty = EmptyState("list-filter", "")
        self.show_all = self.empty.add_button(self.tr("Show all"), self._on_show_all)
        self.large: QWidget | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.empty)
        self.keys = TintedLabel()
        self._lay_out()
        steps = context.settings.value(_STEPS, USUAL, int)
        self.zoom.setValue(steps if isinstance(steps, int) else USUAL)
        state.opened_changed.connect(self._on_opened)
        state.filter_changed.connect(self._write)
        state.selection_changed.connect(self._on_selection)
        state.busy_changed.connect(self._write)
        self._write()

    def show_large(self) -> None:
        """Show the picture in hand large, in the place of the grid."""
        if self.large is not None and self._state.selection is not None:
            self._stack.setCurrentWidget(self.large)
            self._write()
            self.large.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_grid(self) -> None:
        """Show all pictures again, and the one that was in hand among them."""
        self._show_what_there_is()
        self.grid.scrollTo(self.grid.currentIndex())
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_large(self) -> bool:
        """Tell whether one picture is shown large."""
        return self.large is not None and self._stack.currentWidget() is self.large

    def take_large(self, large: QWidget) -> None:
        """Take the widget that shows one picture, or one video, from now on."""
        if large is not self.large:
            if self.large is not None and self._stack.currentWidget() is self.large:
                self._stack.setCurrentWidget(self.grid)
            self.large = large
            if self._stack.indexOf(large) < 0:
                self._stack.addWidget(large)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    # --- inside

    def _lay_out(self) -> None:
        step = unit(self)
        self._tools = QWidget()
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(step * 2)
        self.search.setMaximumWidth(step * 80)
        tools.addWidget(self.search, 1)
        tools.addWidget(self.sort)
        tools.addStretch()
        tools.addWidget(self.count)
        tools.addWidget(self.zoom)
        self.side = QWidget()
        column = QVBoxLayout(self.side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(step * 3)
        column.addWidget(self.classes, 1)
        column.addWidget(self.confidence)
        column.addStretch()
        self._halves = QSplitter(Qt.Orientation.Horizontal)
        self._halves.setChildrenCollapsible(False)
        self._halves.setHandleWidth(step * 3)
        self._halves.addWidget(self._stack)
        self._halves.addWidget(self.side)
        self._halves.setStretchFactor(0, 1)
        self._halves.setStretchFactor(1, 0)
        self._halves.setSizes([step * 150, step * 56])
        self._stack.setMinimumWidth(step * 50)
        self.side.setMinimumWidth(step * 38)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addWidget(self.shares)
        layout.addWidget(self._tools)
        layout.addWidget(self.narrowed)
        layout.addWidget(self._halves, 1)
        layout.addWidget(self.keys)

    def _on_searched(self, text: str) -> None:
        self._state.change(search=text.strip())

    def _on_size(self, steps: int) -> None:
        self._context.settings.setValue(_STEPS, steps)
        with QSignalBlocker(self.zoom):
            self.zoom.setValue(steps)

    def _on_opened(self) -> None:
        self._stack.setCurrentWidget(self.grid)
        self._write()

    def _on_selection(self) -> None:
        if not self.is_large() or not len(self._numbers()):
            self._show_what_there_is()
        self._write()

    def _show_what_there_is(self) -> None:
        is_empty = self._state.selection is not None and not len(self._numbers())
        if is_empty:
            self.empty.set_sentence(self._why_empty())
            self.show_all.setVisible(self._state.filter != Filter())
        self._stack.setCurrentWidget(self.empty if is_empty else self.grid)
        self._write()

    def _why_empty(self) -> str:
        """Return what hides every picture, by name."""
        opened, wished = self._state.opened, self._state.filter
        if opened is None or wished == Filter():
            return self.tr("There are no pictures in these results.")
        hiding = "\n".join(f"{each.title}: {each.values}" for each in narrowings(wished, opened.labels))
        return f"{self.tr('No picture is left by what is asked for:')}\n{hiding}"

    def _on_show_all(self) -> None:
        self._state.change(**{field.name: getattr(Filter(), field.name) for field in fields(Filter)})

    def _write(self) -> None:
        state = self._state
        with QSignalBlocker(self.search):
            if self.search.text().strip() != state.filter.search:
                self.search.setText(state.filter.search)
        self.count.setText(self._counted())
        labels = state.opened.labels if state.opened is not None else ()
        told = {name: getattr(state.filter, name) for name in _TOLD_BY_CHIPS}
        if told["most"] < 1.0:
            told["least"] = state.filter.least
        self.narrowed.show_narrowings(narrowings(Filter(**told), labels))
        self._make_room()
        self.keys.setText(self._keys_text())

    def _make_room(self) -> None:
        """Give the one large picture all there is; the classes stay beside it where there is room for both."""
        is_large = self.is_large()
        self.count.setVisible(self.width() >= unit(self) * _COUNTED_FROM)
        self.shares.setVisible(not is_large)
        self._tools.setVisible(not is_large)
        self.side.setVisible(not is_large or self.width() >= unit(self) * _BESIDE_LARGE)

    def _counted(self) -> str:
        state = self._state
        if state.opened is None or state.selection is None:
            return ""
        shown, there_are = len(self._numbers()), state.opened.pictures
        text = places_text(there_are, of_videos=state.opened.of_videos)
        if shown != there_are:
            text = self.tr("%1 of %2").replace("%1", number_text(shown)).replace("%2", text)
        text = f"{text} · {findings_text(state.selection.findings)}"
        return f"{text} · {self.tr('counting…')}" if state.is_busy else text

    def _loading(self) -> Loading | None:
        opened = self._state.opened
        return Loading(opened, self._context.desk.pictures) if opened is not None else None

    def _numbers(self) -> Sized:
        return self._state.selection.numbers if self._state.selection is not None else ()

    def _keys_text(self) -> str:
        opened = self._state.opened
        if self.is_large() and opened is not None and opened.of_videos:
            return self.tr("Space play · ← → a second · , . a frame · [ ] findings · B boxes · Esc back to all frames")
        if self.is_large():
            return self.tr("← → next picture · B boxes · 1–9 classes · Esc back to all pictures")
        return self.tr("Space large view · Arrows next picture · B boxes · 1–9 classes · Ctrl + and − size")
