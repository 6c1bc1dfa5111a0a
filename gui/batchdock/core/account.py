"""Who does the work: an account at a service. *This computer* is one that is always there."""

from dataclasses import dataclass
from enum import StrEnum


class ServiceKind(StrEnum):
    """The services Batchdock has an adapter for."""

    THIS_COMPUTER = "this-computer"
    ROBOFLOW = "roboflow"


class KeyKept(StrEnum):
    """Where the key of an account is."""

    NOT_NEEDED = "not-needed"
    IN_KEYRING = "in-keyring"
    UNTIL_QUIT = "until-quit"
    MISSING = "missing"


THIS_COMPUTER_ID = "this-computer"


@dataclass(frozen=True, slots=True)
class Account:
    """An account without its key. `name` is what people read; `workspace` is the service's slug."""

    account_id: str
    service: ServiceKind
    name: str
    workspace: str
    address: str
    key_kept: KeyKept = KeyKept.NOT_NEEDED

    @property
    def is_this_computer(self) -> bool:
        """True for the embedded service: no account, nothing leaves the machine."""
        return self.service is ServiceKind.THIS_COMPUTER
