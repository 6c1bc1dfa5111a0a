"""The transfers page: files on their way to a service, and results on their way home."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.transfer import Transfer, TransferState, Wanted
from batchdock.flows.news import AccountsChanged, Event, ProblemsChanged, TransfersChanged
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.icon_button import IconButton
from batchdock.window.icons import icon
from batchdock.window.quiet_table import QuietTable
from batchdock.window.theme import unit
from batchdock.window.transfers.commands import TransferCommands, is_running
from batchdock.window.transfers.delegate import TransferDelegate
from batchdock.window.transfers.details import TransferDetails
from batchdock.window.transfers.model import FAILED, FILES, NAME, PACE, PROGRESS, RETRIED, STATE, TransfersModel
from batchdock.window.wording import number_text, rate_text, time_left_text

LEAST_WITH_TRIES = 230
"""In steps of `theme.unit`: in a narrower table how often was retried stands in the details only."""


class TransfersPage(QWidget):
    """A table, what can be done with its selection, and below it what is to be said of the selected row."""

    selection_changed = Signal()
    """Something else is selected, or what is selected can do other things than before."""
    menu_asked = Signal(QPoint)
    """Somebody wants the context menu, at this place of the table."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.model = TransfersModel(self)
        self.table = self._make_table()
        self.commands = TransferCommands(context, self, self.selected, self.model.all, self._sync)
        commands = self.commands
        self.pause = self._button(self.tr("Pause"), "circle-pause", commands.pause_or_continue)
        self.stop = self._button(self.tr("Stop"), "circle-stop", commands.stop)
        self.again = self._button(self.tr("Try again"), "rotate-cw", commands.again)
        self.clear = self._button(self.tr("Clear finished"), "list-x", commands.clear_finished)
        self.without = self._button(self.tr("Go on without them"), "skip-forward", commands.go_on_without)
        self.find_folder = self._button(self.tr("Find folder…"), "folder-search", commands.find_folder)
        self.open_folder = self._button(self.tr("Open folder"), "folder-open", commands.open_folder)
        self.receipt = self._button(self.tr("Show the receipt"), "file-check", commands.show_receipt)
        self.send_missing = self._button(self.tr("Send the missing ones again"), "cloud-upload", commands.again)
        buttons = [self.send_missing, self.find_folder, self.without, self.open_folder, self.receipt]
        self.details = TransferDetails(buttons)
        empty = EmptyState("arrow-up-down", self.tr("Nothing is on its way. Uploads and saved results appear here."))
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self._make_content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(unit(self) * 4, unit(self) * 4, unit(self) * 4, unit(self) * 4)
        layout.addWidget(self._stack)
        context.inbox.arrived.connect(self._on_news)
        self._name_places()
        self._sync()

    def selected(self) -> list[Transfer]:
        """Return the selected transfers, from the top."""
        rows: set[int] = set()
        for block in self.table.selectionModel().selection().toList():
            rows.update(range(block.top(), block.bottom() + 1))
        found = (self.model.transfer(row) for row in sorted(rows))
        return [transfer for transfer in found if transfer is not None]

    def show_transfer(self, transfer_id: str) -> None:
        """Select a transfer and bring it into sight."""
        row = self.model.row_of(transfer_id)
        if row is not None:
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, NAME))

    def find_folder_of(self, transfer_id: str) -> None:
        """Ask where the folder of a transfer is now."""
        row = self.model.row_of(transfer_id)
        transfer = self.model.transfer(row) if row is not None else None
        if transfer is not None:
            self.commands.find_folder_of(transfer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.table.setColumnHidden(RETRIED, event.size().width() < unit(self) * LEAST_WITH_TRIES)
        super().resizeEvent(event)

    # --- inside

    def _make_table(self) -> QuietTable:
        table = QuietTable(self.tr("Transfers"))
        table.setModel(self.model)
        table.setItemDelegate(TransferDelegate(table))
        table.verticalHeader().setDefaultSectionSize(unit(self) * 12)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        samples = {
            STATE: "mm" + self.tr("Waiting for the internet"),
            PROGRESS: "m" * 6,
            FILES: self.tr("%1 of %2").replace("%1", number_text(88_888)).replace("%2", number_text(88_888)),
            PACE: max(time_left_text(58 * 60), rate_text(888_800_000), key=len),
            RETRIED: number_text(8888),
            FAILED: number_text(8888),
        }
        table.size_columns(NAME, samples)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self.menu_asked)
        table.selectionModel().selectionChanged.connect(self._write)
        table.verticalScrollBar().valueChanged.connect(self._tell_shown)
        table.verticalScrollBar().rangeChanged.connect(self._tell_shown)
        return table

    def _make_content(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout()
        row.setSpacing(unit(self) * 2)
        for button in (self.pause, self.stop, self.again):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.clear)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 3)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.details)
        return page

    @staticmethod
    def _button(text: str, icon_name: str, on_click: Callable[[], None]) -> QPushButton:
        button = IconButton(icon_name, text)
        button.clicked.connect(lambda _checked=False: on_click())
        return button

    def _on_news(self, events: list[Event]) -> None:
        changed: dict[str, Transfer] = {}
        problems = False
        for event in events:
            match event:
                case TransfersChanged(transfers):
                    changed.update({transfer.transfer_id: transfer for transfer in transfers})
                case AccountsChanged():
                    self._name_places()
                case ProblemsChanged():
                    problems = True
        if changed:
            self.model.update_transfers(changed.values())
        if changed or problems:
            self._write()

    def _sync(self) -> None:
        self.model.show_transfers(self._context.desk.transfers.all())
        self._write()

    def _tell_shown(self) -> None:
        table = self.table
        first, last = table.rowAt(0), table.rowAt(table.viewport().height() - 1)
        self.model.set_shown_rows(max(first, 0), last if last >= 0 else self.model.rowCount())

    def _name_places(self) -> None:
        names = {
            account.account_id: self.tr("This computer") if account.is_this_computer else account.name
            for account in self._context.desk.accounts.all()
        }
        self.model.name_places(names)

    def _write(self) -> None:
        selected = self.selected()
        possible = self.commands.possible()
        self._stack.setCurrentIndex(1 if self.model.rowCount() else 0)
        going = any(is_running(transfer) for transfer in selected)
        paused = any(transfer.wanted is Wanted.PAUSED for transfer in selected)
        self._name_pause(continues=paused and not going)
        self.pause.setEnabled(possible["pause-continue"])
        self.stop.setEnabled(possible["transfer-stop"])
        self.again.setEnabled(possible["transfer-again"])
        self.clear.setEnabled(possible["clear-finished"])
        lacking = [transfer for transfer in selected if self.commands.lacks_files(transfer)]
        self.without.setVisible(bool(lacking))
        self.find_folder.setVisible(possible["find-folder"])
        self.open_folder.setVisible(possible["transfer-folder"])
        self.receipt.setVisible(possible["receipt"])
        self.send_missing.setVisible(any(transfer.state is TransferState.FAILED for transfer in lacking))
        self.details.setVisible(bool(selected))
        if len(selected) == 1:
            self.details.show_transfer(selected[0])
        elif selected:
            self.details.show_many(selected)
        self.selection_changed.emit()

    def _name_pause(self, *, continues: bool) -> None:
        text = self.tr("Continue") if continues else self.tr("Pause")
        if text != self.pause.text():
            self.pause.setText(text)
            self.pause.setAccessibleName(text)
            self.pause.setIcon(icon("circle-play" if continues else "circle-pause"))
