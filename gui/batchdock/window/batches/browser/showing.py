"""Shows the file that is chosen: a little later, so that holding a key reads nothing, and never two at once."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from batchdock.core.errors import BatchdockError
from batchdock.window.batches.browser.entries import Entry
from batchdock.window.batches.browser.preview import Preview
from batchdock.window.batches.browser.seeing import Unasked, see
from batchdock.window.context import Context
from batchdock.window.messages import worded
from batchdock.window.wording import size_text

SETTLE_MS = 120
"""How long the selection rests before its file is read: holding an arrow key reads nothing in between."""
SLOW_MS = 400
"""After so long, it is said that a file is being read; until then the one before it stays, and nothing flickers."""


class Showing(QObject):
    """`chosen` gives the entry to show, None where there is none, or it has not come yet."""

    settled = Signal()
    """A preview has finished loading."""

    def __init__(
        self, context: Context, preview: Preview, chosen: Callable[[], Entry | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._preview, self._chosen = context, preview, chosen
        self._looking: asyncio.Task[None] | None = None
        self.in_trouble = False
        """True while it is said what stands in the way, and trying again is offered."""
        self._rest = self._timer(SETTLE_MS, self._look)
        self._slow = self._timer(SLOW_MS, self._on_slow)

    def begin(self) -> None:
        """Show what is chosen, when it has been for a moment."""
        self._rest.start()

    def stop(self) -> None:
        """Show nothing more."""
        self.in_trouble = False
        self._rest.stop()
        self._slow.stop()
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def fetch(self, entry: Entry) -> None:
        """Show it, whatever has to be fetched for that."""
        self._begin(entry, asked=True)

    def say_error(self, error: BatchdockError) -> None:
        """Say what stands in the way, and offer to try again."""
        self.stop()
        title, message, advice = worded(error)
        said = "\n".join(part for part in (title, message, advice) if part)
        self._preview.offer(said, self.tr("Try again"))
        self.in_trouble = True
        self.settled.emit()

    def _timer(self, milliseconds: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(then)
        return timer

    def _look(self) -> None:
        self.stop()
        entry = self._chosen()
        if self._preview.isHidden():
            return  # There is no room for it: nothing is fetched for nobody.
        if entry is None:
            self._preview.say("")
        elif entry.kind.is_place:
            self._preview.offer(self.tr("Many files in one package."), self.tr("Look inside"), entry.name)
            self.settled.emit()
        else:
            self._begin(entry, asked=False)

    def _begin(self, entry: Entry, *, asked: bool) -> None:
        self.stop()
        self._looking = self._context.tasks.start(self._show(entry, asked=asked), on_error=self.say_error)

    async def _show(self, entry: Entry, *, asked: bool) -> None:
        self._slow.start()
        box = self._preview.room()
        size, seen = await self._context.background.run(see(self._context.desk, entry, box, asked=asked))
        self._slow.stop()
        if isinstance(seen, Unasked):
            self._offer(entry, size, seen)
        else:
            self._preview.show_sight(entry.title, size, seen)
        self.settled.emit()

    def _on_slow(self) -> None:
        entry = self._chosen()
        if entry is not None:
            self._preview.say(self.tr("Reading…"), entry.name)

    def _offer(self, entry: Entry, size: int | None, unasked: Unasked) -> None:
        caption = " · ".join(part for part in (entry.name, "" if size is None else size_text(size)) if part)
        if not unasked.may_be or unasked.size is None:
            self._preview.say(self.tr("Too large to show here. Save it to open it."), caption)
            return
        fetched = size_text(unasked.size)
        sentence = self.tr("It is large, so it is not fetched unasked.")
        if entry.member is not None:
            sentence = self.tr("It is in a large package, which is not fetched unasked.")
        self._preview.offer(sentence, self.tr("Fetch %1 and show it").replace("%1", fetched), caption)
