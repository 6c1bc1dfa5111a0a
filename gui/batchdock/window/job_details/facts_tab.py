"""The tab with all that the service tells of a job, for services that tell it so."""

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.core.facts import Facts
from batchdock.core.job import Job
from batchdock.window.context import Context
from batchdock.window.job_details.facts_view import FactsView
from batchdock.window.messages import worded
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel

GOOD_SECONDS = 60.0
"""Settings can be changed without a word in the list of jobs: what is in view is asked for again after that long."""


class FactsTab(QWidget):
    """Asked for once a job, and again when it has changed, may have, or somebody presses the button."""

    told = Signal(object, object)
    """The `Job` and its `Facts`; None instead of these where they did not come."""
    asked_again = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._asked_for: Job | None = None
        self._asked_at = 0.0
        self.trouble = TintedLabel(tint=Tint.WARNING)
        self.again = QPushButton(self.tr("Try again"))
        self.again.setAccessibleName(self.again.text())
        self.again.clicked.connect(self._on_again)
        self.view = FactsView()
        step = unit(self)
        self._troubled = QWidget()
        row = QHBoxLayout(self._troubled)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(step * 2)
        row.addWidget(self.trouble, 1)
        row.addWidget(self.again)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, step * 3, 0, 0)
        layout.setSpacing(step * 2)
        layout.addWidget(self._troubled)
        layout.addWidget(self.view, 1)
        layout.addStretch()
        self.forget()

    def forget(self) -> None:
        """Another job is shown, or another answer is wanted."""
        self._asked_for = None
        self._troubled.hide()
        self.view.hide()

    def is_up_to_date(self, job: Job) -> bool:
        """Tell whether what is shown still holds."""
        if self._asked_for is None or time.monotonic() - self._asked_at > GOOD_SECONDS:
            return False
        return _aspects(self._asked_for) == _aspects(job)

    async def ask(self, job: Job) -> None:
        """Ask for the facts. What stands in the way is said here."""
        facts: Facts | None = None
        try:
            facts = await self._context.background.run(self._context.desk.jobs.facts(job.key))
        except BatchdockError as error:
            self.trouble.setText(". ".join(part.rstrip(".") for part in worded(error) if part) + ".")
        else:
            self.view.show_facts(facts)
        self._asked_for, self._asked_at = job, time.monotonic()
        self._troubled.setVisible(facts is None)
        self.view.setVisible(facts is not None)
        self.told.emit(job, facts)

    def _on_again(self, _checked: bool = False) -> None:
        self.forget()
        self.asked_again.emit()


def _aspects(job: Job) -> tuple[object, ...]:
    """Return what of a job tells that it has changed; a stream has news all the time while nothing changes."""
    return (job.key, job.state, job.service_word, job.name, job.message, job.video_source, job.algorithm, job.groups)
