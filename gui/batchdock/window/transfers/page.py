"""The transfers page: files on their way to a service, and results on their way home."""

from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.news import AccountsChanged, Event, TransfersChanged
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.icon_button import IconButton
from batchdock.window.quiet_table import QuietTable
from batchdock.window.results.saving import open_folder
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.transfers.delegate import TransferDelegate
from batchdock.window.transfers.model import NAME, PACE, PROGRESS, STARTED, STATE, TransfersModel
from batchdock.window.two_lines import TwoLineDelegate
from batchdock.window.wording import rate_text, relative_time, time_left_text

_AGAIN = (TransferState.FAILED, TransferState.STOPPED, TransferState.DONE_WITH_PROBLEMS)


class TransfersPage(QWidget):
    """A table, and what can be done with its selected row."""

    count_changed = Signal(int)
    """How many transfers have not ended."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.model = TransfersModel(self)
        self.table = QuietTable(self.tr("Transfers"))
        self.table.setModel(self.model)
        self.table.setItemDelegate(TransferDelegate(self.table))
        self._two_lines = TwoLineDelegate(self.table)
        self.table.setItemDelegateForColumn(NAME, self._two_lines)
        self.table.verticalHeader().setDefaultSectionSize(unit(self) * 12)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        samples = {
            STATE: self.tr("Done with problems") + "mmm",
            PROGRESS: "m" * 9,
            PACE: f"{rate_text(88_800_000)} · {time_left_text(58 * 60)}",
            STARTED: relative_time(datetime.now(UTC) - timedelta(minutes=59)),
        }
        self.table.size_columns(NAME, samples)
        self.table.selectionModel().selectionChanged.connect(self._write)
        self.stop = self._button(self.tr("Stop"), "circle-stop", self._on_stop)
        self.again = self._button(self.tr("Try again"), "rotate-cw", self._on_again)
        self.open = self._button(self.tr("Open folder"), "folder-open", self._on_open)
        self.clear = self._button(self.tr("Clear finished"), "list-x", self._on_clear)
        self._said = TintedLabel()
        empty = EmptyState("arrow-up-down", self.tr("Nothing is on its way. Uploads and saved results appear here."))
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self._make_content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(unit(self) * 4, unit(self) * 4, unit(self) * 4, unit(self) * 4)
        layout.addWidget(self._stack)
        context.inbox.arrived.connect(self._on_news)
        self._name_places()
        self.model.show_transfers(context.desk.transfers.all())
        self._write()

    def selected(self) -> list[Transfer]:
        """Return the selected transfers."""
        found: list[Transfer] = []
        for block in self.table.selectionModel().selection().toList():
            rows = (self.model.transfer(row) for row in range(block.top(), block.bottom() + 1))
            found.extend(transfer for transfer in rows if transfer is not None)
        return found

    def _make_content(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout()
        row.setSpacing(unit(self) * 2)
        for button in (self.stop, self.again, self.open):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.clear)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 3)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._said)
        return page

    def _button(self, text: str, icon_name: str, on_click: Any) -> QPushButton:
        button = IconButton(icon_name, text)
        button.clicked.connect(lambda _checked=False: on_click())
        return button

    def _on_news(self, events: list[Event]) -> None:
        changed: dict[str, Transfer] = {}
        for event in events:
            if isinstance(event, TransfersChanged):
                changed.update({transfer.transfer_id: transfer for transfer in event.transfers})
            elif isinstance(event, AccountsChanged):
                self._name_places()
        if changed:
            self.model.update_transfers(changed.values())
            self._write()

    def _name_places(self) -> None:
        names = {
            account.account_id: self.tr("This computer") if account.is_this_computer else account.name
            for account in self._context.desk.accounts.all()
        }
        self.model.name_places(names)

    def _write(self) -> None:
        selected = self.selected()
        self._stack.setCurrentIndex(1 if self.model.rowCount() else 0)
        self.stop.setEnabled(any(not transfer.state.is_terminal for transfer in selected))
        self.again.setEnabled(any(transfer.state in _AGAIN for transfer in selected))
        self.open.setEnabled(len(selected) == 1 and _saved_place(selected[0]))
        self.clear.setEnabled(self.model.rowCount() > self.model.moving_count())
        self._said.setText(selected[0].message if len(selected) == 1 else "")
        self._said.setVisible(bool(self._said.text()))
        self.count_changed.emit(self.model.moving_count())

    def _on_stop(self) -> None:
        for transfer in self.selected():
            if not transfer.state.is_terminal:
                self._run(self._context.desk.transfers.stop(transfer.transfer_id))

    def _on_again(self) -> None:
        for transfer in self.selected():
            if transfer.state in _AGAIN:
                self._run(self._context.desk.transfers.retry(transfer.transfer_id))

    def _on_open(self) -> None:
        selected = self.selected()
        if selected and selected[0].place is not None:
            open_folder(selected[0].place)

    def _on_clear(self) -> None:
        self._context.tasks.start(self._clear())

    async def _clear(self) -> None:
        await self._context.background.run(self._context.desk.transfers.clear_finished())
        self.model.show_transfers(self._context.desk.transfers.all())
        self._write()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.tasks.start(self._context.background.run(work))


def _saved_place(transfer: Transfer) -> bool:
    return transfer.kind is TransferKind.SAVING and transfer.place is not None
