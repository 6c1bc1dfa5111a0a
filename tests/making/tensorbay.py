"""Accounts at the fake TensorBay."""

import asyncio
from collections.abc import Awaitable, Callable

from batchdock.core.account import Account, KeyKept, ServiceKind
from batchdock.flows.desk import Desk
from batchdock.services.http.patience import Patience
from batchdock.services.tensorbay.service import TensorBayService
from fakes.tensorbay import TensorBay

QUICK = Patience(tries=5, base=0.01, ceiling=0.05)
"""Tries as often as the app does, without a person's time for the pauses."""


def account_of(bay: TensorBay, *, account_id: str = "bay-test", tls: bool = False) -> Account:
    """Return an account whose address is the stand-in's, without TLS unless wanted."""
    user = bay.state.user
    return Account(
        account_id,
        ServiceKind.TENSORBAY,
        "TensorBay test",
        user["id"],
        bay.url if tls else bay.plain_url,
        KeyKept.UNTIL_QUIT,
        (("project", user["nickname"]),),
    )


def connected(bay: TensorBay, *, patience: Patience = QUICK, tls: bool = False) -> TensorBayService:
    """Return the adapter. The caller closes it."""
    return TensorBayService(account_of(bay, tls=tls), bay.key, patience=patience)


def run(bay: TensorBay, work: Callable[[TensorBayService], Awaitable[None]], *, patience: Patience = QUICK) -> None:
    """Do `work` with a client of the stand-in, on a loop of its own, and close the client."""

    async def scenario() -> None:
        service = connected(bay, patience=patience)
        try:
            await work(service)
        finally:
            await service.close()

    asyncio.run(scenario())


async def connect_desk(desk: Desk, bay: TensorBay, *, name: str = "", tls: bool = False) -> Account:
    """Connect an account of a desk, as a person would."""
    return await desk.accounts.connect_tensorbay(bay.key, address=bay.url if tls else bay.plain_url, name=name)
