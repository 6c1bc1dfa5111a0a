"""Where an account's jobs are: region, project, and the three hosts that answer (contract §0, §7)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from batchdock.core.account import Account, ServiceKind

VIAS_REGIONS = ("ap-southeast-1", "ap-southeast-3", "ap-southeast-4", "cn-east-3", "cn-north-4", "cn-south-1")
IVA_REGIONS = (
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "cn-east-2",
    "cn-east-3",
    "cn-north-1",
    "cn-north-4",
    "cn-south-1",
)
REGIONS = tuple(sorted({*VIAS_REGIONS, *IVA_REGIONS}))


@dataclass(frozen=True, slots=True)
class Place:
    """`project_id` is empty until it has been found. `vias` is "v1", "v2" or "" for none; `iva` names its services.

    The three addresses have scheme, host and port and nothing else, as with the vendor's own clients (contract §0).
    """

    region: str
    project_id: str
    project: str
    vias: str
    iva: tuple[str, ...]
    iam: str
    vias_address: str
    iva_address: str

    @property
    def addresses(self) -> tuple[str, ...]:
        """The hosts that are used."""
        used = ((self.iam, True), (self.vias_address, bool(self.vias)), (self.iva_address, bool(self.iva)))
        return tuple(dict.fromkeys(address for address, is_used in used if is_used))


def place_of(account: Account) -> Place:
    """Return where an account's jobs are."""
    region = account.setting("region")
    return Place(
        region=region,
        project_id=account.setting("project_id"),
        project=account.setting("project"),
        vias=account.setting("vias"),
        iva=names(account.setting("iva")),
        iam=_origin(account.setting("iam_endpoint")) or f"https://iam.{region}.myhuaweicloud.com",
        vias_address=_origin(account.setting("vias_endpoint")) or f"https://vias.{region}.myhuaweicloud.com",
        iva_address=_origin(account.setting("iva_endpoint")) or f"https://iva.{region}.myhuaweicloud.com",
    )


def account_for(settings: dict[str, str], *, account_id: str = "", name: str = "") -> Account:
    """Return the account that these settings describe, without those that were left to the service."""
    kept = {key: value.strip() for key, value in settings.items() if value.strip()}
    for key in ("iam_endpoint", "vias_endpoint", "iva_endpoint"):
        if key in kept:
            kept[key] = _origin(kept[key])
    if "iva" in kept:
        kept["iva"] = ",".join(names(kept["iva"]))
    account = Account(
        account_id=account_id,
        service=ServiceKind.HUAWEI,
        name=name,
        workspace=kept.get("project_id", ""),
        address="",
        settings=tuple(kept.items()),
    )
    place = place_of(account)
    address = place.vias_address if place.vias or not place.iva else place.iva_address
    return Account(
        account_id=account_id,
        service=ServiceKind.HUAWEI,
        name=name,
        workspace=account.workspace,
        address=address,
        settings=account.settings,
    )


def names(text: str) -> tuple[str, ...]:
    """Return the names of a list with commas between them, each once."""
    return tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))


def _origin(address: str) -> str:
    """Return scheme, host and port of an address; https where it says none. A user and a password are not kept."""
    address = address.strip()
    if address and "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if host else ""
