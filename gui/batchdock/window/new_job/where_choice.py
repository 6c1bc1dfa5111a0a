"""Where the work is done: This computer first, then every connected account."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from batchdock.core.account import Account, KeyKept
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel


class WhereChoice(QWidget):
    """One radio button an account, and under it what choosing it means."""

    changed = Signal()

    def __init__(self, accounts: Sequence[Account], preferred: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = tuple(accounts)
        self._cluster: str | None = None
        self._fetched = False
        self._group = QButtonGroup(self)
        self._meanings: list[TintedLabel] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) // 2)
        for place, account in enumerate(self._accounts):
            button = QRadioButton(self._name(account))
            meaning = TintedLabel()
            meaning.setIndent(unit(self) * 6)
            button.setEnabled(account.key_kept is not KeyKept.MISSING)
            self._group.addButton(button, place)
            self._meanings.append(meaning)
            layout.addWidget(button)
            layout.addWidget(meaning)
        self._write()
        self.choose(preferred)
        self._group.idToggled.connect(self._on_toggled)
        self.setFocusProxy(self._group.button(self._group.checkedId()))

    def account(self) -> Account:
        """Return the chosen account."""
        return self._accounts[self._group.checkedId()]

    def choose(self, account_id: str) -> None:
        """Choose an account; one that is unknown or has no key gives way to the first that can be used."""
        usable = [place for place in range(len(self._accounts)) if self._group.button(place).isEnabled()]
        wanted = [place for place in usable if self._accounts[place].account_id == account_id]
        self._group.button((wanted or usable)[0]).setChecked(True)

    def show_only(self, account_id: str) -> None:
        """Leave nothing to choose: what the job is over is at this account."""
        for place, account in enumerate(self._accounts):
            shown = account.account_id == account_id
            self._group.button(place).setVisible(shown)
            self._meanings[place].setVisible(shown)
        self.choose(account_id)

    def say_cluster(self, address: str) -> None:
        """Say whether This computer hands the work on: `address` is of a cluster, empty where there is none."""
        self._cluster = address
        self._write()

    def say_fetched(self) -> None:
        """Say that the files lie somewhere else, and are fetched from there."""
        self._fetched = True
        self._write()

    def _write(self) -> None:
        for place, account in enumerate(self._accounts):
            meaning, button = self._meanings[place], self._group.button(place)
            meaning.setText(self._meaning(account))
            button.setAccessibleName(f"{button.text()}. {meaning.text()}")

    def _on_toggled(self, place: int, checked: bool) -> None:
        if checked:
            self.setFocusProxy(self._group.button(place))
            self.changed.emit()

    def _name(self, account: Account) -> str:
        if account.is_this_computer:
            return self.tr("This computer")
        return account.name

    def _meaning(self, account: Account) -> str:
        if self._fetched and account.key_kept is not KeyKept.MISSING:
            if account.is_this_computer:
                return self.tr("Free. The files are fetched to this computer.")
            return self.tr("The files are fetched into the Roboflow workspace “%1”. Uses credits.").replace(
                "%1", account.workspace
            )
        if account.is_this_computer:
            if self._cluster is None:
                return self.tr("Free.")
            if self._cluster:
                return self.tr("Free. The files go to your cluster at %1.").replace("%1", self._cluster)
            return self.tr("Free. Nothing is sent anywhere.")
        if account.key_kept is KeyKept.MISSING:
            return self.tr("Its key is not here. Enter it again under Account.")
        return self.tr("Files are uploaded to the Roboflow workspace “%1”. Uses credits.").replace(
            "%1", account.workspace
        )
