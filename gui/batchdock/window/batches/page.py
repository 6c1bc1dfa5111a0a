"""The batches page: what lies in the staging area of each account."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QModelIndex, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Batch, BatchKind, Choice
from batchdock.core.errors import BatchdockError
from batchdock.core.transfer import TransferKind
from batchdock.flows.news import AccountsChanged, Event, JobEnded, TransfersChanged
from batchdock.window.batches.browser.browser import Browser
from batchdock.window.batches.kin import Kin
from batchdock.window.batches.model import CONTENT, CREATED, EXPIRES, FILES, KIND, NAME, WHERE, BatchesModel, kind_word
from batchdock.window.batches.removing import ask_to_remove
from batchdock.window.batches.saving import Wanted, ask_and_save
from batchdock.window.context import Context
from batchdock.window.datasets.page import DatasetsPage
from batchdock.window.empty_state import EmptyState
from batchdock.window.expiry import TICK_MS, countdown
from batchdock.window.heading import heading
from batchdock.window.icon_button import IconButton
from batchdock.window.icons import icon
from batchdock.window.messages import worded
from batchdock.window.new_job.batch_what import WORKABLE
from batchdock.window.quiet_table import QuietTable
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import content_word, countdown_text, files_text, relative_time

_DATASETS = 1
"""Their place among the tabs."""

COUNTED_AHEAD = 30
"""How many batches of this computer are counted without being chosen: about what is on screen."""


NARROW = 110
"""In steps of `theme.unit`."""


class BatchesPage(QWidget):
    """A table above, the chosen batch below: its files, and what can be done with it."""

    start_asked = Signal(object)
    """A job is to be made over this `Batch`."""
    job_asked = Signal(object)
    """Somebody wants to see the job with this key."""

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
        self.start_button = IconButton("circle-play", self.tr("Start a job…"))
        self.start_button.setAccessibleName(self.tr("Start a job on this batch"))
        self.start_button.clicked.connect(lambda _checked=False: self._on_start())
        self.save_button = IconButton("download", self.tr("Save…"))
        self.save_button.setAccessibleName(self.tr("Save this batch"))
        self.save_button.clicked.connect(lambda _checked=False: self._on_save())
        self.remove_button = IconButton("trash-2", self.tr("Remove…"))
        self.remove_button.setAccessibleName(self.tr("Remove this batch"))
        self.remove_button.clicked.connect(lambda _checked=False: self._on_remove())
        self._name, self._about = QLabel(), TintedLabel()
        self.kin = Kin(context)
        self.kin.job_asked.connect(self.job_asked)
        self._empty = EmptyState("layers", self.tr("No batches yet. They are made when you start a job or send files."))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._make_content())
        self.datasets = DatasetsPage(context)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("What is shown"))
        self.tabs.addTab(icon("layers"), self.tr("Batches"))
        self.tabs.addTab(icon("package"), self.tr("Datasets"))
        both = QStackedWidget()
        both.addWidget(self._stack)
        both.addWidget(self.datasets)
        self.tabs.currentChanged.connect(both.setCurrentIndex)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(unit(self) * 4, unit(self) * 4, unit(self) * 4, unit(self) * 4)
        layout.setSpacing(unit(self) * 3)
        layout.addWidget(self.tabs)
        layout.addWidget(both, 1)
        # Only now: what is shown before it has a place is a window of its own.
        self.datasets.offered.connect(self._offer_datasets)
        self._offer_datasets(self.datasets.is_offered)
        context.inbox.arrived.connect(self._on_news)
        self._ticking = QTimer(self)
        self._ticking.setInterval(TICK_MS)
        self._ticking.timeout.connect(self._tell_time)
        self._name_places()
        self._write()

    def show_datasets(self) -> None:
        """Go to the datasets."""
        self.tabs.setCurrentIndex(_DATASETS)

    @property
    def shows_datasets(self) -> bool:
        """Whether the datasets are looked at, and not the batches."""
        return self.tabs.currentIndex() == _DATASETS

    def save_state(self, settings: QSettings) -> None:
        """Remember whether the datasets were looked at."""
        settings.setValue("batches/datasets", self.shows_datasets)

    def restore_state(self, settings: QSettings) -> None:
        """Go back to the datasets, where they were looked at and there still are any."""
        if self.datasets.is_offered and settings.value("batches/datasets", False, bool) is True:
            self.show_datasets()

    def _offer_datasets(self, offered: bool) -> None:
        """Without an account that keeps datasets there are only batches, and no tabs."""
        self.tabs.setVisible(offered)
        if not offered:
            self.tabs.setCurrentIndex(0)

    def refresh(self) -> None:
        """Read the batches of every account. One that does not answer leaves the others as they are."""
        self._stale = False
        accounts = self._context.desk.accounts
        for account in accounts.all():
            account_id = account.account_id
            if account_id not in self._reading and accounts.capabilities(account_id).takes_files:
                self._reading.add(account_id)
                self._context.tasks.start(self._read(account_id), on_error=self._on_unread)
        self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the buttons are their signs: the name needs it more."""
        super().resizeEvent(event)
        narrow = event.size().width() < unit(self) * NARROW
        texts = (self.tr("Start a job…"), self.tr("Save…"), self.tr("Remove…"))
        for button, text in zip((self.start_button, self.save_button, self.remove_button), texts, strict=True):
            button.setText("" if narrow else text)
            button.setToolTip(button.accessibleName() if narrow else "")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tell_time()
        self._ticking.start()
        if self._stale:
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        self._ticking.stop()
        super().hideEvent(event)

    def _tell_time(self) -> None:
        self.model.tell_time()
        if self._shown is not None:
            self._about.setText(self._facts(self._shown))

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
                EXPIRES: countdown_text(6.9 * 24 * 3600),
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
        below.addLayout(heading(self._name, self._about, self.remove_button, self.save_button, self.start_button))
        below.addWidget(self.kin)
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
        book = self._context.desk.accounts
        accounts = [each for each in book.all() if book.capabilities(each.account_id).takes_files]
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
        self.kin.show_batch(batch)
        if batch is None:
            self.browser.clear()
        elif not same:
            self.browser.show_batches(batch.account_id, [(batch.batch_id, batch.name)])
            self._context.tasks.start(self._count(batch), on_error=self._on_unread)
        self._write()

    async def _count(self, batch: Batch) -> None:
        detail = await self._context.background.run(
            self._context.desk.batches.describe(batch.account_id, batch.batch_id)
        )
        self.model.show_count(batch, detail.count)
        if self._shown is not None and _key(self._shown) == _key(batch):
            self._about.setText(self._facts(batch))

    def _facts(self, batch: Batch) -> str:
        count = self.model.count(batch)
        expires = countdown(batch.expires).text
        return " · ".join(
            part
            for part in (
                content_word(batch.content) if count is None else files_text(count),
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
        # Of a batch with parts it is not known before it is looked into whether one of them can be worked on.
        workable = batch is not None and (batch.kind is BatchKind.MULTIPART or batch.content in WORKABLE)
        self.start_button.setEnabled(workable)
        self.save_button.setEnabled(batch is not None)
        self.remove_button.setVisible(batch is not None and batch.account_id == THIS_COMPUTER_ID)
        if batch is not None and self._name.text() != batch.name:
            self._name.setText(batch.name)
            self._about.setText(self._facts(batch))

    def _on_start(self) -> None:
        if self._shown is not None:
            self.start_asked.emit(self._shown)

    def _on_save(self) -> None:
        if self._shown is not None:
            self._context.tasks.start(self._save(self._shown))

    def _on_remove(self) -> None:
        if self._shown is not None:
            self._context.tasks.start(self._remove(self._shown))

    async def _remove(self, batch: Batch) -> None:
        if await ask_to_remove(self, batch.name):
            await self._context.background.run(self._context.desk.computer.remove_batch(batch.batch_id))
            self._context.messages.info(self.tr("“%1” was removed from this computer.").replace("%1", batch.name))
            self.refresh()

    async def _save(self, batch: Batch) -> None:
        desk, run = self._context.desk, self._context.background.run
        saved = await run(desk.results.saved_of(*_key(batch)))
        parts = await run(desk.batches.parts(*_key(batch)))
        choices = tuple([Choice(part.name, others=True) for part in parts]) or (Choice(None, others=True),)
        wanted = Wanted(*_key(batch), batch.name, self.model.count(batch), choices, is_all=True)
        await ask_and_save(self._context, self, wanted, saved)


def _key(batch: Batch) -> tuple[str, str]:
    return batch.account_id, batch.batch_id
