"""Accounts at the fake Huawei Cloud."""

import asyncio
from collections.abc import Awaitable, Callable

from batchdock.core.account import Account, KeyKept, ServiceKind
from batchdock.core.credentials import AccessKey, Credentials, Password, Token, written
from batchdock.flows.accounts import HuaweiWish
from batchdock.flows.desk import Desk
from batchdock.services.http.patience import Patience
from batchdock.services.huawei.service import HuaweiService
from fakes.huawei import HuaweiCloud

QUICK = Patience(tries=5, base=0.01, ceiling=0.05)
"""Tries as often as the app does, without a person's time for the pauses."""


def password_of(cloud: HuaweiCloud) -> Password:
    """Return the user with their password."""
    return Password(cloud.user, cloud.password, cloud.domain)


def access_key_of(cloud: HuaweiCloud) -> AccessKey:
    """Return the key that signs."""
    return AccessKey(cloud.ak, cloud.sk)


def token_of(cloud: HuaweiCloud) -> Token:
    """Return a token that was got elsewhere."""
    return Token(cloud.token())


def account_of(
    cloud: HuaweiCloud,
    *,
    vias: str = "v2",
    iva: tuple[str, ...] = ("c-face-edge",),
    account_id: str = "huawei-test",
) -> Account:
    """Return an account whose addresses are the cloud's."""
    settings = {
        "region": cloud.region,
        "project_id": cloud.project_id,
        "project": cloud.project,
        "vias": vias,
        "iva": ",".join(iva),
        "iam_endpoint": cloud.iam,
        "vias_endpoint": cloud.vias if vias else "",
        "iva_endpoint": cloud.iva if iva else "",
    }
    return Account(
        account_id,
        ServiceKind.HUAWEI,
        "Huawei Cloud test",
        cloud.project_id,
        cloud.vias if vias else cloud.iva,
        KeyKept.UNTIL_QUIT,
        tuple((name, value) for name, value in settings.items() if value),
    )


def connected(
    cloud: HuaweiCloud,
    credentials: Credentials | None = None,
    *,
    vias: str = "v2",
    iva: tuple[str, ...] = ("c-face-edge",),
    account_id: str = "huawei-test",
    patience: Patience = QUICK,
) -> HuaweiService:
    """Return the adapter, with the password unless told otherwise. The caller closes it."""
    account = account_of(cloud, vias=vias, iva=iva, account_id=account_id)
    return HuaweiService(account, written(credentials or password_of(cloud)), patience=patience)


async def connect_desk(
    desk: Desk,
    cloud: HuaweiCloud,
    credentials: Credentials | None = None,
    *,
    vias: str = "v2",
    iva: tuple[str, ...] = ("c-face-edge",),
    name: str = "",
) -> Account:
    """Connect an account of a desk, as a person would."""
    wish = HuaweiWish(
        region=cloud.region,
        vias=vias,
        iva=iva,
        iam_endpoint=cloud.iam,
        vias_endpoint=cloud.vias if vias else "",
        iva_endpoint=cloud.iva if iva else "",
    )
    return await desk.accounts.connect_huawei(wish, credentials or password_of(cloud), name=name)


def run(
    cloud: HuaweiCloud,
    work: Callable[[HuaweiService], Awaitable[None]],
    *,
    vias: str = "v2",
    iva: tuple[str, ...] = ("c-face-edge",),
    patience: Patience = QUICK,
) -> None:
    """Do `work` with a client of the cloud, on a loop of its own, and close the client."""

    async def scenario() -> None:
        service = connected(cloud, vias=vias, iva=iva, patience=patience)
        try:
            await work(service)
        finally:
            await service.close()

    asyncio.run(scenario())
