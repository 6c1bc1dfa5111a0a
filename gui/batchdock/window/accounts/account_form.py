"""What the forms of all services share, so that the dialog around them need not know which it shows."""

from abc import abstractmethod

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from batchdock.core.account import Account
from batchdock.core.errors import BatchdockError, ConnectionProblem, KeyRefused
from batchdock.flows.accounts import KeystoreState
from batchdock.window.accounts.keeping import Keeping
from batchdock.window.context import Context
from batchdock.window.messages import in_sentences, worded
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


class AccountForm(QWidget):
    """Asks for what an account needs. It forgets every secret as soon as it is told to."""

    changed = Signal()
    ask_keystore_again = Signal()

    def __init__(self, offer: str, parent: QWidget | None = None) -> None:
        """`offer` is what is said beside the tick that remembers."""
        super().__init__(parent)
        self.keeping = Keeping(offer)
        self.keeping.ask_again.connect(self.ask_keystore_again)
        self.remember = self.keeping.remember
        self.again = self.tr("New key for “%1”")
        """What the dialog is called for a connected account, whose name is %1."""

    @property
    @abstractmethod
    def is_filled(self) -> bool:
        """True where nothing is missing any more."""

    @abstractmethod
    def begin(self) -> None:
        """Give the keyboard to the first field."""

    @abstractmethod
    async def connect_account(self, context: Context, account: Account | None) -> Account:
        """Connect a new account, or let a connected one sign in anew. Raise what is wrong."""

    @abstractmethod
    def show_trouble(self, error: BatchdockError) -> None:
        """Say what is wrong where it can be put right, and go there."""

    @abstractmethod
    def clear_trouble(self) -> None:
        """Take back what was said."""

    @abstractmethod
    def forget(self) -> None:
        """Clear every secret and its undo history."""

    def show_keystore(self, state: KeystoreState) -> None:
        """Offer to remember it where that is possible, and say plainly where it is not."""
        self.keeping.show_keystore(state)

    def wait_for_keystore(self) -> None:
        """Say that the password store is being asked."""
        self.keeping.wait()


class Spot(QWidget):
    """A control, and under it what is wrong with what is in it."""

    def __init__(self, control: QWidget, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.control = control
        self.hint = TintedLabel(hint)
        self.hint.setVisible(bool(hint))
        self.trouble = TintedLabel(tint=Tint.BAD)
        self.trouble.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self))
        for widget in (control, self.hint, self.trouble):
            layout.addWidget(widget)

    def say(self, text: str) -> None:
        """Say what is wrong; an empty text takes it back."""
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))
        self.control.setAccessibleDescription(text or self.hint.text())


def said(error: BatchdockError) -> str:
    """Return what stands under a field: what happened and what to do. That work waits is not true of a first try."""
    title, message, advice = worded(error)
    about_work_that_waits = error.message in (KeyRefused.message, ConnectionProblem.message)
    return in_sentences((title, advice) if about_work_that_waits else (title, message, advice))
