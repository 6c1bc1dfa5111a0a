"""Whether what an account signs in with is remembered, and what is said about where."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from batchdock.flows.accounts import KeystoreState
from batchdock.window.messages import worded
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel


class Keeping(QWidget):
    """Offers to remember it where this computer has a password store, and says plainly where it has none."""

    ask_again = Signal()

    def __init__(self, offer: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: KeystoreState | None = None
        self.remember = QCheckBox(offer)
        self.remember.setAccessibleName(offer)
        self.remember.setEnabled(False)
        self.remember.toggled.connect(self._write)
        self._kept = TintedLabel(self.tr("Asking the password store of this computer…"))
        self._ask_again = QPushButton(self.tr("Ask again"))
        self._ask_again.setAccessibleName(self.tr("Ask the password store again"))
        self._ask_again.setAutoDefault(False)
        self._ask_again.hide()
        self._ask_again.clicked.connect(lambda _checked=False: self.ask_again.emit())
        kept = QHBoxLayout()
        kept.addWidget(self._kept, 1)
        kept.addWidget(self._ask_again)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        layout.addWidget(self.remember)
        layout.addLayout(kept)

    @property
    def is_wanted(self) -> bool:
        """True where it is to be remembered."""
        return self.remember.isChecked()

    def wait(self) -> None:
        """Say that the password store is being asked."""
        self._ask_again.hide()
        self._kept.setText(self.tr("Asking the password store of this computer…"))

    def show_keystore(self, state: KeystoreState) -> None:
        """Take over what the password store can do."""
        self._state = state
        self.remember.setEnabled(state.usable)
        self.remember.setChecked(state.usable)
        self._ask_again.setVisible(not state.usable)
        self._write()

    def _write(self) -> None:
        state = self._state
        if state is None:
            return
        if not state.usable:
            title = worded(state.error)[0] if state.error is not None else ""
            until_quit = self.tr("It is kept until you quit, and never written to a file.")
            self._kept.setText(f"{title}. {until_quit}" if title else until_quit)
        elif self.remember.isChecked():
            saved = self.tr("Saved in %1, not in this app's files.")
            self._kept.setText(saved.replace("%1", QCoreApplication.translate("keystore", state.name)))
        else:
            self._kept.setText(self.tr("It is kept until you quit. You will be asked for it next time."))
