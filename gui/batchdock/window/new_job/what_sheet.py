"""The side sheet that asks what a new job is to be over: files, a folder, or a batch that is there."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from batchdock.core.batch import Batch
from batchdock.core.errors import BatchdockError
from batchdock.window.context import Context
from batchdock.window.icon_button import IconButton
from batchdock.window.inventory.offering import action_icon, action_tooltip
from batchdock.window.jobs.makings import Making, makings
from batchdock.window.messages import worded
from batchdock.window.new_job.searchable_combo import SearchableCombo
from batchdock.window.new_job.sheet import LEAST_SHEET_WIDTH
from batchdock.window.plain_text import tooltip_text
from batchdock.window.theme import heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import relative_time


class WhatSheet(QFrame):
    """Gives way to the sheet of whatever is chosen. It deletes itself when it is closed."""

    batch_chosen = Signal(object)
    """A `Batch`."""
    addresses_asked = Signal()
    """It is to be over files that lie somewhere else."""
    bucket_asked = Signal()
    service_job_asked = Signal(str, object)
    """A job without files: at which account, by which `Action`."""
    closed = Signal()

    def __init__(
        self,
        context: Context,
        choose_files: Callable[[], None],
        choose_folder: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._batches: list[Batch] = []
        self._reading = 0
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(self.tr("New job"))
        title = QLabel(self.tr("Which files is the new job for?"))
        title.setFont(heading_font(self))
        title.setWordWrap(True)
        self.files = IconButton("image-plus", self.tr("Choose files…"))
        self.files.clicked.connect(lambda _checked=False: choose_files())
        self.folder = IconButton("folder-plus", self.tr("Choose a folder…"))
        self.folder.clicked.connect(lambda _checked=False: choose_folder())
        self.addresses = IconButton("list", self.tr("From addresses…"))
        self.addresses.clicked.connect(lambda _checked=False: self.addresses_asked.emit())
        self.bucket = IconButton("cloud", self.tr("From a bucket…"))
        self.bucket.clicked.connect(lambda _checked=False: self.bucket_asked.emit())
        self._hint = TintedLabel(self.tr("Or drop pictures, videos or a folder on the window."))
        self._model = QStandardItemModel(self)
        self.batches = SearchableCombo(self._model)
        self.batches.set_name(self.tr("One of the batches"), self.tr("Type to search"))
        self.batches.currentIndexChanged.connect(self._on_batch)
        self.take = QPushButton(self.tr("Take this batch"))
        self.take.setAccessibleName(self.take.text())
        self.take.clicked.connect(lambda _checked=False: self._on_take())
        self._about = TintedLabel()
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(lambda _checked=False: self.close())
        self.makings = [self._making_button(each) for each in makings(context.desk.accounts)]
        self._lay_out(title)
        self._asking = [
            context.tasks.start(self._read(account.account_id), on_error=self._on_error)
            for account in context.desk.accounts.all()
            if context.desk.accounts.capabilities(account.account_id).takes_files
        ]
        self._reading = len(self._asking)
        self._write()

    def sizeHint(self) -> QSize:
        return QSize(unit(self) * 125, unit(self) * 175)

    def minimumSizeHint(self) -> QSize:
        return QSize(unit(self) * LEAST_SHEET_WIDTH, unit(self) * 80)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        for task in self._asking:
            task.cancel()
        self.closed.emit()
        super().closeEvent(event)

    def _lay_out(self, title: QLabel) -> None:
        step = unit(self)
        label = QLabel(self.tr("Or the files of a batch that is there already"))
        label.setBuddy(self.batches)
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        row.addWidget(self.batches, 1)
        row.addWidget(self.take)
        below = QHBoxLayout()
        below.addWidget(self.cancel)
        below.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 2)
        layout.addWidget(title)
        layout.addSpacing(step * 2)
        layout.addWidget(self.files)
        layout.addWidget(self.folder)
        layout.addWidget(self.addresses)
        layout.addWidget(self.bucket)
        layout.addWidget(self._hint)
        layout.addSpacing(step * 4)
        layout.addWidget(label)
        layout.addLayout(row)
        layout.addWidget(self._about)
        if self.makings:
            layout.addSpacing(step * 4)
            layout.addWidget(QLabel(self.tr("Or a job without files, over what a service sees")))
            for button in self.makings:
                layout.addWidget(button)
        layout.addStretch()
        layout.addLayout(below)
        self.setFocusProxy(self.files)

    def _making_button(self, making: Making) -> IconButton:
        button = IconButton(action_icon(making.action), making.text.replace("&", "&&"))
        button.setToolTip(tooltip_text(action_tooltip(making.action)))
        button.setEnabled(not making.action.closed)
        button.clicked.connect(lambda _checked=False: self._make(making))
        return button

    def _make(self, making: Making) -> None:
        self.service_job_asked.emit(making.account_id, making.action)
        self.close()

    async def _read(self, account_id: str) -> None:
        found = await self._context.background.run(self._context.desk.batches.all(account_id))
        self._reading -= 1
        chosen = self._chosen()
        self._batches = sorted(
            (*self._batches, *found), key=lambda each: each.created.timestamp() if each.created else 0.0, reverse=True
        )
        self.batches.blockSignals(True)
        self._model.clear()
        for batch in self._batches:
            self._model.appendRow(QStandardItem(batch.name))
        self.batches.setCurrentIndex(self._batches.index(chosen) if chosen in self._batches else 0)
        self.batches.blockSignals(False)
        self._write()

    def _on_error(self, error: BatchdockError) -> None:
        self._reading -= 1
        self._write()
        self._about.setText(worded(error)[0])

    def _on_batch(self, _place: int) -> None:
        self._write()

    def _on_take(self) -> None:
        batch = self._chosen()
        if batch is not None:
            self.batch_chosen.emit(batch)

    def _chosen(self) -> Batch | None:
        place = self.batches.currentIndex()
        return self._batches[place] if 0 <= place < len(self._batches) else None

    def _write(self) -> None:
        batch = self._chosen()
        self.batches.setEnabled(batch is not None)
        self.take.setEnabled(batch is not None)
        if batch is None:
            self._about.setText(self.tr("Reading the batches…") if self._reading > 0 else self.tr("No batches yet."))
            return
        names = {each.account_id: each.name for each in self._context.desk.accounts.all()}
        created = relative_time(batch.created) if batch.created else ""
        self._about.setText(" · ".join(part for part in (names.get(batch.account_id, ""), created) if part))
