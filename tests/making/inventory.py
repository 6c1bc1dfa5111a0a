"""Asking a service for what it keeps, each time with a connection of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from batchdock.core.facts import Facts
from batchdock.core.inventory import Done, Field, Item
from batchdock.services.huawei.service import HuaweiService
from fakes.huawei import HuaweiCloud
from making.huawei import connected

_R = TypeVar("_R")


def items(cloud: HuaweiCloud, collection: str, **where: tuple[str, ...]) -> list[Item]:
    """Return what is in a collection."""

    async def ask(service: HuaweiService) -> list[Item]:
        return [each async for each in service.items(collection, where)]

    return _with_service(cloud, ask)


def facts(cloud: HuaweiCloud, collection: str, item_id: str) -> Facts:
    """Return what is told of an item."""
    return _with_service(cloud, lambda service: service.facts(collection, item_id))


def form(cloud: HuaweiCloud, collection: str, action: str, item_id: str = "") -> dict[str, Field]:
    """Return the fields of an action by their keys."""
    fields = _with_service(cloud, lambda service: service.form(collection, action, item_id))
    return {each.key: each for each in fields}


def act(cloud: HuaweiCloud, collection: str, action: str, *item_ids: str, **values: object) -> Done:
    """Do something, with these values of its form."""
    return _with_service(cloud, lambda service: service.act(collection, action, item_ids, values))


def _with_service(cloud: HuaweiCloud, ask: Callable[[HuaweiService], Awaitable[_R]]) -> _R:
    async def scenario() -> _R:
        service = connected(cloud)
        try:
            return await ask(service)
        finally:
            await service.close()

    return asyncio.run(scenario())
