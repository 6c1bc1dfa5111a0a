"""One file, large: its picture with the labels drawn, and everything that is told of it."""

import asyncio

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from batchdock.core.datasets.data import Data
from batchdock.core.errors import BatchdockError
from batchdock.flows.datasets.kinds import FileKind
from batchdock.window.context import Context
from batchdock.window.datasets.data.labels_list import LabelsList
from batchdock.window.datasets.data.looking import Looked, look
from batchdock.window.datasets.data.state import DataState, Shown
from batchdock.window.datasets.data.words import kind_word, labels_text, unread_text, why
from batchdock.window.empty_state import EmptyState
from batchdock.window.plain_text import tooltip_text
from batchdock.window.results.drawing import prepare
from batchdock.window.results.grid.words import name_of
from batchdock.window.results.large.canvas import Canvas
from batchdock.window.results.large.layer import Layer, Sight, image_of
from batchdock.window.results.large.said import SaidTree
from batchdock.window.results.tools import LooksTools, ZoomTools, on_key, tool
from batchdock.window.results.viewing import NOTHING_CURRENT
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text

_TURNS = {Qt.Key.Key_Left: -1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageDown: 1}


class DataLarge(QWidget):
    """Follows the state: what it shows is what is current there. Nothing is fetched while nobody sees it."""

    left = Signal()
    """Back to all files."""

    def __init__(self, context: Context, state: DataState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._state = state
        self._looked: Looked | None = None
        self._loading: asyncio.Task[None] | None = None
        self._sharpening: asyncio.Task[None] | None = None
        self.canvas = Canvas()
        self.list = LabelsList()
        self.tree = SaidTree()
        self.zoom = ZoomTools()
        self.looks = LooksTools(state)
        self.looks.boxes.setAccessibleName(self.tr("Labels over the picture"))
        self.looks.boxes.setToolTip(self.tr("Labels over the picture (B)"))
        self.looks.words.setAccessibleName(self.tr("Names beside labels"))
        self.looks.words.setToolTip(self.tr("Names beside labels (L)"))
        self.back = tool("arrow-left", self.tr("Back to all files"), self.tr("Esc"))
        self.previous = tool("chevron-left", self.tr("Previous file"), "←")
        self.next = tool("chevron-right", self.tr("Next file"), "→")
        self._name = QLabel()
        self._about = TintedLabel()
        self.unread = TintedLabel(tint=Tint.WARNING)
        self._count = QLabel()
        self.missing = EmptyState("image-off", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.missing)
        self.setFocusProxy(self.canvas)
        self._lay_out()
        self._connect()

    # --- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.canvas.setFocus()
        self._show_current()

    def hideEvent(self, event: QHideEvent) -> None:
        self._stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn to another file, or choose another label."""
        by = _TURNS.get(Qt.Key(event.key()))
        if by is not None:
            self._state.step(by)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    # --- what is shown

    def _show_current(self) -> None:
        self._stop()
        shown, number = self._state.shown, self._state.current
        if not self.isVisible() or shown is None or number == NOTHING_CURRENT:
            return
        count = len(self._state.selection.numbers) if self._state.selection is not None else 0
        self.previous.setEnabled(self._state.place > 0)
        self.next.setEnabled(self._state.place < count - 1)
        self._loading = self._context.tasks.start(self._load(shown, number), on_error=self._on_error)

    async def _load(self, shown: Shown, number: int) -> None:
        edge = self.canvas.edge

        async def fetch() -> tuple[Looked, Layer]:
            row = (await shown.rows.some((number // shown.width,)))[number // shown.width]
            looked = await look(self._context.desk, shown, number, row, edge, small=False)
            return looked, await asyncio.to_thread(_layer, looked, shown, edge)

        looked, layer = await self._context.background.run(fetch())
        if number == self._state.current and shown is self._state.shown:
            self._show(looked, layer)

    def _show(self, looked: Looked, layer: Layer) -> None:
        self._looked = looked
        self.canvas.choose(None)
        labels = self._state.labels
        self.canvas.show_layers(layer if layer.sight is not None else None)
        self.list.labels.show_labels(looked, labels)
        self._count.setText(labels_text(len(looked.seen.findings)))
        self.unread.setText(unread_text(looked.unread))
        self.unread.setVisible(bool(looked.unread))
        self._write(looked)
        self.tree.show_record(_record(looked.data) if looked.data is not None else {})
        if layer.sight is None:
            self.missing.set_icon(self._state.sign(looked.seen))
            self.missing.set_sentence(self._sentence(looked))
        self._stack.setCurrentWidget(self.missing if layer.sight is None else self.canvas)

    def _sentence(self, looked: Looked) -> str:
        if looked.data is None:
            return self.tr("There is no file of this sensor in this frame.")
        if looked.seen.picture.problem:
            return looked.seen.picture.problem
        return self.tr("Files of this kind are not drawn here: %1. Take the dataset out to have them.").replace(
            "%1", kind_word(looked.kind)
        )

    def _on_error(self, error: BatchdockError) -> None:
        self.missing.set_icon("triangle-alert")
        self.missing.set_sentence(why(error))
        self._stack.setCurrentWidget(self.missing)

    def _write(self, looked: Looked) -> None:
        picture, state = looked.seen.picture, self._state
        name = name_of(looked.seen) or self.tr("No file")
        self._name.setText(name)
        self._name.setToolTip(tooltip_text(picture.name))
        facts = []
        folder = picture.name.rpartition("/")[0]
        if folder:
            facts.append(folder.replace("/", " › "))
        if picture.width and picture.height:
            facts.append(f"{number_text(picture.width)} × {number_text(picture.height)}")
        elif looked.kind is not FileKind.PICTURE:
            facts.append(kind_word(looked.kind))
        if looked.data is not None and looked.data.frame_id:
            facts.append(self.tr("frame %1").replace("%1", looked.data.frame_id))
        width = state.shown.width if state.shown is not None else 1
        place, count = number_text(state.place // width + 1), number_text(state.rows)
        facts.append(self.tr("%1 of %2").replace("%1", place).replace("%2", count))
        self._about.setText(" · ".join(facts))
        self.canvas.setAccessibleName(self.tr("Picture: %1").replace("%1", name))
        self.canvas.setAccessibleDescription(state.spoken(looked.seen))

    # --- what people do

    def _on_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        looked = self._looked
        here = looked is not None and current.isValid()
        self.canvas.choose(looked.seen.findings[current.row()].number if looked is not None and here else None)

    def _on_clicked(self, number: object) -> None:
        if isinstance(number, int) and self._looked is not None and number < len(self._looked.seen.findings):
            self.list.setCurrentIndex(self.list.labels.index(number, 0))
        else:
            self.list.clearSelection()
            self.list.setCurrentIndex(QModelIndex())

    def _step(self, by: int) -> None:
        count, here = self.list.labels.rowCount(), self.list.currentIndex()
        if count:
            row = here.row() + by if here.isValid() else 0
            self.list.setCurrentIndex(self.list.labels.index(min(max(0, row), count - 1), 0))

    def _on_sharper(self) -> None:
        looked, shown = self._looked, self._state.shown
        busy = self._sharpening is not None and not self._sharpening.done()
        if looked is not None and looked.data is not None and shown is not None and not busy:
            self._sharpening = self._context.tasks.start(self._sharpen(shown, looked.seen.picture.number, looked.data))

    async def _sharpen(self, shown: Shown, number: int, data: Data) -> None:
        """Show all pixels, where more are seen than were decoded."""
        pixels = await self._context.background.run(
            self._context.desk.dataset_pictures.large(shown.rows.place, data, None)
        )
        sight = Sight(await asyncio.to_thread(image_of, pixels), pixels.full_width, pixels.full_height)
        if self._looked is not None and self._looked.seen.picture.number == number:
            self.canvas.show_sharp(sight)

    def _on_opened(self) -> None:
        self._stop()
        self._looked = None
        self.canvas.show_layers(None)
        self.list.labels.show_labels(None, ())
        self._show_current()

    def _stop(self) -> None:
        for task in (self._loading, self._sharpening):
            if task is not None:
                task.cancel()
        self._loading = self._sharpening = None

    # --- how it is built

    def _lay_out(self) -> None:
        step = unit(self)
        self._name.setFont(heading_font(self._name))
        self._name.setWordWrap(True)
        for label in (self._name, self._count):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.unread.hide()
        words = QVBoxLayout()
        words.setSpacing(step // 2)
        words.addWidget(self._name)
        words.addWidget(self._about)
        top = QHBoxLayout()
        top.setSpacing(step // 2)
        top.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        top.addSpacing(step)
        top.addLayout(words, 1)
        for button in (self.previous, self.next, self.zoom, self.looks):
            top.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        side = QSplitter(Qt.Orientation.Vertical)
        parts: tuple[tuple[QLabel, QWidget, QWidget | None], ...] = (
            (self._count, self.list, self.unread),
            (_said(self), self.tree, None),
        )
        for heading, widget, more in parts:
            part = QWidget()
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(step)
            column.addWidget(heading)
            column.addWidget(widget, 1)
            if more is not None:
                column.addWidget(more)
                column.addSpacing(step)
            side.addWidget(part)
        side.setChildrenCollapsible(False)
        side.setMinimumWidth(step * 50)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(step * 2)
        halves.addWidget(self._stack)
        halves.addWidget(side)
        halves.setStretchFactor(0, 1)
        halves.setStretchFactor(1, 0)
        halves.setSizes([step * 200, step * 92])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(top)
        layout.addWidget(halves, 1)

    def _connect(self) -> None:
        state, canvas = self._state, self.canvas
        state.opened_changed.connect(self._on_opened)
        state.current_changed.connect(self._show_current)
        state.originals_moved.connect(self._show_current)
        state.looks_changed.connect(lambda: canvas.set_looks(state.looks))
        canvas.set_looks(state.looks)
        canvas.clicked.connect(self._on_clicked)
        canvas.zoomed.connect(lambda: self.zoom.show_scale(canvas.scale, whole=canvas.is_whole))
        canvas.sharper_wanted.connect(self._on_sharper)
        self.list.selectionModel().currentRowChanged.connect(self._on_row)
        self.back.clicked.connect(self.left)
        self.previous.clicked.connect(lambda _checked=False: state.step(-1))
        self.next.clicked.connect(lambda _checked=False: state.step(1))
        self.zoom.out.clicked.connect(canvas.zoom_out)
        self.zoom.closer.clicked.connect(canvas.zoom_in)
        self.zoom.whole.clicked.connect(canvas.fit)
        on_key(self, "Esc", self.left.emit)
        for key in ("+", "=", "Ctrl++"):
            on_key(self, key, canvas.zoom_in)
        for key in ("-", "Ctrl+-"):
            on_key(self, key, canvas.zoom_out)
        on_key(self, "0", canvas.fit)
        on_key(self, "B", self.looks.boxes.click)
        on_key(self, "L", self.looks.words.click)


def _said(parent: DataLarge) -> QLabel:
    return QLabel(parent.tr("Everything the service said"))


def _layer(looked: Looked, shown: Shown, edge: int) -> Layer:
    """Return what is painted. Blocks."""
    pixels = looked.pixels
    sight = Sight(image_of(pixels), pixels.full_width, pixels.full_height) if pixels is not None else None
    size = (sight.width, sight.height) if sight is not None else None
    return Layer(looked.seen, shown.classes.labels, sight, prepare(looked.seen, edge, size))


def _record(data: Data) -> dict[str, object]:
    """Return what is told of a file, without its addresses."""
    told: dict[str, object] = {
        "remotePath": data.remote_path,
        "checksum": data.checksum,
        "timestamp": data.timestamp,
        "frameId": data.frame_id,
        "sensorName": data.sensor,
    }
    return {name: value for name, value in told.items() if value not in ("", None)} | {"label": data.label}
