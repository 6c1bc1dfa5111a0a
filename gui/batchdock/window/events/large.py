"""One event, large: its pictures, and beside them all that it told."""

import asyncio

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from batchdock.core.event import Event
from batchdock.window.context import Context
from batchdock.window.events.picture import PictureView
from batchdock.window.events.shelf import image_of
from batchdock.window.events.words import clock_text, flat, kind_text
from batchdock.window.heading import heading
from batchdock.window.icon_button import IconButton
from batchdock.window.job_details.outline import Line, Outline
from batchdock.window.plain_text import tooltip_text
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import exact_times, number_text


class LargeEvent(QWidget):
    """Shows what it is given. `left` asks to go back to the list, `stepped` for the event so many rows further down."""

    left = Signal()
    stepped = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._event: Event | None = None
        self._place = 0
        self._loading: asyncio.Task[None] | None = None
        step = unit(self)
        self.back = IconButton("arrow-left", self.tr("All events"))
        self.newer = IconButton("chevron-left", self.tr("Newer"))
        self.older = IconButton("chevron-right", self.tr("Older"))
        self.next_picture = IconButton("images", self.tr("Next picture"))
        self.title = QLabel()
        self.about = TintedLabel()
        self.picture = PictureView()
        self.facts = Outline(self.tr("What it told"))
        self.back.clicked.connect(self.left)
        self.newer.clicked.connect(lambda: self.stepped.emit(-1))
        self.older.clicked.connect(lambda: self.stepped.emit(1))
        self.next_picture.clicked.connect(lambda: self._show_picture(self._place + 1))
        self.back.setToolTip(self.tr("Back to the list (Esc)"))
        top = QHBoxLayout()
        top.addWidget(self.back)
        top.addStretch()
        for button in (self.next_picture, self.newer, self.older):
            top.addWidget(button)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(step * 3)
        halves.addWidget(self.picture)
        halves.addWidget(self.facts)
        halves.setStretchFactor(0, 2)
        halves.setStretchFactor(1, 1)
        halves.setSizes([step * 150, step * 75])
        self.facts.setMinimumWidth(step * 45)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 3)
        layout.addLayout(top)
        layout.addLayout(heading(self.title, self.about))
        layout.addWidget(halves, 1)

    def show_event(self, event: Event, *, first: bool, last: bool) -> None:
        """Show an event; there is none above the first one, and none below the last."""
        self._event = event
        self.newer.setEnabled(not first)
        self.older.setEnabled(not last)
        self.title.setText(kind_text(event.kind))
        self.next_picture.setVisible(len(event.pictures) > 1)
        times = Line(self.tr("Time"), exact_times(event.at).replace("\n", "   "))
        came = Line(self.tr("Received"), exact_times(event.received).replace("\n", "   "))
        told = tuple(
            Line(name, value.replace("\n", " "), tooltip=tooltip_text(f"{name}\n{value}"))
            for name, value in flat(event.facts)
        )
        groups = [Line(self.tr("When"), below=(times, came))]
        self.facts.show_lines([*groups, Line(self.tr("What it told"), below=told)] if told else groups)
        self._show_picture(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the neighbours, Escape goes back."""
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageDown: 1}
        if key is Qt.Key.Key_Escape:
            self.left.emit()
        elif key in steps:
            button = self.newer if steps[key] < 0 else self.older
            if button.isEnabled():
                self.stepped.emit(steps[key])
        elif key is Qt.Key.Key_Space and self.next_picture.isVisible():
            self._show_picture(self._place + 1)
        else:
            super().keyPressEvent(event)

    def _show_picture(self, place: int) -> None:
        assert self._event is not None
        event = self._event
        self._place = place % max(1, len(event.pictures))
        about = clock_text(event.at)
        if len(event.pictures) > 1:
            part = self.tr("picture %1 of %2").replace("%1", number_text(self._place + 1))
            about = f"{about} · {part.replace('%2', number_text(len(event.pictures)))}"
        self.about.setText(about)
        if self._loading is not None:
            self._loading.cancel()
        self.picture.show_image(None, missing=not event.pictures)
        if event.pictures:
            self._loading = self._context.tasks.start(self._load(event, self._place))

    async def _load(self, event: Event, place: int) -> None:
        pixels = await self._context.background.run(self._context.desk.events.picture(event.pictures[place], None))
        image: QImage | None = None
        if pixels is not None:
            image = await asyncio.to_thread(image_of, pixels)
        if self._event is event and self._place == place:
            self.picture.show_image(image, missing=image is None)
