"""Where an account's datasets are: two bases of addresses, and a host that the key tells of (contract §1.1)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from batchdock.core.account import Account, ServiceKind
from batchdock.core.errors import AddressUnusable
from batchdock.services.http.places import is_loopback
from batchdock.services.http.redaction import redacted

CHINA = "gas.graviti.cn"
WORLD = "gas.graviti.com"
_HOSTS = (("Accesskey-", CHINA), ("ACCESSKEY-", WORLD))
_API = "/gatewayv2/tensorbay-open-api"
_SEXTANT = "/gatewayv2/apps-sextant"

ADDRESSES = tuple(f"https://{host}{_API}" for host in (CHINA, WORLD))
"""The bases of the two hosts there are."""


@dataclass(frozen=True, slots=True)
class Place:
    """The bases of both families of requests, without the version and without a slash at the end."""

    api: str
    sextant: str

    @property
    def addresses(self) -> tuple[str, ...]:
        """The hosts that are used: one, unless a person says otherwise."""
        return tuple(dict.fromkeys(_origin(each) for each in (self.api, self.sextant)))


def place_of(account: Account) -> Place:
    """Return where an account's datasets and its evaluations are."""
    api = account.address
    return Place(api, account.setting("sextant") or sextant_of(api))


def host_for(key: str) -> str:
    """Return the host that takes a key of this spelling; empty where the spelling does not tell."""
    return next((host for prefix, host in _HOSTS if key.startswith(prefix)), "")


def address_for(key: str) -> str:
    """Return the base that takes a key of this spelling; empty where the spelling does not tell."""
    host = host_for(key)
    return f"https://{host}{_API}" if host else ""


def sextant_of(api: str) -> str:
    """Return the base of the evaluations beside an API's."""
    if api.endswith(_API):
        return api.removesuffix(_API) + _SEXTANT
    return f"{_origin(api)}{_SEXTANT}"


def account_for(address: str, sextant: str, *, account_id: str = "", name: str = "") -> Account:
    """Return the account that these addresses describe. Raise `AddressUnusable` for those that are none."""
    api = base_of(address)
    own = base_of(sextant) if sextant.strip() else ""
    return Account(
        account_id=account_id,
        service=ServiceKind.TENSORBAY,
        name=name,
        workspace="",
        address=api,
        settings=(("sextant", own),) if own and own != sextant_of(api) else (),
    )


def base_of(address: str) -> str:
    """Return an address as it is kept: scheme, host and path, https where it says none.

    A user, a password, a query and the version at its end are not kept; a host alone gets the usual path.
    Raise `AddressUnusable` for what is no address, and for one on whose way anybody could read the key.
    """
    typed = address = address.strip()
    if address and "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and (parts.port or 0) >= 0 and " " not in parts.netloc
    except ValueError:
        raise AddressUnusable(address=redacted(typed)) from None
    if not usable or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(address))):
        raise AddressUnusable(address=redacted(typed))
    path = parts.path.rstrip("/").removesuffix("/v1").rstrip("/") or _API
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
