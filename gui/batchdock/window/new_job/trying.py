"""The button that tries a workflow on a few of the files, to know what all of them take."""

from PySide6.QtWidgets import QPushButton, QWidget

from batchdock.core.job import Job
from batchdock.flows.jobs.ordering import TRIAL_COUNT
from batchdock.flows.news import Event, JobsChanged
from batchdock.window.context import Context
from batchdock.window.wording import number_text


class Trying(QPushButton):
    """Says that a try goes on while one does; a second one would tell no more."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._running: Job | None = None
        self._possible = False
        self.setAutoDefault(False)
        self.setToolTip(self.tr("A real job on a few of the files. From it follows what all of them take."))
        context.inbox.arrived.connect(self._on_news)
        self._write()

    def offer(self, *, shown: bool, possible: bool) -> None:
        """Show the button or not, and say whether a try can be started now."""
        self._possible = possible
        self.setVisible(shown)
        self._write()

    def follow(self, job: Job) -> None:
        """Offer no other try before this one has ended."""
        self._running = job
        self._write()

    def _on_news(self, events: list[Event]) -> None:
        running = self._running
        if running is None:
            return
        for event in events:
            if isinstance(event, JobsChanged):
                for job in event.jobs:
                    if job.key == running.key and job.state.is_terminal:
                        self._running = None
                        self._write()

    def _write(self) -> None:
        text = self.tr("Try on %1 files") if self._running is None else self.tr("Trying on %1 files…")
        self.setText(text.replace("%1", number_text(TRIAL_COUNT)))
        self.setAccessibleName(self.text())
        self.setEnabled(self._possible and self._running is None)
