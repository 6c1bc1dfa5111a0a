"""The tab with what did not work: causes, each with how often, and what the chosen one stopped."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import choose
from batchdock.core.errors import FilesNotProcessed
from batchdock.core.problem import FileFailure, Problem
from batchdock.flows.jobs import JobDetail
from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.job_details.causes import Cause, causes_of, failures_of, text_of
from batchdock.window.job_details.causes_model import CausesModel, NamesModel
from batchdock.window.problems.saving import write_list
from batchdock.window.quiet_table import QuietTable
from batchdock.window.search_field import SearchField
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text


class JobProblems(QWidget):
    """Shows what `take` is given. Grouping and searching happen on the other thread: there may be 100,000 files."""

    counted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._detail: JobDetail | None = None
        self._failures: tuple[FileFailure, ...] = ()
        self._causes: tuple[Cause, ...] = ()
        self._working: asyncio.Task[None] | None = None
        self._stale = False
        self.search = SearchField()
        self.search.name(self.tr("Search files and causes"))
        self.copy = self._button("copy", self.tr("Copy all causes with their files"), self._on_copy)
        self.save = self._button("save", self.tr("Save the list of files as a table…"), self._on_save)
        self.causes = _table(self.tr("Causes"), CausesModel(self))
        self.names = _table(self.tr("Files with this cause"), NamesModel(self))
        self.note = TintedLabel()
        self.search.searched.connect(lambda _text: self._group())
        self.causes.selectionModel().currentRowChanged.connect(lambda _now, _before: self._show_names())
        self._lay_out()
        self._write()

    @property
    def shown_causes(self) -> tuple[Cause, ...]:
        """The causes on screen."""
        return self._causes

    def forget(self) -> None:
        """Another job is shown; of its problems nothing is known yet."""
        if self._working is not None:
            self._working.cancel()
            self._working = None
        self._detail, self._failures, self._stale = None, (), False
        self._show(())
        self.counted.emit(0)

    def take(self, detail: JobDetail) -> None:
        """Show the problems as they are now."""
        self._detail = detail
        self._group()

    # --- inside

    @staticmethod
    def _button(icon_name: str, spoken: str, slot: Any) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(icon_name))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(spoken)
        button.setToolTip(spoken)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        step = unit(self)
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        row.addWidget(self.search, 1)
        row.addWidget(self.copy)
        row.addWidget(self.save)
        self._tables = QSplitter(Qt.Orientation.Vertical)
        self._tables.setChildrenCollapsible(False)
        self._tables.addWidget(self.causes)
        self._tables.addWidget(self.names)
        self._tables.setStretchFactor(0, 1)
        self._tables.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, step * 3, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(row)
        layout.addWidget(self.note)
        layout.addWidget(self._tables, 1)
        layout.addStretch()

    def _group(self) -> None:
        self._stale = True
        if self._working is None or self._working.done():
            self._working = self._context.tasks.start(self._group_all())

    async def _group_all(self) -> None:
        unknown = self.tr("The service gave no reason.")
        while self._stale and (detail := self._detail) is not None:
            self._stale = False
            work = asyncio.to_thread(_grouped, detail, unknown, self.search.text(), self._causes)
            self._failures, causes = await self._context.background.run(work)
            if causes is not None:
                self._show(causes)
            self._write()
            self.counted.emit(len(self._failures))

    def _show(self, causes: tuple[Cause, ...]) -> None:
        row = self.causes.currentIndex().row()
        chosen = self._causes[row].text if 0 <= row < len(self._causes) else None
        self._causes = causes
        model = self.causes.model()
        assert isinstance(model, CausesModel)
        model.show_causes(causes)
        if causes:
            place = next((place for place, cause in enumerate(causes) if cause.text == chosen), 0)
            self.causes.setCurrentIndex(model.index(place, 0))
        self._show_names()
        self._write()

    def _show_names(self) -> None:
        row = self.causes.currentIndex().row()
        model = self.names.model()
        assert isinstance(model, NamesModel)
        model.show_names(self._causes[row].names if 0 <= row < len(self._causes) else ())

    def _write(self) -> None:
        self._tables.setVisible(bool(self._causes))
        for control in (self.search, self.copy, self.save):
            control.setVisible(bool(self._failures))
        if self._causes:
            text = ""
        elif self._failures:
            text = self.tr("Nothing matches “%1”.").replace("%1", self.search.text().strip())
        else:
            text = self.tr("No problems.") if self._detail is not None else ""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _on_copy(self, _checked: bool = False) -> None:
        self._context.tasks.start(self._copy_all(self._causes))

    async def _copy_all(self, causes: Sequence[Cause]) -> None:
        text = await self._context.background.run(asyncio.to_thread(text_of, causes))
        QGuiApplication.clipboard().setText(text)

    def _on_save(self, _checked: bool = False) -> None:
        if self._detail is not None:
            self._context.tasks.start(self._save(self._detail, self._failures))

    async def _save(self, detail: JobDetail, failures: tuple[FileFailure, ...]) -> None:
        dialog = QFileDialog(self.window(), self.tr("Save list"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(self.tr("Problems of %1.csv").replace("%1", detail.job.name.replace("/", "_")))
        for path in await choose(dialog):
            await self._context.background.run(asyncio.to_thread(_write_all, path, detail, failures))
            self._context.messages.info(self.tr("The list is saved in %1.").replace("%1", str(path)))


def _table(name: str, model: QAbstractTableModel) -> QuietTable:
    table = QuietTable(name)
    table.setModel(model)
    table.setFrameShape(QAbstractItemView.Shape.NoFrame)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    last = model.columnCount() - 1
    table.size_columns(last, {0: number_text(100_000)} if last else {})
    return table


def _grouped(
    detail: JobDetail, unknown: str, search: str, before: tuple[Cause, ...]
) -> tuple[tuple[FileFailure, ...], tuple[Cause, ...] | None]:
    """Return all failures, and their causes unless those are as `before`. Blocks; for a thread."""
    failures = failures_of(detail, unknown)
    causes = causes_of(failures, search)
    return failures, None if causes == before else causes


def _write_all(path: Path, detail: JobDetail, failures: tuple[FileFailure, ...]) -> None:
    job = detail.job
    error = FilesNotProcessed(name=job.name, reason=job.message)
    write_list(path, [Problem("", job.name, error, job.last_news or datetime.now(UTC), failures)])
