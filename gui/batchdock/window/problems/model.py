"""Open problems under the reason they share."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from batchdock.core.problem import Problem
from batchdock.window.icons import icon
from batchdock.window.messages import worded
from batchdock.window.theme import Tint
from batchdock.window.two_lines import SECOND_LINE_ROLE
from batchdock.window.wording import files_text, number_text, relative_time

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

Row = Problem | str
"""A problem, or the reason over the following ones."""


class ProblemsModel(QAbstractListModel):
    """Replaced as a whole: the news always carry all open problems, and they are few."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Replace all rows; newest reason first."""
        groups: dict[str, list[Problem]] = {}
        for problem in sorted(problems, key=lambda problem: problem.at, reverse=True):
            groups.setdefault(worded(problem.error)[0], []).append(problem)
        self.beginResetModel()
        self._rows = []
        for reason, members in groups.items():
            self._rows.append(f"{reason} · {number_text(len(members))}" if len(members) > 1 else reason)
            self._rows.extend(members)
        self.endResetModel()

    def problem(self, row: int) -> Problem | None:
        """Return the problem in `row`; None for a heading or outside."""
        found = self._rows[row] if 0 <= row < len(self._rows) else None
        return found if isinstance(found, Problem) else None

    def row_of(self, problem_id: str) -> int | None:
        """Return the row of a problem, or None."""
        rows = (
            row for row, each in enumerate(self._rows) if isinstance(each, Problem) and each.problem_id == problem_id
        )
        return next(rows, None)

    def alike(self, problem: Problem) -> list[Problem]:
        """Return the problems that share the reason of `problem`, itself among them."""
        reason = worded(problem.error)[0]
        return [each for each in self.all() if worded(each.error)[0] == reason]

    def all(self) -> list[Problem]:
        """Return all problems, in the order of the rows."""
        return [row for row in self._rows if isinstance(row, Problem)]

    def first_row(self) -> int | None:
        """Return the row of the first problem."""
        return 1 if self._rows else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self._rows[index.row()], str):
            return Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if isinstance(row, str):
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                return row
            if role == Qt.ItemDataRole.FontRole:
                font = QFont()
                font.setBold(True)
                return font
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.about
        if role == SECOND_LINE_ROLE:
            return _second_line(row)
        if role == Qt.ItemDataRole.DecorationRole:
            return icon("triangle-alert", Tint.WARNING)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.about}, {worded(row.error)[0]}, {_second_line(row)}"
        return None


def _second_line(problem: Problem) -> str:
    parts = [files_text(len(problem.files))] if problem.files else []
    return " · ".join([*parts, relative_time(problem.at)])
