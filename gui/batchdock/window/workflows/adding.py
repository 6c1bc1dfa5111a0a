"""What the dialogs that add something have in common: a heading, work with words, refusals, two buttons."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.errors import BatchdockError, ModelUnfit, WorkflowUnfit
from batchdock.flows.intake.names import printable
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.icons import icon
from batchdock.window.messages import worded
from batchdock.window.theme import Tint, heading_font, icon_size, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.workflows.plain_words import short
from batchdock.window.workflows.sentences import Sentences

NAME_LIMIT = 120


class AddingDialog(FittingDialog):
    """Works on one file, which stays as it is. Open it with `bridge.dialogs.ask`, or with `open()`.

    A subclass fills `content`, which is shown when the file was found good, and calls `_begin`.
    """

    added = Signal(str, str)
    """The id of a new workflow, and its name."""

    def __init__(
        self,
        context: Context,
        file: Path,
        parent: QWidget | None,
        *,
        title: str,
        verb: str,
        words_for_looking: str,
        words_for_adding: str,
    ) -> None:
        super().__init__(parent)
        self._words_for_looking, self._words_for_adding = words_for_looking, words_for_adding
        self._context = context
        self._file = file
        self._is_file = True
        self._adding = False
        self._verb = verb
        self._asking: set[asyncio.Task[None]] = set()
        self.setWindowTitle(title)
        heading = QLabel(title)
        heading.setFont(heading_font(self))
        heading.setTextFormat(Qt.TextFormat.PlainText)
        self.origin = TintedLabel(short(printable(file.name)))
        self.origin.setToolTip(short(printable(str(file))))
        self.busy_text = TintedLabel()
        self._busy_bar = QProgressBar()
        self._busy_bar.setRange(0, 0)
        self._busy_bar.setTextVisible(False)
        self._busy_bar.setMaximumHeight(unit(self))
        self._busy = QWidget()
        self._cross = QLabel()
        self._cross.setPixmap(icon("circle-alert", Tint.BAD).pixmap(icon_size(self), icon_size(self)))
        self.refusal_title = QLabel()
        self.refusal_title.setWordWrap(True)
        self.refusal_title.setTextFormat(Qt.TextFormat.PlainText)
        self.reasons = Sentences(self.tr("Why it can not be used"))
        self.refusal_advice = TintedLabel()
        self.again_button = QPushButton(self.tr("Try again"))
        self.again_button.clicked.connect(lambda _checked=False: self._begin())
        self._refusal = QWidget()
        self.content = QWidget()
        self.name = QLineEdit()
        self.name.setMaxLength(NAME_LIMIT)
        self.name.setAccessibleName(self.tr("Name"))
        self.name.textChanged.connect(lambda _text: self._write())
        self.trouble = TintedLabel("", Tint.BAD)
        self.note = TintedLabel()
        self.buttons = QDialogButtonBox()
        self.add_button = self.buttons.addButton(verb, QDialogButtonBox.ButtonRole.AcceptRole)
        self.cancel_button = self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.add_button.setDefault(True)
        self.buttons.accepted.connect(self._on_add)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(self._on_finished)
        self._lay_out(heading)

    def _lay_out(self, heading: QLabel) -> None:
        step = unit(self)
        busy = QVBoxLayout(self._busy)
        busy.setContentsMargins(0, 0, 0, 0)
        busy.addWidget(self.busy_text)
        busy.addWidget(self._busy_bar)
        said = QHBoxLayout()
        said.setSpacing(step * 2)
        said.addWidget(self._cross, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.refusal_title, 1)
        refusal = QVBoxLayout(self._refusal)
        refusal.setContentsMargins(0, 0, 0, 0)
        refusal.setSpacing(step * 3)
        refusal.addLayout(said)
        refusal.addWidget(self.reasons)
        refusal.addWidget(self.refusal_advice)
        refusal.addWidget(self.again_button, 0, Qt.AlignmentFlag.AlignLeft)
        below = QHBoxLayout()
        below.addWidget(self.note, 1)
        below.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        titles = QVBoxLayout()
        titles.setSpacing(step)
        titles.addWidget(heading)
        titles.addWidget(self.origin)
        layout.addLayout(titles)
        layout.addWidget(self._busy)
        layout.addWidget(self._refusal)
        layout.addWidget(self.content, 1)
        layout.addWidget(self.trouble)
        layout.addStretch()
        layout.addLayout(below)
        for widget in (self._refusal, self.content, self.trouble, self.note):
            widget.hide()

    def reject(self) -> None:
        """Close, unless it is being added just now: that could not be taken back."""
        if not self._adding:
            super().reject()

    # --- what subclasses do

    async def _look_at_file(self) -> None:
        """Find out about the file and call `_show_content`. What it raises is the refusal."""
        raise NotImplementedError

    async def _add(self) -> None:
        """Add it and call `_succeed`. What it raises is said under the fields."""
        raise NotImplementedError

    # --- what subclasses call

    def _begin(self) -> None:
        self._refusal.hide()
        self.add_button.show()
        self.cancel_button.setText(self.tr("Cancel"))
        self._wait(self._words_for_looking)
        self.cancel_button.setFocus()
        self._start(self._look_at_file(), self._refuse)

    def _start(self, work: Coroutine[Any, Any, None], on_error: Callable[[BatchdockError], None]) -> asyncio.Task[None]:
        """Do `work`; it is cancelled when the dialog ends."""
        task = self._context.tasks.start(work, on_error=on_error)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        return task

    def _wait(self, words: str) -> None:
        self.busy_text.setText(words)
        self._busy_bar.setAccessibleName(words)
        self._busy.show()
        self.add_button.setEnabled(False)

    def _show_content(self) -> None:
        self._busy.hide()
        self.content.show()
        self._write()
        # The one that had the keyboard until now has taken this over.
        self.add_button.setDefault(True)

    def _refuse(self, error: BatchdockError) -> None:
        """Say why this file can not be used, as a list of sentences. Nothing else is left to do but to close."""
        title, message, advice = worded(error)
        reasons: Sequence[str] = error.reasons if isinstance(error, WorkflowUnfit | ModelUnfit) else (message,)
        self._busy.hide()
        self.content.hide()
        self.refusal_title.setText(_ended(short(title)))
        self.reasons.say(reasons)
        left = self.tr("The file was left as it is.") if self._is_file else ""
        self.refusal_advice.setText(f"{_ended(advice)} {left}".strip())
        self.again_button.setVisible(error.retryable)
        self._refusal.show()
        self.add_button.hide()
        self.note.hide()
        self.cancel_button.setText(self.tr("Close"))
        self.cancel_button.setFocus()

    def _say_trouble(self, error: BatchdockError) -> None:
        """Say under the fields what went wrong; the person may change something and go on."""
        self._adding = False
        self._busy.hide()
        title, message, advice = worded(error)
        parts = (title, advice) if error.message == BatchdockError.message else (title, message, advice)
        self.trouble.setText(" ".join(_ended(part) for part in parts if part))
        self.trouble.show()
        self._write()

    def _write(self) -> None:
        """Say on the buttons what is possible now."""
        self.add_button.setText(self.tr("Adding…") if self._adding else self._verb)
        self.add_button.setEnabled(self.content.isVisibleTo(self) and not self._adding and bool(self._typed_name()))
        self.cancel_button.setEnabled(not self._adding)
        self.content.setEnabled(not self._adding)

    def _typed_name(self) -> str:
        return " ".join(self.name.text().split())

    def _on_add(self) -> None:
        self._adding = True
        self.trouble.hide()
        self._wait(self._words_for_adding)
        self._write()
        self._start(self._add(), self._say_trouble)

    def _succeed(self, workflow_id: str, name: str) -> None:
        self.added.emit(workflow_id, name)
        self.accept()

    def _on_finished(self, _code: int) -> None:
        for task in tuple(self._asking):
            # Not the one that ends the dialog itself.
            if task is not asyncio.current_task():
                task.cancel()


def leave_enter_to_default(dialog: FittingDialog) -> None:
    """Let Enter mean the default button only, wherever the keyboard is."""
    box = dialog.findChild(QDialogButtonBox)
    for button in dialog.findChildren(QPushButton):
        if box is None or button not in box.buttons():
            button.setAutoDefault(False)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "”")) else f"{sentence}."
