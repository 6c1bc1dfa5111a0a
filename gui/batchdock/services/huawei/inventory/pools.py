"""Pools of one's own machines that algorithms run on (contract §3.8)."""

from collections.abc import AsyncIterator

from batchdock.core.facts import Facts
from batchdock.core.inventory import Done, Field, FieldKind, Item, Where
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import Entry, answered, entry, text
from batchdock.services.http.times import time_of
from batchdock.services.huawei.inventory.calls import as_sent
from batchdock.services.huawei.inventory.describing import POOLS
from batchdock.services.huawei.inventory.doing import delete
from batchdock.services.huawei.inventory.lists import POOLS_LISTING, one, read
from batchdock.services.huawei.inventory.telling import tell
from batchdock.services.huawei.wire import Family, Wire
from batchdock.services.kept import Kept, Values

_FIELDS = (
    Field(
        key="name",
        title=QT_TRANSLATE_NOOP("service", "Name"),
        required=True,
        least=4,
        most=32,
        pattern="[a-z][a-z0-9-]{2,30}[a-z0-9]",
        hint=QT_TRANSLATE_NOOP(
            "service", "4 to 32 small letters, digits and hyphens; a letter first, no hyphen at the end."
        ),
    ),
    Field(
        key="nodes",
        title=QT_TRANSLATE_NOOP("service", "Edge nodes"),
        kind=FieldKind.SEVERAL,
        required=True,
        least=1,
        most=10,
        hint=QT_TRANSLATE_NOOP("service", "Their ids in the edge service (IEF), 1 to 10 of them."),
    ),
    Field(
        key="description",
        title=QT_TRANSLATE_NOOP("service", "Description"),
        kind=FieldKind.LONG_TEXT,
        most=255,
    ),
    Field(
        key="ief_service_instance_id",
        title=QT_TRANSLATE_NOOP("service", "Platinum instance of IEF"),
        most=255,
        hint=QT_TRANSLATE_NOOP("service", "Its id, where the nodes belong to one."),
    ),
)


def _items(wire: Wire, where: Where) -> AsyncIterator[Item]:
    return read(wire, POOLS_LISTING, one(where, "state"), _item)


async def _facts(wire: Wire, item_id: str) -> Facts:
    path = wire.path("v2", "edge-pools", item_id)
    return tell(answered(await wire.ask(Family.VIAS, "GET", path), wire, "edge-pools"), {})


async def _new(_wire: Wire, _item_id: str) -> tuple[Field, ...]:
    return _FIELDS


async def _create(wire: Wire, values: Values) -> Done:
    answer = await wire.ask_once(Family.VIAS, "POST", wire.path("v2", "edge-pools"), body=as_sent(values))
    made = text(entry(answer).get("id"))
    return Done(made=(made,) if made else ())


async def _delete(wire: Wire, item_id: str, _values: Values) -> Done:
    await delete(wire, "edge-pools", item_id)
    return Done()


def _item(found: Entry) -> Item:
    pool_id = text(found.get("id"))
    name = text(found.get("name")) or pool_id
    return Item(
        POOLS,
        pool_id,
        name,
        {
            "name": name,
            "state": text(found.get("state")),
            "changed": time_of(found.get("updated_at")),
            "created": time_of(found.get("created_at")),
        },
    )


KEPT: Kept[Wire] = Kept(
    items=_items,
    facts=_facts,
    forms={"create": _new},
    makes={"create": _create},
    changes={"delete": _delete},
)
