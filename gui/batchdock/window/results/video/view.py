"""Videos: the one of the frame in hand, played with its findings, and a timeline under it."""

import asyncio

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.flows.results.opening import Opened, VideoEntry
from batchdock.window.context import Context
from batchdock.window.messages import worded
from batchdock.window.plain_text import tooltip_text
from batchdock.window.results.grid.words import findings_text, spoken
from batchdock.window.results.originals import Originals
from batchdock.window.results.tools import LooksTools, on_key, tool
from batchdock.window.results.video.controls import Controls
from batchdock.window.results.video.missing import Missing
from batchdock.window.results.video.player import Player, Sight
from batchdock.window.results.video.rows import next_rise
from batchdock.window.results.video.screen import Screen
from batchdock.window.results.video.sources import Found, Source, find, findings_of
from batchdock.window.results.video.timeline import Timeline
from batchdock.window.results.video.videos_list import VideosList
from batchdock.window.results.view_state import ViewState
from batchdock.window.results.viewing import NOTHING_CURRENT
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel

_RESIZED_MS = 200


class VideoView(QWidget):
    """Follows the state: it shows the video of the current frame, at that frame. Nothing is open while nobody looks."""

    left = Signal()
    """The person wants back to all frames."""

    def __init__(self, context: Context, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._state = context, state
        self.player = Player(context, self)
        self.screen_ = Screen()
        self.timeline = Timeline()
        self.controls = Controls()
        self.videos = VideosList()
        self.missing = Missing()
        self.back = tool("arrow-left", self.tr("Back to all frames"), self.tr("Esc"))
        self.looks = LooksTools(state)
        self.drawn = tool(
            "square-split-horizontal", self.tr("The video as the service has drawn it"), "D", checkable=True
        )
        self._name, self._about = QLabel(), TintedLabel()
        self._note = TintedLabel(tint=Tint.WARNING)
        self._originals = Originals(context, state, self)
        self._stack = QStackedWidget()
        self._found: Found | None = None
        self._source: Source | None = None
        self._is_told = False
        self._loading: asyncio.Task[None] | None = None
        self._refiltering: asyncio.Task[None] | None = None
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(_RESIZED_MS)
        self._resized.timeout.connect(self._on_resized)
        self.setFocusProxy(self.timeline)
        self._lay_out()
        self._connect()
        self._write_looks()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.timeline.setFocus(Qt.FocusReason.OtherFocusReason)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        self._forget()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resized.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows mean the same as on the timeline, wherever else the keyboard is."""
        steps = {Qt.Key.Key_Left: -1.0, Qt.Key.Key_Right: 1.0, Qt.Key.Key_PageUp: 10.0, Qt.Key.Key_PageDown: -10.0}
        by = steps.get(Qt.Key(event.key()))
        if by is not None and not event.modifiers():
            self.player.seek(self.player.position + by)
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            # No shortcut: on a button, it presses that.
            if not event.isAutoRepeat():
                self.player.toggle()
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.player.video is not None:
            self.player.seek(0.0 if event.key() == Qt.Key.Key_Home else self.player.video.duration)
        else:
            super().keyPressEvent(event)

    # --- what is shown

    def _follow(self) -> None:
        """Show the video of the current frame, at that frame."""
        state = self._state
        if not self.isVisible() or state.opened is None or state.current == NOTHING_CURRENT:
            return
        if self._is_told and self._found is not None:
            return
        self._load(state.opened, state.current)

    def _load(self, opened: Opened, number: int, *, from_start: bool = False) -> None:
        if self._loading is not None:
            self._loading.cancel()
        self._loading = self._context.tasks.start(self._show(opened, number, from_start=from_start))

    async def _show(self, opened: Opened, number: int, *, from_start: bool) -> None:
        me = asyncio.current_task()
        try:
            known = self.videos.entries
            found = await self._context.background.run(find(opened, number, known))
            if not self.isVisible() or self._state.opened is not opened:
                return
            is_same = self._found is not None and self._found.name == found.name and self._source is not None
            if known is not found.videos:
                self.videos.show_entries(found.videos)
            self._found = found
            self.videos.mark(found.name)
            if not is_same:
                await self._open(opened, found)
            rows = self.missing.frames.frames.rows
            self._on_sought(rows.seconds_of(number) if rows is not None and not from_start else 0.0)
        finally:
            if self._loading is me:
                self._loading = None

    async def _open(self, opened: Opened, found: Found) -> None:
        """Open the video itself, or else what the service has drawn, or else list its frames."""
        wants_drawn = self.drawn.isChecked() and found.drawn is not None
        order = (Source.DRAWN, Source.ORIGINAL) if wants_drawn else (Source.ORIGINAL, Source.DRAWN)
        self._source, trouble = None, None
        self.screen_.show_sight(None)
        for source in order:
            path = found.path(source)
            if path is None:
                continue
            try:
                await self.player.open(path)
            except BatchdockError as error:
                trouble = trouble or error
                continue
            self._source = source
            break
        else:
            self.player.close()
        await self._show_findings(opened, found)
        self._write(found, trouble)

    async def _show_findings(self, opened: Opened, found: Found) -> None:
        video = self.player.video
        duration, rate = (video.duration, video.rate) if video is not None else (None, 25.0)
        told = await self._context.background.run(findings_of(opened, found.name, self._state.filter, rate, duration))
        if self._found is not found:
            return
        self.timeline.set_duration(told.duration)
        self.timeline.show_density(told.density)
        self.missing.frames.frames.show_rows(told.rows)
        self.player.edge = self.screen_.edge
        self.player.show_rows(told.rows)

    def _write(self, found: Found, trouble: BatchdockError | None) -> None:
        self._name.setText(found.name.rpartition("/")[2])
        self._name.setToolTip(tooltip_text(found.name))
        self._about.setText(found.name.rpartition("/")[0].replace("/", " › "))
        self._about.setVisible(bool(self._about.text()))
        is_there = self._source is not None
        for widget in (self.controls, self.looks):
            widget.setVisible(is_there)
        self.drawn.setVisible(is_there and found.drawn is not None and found.original is not None)
        if self._source is Source.ORIGINAL or found.original is None:
            # What stands in for an original that is gone is no wish for the next one.
            self.drawn.setChecked(False)
        note = ""
        if trouble is not None:
            note = " ".join(filter(None, worded(trouble)))
        elif self._source is Source.DRAWN and found.original is None:
            note = self.tr("This is the video as the service has drawn it: the original is not at its place.")
        self._note.setText(note if is_there else "")
        self._note.setVisible(bool(self._note.text()))
        self.missing.say(note)
        self._stack.setCurrentWidget(self.screen_ if is_there else self.missing)

    def _on_sight(self, sight: Sight) -> None:
        opened, video = self._state.opened, self.player.video
        if opened is None or video is None:
            return
        self.screen_.show_sight(sight, opened.labels, is_drawn=self._source is Source.DRAWN)
        self.timeline.go(sight.seconds)
        self.controls.show_time(sight.seconds, max(video.duration, sight.seconds))
        count = len(sight.seen.findings) if sight.seen is not None else 0
        self.controls.found.setText(findings_text(count) if count else self.tr("Nothing found here"))
        if not self.player.is_playing:
            self._settle(sight, opened)

    def _settle(self, sight: Sight, opened: Opened) -> None:
        """Say what is seen, and take its frame into the hand."""
        self.timeline.say()
        if sight.seen is not None:
            self.screen_.setAccessibleDescription(spoken(sight.seen, opened.labels))
            self._is_told = True
            self._state.go(sight.seen.picture.number)
            self._is_told = False

    def _on_playing(self, playing: bool) -> None:
        self.controls.show_playing(playing)
        if not playing and self.player.sight is not None and self._state.opened is not None:
            self._settle(self.player.sight, self._state.opened)

    def _on_spoiled(self, error: BatchdockError) -> None:
        self._note.setText(" ".join(filter(None, worded(error))))
        self._note.show()

    # --- what people do

    def _on_chosen(self, name: str) -> None:
        entry: VideoEntry | None = next((each for each in self.videos.entries if each.name == name), None)
        if entry is not None and self._state.opened is not None:
            self._load(self._state.opened, entry.number, from_start=True)

    def _on_sought(self, seconds: float) -> None:
        if self._source is None:
            self.missing.frames.go(seconds)
        else:
            self.player.seek(seconds)

    def _on_stood(self, seconds: float, number: int) -> None:
        self.timeline.go(seconds)
        self._is_told = True
        self._state.go(number)
        self._is_told = False

    def _on_rise(self, *, forwards: bool) -> None:
        rows, sight = self.player.rows, self.player.sight
        if rows is None or sight is None:
            return
        place = rows.place(self.player.position)
        place = next_rise(rows.findings, -1 if place is None else place, forwards=forwards)
        if place is not None:
            self.player.pause()
            self.player.seek(float(rows.seconds[place]))

    def _on_speed(self, speed: float) -> None:
        self.player.speed = speed
        if self.player.is_playing:
            self.player.play()

    def _on_drawn(self, _checked: bool) -> None:
        found, opened = self._found, self._state.opened
        if found is not None and opened is not None:
            self._loading = self._context.tasks.start(self._change_source(opened, found))

    async def _change_source(self, opened: Opened, found: Found) -> None:
        at = self.player.position
        await self._open(opened, found)
        self.player.seek(at)

    def _write_looks(self) -> None:
        self.screen_.set_looks(self._state.looks)

    def _on_selection(self) -> None:
        """The filter is another one: the same frame, with the findings that count now."""
        if self._found is not None and self._state.opened is not None and self.isVisible():
            if self._refiltering is not None:
                self._refiltering.cancel()
            self._refiltering = self._context.tasks.start(self._show_findings(self._state.opened, self._found))
        else:
            self._follow()

    def _on_moved(self) -> None:
        """The originals are somewhere else now."""
        self._forget()
        self._follow()

    def _on_opened(self) -> None:
        self._forget()
        self.videos.show_entries(())
        self._follow()

    def _on_resized(self) -> None:
        edge = self.screen_.edge
        if edge != self.player.edge and self.player.sight is not None:
            self.player.edge = edge
            self.player.seek(self.player.position)

    def _forget(self) -> None:
        """Give the video back."""
        for task in (self._loading, self._refiltering):
            if task is not None:
                task.cancel()
        self._loading = self._refiltering = None
        self._resized.stop()
        self.player.close()
        self._found = self._source = None
        self.screen_.show_sight(None)
        self.timeline.show_density(None)

    # --- how it is built

    def _lay_out(self) -> None:
        step = unit(self)
        self.screen_.setAccessibleName(self.tr("Video"))
        self._name.setFont(heading_font(self._name))
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setWordWrap(True)
        self._note.hide()
        words = QVBoxLayout()
        words.setSpacing(step // 2)
        for label in (self._name, self._about, self._note):
            words.addWidget(label)
        top = QHBoxLayout()
        top.setSpacing(step // 2)
        top.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        top.addSpacing(step)
        top.addLayout(words, 1)
        for widget in (self.looks, self.drawn):
            top.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        self._stack.addWidget(self.screen_)
        self._stack.addWidget(self.missing)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(step)
        column.addWidget(self._stack, 1)
        column.addWidget(self.timeline)
        column.addWidget(self.controls)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(step * 2)
        halves.addWidget(self.videos)
        halves.addWidget(right)
        halves.setStretchFactor(0, 0)
        halves.setStretchFactor(1, 1)
        halves.setSizes([step * 45, step * 200])
        self.videos.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(top)
        layout.addWidget(halves, 1)

    def _connect(self) -> None:
        state, player, controls = self._state, self.player, self.controls
        state.opened_changed.connect(self._on_opened)
        state.selection_changed.connect(self._on_selection)
        state.current_changed.connect(self._follow)
        state.looks_changed.connect(self._write_looks)
        state.originals_moved.connect(self._on_moved)
        player.shown.connect(self._on_sight)
        player.playing_changed.connect(self._on_playing)
        player.spoiled.connect(self._on_spoiled)
        self.screen_.clicked.connect(player.toggle)
        self.timeline.sought.connect(self._on_sought)
        self.missing.frames.stood.connect(self._on_stood)
        self.videos.chosen.connect(self._on_chosen)
        self.missing.find_asked.connect(self._originals.find)
        self.back.clicked.connect(self.left)
        self.drawn.clicked.connect(self._on_drawn)
        controls.play.clicked.connect(player.toggle)
        controls.back.clicked.connect(lambda _checked=False: player.step(-1))
        controls.forward.clicked.connect(lambda _checked=False: player.step(1))
        controls.earlier.clicked.connect(lambda _checked=False: self._on_rise(forwards=False))
        controls.later.clicked.connect(lambda _checked=False: self._on_rise(forwards=True))
        controls.speed_chosen.connect(self._on_speed)
        for keys, button in (
            (("K",), controls.play),
            ((",",), controls.back),
            ((".",), controls.forward),
            (("[",), controls.earlier),
            (("]",), controls.later),
            (("B",), self.looks.boxes),
            (("L",), self.looks.words),
            (("D",), self.drawn),
        ):
            for key in keys:
                on_key(self, key, button.click)
