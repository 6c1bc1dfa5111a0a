"""Jobs that are made without any files of this computer, such as those over cameras: which accounts make them."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from batchdock.core.inventory import Action, On
from batchdock.flows.accounts import Accounts
from batchdock.window.inventory.offering import action_text


@dataclass(frozen=True, slots=True)
class Making:
    """One way to make a job. `text` is written on its button or entry."""

    account_id: str
    action: Action
    text: str


def makings(accounts: Accounts) -> list[Making]:
    """Return every way there is, in the order of the accounts."""
    return [
        Making(account.account_id, action, _text(action, account.name))
        for account in accounts.all()
        for action in accounts.capabilities(account.account_id).job_actions
        if action.on is On.NOTHING
    ]


def _text(action: Action, account: str) -> str:
    said = action_text(action)
    dots = "…" if said.endswith("…") else ""
    text = QCoreApplication.translate("jobs", "%1 at “%2”").replace("%1", said.removesuffix("…"))
    return text.replace("%2", account) + dots
