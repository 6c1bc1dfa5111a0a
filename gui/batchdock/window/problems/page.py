"""The problems page: what waits for a person. It empties itself as causes go away."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QListView, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from batchdock.core.account import Account
from batchdock.core.errors import AccountError
from batchdock.core.problem import Problem
from batchdock.flows.news import Event, ProblemsChanged
from batchdock.window.accounts.dialog import ConnectDialog
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.problems.details import ProblemDetails
from batchdock.window.problems.model import ProblemsModel
from batchdock.window.results.saving import open_folder
from batchdock.window.theme import unit
from batchdock.window.two_lines import TwoLineDelegate


class ProblemsPage(QWidget):
    """Reasons and what they are about on the left, one problem on the right."""

    count_changed = Signal(int)
    """How many problems are open."""

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
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(halves)
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
        self.count_changed.emit(self._count)

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        problem = self.model.problem(current.row())
        if problem is not None:
            key = isinstance(problem.error, AccountError) and self._account_of(problem) is not None
            self.details.show_problem(problem, can_enter_key=key, has_folder=_folder_of(problem) is not None)

    def _on_retry(self) -> None:
        if (problem := self.shown()) is not None:
            self._run(self._context.desk.problems.retry(problem.problem_id))

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
        for account in self._context.desk.accounts.all():
            named = problem.job[0] == account.account_id if problem.job else problem.about == account.name
            if named and not account.is_this_computer:
                return account
        return None

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.tasks.start(self._context.background.run(work))


def _folder_of(problem: Problem) -> Path | None:
    """Return the folder that the problem names, if it names one."""
    folder = problem.error.values.get("folder")
    return Path(str(folder)) if folder else None
