"""Asks again and again whether a batch is complete, as long as somebody waits for it."""

import asyncio

from PySide6.QtCore import QObject, QTimer, Signal

from batchdock.core.errors import BatchdockError
from batchdock.flows.jobs.readiness import Readiness
from batchdock.window.context import Context

POLL_MS = 3000


class ReadinessWatch(QObject):
    """Looks at one batch, or one part of it, until it is complete. `readiness` is None until that was asked."""

    changed = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._what: tuple[str, str, str | None] | None = None
        self._task: asyncio.Task[None] | None = None
        self.readiness: Readiness | None = None
        self.error: BatchdockError | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)

    def follow(self, account_id: str, batch_id: str, part: str | None) -> None:
        """Look at this one from now on."""
        if self._what == (account_id, batch_id, part):
            return
        self.stop()
        self._what, self.readiness, self.error = (account_id, batch_id, part), None, None
        self._look()
        self.changed.emit()

    def stop(self) -> None:
        """Look at nothing any more."""
        self._timer.stop()
        if self._task is not None:
            self._task.cancel()

    def _look(self) -> None:
        assert self._what is not None
        asked = self._context.desk.jobs.readiness(*self._what)

        async def look() -> None:
            self.readiness, self.error = await self._context.background.run(asked), None
            self._go_on()

        self._task = self._context.tasks.start(look(), on_error=self._on_error)

    def _on_error(self, error: BatchdockError) -> None:
        self.error = error
        self._go_on()

    def _go_on(self) -> None:
        if self.readiness is None or not self.readiness.complete:
            self._timer.start()
        self.changed.emit()
