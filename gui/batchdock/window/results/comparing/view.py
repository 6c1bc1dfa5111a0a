"""Comparing: how far two runs agree, which pictures changed most, and both runs over the same picture."""

import asyncio

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from batchdock.flows.results.comparing import Comparing, Comparison
from batchdock.flows.results.opening import Opened
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.quiet_table import QuietTable
from batchdock.window.results.comparing.model import ChangesModel
from batchdock.window.results.comparing.pairs import Pair, Wish, load_pair, sight_of
from batchdock.window.results.comparing.sentences import agreement_line, change_lines, class_name, names_of
from batchdock.window.results.comparing.swipe import Swipe
from batchdock.window.results.large.caption import count_line
from batchdock.window.results.tools import ZoomTools, on_key, tool
from batchdock.window.theme import heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import percent_text

_TOLD_MS = 100
_GATHER_MS = 150
"""How long wishes may gather while a number is turned."""


class CompareView(QWidget):
    """`show_runs` begins; both stay open as long as they are shown, and whoever opened them closes them."""

    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._runs: tuple[Opened, Opened] | None = None
        self._comparing: Comparing | None = None
        self._comparison: Comparison | None = None
        self._names = ("", "")
        self._working: asyncio.Task[None] | None = None
        self._loading: asyncio.Task[None] | None = None
        self._sharpening: asyncio.Task[None] | None = None
        self._done = (0, 0)
        self._model = ChangesModel(self)
        self.pictures = QuietTable(self.tr("Pictures, those that changed most first"))
        self.pictures.setModel(self._model)
        self.pictures.size_columns(0, {1: "100 %", 2: "8,888", 3: "8,888"})
        self.pictures.selectionModel().currentRowChanged.connect(self._on_row)
        self.swipe = Swipe()
        self.zoom = ZoomTools()
        self.back = tool("arrow-left", self.tr("Back to the results"), self.tr("Esc"))
        self.beside = tool("columns-2", self.tr("Side by side"), "S", checkable=True)
        self.differing = tool("scan-search", self.tr("Only what differs"), "D", checkable=True)
        self.words = tool("tag", self.tr("Names beside findings"), "L", checkable=True)
        self.words.setChecked(True)
        self.classes = QComboBox()
        self.classes.setAccessibleName(self.tr("Class"))
        self.classes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.classes.setMinimumContentsLength(18)
        self.least = QSpinBox()
        self.least.setRange(0, 100)
        self.least.setSingleStep(5)
        self.least.setSuffix(self.tr(" %"))
        self.least.setAccessibleName(self.tr("Least confidence in percent"))
        self._title = QLabel()
        self._agreement = QLabel()
        self._changes = TintedLabel()
        self._about = TintedLabel()
        self._empty = EmptyState("images", "")
        self._stack = QStackedWidget()
        self._gathering = QTimer(self)
        self._gathering.setSingleShot(True)
        self._gathering.setInterval(_GATHER_MS)
        self._gathering.timeout.connect(self._compare)
        self._telling = QTimer(self)
        self._telling.setInterval(_TOLD_MS)
        self._telling.timeout.connect(self._tell)
        self.setFocusProxy(self.pictures)
        self._lay_out()
        self._connect()

    def show_runs(self, one: Opened, other: Opened) -> None:
        """Compare these two."""
        self.stop()
        self._runs, self._names = (one, other), names_of(one, other)
        self._comparing = self._comparison = None
        self._title.setText(self.tr("%1 and %2").replace("%2", self._names[1]).replace("%1", self._names[0]))
        self.swipe.name_sides(*self._names)
        self._fill_classes(())
        self._take(None)
        self._compare()
        self.pictures.setFocus()

    def stop(self) -> None:
        """End what is under way, and look at nothing any more."""
        for task in (self._working, self._loading, self._sharpening):
            if task is not None:
                task.cancel()
        self._working = self._loading = self._sharpening = None
        self._gathering.stop()
        self._telling.stop()
        self._runs = None

    def hideEvent(self, event: QHideEvent) -> None:
        self._telling.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the line between the two."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.swipe.move_divider(1 if event.key() == Qt.Key.Key_Right else -1)
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._step(1 if event.key() == Qt.Key.Key_PageDown else -1)
        else:
            super().keyPressEvent(event)

    # --- comparing

    @property
    def comparison(self) -> Comparison | None:
        """What is shown."""
        return self._comparison

    def _wish(self) -> Wish:
        name = self.classes.currentData()
        classes = frozenset({str(name)}) if name is not None else None
        return Wish(classes, self.least.value() / 100, self.differing.isChecked())

    def _compare(self) -> None:
        if self._runs is None:
            return
        if self._working is not None:
            self._working.cancel()
        self._done = (0, 0)
        self._telling.start()
        self._working = self._context.tasks.start(self._work(self._runs, self._wish()))

    async def _work(self, runs: tuple[Opened, Opened], wish: Wish) -> None:
        me = asyncio.current_task()
        try:
            if self._comparing is None:
                self._comparing = await self._context.background.run(Comparing.begin(*runs))
                self._fill_classes(self._comparing.classes)
            run = self._comparing.compare(classes=wish.classes, least=wish.least, heard=self._hear)
            comparison = await self._context.background.run(run)
            self._take(comparison)
        finally:
            if self._working is me:
                self._working = None
                self._telling.stop()
                self._write()

    def _hear(self, done: int, of: int) -> None:
        """Called on the flows' thread: a timer looks at it."""
        self._done = (done, of)

    def _tell(self) -> None:
        done, of = self._done
        text = self.tr("Comparing…")
        self._agreement.setText(f"{text} {percent_text(done / of)}" if of else text)

    def _take(self, comparison: Comparison | None) -> None:
        kept = self._pair()
        self._comparison = comparison
        self._model.show_comparison(comparison, self._names)
        row = 0
        if comparison is not None and kept is not None:
            places = (comparison.numbers == kept.one).nonzero()[0]
            row = int(places[0]) if len(places) else 0
        if comparison is not None and len(comparison.names):
            self.pictures.setCurrentIndex(self._model.index(row, 0))
        else:
            self.swipe.show_pair(None, None)
        self._write()

    def _write(self) -> None:
        comparison = self._comparison
        if comparison is None:
            self._agreement.setText("")
            self._changes.setText("")
            return
        if not len(comparison.names):
            sentence = self.tr("These two have no pictures in common. Pictures are matched by their names.")
            self._empty.set_sentence(sentence)
            self._stack.setCurrentWidget(self._empty)
        else:
            self._stack.setCurrentIndex(0)
        self._agreement.setText(agreement_line(comparison) if len(comparison.names) else "")
        lines = change_lines(comparison, self._names)
        self._changes.setText("\n".join(lines))
        self._changes.setVisible(bool(lines))

    def _fill_classes(self, names: tuple[str, ...]) -> None:
        chosen = self.classes.currentData()
        self.classes.blockSignals(True)
        self.classes.clear()
        self.classes.addItem(self.tr("All classes"), None)
        for name in names:
            self.classes.addItem(" ".join(class_name(name).split()), name)
        self.classes.setCurrentIndex(max(0, self.classes.findData(chosen)) if chosen is not None else 0)
        self.classes.blockSignals(False)

    # --- the picture

    def _pair(self) -> Pair | None:
        row = self.pictures.currentIndex().row()
        comparison = self._comparison
        if comparison is None or not 0 <= row < len(comparison.names):
            return None
        return Pair(int(comparison.numbers[row]), int(comparison.other_numbers[row]))

    def _on_row(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self._load(keep_zoom=False)

    def _load(self, *, keep_zoom: bool) -> None:
        pair = self._pair()
        for task in (self._loading, None if keep_zoom else self._sharpening):
            if task is not None:
                task.cancel()
        if self._runs is not None and pair is not None:
            self._loading = self._context.tasks.start(self._bring(self._runs, pair, self._wish(), keep_zoom))

    async def _bring(self, runs: tuple[Opened, Opened], pair: Pair, wish: Wish, keep_zoom: bool) -> None:
        run = load_pair(self._context.desk, runs, pair, wish, self.swipe.edge)
        one, other = await self._context.background.run(run)
        self.swipe.show_pair(one, other, keep_zoom=keep_zoom)
        name = one.seen.picture.name
        told = self.tr("%1 (only what differs)") if wish.only_differing else "%1"
        counts = [
            f"{run}: {told.replace('%1', count_line(layer))}"
            for run, layer in zip(self._names, (one, other), strict=True)
        ]
        facts = [name.replace("/", " › "), *counts]
        if one.sight is None:
            facts.append(self.tr("the picture is not on this disk"))
        self._about.setText(" · ".join(facts))
        self.swipe.say(self.tr("Picture: %1").replace("%1", name), ". ".join(counts))

    def _on_sharper(self) -> None:
        pair = self._pair()
        if self._sharpening is not None and not self._sharpening.done():
            return
        if self._runs is not None and pair is not None:
            self._sharpening = self._context.tasks.start(self._sharpen(self._runs, pair))

    async def _sharpen(self, runs: tuple[Opened, Opened], pair: Pair) -> None:
        sight = await self._context.background.run(sight_of(self._context.desk, runs, pair, None))
        if sight is not None:
            self.swipe.show_sharp(pair.one, sight)

    def _step(self, by: int) -> None:
        row = self.pictures.currentIndex().row() + by
        if 0 <= row < self._model.rowCount():
            self.pictures.setCurrentIndex(self._model.index(row, 0))

    def _on_wish(self) -> None:
        self._gathering.start()

    # --- how it is built

    def _lay_out(self) -> None:
        step = unit(self)
        self._title.setFont(heading_font(self._title))
        for label in (self._title, self._agreement):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(step // 2)
        for label in (self._title, self._agreement, self._changes):
            words.addWidget(label)
        top = QHBoxLayout()
        top.setSpacing(step)
        top.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        bar = QHBoxLayout()
        bar.setSpacing(step)
        least = QLabel(self.tr("At least sure:"))
        least.setBuddy(self.least)
        wishes: tuple[QWidget, ...] = (self.classes, least, self.least)
        looks: tuple[QWidget, ...] = (self.zoom, self.words, self.differing, self.beside)
        for widget in wishes:
            bar.addWidget(widget)
        bar.addStretch(1)
        for widget in looks:
            bar.addWidget(widget)
        picture = QWidget()
        column = QVBoxLayout(picture)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(step)
        column.addWidget(self.swipe, 1)
        column.addWidget(self._about)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(step * 2)
        halves.addWidget(self.pictures)
        halves.addWidget(picture)
        halves.setStretchFactor(0, 0)
        halves.setStretchFactor(1, 1)
        halves.setSizes([step * 72, step * 120])
        self._stack.addWidget(halves)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(top)
        layout.addLayout(bar)
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.back.clicked.connect(lambda _checked=False: self.left.emit())
        self.classes.currentIndexChanged.connect(lambda _index: self._on_wish())
        self.least.valueChanged.connect(lambda _value: self._on_wish())
        self.differing.toggled.connect(lambda _checked: self._load(keep_zoom=True))
        self.words.toggled.connect(self.swipe.show_words)
        self.beside.toggled.connect(self.swipe.set_beside)
        self.swipe.zoomed.connect(lambda: self.zoom.show_scale(self.swipe.scale, whole=self.swipe.is_whole))
        self.swipe.sharper_wanted.connect(self._on_sharper)
        self.zoom.out.clicked.connect(lambda _checked=False: self.swipe.zoom_out())
        self.zoom.closer.clicked.connect(lambda _checked=False: self.swipe.zoom_in())
        self.zoom.whole.clicked.connect(lambda _checked=False: self.swipe.fit())
        on_key(self, "Esc", self.left.emit)
        for key in ("+", "=", "Ctrl++"):
            on_key(self, key, self.swipe.zoom_in)
        for key in ("-", "Ctrl+-"):
            on_key(self, key, self.swipe.zoom_out)
        on_key(self, "0", self.swipe.fit)
        for key, button in (("S", self.beside), ("D", self.differing), ("L", self.words)):
            on_key(self, key, button.click)
