"""What differs between the kinds of accounts: which adapter connects them, and how they are told from one another."""

import re
from dataclasses import replace

from batchdock.core.account import Account, ServiceKind
from batchdock.core.credentials import read_credentials
from batchdock.core.errors import AccountKeyRefused, KeyMissing, KeyRefused, PublishableKey
from batchdock.core.ports import Capabilities, Service
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.patience import Patience
from batchdock.services.huawei.place import place_of
from batchdock.services.roboflow.service import HERE, THERE, RoboflowService
from batchdock.services.tensorbay.place import place_of as tensorbay_place_of


def connect(account: Account, key: str, *, patience: Patience | None = None, limits: Limits = LIMITS) -> Service:
    """Return the client of an account. `key` is what its password store item says. Nothing is asked yet.

    Raise `KeyMissing` for a key that is none of this kind of account.
    """
    if account.service is ServiceKind.HUAWEI:
        # Here, because few people have all services, and each takes a while to load.
        from batchdock.services.huawei.service import HuaweiService

        try:
            return HuaweiService(account, key, patience=patience, limits=limits)
        except ValueError:
            raise KeyMissing(account=account.name) from None
    if account.service is ServiceKind.TENSORBAY:
        from batchdock.services.tensorbay.service import TensorBayService

        return TensorBayService(account, key, patience=patience, limits=limits)
    return RoboflowService(account, key, patience=patience, limits=limits)


def capabilities_of(account: Account) -> Capabilities:
    """Return what an account's service can do, by its kind and its settings."""
    if account.service is ServiceKind.HUAWEI:
        from batchdock.services.huawei.capabilities import capabilities_of_huawei

        return capabilities_of_huawei(account)
    if account.service is ServiceKind.TENSORBAY:
        from batchdock.services.tensorbay.capabilities import capabilities_of_tensorbay

        return capabilities_of_tensorbay(account)
    return HERE if account.is_this_computer else THERE


async def identified(account: Account, key: str) -> Account:
    """Ask the service by real calls whom `key` lets in; return the account with what was found, named after it.

    Raise what is wrong: `KeyRefused`, `ProjectUnknown`, `AccessDenied`, `ConnectionProblem`, `ServiceError`.
    """
    if account.service is ServiceKind.HUAWEI:
        from batchdock.services.huawei.checking import check

        try:
            credentials = read_credentials(key)
        except ValueError:
            raise KeyMissing(account=account.name) from None
        return await check(account, credentials)
    if account.service is ServiceKind.TENSORBAY:
        from batchdock.services.tensorbay.checking import check as check_tensorbay

        if not key:
            raise AccountKeyRefused(service="TensorBay")
        return await check_tensorbay(account, key)
    if not key:
        raise KeyRefused(service="Roboflow")
    service = RoboflowService(account, key)
    try:
        workspace = await service.check_key()
    except KeyRefused as error:
        if key.startswith("rf_"):  # Publishable keys are `rf_<workspace>` (contract §1.2).
            raise PublishableKey(details=error.details, **error.values) from None
        raise
    finally:
        await service.close()
    return replace(account, workspace=workspace, name=account.name or workspace)


def addresses_of(account: Account) -> tuple[str, ...]:
    """Return the addresses of all hosts that requests of an account go to."""
    if account.service is ServiceKind.HUAWEI:
        return place_of(account).addresses
    if account.service is ServiceKind.TENSORBAY:
        return tensorbay_place_of(account).addresses
    return (account.address,) if account.address else ()


def account_id_for(account: Account) -> str:
    """Return the id that an account gets where no other has it."""
    if account.service is ServiceKind.HUAWEI:
        return "-".join(filter(None, ("huawei", slug(account.setting("region")), slug(workspace_name(account)))))
    if account.service is ServiceKind.TENSORBAY:
        # Shortened, as people name themselves, and folders are named after ids.
        return f"tensorbay-{slug(workspace_name(account))[:40]}".rstrip("-")
    return f"roboflow-{account.workspace}"


def are_same(one: Account, other: Account) -> bool:
    """Tell whether two accounts are one: the same workspace of the same service."""
    if (one.service, one.workspace) != (other.service, other.workspace):
        return False
    if one.service is ServiceKind.HUAWEI:  # Which of its hosts are used can be changed at any time.
        return all(one.setting(each) == other.setting(each) for each in ("region", "iam_endpoint"))
    if one.service is ServiceKind.TENSORBAY:  # The id of a user; where the service is may change, as it has before.
        return True
    return one.address == other.address


def workspace_name(account: Account) -> str:
    """Return what people call the workspace of an account."""
    return account.setting("project") or account.workspace


def slug(text: str) -> str:
    """Return `text` with nothing but small Latin letters and digits, and hyphens between them."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
