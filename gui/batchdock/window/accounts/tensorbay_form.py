"""The form of TensorBay: a key, whose spelling tells the host, and addresses for who needs other ones."""

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from batchdock.core.account import Account, KeyKept
from batchdock.core.errors import (
    AccountError,
    AddressNeeded,
    AddressUnusable,
    BatchdockError,
    ConnectionProblem,
    NotFound,
    UnreadableAnswer,
)
from batchdock.flows.accounts import TENSORBAY_ADDRESSES, tensorbay_address_for
from batchdock.window.accounts.account_form import AccountForm, Spot, said
from batchdock.window.accounts.fold import Fold
from batchdock.window.accounts.secret_field import SecretField
from batchdock.window.context import Context
from batchdock.window.icon_button import IconButton
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel

_SPELLED = len("Accesskey-")
"""A key of so many letters would have told by now."""


class TensorBayForm(AccountForm):
    """Asks for a key; of a connected account for another key, another address, or both."""

    def __init__(self, *, account: Account | None, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Remember the key on this computer"), parent)
        self._account = account
        self.again = self.tr("Key and address of “%1”")
        self.key = SecretField(self.tr("Access key"))
        if account is not None and account.key_kept is not KeyKept.MISSING:
            self.key.setPlaceholderText(self.tr("Leave it empty to keep the key there is"))
        self.how = IconButton("circle-question-mark", self.tr("How do I find it?"))
        self.how.setFlat(True)
        self.how.setAutoDefault(False)
        self._help = TintedLabel(
            self.tr(
                "Sign in at gas.graviti.cn or gas.graviti.com in your browser and open the developer tools: "
                "access keys are made and copied there."
            )
        )
        self._help.hide()
        self.how.clicked.connect(lambda _checked=False: self._help.setVisible(self._help.isHidden()))
        self.going_to = TintedLabel()
        self.address_choice, self.sextant = QComboBox(editable=True), QLineEdit()
        self.address = QLineEdit()
        self.address_choice.setLineEdit(self.address)
        self.address_choice.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.address_choice.addItems(TENSORBAY_ADDRESSES)
        # By itself it would be as wide as its longest address, and wider than the dialog.
        self.address_choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for line, name in ((self.address, self.tr("Address")), (self.sextant, self.tr("Address of the evaluations"))):
            line.setAccessibleName(name)
        self.address_choice.setAccessibleName(self.tr("Address"))
        self.sextant.setPlaceholderText(self.tr("On the same host"))
        self.address.setText(account.address if account is not None else "")
        self.address.setCursorPosition(0)
        self.sextant.setText(account.setting("sextant") if account is not None else "")
        self._before = self._addresses()
        self.key_spot, self.address_spot, self.sextant_spot = (
            Spot(each) for each in (self.key, self.address_choice, self.sextant)
        )
        self.trouble = TintedLabel(tint=Tint.BAD)
        self.trouble.hide()
        self.more = Fold(self.tr("Change address"), self._more())
        self._lay_out()
        for line in (self.key, self.address, self.sextant):
            line.textChanged.connect(self._on_changed)
        self._say_where()

    @property
    def is_filled(self) -> bool:
        """See `AccountForm`."""
        if self._account is not None:
            return bool(self._key()) or self._addresses() != self._before
        return bool(self._key() and self._going_to())

    def begin(self) -> None:
        """See `AccountForm`."""
        self.key.setFocus()

    async def connect_account(self, context: Context, account: Account | None) -> Account:
        """See `AccountForm`."""
        accounts, run = context.desk.accounts, context.background.run
        key, remember = self._key(), self.keeping.is_wanted
        address, sextant = self._addresses()
        if account is not None:
            return await run(
                accounts.change_tensorbay(
                    account.account_id, key=key, address=address, sextant=sextant, remember=remember
                )
            )
        return await run(accounts.connect_tensorbay(key, address=address, sextant=sextant, remember=remember))

    def show_trouble(self, error: BatchdockError) -> None:
        """See `AccountForm`."""
        spot = self._spot_of(error)
        if spot is None:
            self.trouble.setText(said(error))
            self.trouble.show()
            return
        if spot is not self.key_spot:
            self.more.unfold(True)
        spot.say(said(error))
        spot.control.setFocus()

    def clear_trouble(self) -> None:
        """See `AccountForm`."""
        self.trouble.hide()
        for spot in (self.key_spot, self.address_spot, self.sextant_spot):
            spot.say("")

    def forget(self) -> None:
        """See `AccountForm`."""
        self.key.forget()

    # --- inside

    def _key(self) -> str:
        return self.key.text().strip()

    def _addresses(self) -> tuple[str, str]:
        return self.address.text().strip(), self.sextant.text().strip()

    def _going_to(self) -> str:
        """Return the address that the key goes to; empty where nobody knows."""
        return self._addresses()[0] or tensorbay_address_for(self._key())

    def _say_where(self) -> None:
        host, own = (QUrl.fromUserInput(each).host() for each in (self._going_to(), self._addresses()[1]))
        is_open = not host and len(self._key()) > _SPELLED
        if host and own not in ("", host):
            self.going_to.setText(self.tr("The key is sent to %1 and %2 only.").replace("%1", host).replace("%2", own))
        elif host:
            self.going_to.setText(self.tr("The key is sent to %1 only.").replace("%1", host))
        elif is_open:
            self.going_to.setText(self.tr("This key does not tell which address it is for. Choose the address below."))
            self.more.unfold(True)
        else:
            self.going_to.setText(self.tr("Its spelling tells which address it is for."))
        self.address.setPlaceholderText(
            self.tr("Choose one, or type your own") if is_open else self.tr("Found by the spelling of the key")
        )

    def _spot_of(self, error: BatchdockError) -> Spot | None:
        """Return where what is wrong can be put right: None where nothing in the form can."""
        if isinstance(error, AddressUnusable) and error.values.get("address") == self._addresses()[1]:
            return self.sextant_spot
        if isinstance(error, AddressNeeded | AddressUnusable | ConnectionProblem | UnreadableAnswer | NotFound):
            return self.address_spot
        if isinstance(error, AccountError):
            return self.key_spot
        return None

    def _more(self) -> QWidget:
        content, step = QWidget(), unit(self)
        form = QFormLayout(content)
        form.setContentsMargins(step * 5, 0, 0, 0)
        form.setHorizontalSpacing(step * 3)
        form.setVerticalSpacing(step * 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for label, spot in ((self.tr("&Address"), self.address_spot), (self.tr("&Evaluations"), self.sextant_spot)):
            called = QLabel(label)
            called.setBuddy(spot.control)
            form.addRow(called, spot)
        return content

    def _lay_out(self) -> None:
        step = unit(self)
        intro = QLabel(self.tr("Paste your access key."))
        intro.setBuddy(self.key)
        first = QHBoxLayout()
        first.addWidget(intro)
        first.addWidget(self.how)
        first.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(first)
        layout.addWidget(self._help)
        layout.addWidget(self.key_spot)
        layout.addWidget(self.going_to)
        layout.addWidget(self.trouble)
        layout.addSpacing(step * 2)
        layout.addWidget(self.keeping)
        layout.addWidget(self.more)

    def _on_changed(self, _text: str) -> None:
        self.clear_trouble()
        self._say_where()
        self.changed.emit()
