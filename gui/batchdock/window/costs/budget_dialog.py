"""The budgets of the accounts that cost money. What is chosen holds at once."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from batchdock.core.account import Account
from batchdock.core.costs import Budget
from batchdock.core.errors import BatchdockError
from batchdock.flows.news import AccountsChanged, CostsChanged, Event, JobsChanged
from batchdock.window.context import Context
from batchdock.window.costs.budget_form import BudgetForm
from batchdock.window.fitting import FittingDialog
from batchdock.window.messages import worded
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel


class BudgetDialog(FittingDialog):
    """One account at a time. Open it with `open()`."""

    def __init__(self, context: Context, *, account_id: str = "", parent: QWidget | None = None) -> None:
        """`account_id` is shown first, where it costs money."""
        super().__init__(parent)
        self._context = context
        self._is_over = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Budget"))
        self._heading = QLabel(self.tr("Budget"))
        self._heading.setFont(heading_font(self))
        self.account = QComboBox()
        self.account.setAccessibleName(self.tr("Account"))
        self.form = BudgetForm()
        self.nothing = QLabel(
            self.tr("No account has known prices. Connect a service that has them to give it a budget for each month.")
        )
        self.nothing.setWordWrap(True)
        self.trouble = TintedLabel(tint=Tint.BAD)
        self.trouble.hide()
        self._lay_out()
        self._fill(account_id)
        self.account.currentIndexChanged.connect(self._on_account)
        self.form.changed.connect(self._on_changed)
        context.inbox.arrived.connect(self._on_news)
        self.finished.connect(self._on_finished)
        self._show_account()

    def account_id(self) -> str:
        """Return the account that is shown, empty for none."""
        return self.account.currentData() or ""

    def _lay_out(self) -> None:
        step = unit(self)
        self._label = QLabel(self.tr("A&ccount"))
        self._label.setBuddy(self.account)
        row = QHBoxLayout()
        row.setSpacing(step * 3)
        row.addWidget(self._label)
        row.addWidget(self.account, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            # Enter in a field means what is in it, not the end.
            button.setAutoDefault(False)  # type: ignore[attr-defined]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(self._heading)
        layout.addLayout(row)
        layout.addWidget(self.form)
        layout.addWidget(self.nothing)
        layout.addWidget(self.trouble)
        layout.addStretch()
        layout.addWidget(buttons)
        self.setMinimumWidth(step * 105)

    def _fill(self, wanted: str) -> None:
        book = self._context.desk.accounts
        accounts = [each for each in book.all() if book.capabilities(each.account_id).credits_an_hour]
        self.account.blockSignals(True)
        self.account.clear()
        for account in accounts:
            self.account.addItem(account.name, account.account_id)
        self.account.setCurrentIndex(max(0, self.account.findData(wanted)))
        self.account.blockSignals(False)
        self._offer(accounts)

    def _offer(self, accounts: list[Account]) -> None:
        self._label.setVisible(bool(accounts))
        self.account.setVisible(bool(accounts))
        self.form.setVisible(bool(accounts))
        self.nothing.setVisible(not accounts)

    def _on_account(self, _index: int) -> None:
        self.trouble.hide()
        self._show_account()

    def _show_account(self) -> None:
        costs, account_id = self._context.desk.costs, self.account_id()
        if account_id:
            self.form.show_budget(costs.budget(account_id), costs.spent(account_id))

    def _on_changed(self, budget: Budget) -> None:
        self.trouble.hide()
        work = self._context.desk.costs.set_budget(self.account_id(), budget)
        self._context.tasks.start(self._context.background.run(work), on_error=self._on_error)

    def _on_finished(self, _code: int) -> None:
        self._is_over = True

    def _on_error(self, error: BatchdockError) -> None:
        if self._is_over:  # A budget that could not be kept is told in the window then.
            self._context.messages.error(error)
            return
        self.trouble.setText(" ".join(part for part in worded(error) if part))
        self.trouble.show()

    def _on_news(self, events: list[Event]) -> None:
        if any(isinstance(event, AccountsChanged) for event in events):
            shown = self.account_id()
            self._fill(shown)
            if self.account_id() != shown:  # Else its amounts may be on their way to be kept.
                self._show_account()
        if self.account_id() and any(isinstance(event, CostsChanged | JobsChanged) for event in events):
            # Not the amounts: somebody may be changing them.
            self.form.show_spent(self._context.desk.costs.spent(self.account_id()))
