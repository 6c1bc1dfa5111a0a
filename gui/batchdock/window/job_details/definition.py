"""The tab with what the job was created from."""

import contextlib

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.core.job import Job, JobDefinition
from batchdock.core.states import JobState
from batchdock.window.context import Context
from batchdock.window.job_details.definition_lines import definition_json, definition_lines
from batchdock.window.job_details.outline import Outline
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel


class Definition(QWidget):
    """A readable tree. Asked for once a job, and again when it was started again."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._definition: JobDefinition | None = None
        self._asked_for: Job | None = None
        self.tree = Outline(self.tr("Definition"))
        self.copy = QPushButton(self.tr("Copy as JSON"))
        self.copy.setAccessibleName(self.copy.text())
        self.copy.clicked.connect(self._on_copy)
        self.note = TintedLabel()
        step = unit(self)
        row = QHBoxLayout()
        row.addWidget(self.note, 1)
        row.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, step * 3, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(row)
        layout.addWidget(self.tree, 1)
        layout.addStretch()
        self._show(None, "")

    def forget(self) -> None:
        """Another job is shown; nothing is known of what it was created from."""
        self._asked_for = None
        self._show(None, "")

    def is_up_to_date(self, job: Job) -> bool:
        """Tell whether what is shown still holds: a start with changes may change it, and a draft anything."""
        asked = self._asked_for
        if asked is None or asked.key != job.key or JobState.DRAFT in (asked.state, job.state):
            return False
        return asked.state.is_terminal == job.state.is_terminal

    async def ask(self, job: Job) -> None:
        """Ask for the definition and for the name of its workflow."""
        jobs, run = self._context.desk.jobs, self._context.background.run
        before, name = self._definition, self._name
        definition = await run(jobs.definition(job.key))
        if definition is None:
            name = ""
        elif before is None or before.workflow_id != definition.workflow_id:
            name = ""
            with contextlib.suppress(BatchdockError):  # Without it the id stands there.
                name = (await run(jobs.workflow(job.account_id, definition.workflow_id))).name
        first, self._asked_for = self._asked_for is None, job
        if first or (definition, name) != (before, self._name):
            self._show(definition, name)

    # --- inside

    def _show(self, definition: JobDefinition | None, name: str) -> None:
        self._definition, self._name = definition, name
        self.tree.show_lines(() if definition is None else definition_lines(definition, name))
        self.tree.setVisible(definition is not None)
        self.copy.setVisible(definition is not None)
        missing = definition is None and self._asked_for is not None
        self.note.setText(self.tr("The service does not say what this job was created from.") if missing else "")

    def _on_copy(self, _checked: bool = False) -> None:
        if self._definition is not None:
            QGuiApplication.clipboard().setText(definition_json(self._definition))
