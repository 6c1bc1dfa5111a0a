"""The menu that limits how fast files move, for all transfers together."""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QLocale, QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QDialog, QInputDialog, QMenu, QWidget

from batchdock.bridge.dialogs import ask
from batchdock.window.context import Context
from batchdock.window.wording import rate_text

MB = 1_000_000.0
CHOICES = (None, 1 * MB, 5 * MB, 10 * MB)
LEAST, MOST = 0.05, 10_000.0
"""In MB a second, for what is typed."""


class SpeedMenu(QObject):
    """Fills a menu each time it opens; the mark is at what holds now."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._window = window

    def fill(self, menu: QMenu) -> None:
        """Write the choices into `menu`."""
        menu.clear()
        group = QActionGroup(menu)
        now = self._context.desk.transfers.speed_limit
        choices = list(CHOICES)
        if now not in choices:
            choices.append(now)
        for choice in choices:
            action = menu.addAction(self.tr("No limit") if choice is None else rate_text(choice))
            action.setCheckable(True)
            action.setChecked(choice == now)
            action.triggered.connect(partial(self._choose, choice))
            group.addAction(action)
        menu.addSeparator()
        menu.addAction(self.tr("Another limit…")).triggered.connect(self._ask)

    def _choose(self, limit: float | None, _checked: bool = False) -> None:
        self._start(self._context.background.run(self._context.desk.transfers.set_speed_limit(limit)))

    def _ask(self, _checked: bool = False) -> None:
        self._start(self._ask_for_one())

    async def _ask_for_one(self) -> None:
        now = self._context.desk.transfers.speed_limit
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(self.tr("Speed limit"))
        dialog.setLabelText(self.tr("At most, in MB per second, for all transfers together:"))
        dialog.setInputMode(QInputDialog.InputMode.DoubleInput)
        dialog.setDoubleDecimals(2)
        dialog.setDoubleRange(LEAST, MOST)
        dialog.setDoubleValue((now or 2 * MB) / MB)
        dialog.setLocale(QLocale())
        dialog.setOkButtonText(self.tr("Set limit"))
        try:
            if await ask(dialog) == QDialog.DialogCode.Accepted:
                await self._context.background.run(
                    self._context.desk.transfers.set_speed_limit(dialog.doubleValue() * MB)
                )
        finally:
            dialog.deleteLater()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.tasks.start(work)
