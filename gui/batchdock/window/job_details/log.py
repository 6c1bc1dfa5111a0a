"""The tab with the log: by severity, searched, read by pages, following the newest line."""

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from batchdock.core.job import Job, LogEntry, Severity
from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.job_details.log_model import MESSAGE, SEVERITY_ICONS, TIME, LogModel, one_line, text_of
from batchdock.window.quiet_table import QuietTable
from batchdock.window.search_field import SearchField
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import grouped

PAGE = 1000

_SEVERITIES = (None, Severity.WARNING, Severity.ERROR)


class Log(QWidget):
    """Reads on from where it was each time it is asked to; another job or severity begins anew."""

    anew = Signal()
    """Lines of another severity are wanted."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._all: list[LogEntry] = []
        self._read: Job | None = None
        self._edition = 0
        self._searching = 0
        self._searched: list[str] = []
        self.severity = QComboBox()
        self.search = SearchField()
        self.copy_all = QToolButton()
        self.copy_all.setIcon(icon("copy"))
        self.copy_all.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.model = LogModel(self)
        self.table = _LogTable(self.model)
        self.note = TintedLabel()
        self.search.searched.connect(lambda _text: self._search())
        self.copy_all.clicked.connect(self._copy)
        self.table.copy_asked.connect(self._copy)
        self._name()
        self.severity.currentIndexChanged.connect(self._begin_anew)
        self._lay_out()

    def forget(self) -> None:
        """Another job is shown; of its log nothing is known yet."""
        self._edition += 1
        self._all, self._read = [], None
        self._searched = self._words()
        self.model.show_entries(())
        self._write()

    def is_up_to_date(self, job: Job) -> bool:
        """Tell whether everything was read that an ended job has said."""
        return job.state.is_terminal and self._read == job

    async def ask(self, job: Job) -> None:
        """Read what is new, page by page, as long as somebody looks."""
        jobs, edition, severity = self._context.desk.jobs, self._edition, _SEVERITIES[self.severity.currentIndex()]
        more = True
        while more and self.isVisible():
            page = await self._context.background.run(jobs.logs(job.key, severity, after=len(self._all), limit=PAGE))
            if edition != self._edition:
                return
            self._all += page.entries
            words, matching = self._words(), await self._matching(page.entries)
            if edition != self._edition:
                return
            # A search that runs, or is about to, goes over these lines too.
            if not self._searching and words == self._searched:
                self.table.add(matching)
            self._write()
            more = page.more and bool(page.entries)
        self._read = job

    # --- inside

    def _name(self) -> None:
        self.severity.setAccessibleName(self.tr("Which lines"))
        words = (self.tr("All lines"), self.tr("Warnings"), self.tr("Errors"))
        for text, severity in zip(words, _SEVERITIES, strict=True):
            self.severity.addItem(icon("list") if severity is None else icon(*SEVERITY_ICONS[severity]), text)
        self.search.name(self.tr("Search the log"))
        self.copy_all.setAccessibleName(self.tr("Copy the selected lines, or all"))
        self.copy_all.setToolTip(self.copy_all.accessibleName())

    def _lay_out(self) -> None:
        step = unit(self)
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        row.addWidget(self.severity)
        row.addWidget(self.search, 1)
        row.addWidget(self.copy_all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, step * 3, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(row)
        layout.addWidget(self.note)
        layout.addWidget(self.table, 1)

    def _words(self) -> list[str]:
        return self.search.text().casefold().split()

    async def _matching(self, entries: Sequence[LogEntry]) -> Sequence[LogEntry]:
        words = self._words()
        if not words or not entries:
            return entries
        return await self._context.background.run(asyncio.to_thread(_with_words, tuple(entries), words))

    def _begin_anew(self, _place: int) -> None:
        """Another severity: the service gives other pages."""
        self.forget()
        self.anew.emit()

    def _search(self) -> None:
        self._context.tasks.start(self._search_all())

    async def _search_all(self) -> None:
        """Search what was read, and what is read meanwhile."""
        words, edition = self._words(), self._edition
        self._searching += 1
        try:
            matching: list[LogEntry] = []
            done = 0
            while done < len(self._all):
                rest = self._all[done:]
                done += len(rest)
                matching += await self._matching(rest)
                if edition != self._edition or words != self._words():
                    return
            self._searched = words
            self.table.replace(matching)
            self._write()
        finally:
            self._searching -= 1

    def _write(self) -> None:
        count = self.model.rowCount()
        if self._words() and self._all:
            text = grouped(self.tr("%n line(s) match.", "", count), count)
        elif not self._all:
            text = self.tr("Nothing was logged.") if self._read is not None else ""
        else:
            text = ""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _copy(self, _checked: bool = False) -> None:
        rows = self.table.selected_rows()
        entries = self.model.entries
        chosen = [entries[row] for row in rows] if rows else entries
        self._context.tasks.start(self._copy_all(chosen))

    async def _copy_all(self, entries: Sequence[LogEntry]) -> None:
        text = await self._context.background.run(asyncio.to_thread(text_of, entries))
        QGuiApplication.clipboard().setText(text)


class _LogTable(QuietTable):
    """Sticks to the newest line while that is in view."""

    copy_asked = Signal()

    def __init__(self, model: LogModel, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._lines = model
        self.setAccessibleName(self.tr("Log"))
        self.setModel(model)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.horizontalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + unit(self) * 2)
        self.size_columns(MESSAGE, {TIME: "00:00:00"})

    def add(self, entries: Sequence[LogEntry]) -> None:
        """Add lines, and go on to the newest one if the last one was in view."""
        bar = self.verticalScrollBar()
        follows = bar.value() >= bar.maximum()
        self._lines.add(entries)
        if follows and entries:
            self.scrollToBottom()

    def replace(self, entries: Sequence[LogEntry]) -> None:
        """Show other lines, the newest in view."""
        self._lines.show_entries(entries)
        self.scrollToBottom()

    def selected_rows(self) -> list[int]:
        """Return the selected rows by ranges (`selectedRows` takes seconds on a long list)."""
        ranges = [(each.top(), each.bottom()) for each in self.selectionModel().selection().toList()]
        return sorted({row for top, bottom in ranges for row in range(top, bottom + 1)})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
            return
        super().keyPressEvent(event)


def _with_words(entries: Sequence[LogEntry], words: Sequence[str]) -> list[LogEntry]:
    """Return the lines in which every word occurs. Blocks for a while with many of them; for a thread."""
    return [entry for entry in entries if all(word in one_line(entry).casefold() for word in words)]
