"""How this computer works, and how much it keeps: one dialog, saved as a whole."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from batchdock.core.computer import ComputerSettings
from batchdock.core.errors import BatchdockError
from batchdock.window.computer.room_form import RoomForm
from batchdock.window.computer.work_form import WorkForm
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.messages import worded
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel

_LOOK_AGAIN = 2.0
"""Seconds between looks at whether a cluster answers."""


class ComputerDialog(FittingDialog):
    """Reads the settings, and saves what was changed. Open it with `open()`."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._settings: ComputerSettings | None = None
        self._asking: set[asyncio.Task[None]] = set()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("This computer"))
        self.work = WorkForm(context)
        self.room = RoomForm()
        self.said = TintedLabel(self.tr("Asking this computer…"))
        self.buttons = QDialogButtonBox()
        self.save = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.leave = self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.save.setDefault(True)
        self.buttons.accepted.connect(self._on_save)
        self.buttons.rejected.connect(self.reject)
        self.work.changed.connect(self._on_changed)
        self.room.changed.connect(self._on_changed)
        self.room.clean_up_asked.connect(self._on_clean_up)
        self.finished.connect(self._on_finished)
        self._lay_out()
        self._write()
        self._start(self._read())

    def _lay_out(self) -> None:
        step = unit(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        for title, form in ((self.tr("Who does the work"), self.work), (self.tr("What is kept"), self.room)):
            heading = QLabel(title)
            heading.setFont(heading_font(self))
            layout.addWidget(heading)
            layout.addWidget(form)
            layout.addSpacing(step * 2)
        layout.addStretch()
        layout.addWidget(self.said)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 125)

    async def _read(self) -> None:
        run, computer = self._context.background.run, self._context.desk.computer
        settings, computing = await run(computer.settings())
        self.work.show_settings(settings, computing)
        self.room.show_settings(settings)
        self.room.show_storage(await run(computer.storage()))
        self._settings = settings
        self.said.hide()
        self._write()

    async def _save(self, wanted: ComputerSettings) -> None:
        run, computer = self._context.background.run, self._context.desk.computer
        self._settings, computing = await run(computer.change_settings(wanted))
        self.work.show_computing(computing)
        if computing.trouble:
            self._say(self.tr("Saved. The work waits until the cluster answers."), Tint.WARNING)
            self.leave.setText(self.tr("Close"))
            self._write()
            await self._watch_cluster()
            return
        self.accept()

    async def _watch_cluster(self) -> None:
        run, computer = self._context.background.run, self._context.desk.computer
        trouble = True
        while trouble:
            await asyncio.sleep(_LOOK_AGAIN)
            settings, computing = await run(computer.settings())
            if settings != self._settings:
                return  # it was changed since, and somebody else looks
            self.work.show_computing(computing)
            trouble = bool(computing.trouble)
        self._say(self.tr("Saved. The cluster does the work."))

    async def _clean_up(self) -> None:
        run, computer = self._context.background.run, self._context.desk.computer
        self.room.show_storage(await run(computer.clean_up()))

    def _on_changed(self) -> None:
        if self._settings is not None:
            self.said.hide()
        self._write()

    def _on_save(self) -> None:
        if self._settings is None:
            return
        wanted = self.work.fill_in(self.room.fill_in(self._settings))
        self._say(self.tr("Saving…"))
        self.save.setEnabled(False)
        self._start(self._save(wanted))

    def _on_clean_up(self) -> None:
        self.room.show_cleaning()
        self._start(self._clean_up())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._context.tasks.start(work, on_error=self._on_error)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    def _on_error(self, error: BatchdockError) -> None:
        self._say(" ".join(part for part in worded(error) if part), Tint.BAD)
        self._write()

    def _on_finished(self, _code: int) -> None:
        for task in tuple(self._asking):
            task.cancel()

    def _say(self, text: str, tint: Tint = Tint.MUTED) -> None:
        self.said.setText(text)
        self.said.set_tint(tint)
        self.said.show()

    def _write(self) -> None:
        known = self._settings is not None
        for form in (self.work, self.room):
            form.setEnabled(known)
        self.save.setEnabled(known and self.work.is_complete)
