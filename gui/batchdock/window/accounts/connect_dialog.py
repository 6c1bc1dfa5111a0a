"""Connecting a service, or letting a connected one sign in anew."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from batchdock.core.account import Account, ServiceKind
from batchdock.core.errors import BatchdockError
from batchdock.window.accounts.account_form import AccountForm
from batchdock.window.accounts.cards import Cards
from batchdock.window.accounts.huawei_form import HuaweiForm
from batchdock.window.accounts.key_form import KeyForm
from batchdock.window.accounts.kinds import KINDS, connected_text
from batchdock.window.accounts.tensorbay_form import TensorBayForm
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.icons import icon
from batchdock.window.messages import in_sentences, worded
from batchdock.window.theme import Tint, heading_font, icon_size, unit
from batchdock.window.wording import grouped


def form_for(service: ServiceKind, account: Account | None) -> AccountForm:
    """Return the form of a service, for a new account or for one that is connected."""
    if service is ServiceKind.HUAWEI:
        return HuaweiForm(with_place=account is None)
    if service is ServiceKind.TENSORBAY:
        return TensorBayForm(account=account)
    return KeyForm(with_address=account is None)


class ConnectDialog(FittingDialog):
    """Lets a person choose a service, and asks for what it needs. Open it with `open()`."""

    connected = Signal(object)
    """The `Account` that works now."""

    def __init__(
        self,
        context: Context,
        *,
        account: Account | None = None,
        service: ServiceKind | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """With `account`, or with a `service`, it begins with the form."""
        super().__init__(parent)
        self._context = context
        self._account = account
        self._checking = False
        self._asking: set[asyncio.Task[None]] = set()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.heading = QLabel()
        self.heading.setFont(heading_font(self))
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.heading.setWordWrap(True)
        self.cards = Cards()
        self.cards.chosen.connect(self.choose)
        self.form: AccountForm | None = None
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
        self.cancel_button.setAutoDefault(False)
        self.buttons.accepted.connect(self._on_connect)
        self.buttons.rejected.connect(self.reject)
        step = unit(self)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(self.heading)
        layout.addWidget(self.cards)
        layout.addWidget(self._done)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 115)
        self.finished.connect(self._on_finished)
        self._title(self.tr("Connect a service"))
        self._write()
        if account is not None:
            form = self._show_form(account.service)
            self._title(form.again.replace("%1", account.name))
        elif service is not None:
            self.choose(service)

    def choose(self, service: ServiceKind) -> None:
        """Ask for what this service needs."""
        self._show_form(service)
        self._title(self.tr("Connect %1").replace("%1", KINDS[service].name))

    # --- inside

    def _title(self, title: str) -> None:
        self.setWindowTitle(title)
        self.heading.setText(title)

    def _show_form(self, service: ServiceKind) -> AccountForm:
        self.form = form = form_for(service, self._account)
        self.form.changed.connect(self._write)
        self.form.ask_keystore_again.connect(self._ask_keystore)
        self.cards.hide()
        self._layout.insertWidget(1, self.form)
        self.form.begin()
        self.connect_button.setDefault(True)
        self._write()
        self._ask_keystore()
        return form

    def _ask_keystore(self) -> None:
        if self.form is not None:
            self.form.wait_for_keystore()
            self._start(self._learn_keystore(self.form))

    async def _learn_keystore(self, form: AccountForm) -> None:
        form.show_keystore(await self._context.background.run(self._context.desk.accounts.keystore_state()))

    def _start(self, work: Coroutine[Any, Any, None], on_error: Callable[[BatchdockError], None] | None = None) -> None:
        task = self._context.tasks.start(work, on_error=on_error)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    def _on_finished(self, _code: int) -> None:
        for task in tuple(self._asking):
            task.cancel()
        if self.form is not None:
            self.form.forget()

    def _write(self) -> None:
        form = self.form
        self.connect_button.setVisible(form is not None)
        if form is not None:
            self.connect_button.setEnabled(form.is_filled and not self._checking)
            self.connect_button.setText(self.tr("Testing the connection…") if self._checking else self.tr("Connect"))
            form.setEnabled(not self._checking)

    def _on_connect(self) -> None:
        if self.form is not None and self.form.is_filled and not self._checking:
            self._checking = True
            self.form.clear_trouble()
            self._write()
            self._start(self._connect(self.form), self._on_error)

    async def _connect(self, form: AccountForm) -> None:
        account = await form.connect_account(self._context, self._account)
        form.forget()
        self.connected.emit(account)
        if not self._context.desk.accounts.capabilities(account.account_id).takes_files:
            self._succeed(account, "")
            return
        try:
            workflows = await self._context.background.run(self._context.desk.jobs.workflows(account.account_id))
        except BatchdockError as error:
            # The key works; what the plan or the moment does not allow is said beside it.
            self._succeed(account, in_sentences(worded(error)))
        else:
            self._succeed(account, grouped(self.tr("%n workflow(s) found.", "", len(workflows)), len(workflows)))

    def _succeed(self, account: Account, found: str) -> None:
        self._checking = False
        self.done_text.setText(f"{connected_text(account)} {found}".rstrip())
        if self.form is not None:
            self.form.hide()
        self._done.show()
        self.connect_button.hide()
        self.cancel_button.setText(self.tr("Close"))
        self.cancel_button.setFocus()
        # What was asked for is gone; the room for it goes when the layout has noticed.
        QTimer.singleShot(0, self, lambda: self.resize(self.width(), self.minimumHeight()))

    def _on_error(self, error: BatchdockError) -> None:
        self._checking = False
        self._write()
        if self.form is not None:
            self.form.show_trouble(error)
