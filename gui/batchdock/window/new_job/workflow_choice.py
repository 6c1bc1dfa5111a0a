"""What is done to the files: a workflow of the chosen account, and what it says of itself."""

import asyncio

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.errors import AccountError, BatchdockError, ConnectionProblem
from batchdock.core.workflow import Workflow
from batchdock.flows.news import Event, WorkflowsChanged
from batchdock.window.context import Context
from batchdock.window.icon_button import IconButton
from batchdock.window.messages import worded
from batchdock.window.new_job.searchable_combo import REASON_ROLE, SearchableCombo
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel

LOOK_AHEAD = 40
"""How many workflows are read to find out whether they fit; the others when they are chosen."""


class WorkflowChoice(QWidget):
    """Lists workflows, reads the details one by one (the chosen one first) and greys out those that do not fit."""

    changed = Signal()
    """The chosen workflow, or what is known of it, is another."""
    own_wanted = Signal()
    """A workflow or model of one's own is to be added; only this computer takes them."""
    shelf_wanted = Signal()
    """All workflows and models of this computer are to be shown."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._account_id = ""
        self._preferred = ""
        self._only = ""
        self._ids: list[str] = []
        self._details: dict[str, Workflow] = {}
        self._reasons: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None
        self._chosen_by_hand = False
        self._model = QStandardItemModel(self)
        self._combo = SearchableCombo(self._model)
        self._combo.set_name(self.tr("Workflow"), self.tr("Type to search"))
        self._combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._combo.currentIndexChanged.connect(self._on_chosen)
        self._combo.activated.connect(self._on_by_hand)
        self._combo.searched.connect(self._read_more)
        self._said = TintedLabel()
        self._again = QPushButton(self.tr("Try again"))
        self._again.setAccessibleName(self.tr("Read the workflows again"))
        self._again.clicked.connect(lambda _checked=False: self._load_again(self._preferred))
        self._again.hide()
        self.own = _flat(IconButton("plus", self.tr("Add your own…")))
        self.own.setToolTip(self.tr("Add a Workflow JSON or an ONNX model from this computer"))
        self.own.clicked.connect(lambda _checked=False: self.own_wanted.emit())
        self.shelf = _flat(QPushButton(self.tr("Show all…")))
        self.shelf.setAccessibleName(self.tr("Show all workflows and models of this computer"))
        self.shelf.clicked.connect(lambda _checked=False: self.shelf_wanted.emit())
        own = QHBoxLayout()
        # Their texts begin where those of the other fields do: a flat button shows no border to align.
        own.setContentsMargins(-unit(self) * 2, 0, 0, 0)
        own.addWidget(self.own)
        own.addWidget(self.shelf)
        own.addStretch()
        below = QHBoxLayout()
        below.addWidget(self._said, 1)
        below.addWidget(self._again, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self))
        layout.addWidget(self._combo)
        layout.addLayout(below)
        layout.addLayout(own)
        context.inbox.arrived.connect(self._on_news)
        self.setFocusProxy(self._combo)

    def load(self, account_id: str, preferred: str = "", *, only: bool = False) -> None:
        """Read the workflows of `account_id`; choose `preferred` if it is among them and fits, else the first.

        With `only` there is nothing to choose: it is `preferred` or none.
        """
        self.stop()
        self._account_id, self._preferred = account_id, preferred
        self._only = preferred if only else ""
        for button in (self.own, self.shelf):
            button.setVisible(account_id == THIS_COMPUTER_ID and not only)
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

    def _on_news(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, WorkflowsChanged) and event.account_id == self._account_id:
                self._load_again(event.added or self._chosen_id())

    def _load_again(self, preferred: str) -> None:
        self.load(self._account_id, self._only or preferred, only=bool(self._only))

    async def _read(self, account_id: str) -> None:
        listed = await self._context.background.run(self._context.desk.jobs.workflows(account_id))
        if self._only:
            listed = tuple(each for each in listed if each.workflow_id == self._only)
        self._ids = [each.workflow_id for each in listed]
        if not self._ids:
            self._said.setText(
                self.tr("The workflow “%1” is not in this account any more.").replace("%1", self._only)
                if self._only
                else self.tr("This account has no workflows yet. Make one there, then try again.")
            )
            self._again.show()
            self.changed.emit()
            return
        for each in listed:
            self._model.appendRow(QStandardItem(each.name))
        self._combo.setCurrentIndex(self._ids.index(self._preferred) if self._preferred in self._ids else 0)
        self._combo.setEnabled(not self._only)
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
        unread = {each for each in self._ids if each not in self._details and each not in self._reasons}
        chosen = self._chosen_id()
        if chosen in unread:
            return chosen
        looked_at = self._combo.matches(LOOK_AHEAD)
        ahead = [each for place, each in enumerate(self._ids) if place < LOOK_AHEAD or place in looked_at]
        return next((each for each in ahead if each in unread), None)

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
            item.setData(self._reasons[workflow_id], REASON_ROLE)
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
        self._read_more()
        self._say()
        self.changed.emit()

    def _read_more(self) -> None:
        if self._task is not None and self._task.done() and self._next_unread() is not None:
            self._task = self._context.tasks.start(self._read_details(), on_error=self._on_error)

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


def _flat(button: QPushButton) -> QPushButton:
    button.setFlat(True)
    button.setAutoDefault(False)
    return button
