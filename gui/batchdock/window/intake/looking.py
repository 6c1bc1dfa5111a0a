"""The closer look at the files of a sheet, and leaving out what it found to be near copies."""

import asyncio

from PySide6.QtCore import QObject, Signal

from batchdock.bridge.inbox import Inbox
from batchdock.core.errors import BatchdockError
from batchdock.core.intake import CloserLook
from batchdock.window.context import Context
from batchdock.window.intake.files_panel import FilesPanel
from batchdock.window.intake.gathered import Gathered


class Looking(QObject):
    """Decodes every picture on demand, and shows what came of it in the panel."""

    changed = Signal()
    """Something else can be said or pressed now."""
    settled = Signal()
    """Other files are ready now, for good."""
    failed = Signal(object)
    """A `BatchdockError`."""

    def __init__(self, context: Context, files: FilesPanel) -> None:
        super().__init__(files)
        self._context = context
        self._files = files
        self._look: asyncio.Task[None] | None = None
        self._thinning: asyncio.Task[None] | None = None
        self._looks: Inbox[CloserLook] = Inbox(self)
        self._looks.arrived.connect(self._on_looks)
        files.look_closer.clicked.connect(lambda _checked=False: self._begin())
        files.closer.stopped.connect(self.stop)
        files.closer.best_only_wanted.connect(self._on_best_only)

    def is_thinning(self) -> bool:
        """Tell whether near copies are being left out just now."""
        return self._thinning is not None

    def stop(self) -> None:
        """Stop the closer look, if there is one that goes on. What it has found damaged so far stays out."""
        look, self._look = self._look, None
        if look is None:
            return
        look.cancel()
        self._looks.deliver()
        self._files.forget_look()
        self.changed.emit()

    def forget(self) -> None:
        """Stop everything: there will be other files."""
        self.stop()
        self._stop_thinning()

    def close(self) -> None:
        """Stop everything for good."""
        if self._look is not None:
            self._look.cancel()
        self._stop_thinning()
        self._looks.close()

    def _begin(self) -> None:
        items = tuple(self._files.gathered.ready)

        async def look() -> None:
            closer = self._context.desk.intake.look_closer(items, on_update=self._looks.put)
            await self._context.background.run(closer)

        self._look = self._context.tasks.start(look(), on_error=self._on_error)
        self._files.take_look([CloserLook(total=self._files.gathered.pictures)])

    def _on_looks(self, looks: list[CloserLook]) -> None:
        self._files.take_look(looks)
        if looks[-1].finished:
            self._look = None
            self.settled.emit()
        self.changed.emit()

    def _on_best_only(self, wanted: bool) -> None:
        self._stop_thinning()
        if wanted:
            self._thinning = self._context.tasks.start(self._leave_out_near_copies(), on_error=self._on_error)
        else:
            self._files.show_all()
        self.settled.emit()
        self.changed.emit()

    async def _leave_out_near_copies(self) -> None:
        gathered, closer = self._files.gathered, self._files.closer

        def best() -> Gathered:
            return gathered.without(closer.near_copies())

        self._files.show_only_best(await self._context.background.run(asyncio.to_thread(best)))
        self._thinning = None
        self.settled.emit()
        self.changed.emit()

    def _stop_thinning(self) -> None:
        if self._thinning is not None:
            self._thinning.cancel()
            self._thinning = None

    def _on_error(self, error: BatchdockError) -> None:
        self.stop()
        self.failed.emit(error)
