"""The place in which two runs are compared: it opens the other one, and gives it back."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from batchdock.flows.results.opening import Opened
from batchdock.window.context import Context
from batchdock.window.results.comparing import CompareView
from batchdock.window.results.opener import Opener
from batchdock.window.results.opening_view import OpeningView


class ComparePlace(QWidget):
    """`left` says that the person, or the end of the first run, wants back to the results."""

    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._one: Opened | None = None
        self.view: CompareView | None = None
        """Made when it is first needed."""
        self.opening = OpeningView()
        self._opener = Opener(context, self.opening, self)
        self._opener.found.connect(self._on_found)
        self._opener.leaving.connect(self._on_leaving)
        self.opening.cancel_asked.connect(self.leave)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.opening)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def compare_with_job(self, one: Opened, key: tuple[str, str]) -> None:
        """Compare `one`, which stays open until `leave`, with the results of a job."""
        self._begin(one)
        self._opener.open_job(key)

    def compare_with_folder(self, one: Opened, folder: Path) -> None:
        """Compare `one`, which stays open until `leave`, with a folder of results."""
        self._begin(one)
        self._opener.open_folder(folder)

    def leave(self) -> None:
        """Compare nothing any more."""
        if self._one is not None:
            self._one = None
            self._opener.clear()
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _begin(self, one: Opened) -> None:
        self._one = one
        self._stack.setCurrentWidget(self.opening)
        self.opening.setFocus()

    def _on_found(self, other: Opened) -> None:
        if self._one is None:
            return
        if self.view is None:
            self.view = CompareView(self._context, self)
            self.view.left.connect(self.leave)
            self._stack.addWidget(self.view)
        self._stack.setCurrentWidget(self.view)
        self.view.show_runs(self._one, other)

    def _on_leaving(self) -> None:
        if self.view is not None:
            self.view.stop()
