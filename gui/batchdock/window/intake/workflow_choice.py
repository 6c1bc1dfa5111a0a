"""What is done to the files: a workflow of the chosen account, and what it says of itself."""

import asyncio

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from batchdock.core.errors import AccountError, BatchdockError, ConnectionProblem
from batchdock.core.workflow import Workflow
from batchdock.window.context import Context
from batchdock.window.messages import worded
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel

LOOK_AHEAD = 40
"""How many workflows are read to find out whether they fit; the others when they are chosen."""


class WorkflowChoice(QWidget):
    """Lists workflows, reads the details one by one (the chosen one first) and greys out those that do not fit."""

    changed = Signal()
    """The chosen workflow, or what is known of it, is another."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._account_id = ""
        self._preferred = ""
        self._ids: list[str] = []
        self._details: dict[str, Workflow] = {}
        self._reasons: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None
        self._chosen_by_hand = False
        self._model = QStandardItemModel(self)
        self._combo = QComboBox()
        self._combo.setModel(self._model)
        self._combo.setAccessibleName(self.tr("Workflow"))
        self._combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._combo.setMinimumContentsLength(16)
        self._combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._combo.currentIndexChanged.connect(self._on_chosen)
        self._combo.activated.connect(self._on_by_hand)
        self._said = TintedLabel()
        self._again = QPushButton(self.tr("Try again"))
        self._again.setAccessibleName(self.tr("Read the workflows again"))
        self._again.clicked.connect(lambda _checked=False: self.load(self._account_id, self._preferred))
        self._again.hide()
        below = QHBoxLayout()
        below.addWidget(self._said, 1)
        below.addWidget(self._again, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self))
        layout.addWidget(self._combo)
        layout.addLayout(below)
        self.setFocusProxy(self._combo)

    def load(self, account_id: str, preferred: str = "") -> None:
        """Read the workflows of `account_id`; choose `preferred` if it is among them and fits, else the first."""
        self.stop()
        self._account_id, self._preferred = account_id, preferred
        self._ids, self._details, self._reasons = [], {}, {}
        self._chosen_by_hand = False
        self._model.clear()
        self._combo.setEnabled(False)
        self._again.hide()
        self._said.setText(self.tr("Reading the workflows…"))
        self.changed.emit()
        self._task = self._context.tasks.start(self._read(account_id), on_error=self._on_error)

    def stop(self) -> None:
        """Stop reading."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def workflow(self) -> Workflow | None:
        """Return the chosen workflow with its inputs; None while it is unknown or does not fit."""
        chosen = self._chosen_id()
        return None if chosen in self._reasons else self._details.get(chosen)

    def reason(self) -> str:
        """Return why there is no workflow to work with, for the person; empty when there is one."""
        return "" if self.workflow() else self._said.text()

    def choose(self, workflow_id: str) -> None:
        """Choose a workflow by its id; an unknown one changes nothing."""
        if workflow_id in self._ids:
            self._chosen_by_hand = True
            self._combo.setCurrentIndex(self._ids.index(workflow_id))

    async def _read(self, account_id: str) -> None:
        listed = await self._context.background.run(self._context.desk.jobs.workflows(account_id))
        self._ids = [each.workflow_id for each in listed]
        if not self._ids:
            self._said.setText(self.tr("This account has no workflows yet. Make one at Roboflow, then try again."))
            self._again.show()
            self.changed.emit()
            return
        for each in listed:
            self._model.appendRow(QStandardItem(each.name))
        self._combo.setCurrentIndex(self._ids.index(self._preferred) if self._preferred in self._ids else 0)
        self._combo.setEnabled(True)
        self._say()
        await self._read_details()

    async def _read_details(self) -> None:
        jobs = self._context.desk.jobs
        while (workflow_id := self._next_unread()) is not None:
            try:
                detail = await self._context.background.run(jobs.workflow(self._account_id, workflow_id))
                self._details[workflow_id] = detail
            except (AccountError, ConnectionProblem):
                raise
            except BatchdockError as error:
                self._reasons[workflow_id] = worded(error)[0]
            self._judge(workflow_id)

    def _next_unread(self) -> str | None:
        unread = [each for each in self._ids if each not in self._details and each not in self._reasons]
        chosen = self._chosen_id()
        if chosen in unread:
            return chosen
        ahead = [each for each in unread if self._ids.index(each) < LOOK_AHEAD]
        return ahead[0] if ahead else None

    def _judge(self, workflow_id: str) -> None:
        detail = self._details.get(workflow_id)
        if detail is not None and (number := len(detail.image_inputs)) != 1:
            self._reasons[workflow_id] = (
                self.tr("Takes no picture. A job needs a workflow with one picture input.")
                if number == 0
                else self.tr("Needs several pictures at once. A job needs a workflow with one picture input.")
            )
        if workflow_id in self._reasons:
            item = self._model.item(self._ids.index(workflow_id))
            item.setEnabled(False)
            item.setToolTip(self._reasons[workflow_id])
            item.setAccessibleText(f"{item.text()}. {self._reasons[workflow_id]}")
            if workflow_id == self._chosen_id() and not self._chosen_by_hand:
                self._choose_next_that_may_fit()
        if workflow_id == self._chosen_id():
            self._say()
            self.changed.emit()

    def _choose_next_that_may_fit(self) -> None:
        for place, workflow_id in enumerate(self._ids):
            if workflow_id not in self._reasons:
                self._combo.setCurrentIndex(place)
                return

    def _chosen_id(self) -> str:
        place = self._combo.currentIndex()
        return self._ids[place] if 0 <= place < len(self._ids) else ""

    def _on_by_hand(self, _place: int) -> None:
        self._chosen_by_hand = True

    def _on_chosen(self, _place: int) -> None:
        if not self._ids or not self._combo.isEnabled():
            return
        if self._task is not None and self._task.done() and self._next_unread() is not None:
            self._task = self._context.tasks.start(self._read_details(), on_error=self._on_error)
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        chosen = self._chosen_id()
        detail = self._details.get(chosen)
        if chosen in self._reasons:
            self._said.setText(self._reasons[chosen])
        elif detail is None:
            self._said.setText(self.tr("Reading the workflow…"))
        else:
            self._said.setText(detail.description)
        self._said.setVisible(bool(self._said.text()))

    def _on_error(self, error: BatchdockError) -> None:
        title, message, _advice = worded(error)
        self._said.setText(f"{title}. {message}")
        self._said.show()
        self._again.show()
        self.changed.emit()
