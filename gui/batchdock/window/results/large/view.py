"""The large view: the picture in hand, everything found in it, and the way to the next one."""

import asyncio
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from batchdock.flows.results.opening import Opened
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.plain_text import tooltip_text
from batchdock.window.results.large.canvas import Canvas
from batchdock.window.results.large.caption import about_line, name_of, spoken
from batchdock.window.results.large.layer import Layer, Sight
from batchdock.window.results.large.loading import Loader
from batchdock.window.results.large.side import Side
from batchdock.window.results.originals import Originals
from batchdock.window.results.tools import LooksTools, ZoomTools, on_key, tool
from batchdock.window.results.view_state import ViewState
from batchdock.window.results.viewing import NOTHING_CURRENT
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel

_BLANK_AFTER_MS = 200
"""The last picture stays until then: what comes sooner replaces it without a flicker."""


class LargeView(QWidget):
    """Follows the state: what it shows is what is current there. Nothing is loaded while nobody sees it."""

    left = Signal()
    """The person wants back to all pictures."""

    def __init__(self, context: Context, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._state = state
        self._originals = Originals(context, state, self)
        self._loader = Loader(context, self._on_layer, self._on_busy)
        self._layer: Layer | None = None
        self._drawn: Sight | None = None
        self._telling: asyncio.Task[None] | None = None
        self.canvas = Canvas()
        self.side = Side()
        self.zoom = ZoomTools()
        self.back = tool("arrow-left", self.tr("Back to all pictures"), self.tr("Esc"))
        self.previous = tool("chevron-left", self.tr("Previous picture"), "←")
        self.next = tool("chevron-right", self.tr("Next picture"), "→")
        self.looks = LooksTools(state)
        self.before = tool("square-split-horizontal", self.tr("Beside the service's picture"), "D", checkable=True)
        self.said = tool("list-tree", self.tr("Everything the service said"), "I", checkable=True)
        self._name = QLabel()
        self._about = TintedLabel()
        self._problem = TintedLabel(tint=Tint.WARNING)
        self.missing = EmptyState("image", "")
        self.find_folder = self.missing.add_button(self.tr("Find the folder…"), self._originals.find, "folder-search")
        self.fetch = self.missing.add_button(self.tr("Get it from the service"), self._on_fetch, "download")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.missing)
        self._blanking = QTimer(self)
        self._blanking.setSingleShot(True)
        self._blanking.setInterval(_BLANK_AFTER_MS)
        self._blanking.timeout.connect(self._blank)
        self.setFocusProxy(self.canvas)
        self._lay_out()
        self._connect()
        self._write_looks()
        self._on_opened()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.canvas.setFocus()
        self._show_current()

    def hideEvent(self, event: QHideEvent) -> None:
        self._loader.stop()
        self._blanking.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn to another picture, or move the line between two."""
        turns = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_PageUp: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageDown: 1,
        }
        by = turns.get(Qt.Key(event.key()))
        if by is not None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.canvas.move_divider(by)
        elif by is not None:
            self._state.step(by)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._state.go_to_place(0 if event.key() == Qt.Key.Key_Home else self._of() - 1)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.side.step(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.FontChange:
            self._name.setFont(heading_font(self))
        super().changeEvent(event)

    # --- what is shown

    def _show_current(self) -> None:
        state, selection = self._state, self._state.selection
        if not self.isVisible() or state.opened is None or state.current == NOTHING_CURRENT or selection is None:
            self._loader.stop()
            if state.opened is None or state.current == NOTHING_CURRENT:
                self._blank()
            return
        near = (state.place + 1, state.place - 1)
        ahead = [int(selection.numbers[each]) for each in near if 0 <= each < self._of()]
        self._loader.want(state.current, selection.filter, self.canvas.edge, ahead)

    def _on_busy(self) -> None:
        if not self._blanking.isActive():
            self._blanking.start()

    def _blank(self) -> None:
        self._layer = None
        self.canvas.show_layers(None)
        self.side.show_layer(None)
        self._stack.setCurrentWidget(self.canvas)

    def _on_layer(self, layer: Layer) -> None:
        picture = layer.seen.picture
        if picture.number != self._state.current or self._state.opened is None:
            return
        self._blanking.stop()
        same = self._layer is not None and self._layer.seen.picture.number == picture.number
        self._layer = layer
        if not same:
            self._drawn = None
        self.before.setEnabled(bool(picture.drawn) and layer.sight is not None and not layer.sight.is_drawn)
        self._show_layers(keep_zoom=same)
        self.side.show_layer(layer)
        self._write(layer)
        self._stack.setCurrentWidget(self.missing if layer.sight is None else self.canvas)
        if self.before.isEnabled() and self.before.isChecked() and self._drawn is None:
            self._loader.want_sight(picture.number, self.canvas.edge, self._on_drawn)
        if self._telling is not None:
            self._telling.cancel()
        self._telling = self._context.tasks.start(self._tell(self._state.opened, picture.number))

    def _show_layers(self, *, keep_zoom: bool) -> None:
        layer, beside = self._layer, self.before.isEnabled() and self.before.isChecked()
        other = replace(layer, sight=self._drawn) if layer is not None and self._drawn is not None else None
        self.canvas.show_layers(layer, other if beside else None, keep_zoom=keep_zoom)
        if beside is not (self.canvas.divider is not None):
            self.canvas.divide(0.5 if beside else None)

    async def _tell(self, opened: Opened, number: int) -> None:
        """Show the plain values, and the whole answer where people look at it."""
        cells = await self._context.background.run(opened.cells((number,)))
        self.side.show_cells(cells[0])
        if self.side.shows_said:
            self.side.tree.show_record(await self._context.background.run(opened.tree(number)))

    def _write(self, layer: Layer) -> None:
        picture = layer.seen.picture
        self._name.setText(name_of(picture))
        self._name.setToolTip(tooltip_text(picture.name))
        self._about.setText(about_line(layer, self._state.place, self._of()))
        self._problem.setText(picture.problem)
        self._problem.setVisible(bool(picture.problem))
        self.canvas.setAccessibleName(self.tr("Picture: %1").replace("%1", name_of(picture)))
        self.canvas.setAccessibleDescription(spoken(layer))
        self.previous.setEnabled(self._state.place > 0)
        self.next.setEnabled(self._state.place < self._of() - 1)
        if layer.sight is None:
            self._write_missing()

    def _write_missing(self) -> None:
        opened = self._state.opened
        at_service = opened is not None and opened.job is not None
        sentence = self.tr(
            "This picture is not on this disk, or can not be read. What was found in it is listed beside."
        )
        self.missing.set_sentence(sentence)
        self.fetch.setVisible(at_service)

    def _of(self) -> int:
        return len(self._state.selection.numbers) if self._state.selection is not None else 0

    # --- what people do

    def _on_finding(self, number: object) -> None:
        self.canvas.choose(number if isinstance(number, int) else None)

    def _on_clicked(self, number: object) -> None:
        self.side.choose(number if isinstance(number, int) else None)

    def _on_zoomed(self) -> None:
        self.zoom.show_scale(self.canvas.scale, whole=self.canvas.is_whole)

    def _on_sharper(self) -> None:
        layer = self._layer
        if layer is not None and layer.sight is not None:
            self._loader.want_sharp(layer.seen.picture.number, layer.sight.is_drawn, self._on_sharp)

    def _on_sharp(self, number: int, sight: Sight) -> None:
        if self._layer is not None and self._layer.seen.picture.number == number:
            self.canvas.show_sharp(sight)

    def _on_drawn(self, number: int, sight: Sight) -> None:
        if self._layer is not None and self._layer.seen.picture.number == number:
            self._drawn = sight
            self._show_layers(keep_zoom=True)

    def _on_before(self, _checked: bool) -> None:
        if self._layer is None:
            return
        self._show_layers(keep_zoom=True)
        if self.before.isChecked() and self.before.isEnabled() and self._drawn is None:
            self._loader.want_sight(self._layer.seen.picture.number, self.canvas.edge, self._on_drawn)

    def _on_said(self, checked: bool) -> None:
        self.side.show_said(checked)
        if checked and self._layer is not None and self._state.opened is not None:
            self._context.tasks.start(self._tell(self._state.opened, self._layer.seen.picture.number))

    def _write_looks(self) -> None:
        self.canvas.set_looks(self._state.looks)

    def _on_opened(self) -> None:
        self._loader.look_at(self._state.opened)
        self._blank()

    def _toggle_class(self, label: int) -> None:
        if self._state.opened is not None and label < len(self._state.opened.labels):
            self._state.toggle(label)

    def _on_fetch(self) -> None:
        if self._state.opened is not None and self._layer is not None:
            self._context.tasks.start(self._fetch(self._state.opened, self._layer.seen.picture.number))

    async def _fetch(self, opened: Opened, number: int) -> None:
        self.fetch.setEnabled(False)
        try:
            path = await self._context.background.run(opened.fetch_original(number))
        finally:
            self.fetch.setEnabled(True)
        if path is None:
            self._context.messages.info(self.tr("The service does not have this picture any more."))
        elif number == self._state.current:
            self._load_anew()

    def _load_anew(self) -> None:
        self._loader.forget()
        self._show_current()

    # --- how it is built

    def _lay_out(self) -> None:
        step = unit(self)
        self._name.setFont(heading_font(self._name))
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setWordWrap(True)
        self._problem.hide()
        words = QVBoxLayout()
        words.setSpacing(step // 2)
        words.addWidget(self._name)
        words.addWidget(self._about)
        words.addWidget(self._problem)
        top = QHBoxLayout()
        top.setSpacing(step // 2)
        top.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        top.addSpacing(step)
        top.addLayout(words, 1)
        tools = (self.previous, self.next, self.zoom, self.looks, self.before, self.said)
        for widget in tools:
            top.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(step * 2)
        halves.addWidget(self._stack)
        halves.addWidget(self.side)
        halves.setStretchFactor(0, 1)
        halves.setStretchFactor(1, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(top)
        layout.addWidget(halves, 1)

    def _connect(self) -> None:
        state, canvas, looks = self._state, self.canvas, self.looks
        state.opened_changed.connect(self._on_opened)
        state.selection_changed.connect(self._show_current)
        state.current_changed.connect(self._show_current)
        state.looks_changed.connect(self._write_looks)
        state.originals_moved.connect(self._load_anew)
        canvas.clicked.connect(self._on_clicked)
        canvas.zoomed.connect(self._on_zoomed)
        canvas.sharper_wanted.connect(self._on_sharper)
        self.side.chosen.connect(self._on_finding)
        self.back.clicked.connect(self.left)
        self.previous.clicked.connect(lambda _checked=False: state.step(-1))
        self.next.clicked.connect(lambda _checked=False: state.step(1))
        self.zoom.out.clicked.connect(canvas.zoom_out)
        self.zoom.closer.clicked.connect(canvas.zoom_in)
        self.zoom.whole.clicked.connect(canvas.fit)
        self.before.toggled.connect(self._on_before)
        self.said.toggled.connect(self._on_said)
        on_key(self, "Esc", self.left.emit)
        for key in ("+", "=", "Ctrl++"):
            on_key(self, key, canvas.zoom_in)
        for key in ("-", "Ctrl+-"):
            on_key(self, key, canvas.zoom_out)
        on_key(self, "0", canvas.fit)
        for key, button in (("B", looks.boxes), ("L", looks.words), ("D", self.before), ("I", self.said)):
            on_key(self, key, button.click)
        for place in range(9):
            on_key(self, str(place + 1), partial(self._toggle_class, place))
