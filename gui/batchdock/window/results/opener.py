"""Opens results, one after the other, and gives back those that are looked at no more."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from batchdock.core.errors import BatchdockError
from batchdock.flows.results.opening import Opened
from batchdock.window.context import Context
from batchdock.window.results.opening_view import OpeningView

Heard = Callable[[int, int], None]
_Work = Callable[[Heard], Coroutine[Any, Any, Opened]]


class Opener(QObject):
    """Until results are open, and when they can not be, `view` says so."""

    found = Signal(object)
    """Results are open: an `Opened`, that stays so until `leaving`."""
    leaving = Signal()
    """Whoever looks at the results is to forget them now."""
    spoiled = Signal()
    """These results can not be opened, or are not to be."""

    def __init__(self, context: Context, view: OpeningView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._view = context, view
        self._work: _Work | None = None
        self._opened: Opened | None = None
        self._opening: asyncio.Task[None] | None = None
        view.cancel_asked.connect(self.cancel)
        view.again_asked.connect(self._again)

    @property
    def is_opening(self) -> bool:
        """Tell whether it is not known yet what there will be to look at."""
        return self._opening is not None

    def open_job(self, key: tuple[str, str]) -> None:
        """Open the results of a job."""
        results = self._context.desk.results
        self._begin(lambda heard: results.open(key, heard))

    def open_folder(self, folder: Path) -> None:
        """Open any folder of results."""
        results = self._context.desk.results
        self._begin(lambda heard: results.open_folder(folder, heard))

    def clear(self) -> None:
        """Look at nothing."""
        self._stop()
        self._work = None
        self._view.say("")
        self._give_back()

    def cancel(self) -> None:
        """Stop opening; it can be begun again."""
        if self._opening is not None:
            self._stop()
            self._view.say(self.tr("These results were not read. Their files can be looked at and saved."), again=True)
            self.spoiled.emit()

    def _begin(self, work: _Work) -> None:
        self._stop()
        self._give_back()
        self._work = work
        self._view.begin()
        self._opening = self._context.tasks.start(self._open(work), on_error=self._on_error)

    def _again(self) -> None:
        if self._work is not None:
            self._begin(self._work)

    def _stop(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None

    def _give_back(self) -> None:
        if self._opened is not None:
            opened, self._opened = self._opened, None
            self.leaving.emit()
            self._context.tasks.start(self._context.background.run(opened.close()))

    async def _open(self, work: _Work) -> None:
        self._opened = opened = await self._context.background.run(work(self._view.hear))
        self._opening = None
        self._view.say("")
        self.found.emit(opened)

    def _on_error(self, error: BatchdockError) -> None:
        self._opening = None
        self._view.say_error(error)
        self.spoiled.emit()
