"""Clients of a fake cloud that do not wait long between their tries."""

import asyncio
from collections.abc import Awaitable, Callable

from batchdock.core.account import THIS_COMPUTER_ID, Account, KeyKept, ServiceKind
from batchdock.services.http.patience import Patience
from batchdock.services.roboflow.service import RoboflowService
from fakes.roboflow_cloud import RoboflowCloud

QUICK = Patience(tries=5, base=0.01, ceiling=0.05)


def account_of(address: str, workspace: str = "acme-ws") -> Account:
    """Return an account at any address."""
    return Account("a", ServiceKind.ROBOFLOW, "n", workspace, address, KeyKept.UNTIL_QUIT)


def account_at(cloud: RoboflowCloud, service: ServiceKind = ServiceKind.ROBOFLOW) -> Account:
    """Return the account of the cloud's only workspace."""
    here = service is ServiceKind.THIS_COMPUTER
    return Account(
        account_id=THIS_COMPUTER_ID if here else f"roboflow-{cloud.workspace}",
        service=service,
        name=cloud.workspace,
        workspace=cloud.workspace,
        address=cloud.url,
        key_kept=KeyKept.NOT_NEEDED if here else KeyKept.UNTIL_QUIT,
    )


def client_of(cloud: RoboflowCloud, *, key: str | None = None, patience: Patience = QUICK) -> RoboflowService:
    """Return a client with the cloud's key, or with another one."""
    return RoboflowService(account_at(cloud), cloud.key if key is None else key, patience=patience)


def run(cloud: RoboflowCloud, work: Callable[[RoboflowService], Awaitable[None]]) -> None:
    """Do `work` with a client of the cloud, on a loop of its own, and close the client."""

    async def scenario() -> None:
        service = client_of(cloud)
        try:
            await work(service)
        finally:
            await service.close()

    asyncio.run(scenario())
