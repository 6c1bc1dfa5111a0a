"""The problems page: what waits for a person. It empties itself as causes go away."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListView,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import choose
from batchdock.core.account import Account
from batchdock.core.errors import AccountError, NotAllTakenIn, SourceGone
from batchdock.core.problem import Problem
from batchdock.flows.news import Event, ProblemsChanged
from batchdock.window.accounts.connect_dialog import ConnectDialog
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.icon_button import IconButton
from batchdock.window.problems.details import TRANSFER, Folder, ProblemDetails
from batchdock.window.problems.model import ProblemsModel
from batchdock.window.problems.saving import write_list
from batchdock.window.results.saving import open_folder, place_text
from batchdock.window.theme import unit
from batchdock.window.two_lines import TwoLineDelegate


class ProblemsPage(QWidget):
    """Reasons and what they are about on the left, one problem on the right."""

    count_changed = Signal(int)
    """How many problems are open."""
    find_folder_asked = Signal(str)
    """Somebody wants to say where the folder of this transfer is now."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._count = 0
        self.model = ProblemsModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(TwoLineDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Open problems"))
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.details = ProblemDetails()
        self.details.retry_wanted.connect(self._on_retry)
        self.details.dismiss_wanted.connect(self._on_dismiss)
        self.details.folder_wanted.connect(self._on_open_folder)
        self.details.key_wanted.connect(self._on_new_key)
        self.details.retry_alike_wanted.connect(self._on_retry_alike)
        self.details.find_wanted.connect(self._on_find_folder)
        self.details.without_wanted.connect(self._on_without)
        self.retry_all = self._button(self.tr("Retry all failed"), "rotate-cw", self._on_retry_all)
        self.save_list = self._button(self.tr("Save list…"), "save", self._on_save)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(unit(self) * 4)
        halves.addWidget(self.list)
        halves.addWidget(self.details)
        halves.setStretchFactor(0, 0)
        halves.setStretchFactor(1, 1)
        halves.setSizes([unit(self) * 75, unit(self) * 180])
        self.list.setMinimumWidth(unit(self) * 40)
        empty = EmptyState("circle-check", self.tr("No problems. You will see here anything that needs you."))
        row = QHBoxLayout()
        row.setSpacing(unit(self) * 2)
        row.addWidget(self.retry_all)
        row.addWidget(self.save_list)
        row.addStretch()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(unit(self) * 3)
        column.addLayout(row)
        column.addWidget(halves, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(unit(self) * 4, unit(self) * 4, unit(self) * 4, unit(self) * 4)
        layout.addWidget(self._stack)
        context.inbox.arrived.connect(self._on_news)
        self._show(context.desk.problems.all())

    def count(self) -> int:
        """Return how many problems are open."""
        return self._count

    def shown(self) -> Problem | None:
        """Return the problem on the right."""
        return self.model.problem(self.list.currentIndex().row())

    def _on_news(self, events: list[Event]) -> None:
        latest = [event for event in events if isinstance(event, ProblemsChanged)]
        if latest:
            self._show(latest[-1].problems)

    def _show(self, problems: tuple[Problem, ...]) -> None:
        before, place = self.shown(), self.list.currentIndex().row()
        self.model.show_problems(problems)
        self._count = len(problems)
        self._stack.setCurrentIndex(1 if problems else 0)
        row = self.model.row_of(before.problem_id) if before is not None else None
        if row is None:
            row = place if self.model.problem(place) is not None else self.model.first_row()
        if row is not None:
            self.list.setCurrentIndex(self.model.index(row))
        self.retry_all.setEnabled(any(problem.can_retry for problem in problems))
        self.count_changed.emit(self._count)

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        problem = self.model.problem(current.row())
        if problem is not None:
            key = isinstance(problem.error, AccountError) and self._account_of(problem) is not None
            alike = sum(each.can_retry for each in self.model.alike(problem))
            self.details.show_problem(problem, can_enter_key=key, folder=_folder(problem), alike=alike)

    def _on_retry(self) -> None:
        if (problem := self.shown()) is not None:
            self._run(self._context.desk.problems.retry(problem.problem_id))

    def _on_retry_alike(self) -> None:
        if (problem := self.shown()) is not None:
            self._retry(self.model.alike(problem))

    def _on_retry_all(self) -> None:
        self._retry(self.model.all())

    def _retry(self, problems: list[Problem]) -> None:
        ids = [problem.problem_id for problem in problems if problem.can_retry]
        self._context.tasks.start(self._one_by_one(ids))

    async def _one_by_one(self, ids: list[str]) -> None:
        for problem_id in ids:
            await self._context.background.run(self._context.desk.problems.retry(problem_id))

    def _on_find_folder(self) -> None:
        if (problem := self.shown()) is not None:
            self.find_folder_asked.emit(problem.problem_id.removeprefix(TRANSFER))

    def _on_without(self) -> None:
        if (problem := self.shown()) is None:
            return
        if problem.job is not None and isinstance(problem.error, NotAllTakenIn):
            self._run(self._context.desk.jobs.start_anyway(problem.job))
        else:
            self._run(self._context.desk.transfers.go_on_without(problem.problem_id.removeprefix(TRANSFER)))

    def _on_save(self) -> None:
        self._context.tasks.start(self._save_list())

    async def _save_list(self) -> None:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self.window(), self.tr("Save the list of problems"), documents)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Table (*.csv)"))
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(self.tr("Problems") + ".csv")
        if chosen := await choose(dialog):
            [path] = chosen
            problems = self._context.desk.problems.all()
            await self._context.background.run(asyncio.to_thread(write_list, path, problems))
            self._context.messages.info(
                self.tr("The list is saved in “%1”.").replace("%1", place_text(path)),
                button_text=self.tr("Open folder"),
                on_click=partial(open_folder, path.parent),
            )

    def _on_dismiss(self) -> None:
        if (problem := self.shown()) is not None:
            self._run(self._context.desk.problems.dismiss(problem.problem_id))

    def _on_open_folder(self) -> None:
        problem = self.shown()
        folder = _folder_of(problem) if problem is not None else None
        if folder is not None:
            open_folder(folder)

    def _on_new_key(self) -> None:
        problem = self.shown()
        account = self._account_of(problem) if problem is not None else None
        if problem is not None and account is not None:
            problem_id = problem.problem_id
            dialog = ConnectDialog(self._context, account=account, parent=self.window())
            dialog.connected.connect(lambda _account: self._run(self._context.desk.problems.retry(problem_id)))
            dialog.open()

    def _account_of(self, problem: Problem) -> Account | None:
        transfer_id = problem.problem_id.removeprefix(TRANSFER)
        transfers = {each.transfer_id: each.account_id for each in self._context.desk.transfers.all()}
        account_id = problem.job[0] if problem.job else transfers.get(transfer_id)
        for account in self._context.desk.accounts.all():
            named = account_id == account.account_id if account_id else problem.about == account.name
            if named and not account.is_this_computer:
                return account
        return None

    @staticmethod
    def _button(text: str, icon_name: str, on_click: Callable[[], None]) -> QPushButton:
        button = IconButton(icon_name, text)
        button.clicked.connect(lambda _checked=False: on_click())
        return button

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.tasks.start(self._context.background.run(work))


def _folder(problem: Problem) -> Folder:
    if isinstance(problem.error, SourceGone):
        return Folder.GONE if problem.problem_id.startswith(TRANSFER) else Folder.NONE
    return Folder.NONE if _folder_of(problem) is None else Folder.THERE


def _folder_of(problem: Problem) -> Path | None:
    """Return the folder that the problem names, if it names one."""
    folder = problem.error.values.get("folder")
    return Path(str(folder)) if folder else None
