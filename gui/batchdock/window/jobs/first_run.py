"""What the jobs page shows before there is any job: how to begin, and where the files go."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from batchdock.core.errors import BatchdockError
from batchdock.window.computer.cluster import cluster_address
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState


class FirstRun(EmptyState):
    """Promises that nothing is sent anywhere only where that is known to be so."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(
            "cloud-upload",
            "",
            heading=self.tr("Try it now"),
            footnote=self.tr("Later: connect a service under Account."),
            parent=parent,
        )
        self._context = context
        self._say(" ")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._context.tasks.start(self._ask(), on_error=self._on_error)

    async def _ask(self) -> None:
        address = await cluster_address(self._context)
        if address:
            self._say(self.tr("They go to your cluster at %1.").replace("%1", address))
        else:
            self._say(self.tr("They are processed on this computer. Nothing is sent anywhere."))

    def _on_error(self, _error: BatchdockError) -> None:
        """Promise nothing: whatever is wrong with the service is said where it is used."""

    def _say(self, whither: str) -> None:
        self.set_sentence("\n".join((self.tr("Drop pictures or videos here, or a whole folder."), whither)))
