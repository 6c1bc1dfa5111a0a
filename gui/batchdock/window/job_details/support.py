"""The tab with the service's raw answers on a job, for support."""

import asyncio
import json

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from batchdock.core.job import Job
from batchdock.window.context import Context
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel

LONGEST = 400_000
"""In letters; more than that Qt lays out noticeably. What is copied is whole."""


class Support(QWidget):
    """Asked for when it is opened and when somebody presses the button, never by itself."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._asked_for: Job | None = None
        self._whole = ""
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Raw answers of the service"))
        self.text.setTabChangesFocus(True)
        self.again = self._button(self.tr("Ask again"))
        self.copy = self._button(self.tr("Copy"))
        self.copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(self._whole))
        said = TintedLabel(self.tr("What the service answers, word by word. Keys are left out."))
        step = unit(self)
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        row.addWidget(said, 1)
        row.addWidget(self.again)
        row.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, step * 3, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(row)
        layout.addWidget(self.text, 1)

    def forget(self) -> None:
        """Another job is shown, or another answer is wanted."""
        self._asked_for = None
        self._show("")

    def is_up_to_date(self, job: Job) -> bool:
        """Tell whether there are answers on this job."""
        return self._asked_for is not None and self._asked_for.key == job.key

    async def ask(self, job: Job) -> None:
        """Ask for the raw answers."""
        run = self._context.background.run
        answers = await run(self._context.desk.jobs.answers(job.key))
        text = await run(asyncio.to_thread(json.dumps, answers, ensure_ascii=False, indent=2, default=str))
        self._asked_for = job
        self._show(text)

    def _show(self, text: str) -> None:
        self._whole = text
        self.text.setPlainText(text[:LONGEST] + ("\n…" if len(text) > LONGEST else ""))
        self.copy.setEnabled(bool(text))

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(text)
        return button
