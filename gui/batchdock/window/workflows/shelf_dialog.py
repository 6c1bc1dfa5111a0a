"""Workflows and models of this computer: what there is, what uses what, and removing what is one's own."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.computer import Model
from batchdock.core.errors import BatchdockError
from batchdock.core.workflow import Workflow
from batchdock.flows.news import Event, WorkflowsChanged
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.icon_button import IconButton
from batchdock.window.messages import worded
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.two_lines import TwoLineDelegate
from batchdock.window.workflows.plain_words import short
from batchdock.window.workflows.shelf_model import ShelfModel


class ShelfDialog(FittingDialog):
    """Lists everything this computer can run. Open it with `open()`."""

    add_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._reading: asyncio.Task[None] | None = None
        self._removing = False
        self._ended = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Workflows and models"))
        self.model = ShelfModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(TwoLineDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.windowTitle())
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.said = TintedLabel(self.tr("Asking this computer…"))
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add_button = IconButton("plus", self.tr("Add your own…"))
        self.add_button.clicked.connect(lambda _checked=False: self.add_wanted.emit())
        self.remove_button = QPushButton(self.tr("Remove…"))
        self.remove_button.clicked.connect(lambda _checked=False: self._ask_to_remove())
        self._question_box = QWidget()
        self.question = QLabel()
        self.question.setWordWrap(True)
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.keep_button = QPushButton(self.tr("Cancel"))
        self.keep_button.clicked.connect(lambda _checked=False: self._keep())
        self.really_remove_button = QPushButton(self.tr("Remove"))
        self.really_remove_button.clicked.connect(lambda _checked=False: self._remove())
        self.trouble = TintedLabel("", Tint.BAD)
        self._lay_out()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        context.inbox.arrived.connect(self._on_news)
        self.finished.connect(self._on_finished)
        self._read("")

    def _lay_out(self) -> None:
        step = unit(self)
        answers = QHBoxLayout()
        answers.addStretch()
        answers.addWidget(self.keep_button)
        answers.addWidget(self.really_remove_button)
        asking = QVBoxLayout(self._question_box)
        asking.setContentsMargins(0, 0, 0, 0)
        asking.addWidget(self.question)
        asking.addLayout(answers)
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        row.addWidget(self.add_button)
        row.addStretch()
        row.addWidget(self.remove_button)
        below = QScrollArea()
        below.setWidgetResizable(True)
        below.setFrameShape(QScrollArea.Shape.NoFrame)
        below.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        below.setWidget(self.about)
        below.setFixedHeight(step * 26)
        below.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(self.said)
        layout.addWidget(self.list, 1)
        layout.addWidget(below)
        layout.addLayout(row)
        layout.addWidget(self._question_box)
        layout.addWidget(self.trouble)
        layout.addWidget(close)
        self._question_box.hide()
        self.trouble.hide()
        self.resize(step * 150, step * 140)
        self._write()

    def _read(self, chosen_id: str) -> None:
        async def ask() -> None:
            shelf = await self._context.background.run(self._context.desk.computer.shelf())
            self.said.hide()
            self.model.show_shelf(shelf)
            self.list.setCurrentIndex(self.model.index(self.model.row_of(chosen_id)))
            self._write()

        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._context.tasks.start(ask(), on_error=self._on_error)

    def _current(self) -> Workflow | Model | None:
        return self.model.item(self.list.currentIndex().row())

    def _on_current(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self._question_box.hide()
        self.trouble.hide()
        self._write()

    def _on_news(self, events: list[Event]) -> None:
        changes = [event for event in events if isinstance(event, WorkflowsChanged)]
        if changes and not self._ended:
            current = self._current()
            self._read(changes[-1].added or (_id_of(current) if current is not None else ""))

    def _write(self) -> None:
        current = self._current()
        self.about.setText(self.model.about(current) if current is not None else "")
        self.remove_button.setEnabled(current is not None and not current.built_in and not self._removing)
        self.really_remove_button.setEnabled(not self._removing)

    def _ask_to_remove(self) -> None:
        current = self._current()
        if current is None:
            return
        self.trouble.hide()
        self.question.setText(self._question(current).replace("%1", short(current.name)))
        self._question_box.show()
        self.keep_button.setFocus()

    def _question(self, item: Workflow | Model) -> str:
        if isinstance(item, Workflow):
            return self.tr(
                "Remove the workflow “%1”? Results that it has made stay. To have it back, add its file again."
            )
        text = self.tr(
            "Remove the model “%1”, and its workflow? Results that it has made stay. "
            "To have it back, add its file again."
        )
        users = ", ".join(f"“{short(each.name)}”" for each in self.model.users(item))
        if not users:
            return text
        return f"{text} {self.tr('These workflows can not run without it: %2.').replace('%2', users)}"

    def _keep(self) -> None:
        self._question_box.hide()
        self.list.setFocus()

    def _remove(self) -> None:
        current = self._current()
        if current is None:
            return
        self._removing = True
        self._write()
        self._do(self._remove_now(current))

    async def _remove_now(self, item: Workflow | Model) -> None:
        computer = self._context.desk.computer
        if isinstance(item, Model):
            await self._context.background.run(computer.remove_model(item.model_id))
        else:
            await self._context.background.run(computer.remove_workflow(item.workflow_id))
        self._context.messages.info(self.tr("“%1” was removed.").replace("%1", short(item.name)))
        if not self._ended:
            self._removing = False
            self._keep()
            self._write()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin what goes on when the dialog is closed."""
        self._context.tasks.start(work, on_error=self._on_error)

    def _on_error(self, error: BatchdockError) -> None:
        if self._ended:
            self._context.messages.error(error)
            return
        self._removing = False
        self._question_box.hide()
        self.trouble.setText(" ".join(f"{part.rstrip('.')}." for part in worded(error) if part))
        self.trouble.show()
        self._write()

    def _on_finished(self, _code: int) -> None:
        self._ended = True
        if self._reading is not None:
            self._reading.cancel()


def _id_of(item: Workflow | Model) -> str:
    return item.model_id if isinstance(item, Model) else item.workflow_id
