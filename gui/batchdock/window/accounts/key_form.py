"""The form of a service that needs a single key, which is pasted."""

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from batchdock.core.account import Account
from batchdock.core.errors import BatchdockError
from batchdock.flows.accounts import ROBOFLOW_ADDRESS
from batchdock.window.accounts.account_form import AccountForm, said
from batchdock.window.accounts.fold import Fold
from batchdock.window.accounts.secret_field import SecretField
from batchdock.window.context import Context
from batchdock.window.icon_button import IconButton
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


class KeyForm(AccountForm):
    """Asks for a key, and for the address of who has another server."""

    def __init__(self, *, with_address: bool, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Remember the key on this computer"), parent)
        self.key = SecretField(self.tr("Private API key"))
        self.key.textChanged.connect(self._on_changed)
        self._intro = QLabel(self.tr("Paste your private API key."))
        self._intro.setBuddy(self.key)
        self.how = IconButton("circle-question-mark", self.tr("How do I find it?"))
        self.how.setFlat(True)
        self.how.setAutoDefault(False)
        self._help = TintedLabel(
            self.tr(
                "Open app.roboflow.com in your browser, choose the workspace, then Settings and API keys. "
                "Copy the private API key: jobs need it, the publishable one is not enough."
            )
        )
        self._help.hide()
        self.how.clicked.connect(lambda _checked=False: self._help.setVisible(self._help.isHidden()))
        self.trouble = TintedLabel("", Tint.BAD)
        self.trouble.hide()
        self.address = QLineEdit(ROBOFLOW_ADDRESS)
        self.address.setAccessibleName(self.tr("Address"))
        self.address.textChanged.connect(self._on_changed)
        address = QWidget()
        form = QFormLayout(address)
        form.setContentsMargins(unit(self) * 5, 0, 0, 0)
        form.addRow(self.tr("Address"), self.address)
        fold = Fold(self.tr("More"), address)
        fold.setVisible(with_address)
        self.more = fold.button
        self._lay_out(fold)

    @property
    def is_filled(self) -> bool:
        """See `AccountForm`."""
        return bool(self.key.text().strip())

    def begin(self) -> None:
        """See `AccountForm`."""
        self.key.setFocus()

    async def connect_account(self, context: Context, account: Account | None) -> Account:
        """See `AccountForm`."""
        accounts, run = context.desk.accounts, context.background.run
        key, remember = self.key.text(), self.keeping.is_wanted
        if account is not None:
            return await run(accounts.replace_key(account.account_id, key, remember=remember))
        address = self.address.text().strip()
        return await run(accounts.connect_roboflow(key, address=address, remember=remember))

    def show_trouble(self, error: BatchdockError) -> None:
        """See `AccountForm`."""
        self._say(said(error))
        self.key.setFocus()
        self.key.selectAll()

    def clear_trouble(self) -> None:
        """See `AccountForm`."""
        self._say("")

    def forget(self) -> None:
        """See `AccountForm`."""
        self.key.forget()

    def _say(self, trouble: str) -> None:
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        self.key.setAccessibleDescription(trouble)

    def _lay_out(self, fold: QWidget) -> None:
        step = unit(self)
        first = QHBoxLayout()
        first.addWidget(self._intro)
        first.addWidget(self.how)
        first.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(first)
        layout.addWidget(self._help)
        layout.addWidget(self.key)
        layout.addWidget(self.trouble)
        layout.addSpacing(step * 2)
        layout.addWidget(self.keeping)
        layout.addWidget(fold)

    def _on_changed(self, _text: str) -> None:
        self.clear_trouble()
        self.changed.emit()
