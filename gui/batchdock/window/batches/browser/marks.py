"""Which files of the batch on screen were saved already, as far as this app knows."""

from PySide6.QtCore import QObject, Signal

from batchdock.core.batch import Choice, Saved, StagedFile
from batchdock.window.context import Context


class Marks(QObject):
    """Asks what was saved of one batch, and again when something was."""

    changed = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._batch: tuple[str, str] | None = None
        self._saved: tuple[Saved, ...] = ()
        self._choices: dict[str | None, tuple[Choice, ...]] = {}

    def show(self, account_id: str, batch_id: str) -> None:
        """Ask about another batch."""
        self.forget()
        self._batch = account_id, batch_id
        self.look()

    def forget(self) -> None:
        """Nothing is on screen that could be marked."""
        self._batch = None
        self._take(())

    def look(self) -> None:
        """Ask again."""
        if self._batch is not None:
            self._context.tasks.start(self._look(self._batch))

    def all(self) -> tuple[Saved, ...]:
        """Return what was saved of the batch, oldest first."""
        return self._saved

    def is_saved(self, file: StagedFile) -> bool:
        """Tell whether a file of the batch was saved."""
        if file.part not in self._choices:
            self._choices[file.part] = tuple([each.choice(file.part) for each in self._saved])
        return any(each.has(file.shard_id, file.name) for each in self._choices[file.part])

    async def _look(self, batch: tuple[str, str]) -> None:
        saved = await self._context.background.run(self._context.desk.results.saved_of(*batch))
        if batch == self._batch:
            self._take(saved)

    def _take(self, saved: tuple[Saved, ...]) -> None:
        if saved != self._saved:
            self._saved, self._choices = saved, {}
            self.changed.emit()
