"""Connecting an account, and looking after those that are connected."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.account import Account
from batchdock.core.errors import BatchdockError, ConnectionProblem, KeyRefused
from batchdock.flows.news import AccountsChanged, Event, LightChanged
from batchdock.window.accounts.fitting import FittingDialog
from batchdock.window.accounts.key_form import KeyForm
from batchdock.window.accounts.model import AccountsModel
from batchdock.window.context import Context
from batchdock.window.icon_button import IconButton
from batchdock.window.icons import icon
from batchdock.window.messages import worded
from batchdock.window.theme import Tint, heading_font, icon_size, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.two_lines import TwoLineDelegate
from batchdock.window.wording import grouped


class ConnectDialog(FittingDialog):
    """Connects a Roboflow workspace, or gives a connected one a new key. Open it with `open()`."""

    connected = Signal(object)
    """The `Account` that works now."""

    def __init__(self, context: Context, *, account: Account | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._account = account
        self._checking = False
        self._asking: set[asyncio.Task[None]] = set()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = self.tr("Connect Roboflow")
        if account is not None:
            title = self.tr("New key for “%1”").replace("%1", account.name)
        self.setWindowTitle(title)
        heading = QLabel(title)
        heading.setFont(heading_font(self))
        heading.setTextFormat(Qt.TextFormat.PlainText)
        self.form = KeyForm(with_address=account is None)
        self.form.changed.connect(self._write)
        self.form.ask_keystore_again.connect(self._ask_keystore)
        self._tick, self.done_text = QLabel(), QLabel()
        self._tick.setPixmap(icon("circle-check", Tint.GOOD).pixmap(icon_size(self), icon_size(self)))
        self.done_text.setWordWrap(True)
        self.done_text.setTextFormat(Qt.TextFormat.PlainText)
        self._done = QWidget()
        done = QHBoxLayout(self._done)
        done.setContentsMargins(0, 0, 0, 0)
        done.addWidget(self._tick, 0, Qt.AlignmentFlag.AlignTop)
        done.addWidget(self.done_text, 1)
        self._done.hide()
        self.buttons = QDialogButtonBox()
        self.connect_button = self.buttons.addButton(self.tr("Connect"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.cancel_button = self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.connect_button.setDefault(True)
        self.buttons.accepted.connect(self._on_connect)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        step = unit(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(heading)
        layout.addWidget(self.form)
        layout.addWidget(self._done)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 115)
        self.finished.connect(self._on_finished)
        self._write()
        self._ask_keystore()

    def _ask_keystore(self) -> None:
        self.form.wait_for_keystore()
        self._start(self._learn_keystore())

    async def _learn_keystore(self) -> None:
        self.form.show_keystore(await self._context.background.run(self._context.desk.accounts.keystore_state()))

    def _start(self, work: Coroutine[Any, Any, None], on_error: Callable[[BatchdockError], None] | None = None) -> None:
        task = self._context.tasks.start(work, on_error=on_error)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    def _on_finished(self, _code: int) -> None:
        for task in tuple(self._asking):
            task.cancel()
        self.form.forget()

    def _write(self) -> None:
        self.connect_button.setEnabled(bool(self.form.key.text().strip()) and not self._checking)
        self.connect_button.setText(self.tr("Checking the key…") if self._checking else self.tr("Connect"))
        self.form.setEnabled(not self._checking)

    def _on_connect(self) -> None:
        self._checking = True
        self.form.say("")
        self._write()
        self._start(self._connect(), self._on_error)

    async def _connect(self) -> None:
        accounts, run = self._context.desk.accounts, self._context.background.run
        key, remember = self.form.key.text(), self.form.remember.isChecked()
        if self._account is not None:
            account = await run(accounts.replace_key(self._account.account_id, key, remember=remember))
        else:
            address = self.form.address.text().strip()
            account = await run(accounts.connect_roboflow(key, address=address, remember=remember))
        self.form.forget()
        self.connected.emit(account)
        try:
            workflows = await run(self._context.desk.jobs.workflows(account.account_id))
        except BatchdockError as error:
            # The key works; what the plan or the moment does not allow is said beside it.
            self._succeed(account, " ".join(_ended(part) for part in worded(error) if part))
        else:
            self._succeed(account, grouped(self.tr("%n workflow(s) found.", "", len(workflows)), len(workflows)))

    def _succeed(self, account: Account, found: str) -> None:
        self._checking = False
        connected = self.tr("Connected to workspace “%1”.").replace("%1", account.workspace)
        self.done_text.setText(f"{connected} {found}")
        self.form.hide()
        self._done.show()
        self.connect_button.hide()
        self.cancel_button.setText(self.tr("Close"))
        self.cancel_button.setFocus()

    def _on_error(self, error: BatchdockError) -> None:
        self._checking = False
        self._write()
        self.form.say(_said(error))
        self.form.key.setFocus()
        self.form.key.selectAll()


class AccountsDialog(FittingDialog):
    """Lists the accounts with their light, workspace and where the key is. Open it with `open()`."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Accounts"))
        self.model = AccountsModel(self)
        self.model.show_accounts(context.desk.accounts.all())
        for account in context.desk.accounts.all():
            light = context.desk.accounts.light(account.account_id)
            if light is not None:
                self.model.show_light(account.account_id, light)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(TwoLineDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Accounts"))
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.connect_button = IconButton("plus", self.tr("Connect Roboflow…"))
        self.connect_button.clicked.connect(lambda _checked=False: self._open_connect(None))
        self.replace_button = QPushButton(self.tr("Replace key…"))
        self.replace_button.clicked.connect(lambda _checked=False: self._open_connect(self._current()))
        self.forget_button = QPushButton(self.tr("Forget…"))
        self.forget_button.clicked.connect(lambda _checked=False: self._ask_to_forget())
        self._asking = QWidget()
        self._question = QLabel()
        self._question.setWordWrap(True)
        self._question.setTextFormat(Qt.TextFormat.PlainText)
        self.keep_button = QPushButton(self.tr("Cancel"))
        self.keep_button.clicked.connect(lambda _checked=False: self._asking.hide())
        self.really_forget_button = QPushButton(self.tr("Forget"))
        self.really_forget_button.clicked.connect(lambda _checked=False: self._forget())
        self._lay_out()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        context.inbox.arrived.connect(self._on_news)
        self.list.setCurrentIndex(self.model.index(0))

    def _lay_out(self) -> None:
        step = unit(self)
        answers = QHBoxLayout()
        answers.addStretch()
        answers.addWidget(self.keep_button)
        answers.addWidget(self.really_forget_button)
        asking = QVBoxLayout(self._asking)
        asking.setContentsMargins(0, 0, 0, 0)
        asking.addWidget(self._question)
        asking.addLayout(answers)
        self._asking.hide()
        row = QHBoxLayout()
        row.setSpacing(step * 2)
        row.addWidget(self.connect_button)
        row.addStretch()
        row.addWidget(self.replace_button)
        row.addWidget(self.forget_button)
        note = TintedLabel(
            self.tr("Keys are kept in the password store of this computer, or until you quit; never in a file.")
        )
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(self.list, 1)
        layout.addLayout(row)
        layout.addWidget(self._asking)
        layout.addWidget(note)
        layout.addWidget(close)
        self.resize(step * 130, step * 100)

    def _current(self) -> Account | None:
        return self.model.account(self.list.currentIndex().row())

    def _on_current(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        account = self._current()
        connected = account is not None and not account.is_this_computer
        self.replace_button.setEnabled(connected)
        self.forget_button.setEnabled(connected)
        self._asking.hide()

    def _on_news(self, events: list[Event]) -> None:
        row = self.list.currentIndex().row()
        for event in events:
            if isinstance(event, LightChanged):
                self.model.show_light(event.account_id, event.light)
            elif isinstance(event, AccountsChanged):
                self.model.show_accounts(event.accounts)
                self.list.setCurrentIndex(self.model.index(min(row, self.model.rowCount() - 1)))

    def _open_connect(self, account: Account | None) -> None:
        ConnectDialog(self._context, account=account, parent=self).open()

    def _ask_to_forget(self) -> None:
        account = self._current()
        if account is None:
            return
        text = self.tr(
            "Forget “%1”? Its key is removed from this computer, and uploads to it stop. "
            "Batches and jobs at Roboflow stay there; results you have saved stay here."
        )
        self._question.setText(text.replace("%1", account.name))
        self.really_forget_button.setText(self.tr("Forget “%1”").replace("%1", account.name))
        self._asking.show()
        self.keep_button.setFocus()

    def _forget(self) -> None:
        account = self._current()
        self._asking.hide()
        if account is not None:
            work = self._context.desk.accounts.forget(account.account_id)
            self._context.tasks.start(self._context.background.run(work))


def _said(error: BatchdockError) -> str:
    """Return what stands under the field: what happened and what to do. That work waits is not true of a first try."""
    title, message, advice = worded(error)
    about_work_that_waits = error.message in (KeyRefused.message, ConnectionProblem.message)
    parts = (title, advice) if about_work_that_waits else (title, message, advice)
    return " ".join(_ended(part) for part in parts if part)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."
