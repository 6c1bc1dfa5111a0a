"""Looking after the accounts that are connected."""

import asyncio

from PySide6.QtCore import QModelIndex, Qt
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
from batchdock.core.errors import BatchdockError, MaybeClosed
from batchdock.flows.news import AccountsChanged, Event, LightChanged
from batchdock.window.accounts.account_form import said
from batchdock.window.accounts.connect_dialog import ConnectDialog
from batchdock.window.accounts.kinds import forgetting_text
from batchdock.window.accounts.model import AccountsModel
from batchdock.window.context import Context
from batchdock.window.costs.budget_dialog import BudgetDialog
from batchdock.window.fitting import FittingDialog
from batchdock.window.icon_button import IconButton
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.two_lines import TwoLineDelegate


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
        self.connect_button = IconButton("plus", self.tr("Connect a service…"))
        self.connect_button.clicked.connect(lambda _checked=False: self._open_connect(None))
        self.test_button = QPushButton(self.tr("Test connection"))
        self.test_button.clicked.connect(lambda _checked=False: self._test())
        self.tested = TintedLabel()
        self.tested.hide()
        self.address_button = QPushButton(self.tr("Change address…"))
        self.address_button.clicked.connect(lambda _checked=False: self._change_address())
        self.address_button.hide()
        self._testing: asyncio.Task[None] | None = None
        self._tested_id = ""
        self._gone: MaybeClosed | None = None
        self.budget_button = QPushButton(self.tr("Budget…"))
        self.budget_button.clicked.connect(lambda _checked=False: self._open_budget())
        self.replace_button = QPushButton(self.tr("New key…"))
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
        self.finished.connect(lambda _code: self._stop_testing())
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
        row.addWidget(self.test_button)
        row.addWidget(self.budget_button)
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
        layout.addWidget(self.tested)
        layout.addWidget(self.address_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._asking)
        layout.addWidget(note)
        layout.addWidget(close)
        self.resize(step * 130, step * 100)

    def _current(self) -> Account | None:
        return self.model.account(self.list.currentIndex().row())

    def _on_current(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        account = self._current()
        connected = account is not None and not account.is_this_computer
        self.budget_button.setEnabled(connected and account is not None and self._has_prices(account))
        self.replace_button.setEnabled(connected)
        self.forget_button.setEnabled(connected)
        self._asking.hide()
        # The list is made anew when an account has news; that is no other account.
        if account is not None and account.account_id != self._tested_id:
            self._stop_testing()

    def _has_prices(self, account: Account) -> bool:
        """Tell whether what its work costs is known: there is nothing to keep a budget with otherwise."""
        return bool(self._context.desk.accounts.capabilities(account.account_id).credits_an_hour)

    def _on_news(self, events: list[Event]) -> None:
        row = self.list.currentIndex().row()
        for event in events:
            if isinstance(event, LightChanged):
                self.model.show_light(event.account_id, event.light)
            elif isinstance(event, AccountsChanged):
                self.model.show_accounts(event.accounts)
                self.list.setCurrentIndex(self.model.index(min(row, self.model.rowCount() - 1)))

    def _open_connect(self, account: Account | None) -> ConnectDialog:
        dialog = ConnectDialog(self._context, account=account, parent=self)
        dialog.open()
        return dialog

    def _change_address(self) -> None:
        """Ask for what can be put right where it was said that nobody answers."""
        form = self._open_connect(self._current()).form
        if form is not None and self._gone is not None:
            form.show_trouble(self._gone)

    def _test(self) -> None:
        account = self._current()
        if account is not None:
            self._stop_testing()
            self._tested_id = account.account_id
            self._say_tested(self.tr("Testing the connection to “%1”…").replace("%1", self.model.name_of(account)))
            self._testing = self._context.tasks.start(self._ask(account), on_error=self._on_trouble)

    async def _ask(self, account: Account) -> None:
        await self._context.background.run(self._context.desk.accounts.test(account.account_id))
        name = self.model.name_of(account)
        self._say_tested(self.tr("“%1” answers, and takes the sign-in.").replace("%1", name), Tint.GOOD)

    def _on_trouble(self, error: BatchdockError) -> None:
        self._say_tested(said(error), Tint.BAD)
        self._gone = error if isinstance(error, MaybeClosed) else None
        self.address_button.setVisible(self._gone is not None)

    def _say_tested(self, text: str, tint: Tint = Tint.MUTED) -> None:
        self.test_button.setEnabled(tint is not Tint.MUTED)
        self.tested.set_tint(tint)
        self.tested.setText(text)
        self.tested.setVisible(bool(text))
        self.address_button.hide()

    def _stop_testing(self) -> None:
        if self._testing is not None:
            self._testing.cancel()
            self._testing = None
        self._tested_id = ""
        self.test_button.setEnabled(True)
        self.tested.hide()
        self.address_button.hide()

    def _open_budget(self) -> None:
        account = self._current()
        if account is not None:
            BudgetDialog(self._context, account_id=account.account_id, parent=self).open()

    def _ask_to_forget(self) -> None:
        account = self._current()
        if account is None:
            return
        self._question.setText(forgetting_text(account))
        self.really_forget_button.setText(self.tr("Forget “%1”").replace("%1", account.name))
        self._asking.show()
        self.keep_button.setFocus()

    def _forget(self) -> None:
        account = self._current()
        self._asking.hide()
        if account is not None:
            work = self._context.desk.accounts.forget(account.account_id)
            self._context.tasks.start(self._context.background.run(work))
