"""The form of Huawei Cloud: where the jobs are, and how to sign in."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from batchdock.core.account import Account
from batchdock.core.errors import (
    AccessDenied,
    BatchdockError,
    ConnectionProblem,
    KeyRefused,
    NotFound,
    NotSubscribed,
    ProjectUnknown,
    UnreadableAnswer,
)
from batchdock.window.accounts.account_form import AccountForm, Spot, said
from batchdock.window.accounts.credentials_form import CredentialsForm
from batchdock.window.accounts.huawei_place import HuaweiPlace
from batchdock.window.context import Context
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


class HuaweiForm(AccountForm):
    """Asks for everything, or of a connected account only for how it signs in from now on."""

    def __init__(self, *, with_place: bool, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Remember the sign-in on this computer"), parent)
        self.place, self.credentials = HuaweiPlace(), CredentialsForm()
        self._with_place = with_place
        self.trouble = TintedLabel(tint=Tint.BAD)
        self.trouble.hide()
        self.place.changed.connect(self._on_changed)
        self.credentials.changed.connect(self._on_changed)
        step = unit(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 3)
        layout.addWidget(self.place)
        layout.addWidget(self.credentials)
        layout.addWidget(self.trouble)
        layout.addWidget(self.keeping)
        self.place.setVisible(with_place)

    @property
    def is_filled(self) -> bool:
        """See `AccountForm`."""
        return self.credentials.is_filled and (not self._with_place or self.place.is_filled)

    def begin(self) -> None:
        """See `AccountForm`."""
        if self._with_place:
            self.place.region_choice.setFocus()
        else:
            self.credentials.user.setFocus()

    async def connect_account(self, context: Context, account: Account | None) -> Account:
        """See `AccountForm`."""
        accounts, run = context.desk.accounts, context.background.run
        credentials, remember = self.credentials.credentials(), self.keeping.is_wanted
        if account is not None:
            return await run(accounts.replace_credentials(account.account_id, credentials, remember=remember))
        return await run(accounts.connect_huawei(self.place.wish(), credentials, remember=remember))

    def show_trouble(self, error: BatchdockError) -> None:
        """See `AccountForm`."""
        if isinstance(error, ProjectUnknown):
            known = str(error.values.get("known", "")).rstrip("…")
            self.place.offer_projects([name for each in known.split(",") if (name := each.strip()) not in ("", "–")])
        spot = self._spot_of(error)
        if spot is None:
            self.trouble.setText(said(error))
            self.trouble.show()
            return
        if spot in self.place.addresses.values():
            self.place.more.unfold(True)
        spot.say(said(error))
        spot.control.setFocus()

    def clear_trouble(self) -> None:
        """See `AccountForm`."""
        self.trouble.hide()
        self.place.clear_trouble()
        self.credentials.clear_trouble()

    def forget(self) -> None:
        """See `AccountForm`."""
        self.credentials.forget()

    # --- inside

    def _spot_of(self, error: BatchdockError) -> Spot | None:
        """Return where what is wrong can be put right: None where nothing in the form can."""
        if isinstance(error, KeyRefused):
            return self.credentials.spot
        if not self._with_place:
            return None
        if isinstance(error, ProjectUnknown):
            return self.place.project
        if isinstance(error, ConnectionProblem | UnreadableAnswer):
            return self.place.spot_of_host(str(error.values.get("host", "")))
        if isinstance(error, NotSubscribed | AccessDenied | NotFound):
            return self.place.use
        return None

    def _on_changed(self) -> None:
        self.clear_trouble()
        self.changed.emit()
