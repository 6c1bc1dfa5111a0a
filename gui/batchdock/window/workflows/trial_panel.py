"""Trying a model on one picture before it is added: the picture with what was found, and the findings below."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QListWidget, QProgressBar, QPushButton, QVBoxLayout, QWidget

from batchdock.bridge.dialogs import choose
from batchdock.core.computer import Trial
from batchdock.core.errors import BatchdockError, ModelUnfit
from batchdock.core.resources import resource
from batchdock.flows.intake.names import printable
from batchdock.window.batches.browser.looking import Picture, look_into
from batchdock.window.batches.browser.preview import PictureView
from batchdock.window.context import Context
from batchdock.window.messages import worded
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import grouped
from batchdock.window.workflows.plain_words import short, took_text

SAMPLE = "coffee.jpg"

Try = Callable[[Path], Coroutine[Any, Any, Trial]]


class TrialPanel(QWidget):
    """Shows a picture and runs `try_on` over it when the person asks for it."""

    tried = Signal()
    """The model was run over a picture, and this is shown."""

    def __init__(
        self, context: Context, try_on: Try, picture: Path | None = None, parent: QWidget | None = None
    ) -> None:
        """Without a `picture`, a sample is shown."""
        super().__init__(parent)
        self._context = context
        self._try_on = try_on
        self._picture = picture or resource("samples", SAMPLE)
        self._is_sample = picture is None
        self._task: asyncio.Task[None] | None = None
        """The work under way; a newer one takes its place."""
        self.is_tried = False
        self.view = PictureView()
        self.caption = TintedLabel()
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(unit(self))
        self._bar.setAccessibleName(self.tr("Trying the model"))
        self.findings = QListWidget()
        self.findings.setAccessibleName(self.tr("What was found"))
        self.findings.setTabKeyNavigation(False)
        self.trouble = TintedLabel("", Tint.BAD)
        self.try_button = QPushButton(self.tr("Try it on this picture"))
        self.try_button.clicked.connect(lambda _checked=False: self.try_now())
        self.choose_button = QPushButton(self.tr("Another picture…"))
        self.choose_button.clicked.connect(lambda _checked=False: self._start(self._choose()))
        buttons = QHBoxLayout()
        buttons.addWidget(self.try_button)
        buttons.addWidget(self.choose_button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._bar)
        layout.addWidget(self.caption)
        layout.addWidget(self.trouble)
        layout.addWidget(self.findings)
        layout.addLayout(buttons)
        for widget in (self._bar, self.trouble, self.findings):
            widget.hide()
        self._write()

    def sizeHint(self) -> QSize:
        return QSize(unit(self) * 100, unit(self) * 90)

    def show_picture(self) -> None:
        """Show the picture as it is, before the model is tried."""
        self._start(self._show_plain())

    def take_picture(self, path: Path) -> None:
        """Use another picture, and try the model on it at once."""
        self._picture, self._is_sample = path, False
        self.try_now()

    def try_now(self) -> None:
        """Run the model over the picture."""
        self.trouble.hide()
        self._start(self._try())

    def forget(self) -> None:
        """What was found is no longer true: the model is used in another way."""
        self.is_tried = False
        self.findings.hide()
        self._write()

    def rename(self) -> None:
        """What was found is called otherwise from now on."""
        if self.is_tried:
            self.caption.setText(self.tr("Try it again to see the new names."))

    def stop(self) -> None:
        """Give up what is under way."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self.stop()
        self._task = self._context.tasks.start(work, on_error=self._on_error)

    async def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a picture"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Pictures") + " (*.jpg *.jpeg *.png *.webp *.bmp)", self.tr("All files") + " (*)"]
        )
        if chosen := await choose(dialog):
            self._task = None  # This very task goes on as the trial.
            self.take_picture(chosen[0])

    async def _show_plain(self) -> None:
        data = await self._context.background.run(self._context.desk.computer.read_picture(self._picture))
        await self._show(data)

    async def _try(self) -> None:
        self._be_busy(True)
        try:
            await self._show_plain()
            trial = await self._context.background.run(self._try_on(self._picture))
            await self._show(trial.picture)
        finally:
            # A newer one that has taken this one's place is still at work.
            if self._task is asyncio.current_task():
                self._be_busy(False)
        self.is_tried = True
        self.findings.clear()
        self.findings.addItems([short(each) for each in trial.findings])
        self.findings.setFixedHeight(self.findings.sizeHintForRow(0) * min(5, len(trial.findings)) + unit(self) * 2)
        self.findings.setVisible(bool(trial.findings))
        count = len(trial.findings)
        found = grouped(self.tr("%n found", "", count), count) if count else self.tr("Nothing was found")
        took = took_text(trial.seconds)
        self.caption.setText(" · ".join((self._called(), found, took)))
        self.tried.emit()

    async def _show(self, data: bytes) -> None:
        """Show the bytes of a picture. Decoded in another thread: a large one takes longer than the window may."""
        ratio = self.devicePixelRatioF()
        room = QSize(round(self.view.width() * ratio), round(self.view.height() * ratio))
        box = room.expandedTo(QSize(640, 640))
        sight = await self._context.background.run(asyncio.to_thread(look_into, "a.jpg", data, box))
        self.view.show_image(sight.image if isinstance(sight, Picture) else QImage(), self._called())

    def _be_busy(self, busy: bool) -> None:
        self._bar.setVisible(busy)
        self.try_button.setEnabled(not busy)
        self.choose_button.setEnabled(not busy)
        if busy:
            self.caption.setText(self.tr("Trying it: %1…").replace("%1", self._called()))

    def _write(self) -> None:
        text = (
            self.tr("This is a sample. Drop another picture here, or choose one.")
            if self._is_sample
            else self._called()
        )
        self.caption.setText(text)

    def _called(self) -> str:
        name = short(printable(self._picture.name))
        return self.tr("Sample picture") if self._is_sample else name

    def _on_error(self, error: BatchdockError) -> None:
        title, message, advice = worded(error)
        if isinstance(error, ModelUnfit):
            said = " ".join(error.reasons)
        else:
            said = " ".join(f"{part.rstrip('.')}." for part in (title, message, advice) if part)
        self.trouble.setText(said)
        self.trouble.show()
        self._write()
