"""Algorithms that a person may use, and their deployment (contract §3.8).

An item's id is that of its service. It is deployed and stopped by the id of its algorithm; what was never deployed may
have no service yet, and “/” and that id stand for it.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from batchdock.core.errors import NotFound, UnreadableAnswer
from batchdock.core.facts import Facts
from batchdock.core.inventory import Done, Field, FieldKind, Item, Where
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import Entry, answered, entry, text
from batchdock.services.http.times import time_of
from batchdock.services.huawei.inventory.calls import as_sent
from batchdock.services.huawei.inventory.describing import ALGORITHMS, POOLS
from batchdock.services.huawei.inventory.doing import carry_out
from batchdock.services.huawei.inventory.lists import ALGORITHMS_LISTING, one, read, repeated, walk, words
from batchdock.services.huawei.inventory.telling import NAME, tell
from batchdock.services.huawei.wire import Family, Wire
from batchdock.services.kept import Kept, Values

_NO_SERVICE = "/"
_PICTURES = ("logo", "diagram")
"""Whole pictures as text, which nobody can read."""


@dataclass(frozen=True, slots=True)
class Called:
    """By which name and version jobs are created with an algorithm."""

    service_name: str
    version: str


async def called(wire: Wire, item_id: str) -> Called:
    """Ask by which name an algorithm is called in addresses (`api`, contract §3.8). Raise `NotFound`."""
    found = await _ask(wire, item_id)
    name = text(found.get("api"))
    if not name:
        raise UnreadableAnswer(service=wire.service, details="algorithm/services: no api in the answer")
    return Called(name, text(found.get("function_version")) or text(found.get("alg_version")))


def _items(wire: Wire, where: Where) -> AsyncIterator[Item]:
    return read(wire, ALGORITHMS_LISTING, one(where, "name_like") | repeated(where, "alg_status"), _item)


async def _facts(wire: Wire, item_id: str) -> Facts:
    found = await _ask(wire, item_id)
    return tell({key: value for key, value in found.items() if key not in _PICTURES}, {"service_name": NAME})


async def _deployed(wire: Wire, item_id: str) -> tuple[Field, ...]:
    now = await _ask(wire, item_id)
    never = text(now.get("alg_status")) in ("not_deployed", "")
    return (
        Field(
            key="stream_count",
            title=QT_TRANSLATE_NOOP("service", "Streams at the same time"),
            kind=FieldKind.NUMBER,
            required=True,
            least=1,
            most=10_000,
            hint=QT_TRANSLATE_NOOP(
                "service", "So many video sources it can look at; each takes its share of a machine."
            ),
        ),
        Field(
            key="pool_id",
            title=QT_TRANSLATE_NOOP("service", "Edge pool"),
            kind=FieldKind.CHOICE,
            choices_of=POOLS,
            required=never,
            value=text(now.get("pool_id")) or None,
            hint=QT_TRANSLATE_NOOP("service", "Needed where it was never deployed; else it stays where it was."),
        ),
        Field(
            key="deploy_config",
            title=QT_TRANSLATE_NOOP("service", "Start settings"),
            kind=FieldKind.JSON,
            hint=QT_TRANSLATE_NOOP("service", "An object, as the maker of the algorithm says."),
        ),
        Field(
            key="envs",
            title=QT_TRANSLATE_NOOP("service", "Environment variables"),
            kind=FieldKind.JSON,
            hint=QT_TRANSLATE_NOOP("service", "An object of names and texts. Put no passwords there."),
        ),
    )


async def _deploy(wire: Wire, item_id: str, values: Values) -> Done:
    body = {key: value for key, value in as_sent(values).items() if value not in ("", None)}
    streams = body.get("stream_count")
    if isinstance(streams, float) and streams.is_integer():
        body["stream_count"] = int(streams)
    alg_id = await _alg_id(wire, item_id)
    answer = await wire.ask_once(Family.VIAS, "POST", wire.path("v2", "algorithm", alg_id, "deploy"), body=body)
    return Done(said=text(entry(answer).get("alg_name")))


async def _stop(wire: Wire, item_id: str, _values: Values) -> Done:
    await carry_out(
        wire, Family.VIAS, "PUT", wire.path("v2", "algorithm", await _alg_id(wire, item_id), "deploy", "stop")
    )
    return Done()


async def _ask(wire: Wire, item_id: str) -> Entry:
    """Return what is told of one. What has no service yet is found in the list."""
    if not item_id.startswith(_NO_SERVICE):
        path = wire.path("v2", "algorithm", "services", item_id)
        return answered(await wire.ask(Family.VIAS, "GET", path), wire, "algorithm/services")
    async for each in walk(wire, ALGORITHMS_LISTING, {}):
        if each.get(ALGORITHMS_LISTING.key) == item_id:
            return each
    raise NotFound(service=wire.service, reason=item_id)


async def _alg_id(wire: Wire, item_id: str) -> str:
    alg_id = text((await _ask(wire, item_id)).get("alg_id"))
    if not alg_id:
        raise UnreadableAnswer(service=wire.service, details="algorithm/services: no alg_id in the answer")
    return alg_id


def _item(found: Entry) -> Item:
    item_id = text(found.get(ALGORITHMS_LISTING.key))
    name = text(found.get("service_name")) or text(found.get("alg_name")) or item_id
    return Item(
        ALGORITHMS,
        item_id,
        name,
        {
            "name": name,
            "state": text(found.get("alg_status")),
            "version": text(found.get("function_version")) or text(found.get("alg_version")),
            "runs_on": text(found.get("deploy_type")),
            "vendor": text(found.get("company")),
            "newer": True if found.get("can_update") is True else None,
            "tags": words(found.get("tags")),
            "created": time_of(found.get("created_at")),
        },
    )


KEPT: Kept[Wire] = Kept(
    items=_items,
    facts=_facts,
    forms={"deploy": _deployed},
    changes={"deploy": _deploy, "stop": _stop},
)
