"""The batches page: what lies in the staging area of each account."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Batch, BatchKind, Content
from batchdock.core.errors import BatchdockError
from batchdock.core.job import Job
from batchdock.core.transfer import TransferKind
from batchdock.flows.news import AccountsChanged, Event, JobEnded, TransfersChanged
from batchdock.window.batches.model import CONTENT, CREATED, EXPIRES, FILES, KIND, NAME, WHERE, BatchesModel, kind_word
from batchdock.window.batches.start_form import StartForm
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.heading import heading
from batchdock.window.icon_button import IconButton
from batchdock.window.messages import worded
from batchdock.window.quiet_table import QuietTable
from batchdock.window.results.browser import Browser
from batchdock.window.results.saving import ask_where, save_to
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import content_word, duration_text, files_text, relative_time

COUNTED_AHEAD = 30
"""How many batches of this computer are counted without being chosen: about what is on screen."""


class BatchesPage(QWidget):
    """A table above, the chosen batch below: its files, and what can be done with it."""

    started = Signal(tuple)
    """A job was started on a batch: a tuple of one `Job`."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._stale = True
        self._reading: set[str] = set()
        self._shown: Batch | None = None
        self.model = BatchesModel(self)
        self.filter = QComboBox()
        self.filter.setAccessibleName(self.tr("Show batches of"))
        self.filter.currentIndexChanged.connect(self._on_filter)
        self._state = TintedLabel()
        self.refresh_button = IconButton("refresh-cw", self.tr("Refresh"))
        self.refresh_button.setAccessibleName(self.tr("Read the batches again"))
        self.refresh_button.clicked.connect(lambda _checked=False: self.refresh())
        self.table = self._make_table()
        self.browser = Browser(context)
        self.start_form = StartForm(context)
        self.start_form.hide()
        self.start_form.started.connect(self._on_started)
        self.start_form.closed.connect(self._close_form)
        self.start_button = IconButton("circle-play", self.tr("Start a job on this batch…"))
        self.start_button.clicked.connect(lambda _checked=False: self._on_start())
        self.save_button = IconButton("download", self.tr("Save…"))
        self.save_button.setAccessibleName(self.tr("Save this batch"))
        self.save_button.clicked.connect(lambda _checked=False: self._on_save())
        self._name, self._about = QLabel(), TintedLabel()
        self._empty = EmptyState("layers", self.tr("No batches yet. They are made when you start a job or send files."))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._make_content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(unit(self) * 4, unit(self) * 4, unit(self) * 4, unit(self) * 4)
        layout.addWidget(self._stack)
        context.inbox.arrived.connect(self._on_news)
        self._name_places()
        self._write()

    def refresh(self) -> None:
        """Read the batches of every account. One that does not answer leaves the others as they are."""
        self._stale = False
        for account in self._context.desk.accounts.all():
            account_id = account.account_id
            if account_id not in self._reading:
                self._reading.add(account_id)
                self._context.tasks.start(self._read(account_id), on_error=self._on_unread)
        self._write()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _make_table(self) -> QuietTable:
        table = QuietTable(self.tr("Batches"))
        table.setModel(self.model)
        table.size_columns(
            NAME,
            {
                WHERE: self.tr("This computer"),
                CONTENT: self.tr("Pictures"),
                KIND: kind_word(BatchKind.SHARDED),
                FILES: "888,888",
                CREATED: relative_time(datetime.now(UTC) - timedelta(minutes=59)),
                EXPIRES: self.tr("in %1").replace("%1", duration_text(6.9 * 24 * 3600)),
            },
        )
        table.horizontalHeader().setSortIndicator(CREATED, Qt.SortOrder.DescendingOrder)
        table.horizontalHeader().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        table.setSortingEnabled(True)
        table.selectionModel().currentRowChanged.connect(self._on_current)
        self.model.modelReset.connect(self._on_reset)
        return table

    def _make_content(self) -> QWidget:
        step = unit(self)
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        row.addWidget(self.filter)
        row.addWidget(self._state, 1)
        row.addWidget(self.refresh_button)
        upper = QWidget()
        above = QVBoxLayout(upper)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(step * 3)
        above.addLayout(row)
        above.addWidget(self.table, 1)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(step * 3)
        below.addLayout(heading(self._name, self._about, self.save_button, self.start_button))
        below.addWidget(self.start_form)
        below.addWidget(self.browser, 1)
        below.addStretch()
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(step * 5)
        halves.addWidget(upper)
        halves.addWidget(lower)
        halves.setStretchFactor(0, 2)
        halves.setStretchFactor(1, 3)
        return halves

    async def _read(self, account_id: str) -> None:
        try:
            batches = await self._context.background.run(self._context.desk.batches.all(account_id))
            self.model.show_batches(account_id, batches)
        finally:
            self._reading.discard(account_id)
            self._write()
        if account_id == THIS_COMPUTER_ID:
            # Elsewhere each answer is a request over the network: there the chosen batch is counted.
            for batch in self.model.first(COUNTED_AHEAD):
                if batch.account_id == account_id:
                    await self._count(batch)

    def _on_unread(self, error: BatchdockError) -> None:
        title, _message, advice = worded(error)
        self._state.setText(f"{title}. {advice}")

    def _on_news(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, AccountsChanged):
                self._name_places()
                self._stale = True
            elif isinstance(event, JobEnded):
                self._stale = True
            elif isinstance(event, TransfersChanged):
                sent = (each for each in event.transfers if each.kind is TransferKind.SENDING)
                self._stale = self._stale or any(each.state.is_terminal for each in sent)
        if self._stale and self.isVisible():
            self.refresh()

    def _name_places(self) -> None:
        accounts = self._context.desk.accounts.all()
        names = {
            account.account_id: self.tr("This computer") if account.is_this_computer else account.name
            for account in accounts
        }
        self.model.name_places(names)
        chosen = self.filter.currentData()
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.addItem(self.tr("All accounts"), "")
        for account_id, name in names.items():
            self.filter.addItem(name, account_id)
        self.filter.setCurrentIndex(max(0, self.filter.findData(chosen)))
        self.filter.blockSignals(False)
        self.filter.setVisible(len(accounts) > 1)
        self.table.setColumnHidden(WHERE, len(accounts) < 2)

    def _on_filter(self, _place: int) -> None:
        self.model.show_only(self.filter.currentData() or "")

    def _on_reset(self) -> None:
        row = self.model.row_of(self._shown) if self._shown is not None else None
        if row is None and self.model.rowCount():
            row = 0
        if row is not None:
            self.table.setCurrentIndex(self.model.index(row, NAME))
        self._write()

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        batch = self.model.batch(current.row())
        same = batch is not None and self._shown is not None and _key(batch) == _key(self._shown)
        self._shown = batch
        if batch is None:
            self.browser.clear()
        elif not same:
            self._close_form()
            self.browser.show_batches(batch.account_id, [(batch.batch_id, batch.name)])
            self._context.tasks.start(self._count(batch), on_error=self._on_unread)
        self._write()

    async def _count(self, batch: Batch) -> None:
        detail = await self._context.background.run(
            self._context.desk.batches.describe(batch.account_id, batch.batch_id)
        )
        self.model.show_count(batch, detail.count)
        if self._shown is not None and _key(self._shown) == _key(batch):
            self._about.setText(self._facts(batch, files_text(detail.count)))

    def _facts(self, batch: Batch, files: str = "") -> str:
        expires = self.model.expiry_text(batch)
        return " · ".join(
            part
            for part in (
                files or content_word(batch.content),
                kind_word(batch.kind),
                self.tr("expires: %1").replace("%1", expires),
            )
            if part
        )

    def _write(self) -> None:
        self._stack.setCurrentIndex(1 if self.model.rowCount() or self.filter.currentIndex() > 0 else 0)
        if self._reading:
            self._state.setText(self.tr("Reading…"))
        elif self._state.text() == self.tr("Reading…"):
            self._state.setText("")
        batch = self._shown
        self.start_button.setEnabled(batch is not None and batch.content in (Content.IMAGES, Content.VIDEOS))
        self.save_button.setEnabled(batch is not None)
        if batch is not None and self._name.text() != batch.name:
            self._name.setText(batch.name)
            self._about.setText(self._facts(batch))

    def _on_start(self) -> None:
        if self._shown is not None:
            # In its place: on a small screen there is no room for both.
            self.browser.hide()
            self.start_form.open_for(self._shown)

    def _close_form(self) -> None:
        self.start_form.hide()
        self.browser.show()

    def _on_started(self, jobs: tuple[Job, ...]) -> None:
        for job in jobs:
            self._context.messages.info(self.tr("“%1” has started. Look under Jobs.").replace("%1", job.name))
        self.started.emit(jobs)

    def _on_save(self) -> None:
        if self._shown is not None:
            self._context.tasks.start(self._save(self._shown))

    async def _save(self, batch: Batch) -> None:
        folder: Path | None = await ask_where(self._context, self, batch.name)
        if folder is not None:
            await save_to(self._context, batch.account_id, [batch.batch_id], batch.name, folder)


def _key(batch: Batch) -> tuple[str, str]:
    return batch.account_id, batch.batch_id
