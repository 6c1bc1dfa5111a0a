"""What is said of one problem: what happened, what the app does now, what one can do, and which files it is about."""

from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from batchdock.core.errors import LargeResults, NotAllArrived, NotAllTakenIn
from batchdock.core.problem import FileFailure, Problem
from batchdock.window.messages import technical_details, worded
from batchdock.window.quiet_table import QuietTable
from batchdock.window.theme import heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import exact_time, files_text, number_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


TRANSFER = "transfer:"
"""How the ids of problems of a transfer begin; its own id follows."""


class Folder(Enum):
    """What there is of the folder that a problem names."""

    NONE = auto()
    THERE = auto()
    GONE = auto()
    """It may be somewhere else now."""


class ProblemDetails(QWidget):
    """Shows a problem and offers what helps against it."""

    retry_wanted = Signal()
    retry_alike_wanted = Signal()
    find_wanted = Signal()
    without_wanted = Signal()
    dismiss_wanted = Signal()
    folder_wanted = Signal()
    key_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem: Problem | None = None
        self._title, self._about, self._text, self._advice = QLabel(), TintedLabel(), QLabel(), QLabel()
        self._title.setFont(heading_font(self))
        for label in (self._title, self._about, self._text, self._advice):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._files_heading = QLabel()
        self.files = QuietTable(self.tr("Files this is about"))
        self._files_model = _FailuresModel(self)
        self.files.setModel(self._files_model)
        self.files.size_columns(1, {0: "m" * 24})
        self.files.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.retry = self._button(self.tr("Try again"), self.retry_wanted)
        self.retry_alike = self._button(self.tr("Retry all of these"), self.retry_alike_wanted)
        self.find_folder = self._button(self.tr("Find folder…"), self.find_wanted)
        self.without = self._button(self.tr("Go on without them"), self.without_wanted)
        self.new_key = self._button(self.tr("Enter a new key…"), self.key_wanted)
        self.open_folder = self._button(self.tr("Open folder"), self.folder_wanted)
        self.dismiss = self._button(self.tr("Dismiss"), self.dismiss_wanted)
        self.dismiss.setToolTip(self.tr("Take this off the list. Nothing else changes."))
        self.copy = QPushButton(self.tr("Copy technical details"))
        self.copy.setAccessibleName(self.copy.text())
        self.copy.clicked.connect(self._on_copy)
        self._lay_out()

    def show_problem(self, problem: Problem, *, can_enter_key: bool, folder: Folder, alike: int) -> None:
        """Show `problem` with the buttons that make sense for it; `alike` problems can be tried again together."""
        self._problem = problem
        title, message, advice = worded(problem.error)
        self._title.setText(title)
        self._about.setText(f"{problem.about} · {exact_time(problem.at)}")
        self._text.setText(message)
        self._text.setVisible(bool(message))
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self._files_model.show_failures(problem.files)
        self._files_heading.setText(files_text(len(problem.files)))
        self._files_heading.setVisible(bool(problem.files))
        self.files.setVisible(bool(problem.files))
        missing = isinstance(problem.error, NotAllArrived)
        large = isinstance(problem.error, LargeResults)
        again = self.tr("Save them all the same") if large else self.tr("Try again")
        self._name(self.retry, self.tr("Send the missing ones again") if missing else again)
        self.retry.setVisible(problem.can_retry)
        self._name(self.retry_alike, self.tr("Retry all %1 of these").replace("%1", number_text(alike)))
        self.retry_alike.setVisible(alike > 1)
        self.new_key.setVisible(can_enter_key)
        self.open_folder.setVisible(folder is Folder.THERE)
        self.find_folder.setVisible(folder is Folder.GONE)
        parts_missing = isinstance(problem.error, NotAllTakenIn) or (
            missing and problem.problem_id.startswith(TRANSFER)
        )
        self.without.setVisible(folder is Folder.GONE or parts_missing)

    def _lay_out(self) -> None:
        step = unit(self)
        buttons = QHBoxLayout()
        buttons.setSpacing(step * 2)
        helping = (self.new_key, self.find_folder, self.retry, self.retry_alike, self.without, self.open_folder)
        for button in helping:
            buttons.addWidget(button)
        buttons.addStretch()
        quiet = QHBoxLayout()
        quiet.setSpacing(step * 2)
        quiet.addWidget(self.dismiss)
        quiet.addWidget(self.copy)
        quiet.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 2, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addWidget(self._title)
        layout.addWidget(self._about)
        layout.addSpacing(step * 2)
        layout.addWidget(self._text)
        layout.addWidget(self._advice)
        layout.addSpacing(step * 2)
        layout.addLayout(buttons)
        layout.addLayout(quiet)
        layout.addSpacing(step * 2)
        layout.addWidget(self._files_heading)
        layout.addWidget(self.files, 1)
        layout.addStretch()

    @staticmethod
    def _name(button: QPushButton, text: str) -> None:
        button.setText(text)
        button.setAccessibleName(text)

    def _button(self, text: str, signal: Any) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(text)
        button.clicked.connect(lambda _checked=False: signal.emit())
        return button

    def _on_copy(self, _checked: bool = False) -> None:
        if self._problem is not None:
            lines = [technical_details(self._problem.error)]
            lines += [f"{failure.name}: {failure.cause}" for failure in self._problem.files]
            QGuiApplication.clipboard().setText("\n".join(lines))


class _FailuresModel(QAbstractTableModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._failures: tuple[FileFailure, ...] = ()

    def show_failures(self, failures: tuple[FileFailure, ...]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._failures = failures
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._failures)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("File"), self.tr("What was found"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        failure = self._failures[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return failure.name if index.column() == 0 else failure.cause
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            return f"{failure.name}: {failure.cause}"
        return None
