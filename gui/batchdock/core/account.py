"""Who does the work: an account at a service. *This computer* is one that is always there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ServiceKind(StrEnum):
    """The services Batchdock has an adapter for."""

    THIS_COMPUTER = "this-computer"
    ROBOFLOW = "roboflow"
    HUAWEI = "huawei"
    TENSORBAY = "tensorbay"


class KeyKept(StrEnum):
    """Where the key of an account is."""

    NOT_NEEDED = "not-needed"
    IN_KEYRING = "in-keyring"
    UNTIL_QUIT = "until-quit"
    MISSING = "missing"


THIS_COMPUTER_ID = "this-computer"


@dataclass(frozen=True, slots=True)
class Account:
    """An account without its key. `name` is what people read; `workspace` is the service's slug.

    `settings` are what else its service has to be told to be reached, by name; never a secret.
    """

    account_id: str
    service: ServiceKind
    name: str
    workspace: str
    address: str
    key_kept: KeyKept = KeyKept.NOT_NEEDED
    settings: tuple[tuple[str, str], ...] = ()

    def setting(self, name: str) -> str:
        """Return a setting; empty where it was left to the service."""
        return dict(self.settings).get(name, "")

    @property
    def is_this_computer(self) -> bool:
        """True for the embedded service: no account, nothing leaves the machine."""
        return self.service is ServiceKind.THIS_COMPUTER


class AccountBook(Protocol):
    """Where the list of accounts is kept, without keys."""

    def load(self) -> tuple[Account, ...]:
        """Return the accounts, in the order in which they were connected."""
        ...

    def save(self, accounts: Sequence[Account]) -> None:
        """Replace the list."""
        ...
