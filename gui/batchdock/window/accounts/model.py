"""The accounts as rows: light, name, workspace and where the key is."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from batchdock.core.account import Account, KeyKept
from batchdock.flows.news import Light
from batchdock.window.accounts.kinds import workspace_text
from batchdock.window.icons import icon
from batchdock.window.plain_text import tooltip_text
from batchdock.window.theme import Tint
from batchdock.window.two_lines import SECOND_LINE_ROLE

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

LIGHT_ICONS: dict[Light, tuple[str, Tint]] = {
    Light.OK: ("circle-check", Tint.GOOD),
    Light.SLOW: ("clock", Tint.WARNING),
    Light.NO_CONNECTION: ("cloud-off", Tint.BAD),
    Light.KEY_REFUSED: ("key-round", Tint.BAD),
}


class AccountsModel(QAbstractListModel):
    """This computer first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._accounts: list[Account] = []
        self._lights: dict[str, Light] = {}

    def show_accounts(self, accounts: Iterable[Account]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._accounts = list(accounts)
        self.endResetModel()

    def show_light(self, account_id: str, light: Light) -> None:
        """Take over how well an account is reached."""
        self._lights[account_id] = light
        for row, account in enumerate(self._accounts):
            if account.account_id == account_id:
                self.dataChanged.emit(self.index(row), self.index(row))

    def account(self, row: int) -> Account | None:
        """Return the account in `row`, or None outside."""
        return self._accounts[row] if 0 <= row < len(self._accounts) else None

    def name_of(self, account: Account) -> str:
        """Return what people call an account."""
        return self.tr("This computer") if account.is_this_computer else account.name

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._accounts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        account = self._accounts[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.name_of(account)
        if role == SECOND_LINE_ROLE:
            return self._second_line(account)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(account)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            said = f"{self.name_of(account)}, {self._second_line(account)}"
            return said if role == Qt.ItemDataRole.AccessibleTextRole else tooltip_text(said)
        return None

    def _icon(self, account: Account) -> Any:
        if account.key_kept is KeyKept.MISSING:
            return icon("key-round", Tint.WARNING)
        light = self._lights.get(account.account_id)
        if light is None:
            return icon("monitor" if account.is_this_computer else "cloud", Tint.MUTED)
        return icon(*LIGHT_ICONS[light])

    def _second_line(self, account: Account) -> str:
        if account.is_this_computer:
            return self.tr("Free. Works here, or on a cluster of your own.")
        lights = {
            Light.SLOW: self.tr("answers slowly"),
            Light.NO_CONNECTION: self.tr("no connection"),
            Light.KEY_REFUSED: self.tr("key not accepted"),
        }
        keys = {
            KeyKept.IN_KEYRING: self.tr("key in the password store"),
            KeyKept.UNTIL_QUIT: self.tr("key kept until you quit"),
            KeyKept.MISSING: self.tr("key missing: enter it again"),
        }
        said = (
            workspace_text(account),
            keys.get(account.key_kept, ""),
            lights.get(self._lights.get(account.account_id, Light.OK), ""),
        )
        return " · ".join(part for part in said if part)
