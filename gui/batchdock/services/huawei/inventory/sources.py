"""Video sources: cameras and streams, with their credentials (contract §3.7).

A change sends back what the service has, merged in memory: it takes a name and whole settings each time.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

from batchdock.core.errors import NotAskedFor
from batchdock.core.facts import Facts
from batchdock.core.inventory import Done, Failure, Field, Item, Where
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import Entry, answered, count, entry, text
from batchdock.services.http.times import time_of
from batchdock.services.huawei.inventory import source_settings
from batchdock.services.huawei.inventory.calls import Form, Make, as_sent
from batchdock.services.huawei.inventory.describing import SOURCES
from batchdock.services.huawei.inventory.doing import carry_out, delete
from batchdock.services.huawei.inventory.lists import SOURCES_LISTING, one, read, repeated, words
from batchdock.services.huawei.inventory.source_fields import (
    KINDS,
    PASSWORD,
    RAW,
    changed_fields,
    new_fields,
    settings_of,
)
from batchdock.services.huawei.inventory.telling import NAME, tell
from batchdock.services.huawei.wire import Family, Wire
from batchdock.services.kept import Kept, Values

_PICTURE = "image"
"""A whole picture as text, which nobody can read."""
_OTHER = "other"
_ABOUT = ("video_source_name", "tag", "latitude", "longitude")
_NOT_DELETED = QT_TRANSLATE_NOOP("service", "The service answered that it was not deleted.")


def _items(wire: Wire, where: Where) -> AsyncIterator[Item]:
    wanted = one(where, "scope", "platform_name", "tag")
    if "scope" in wanted:
        wanted |= one(where, "scope_name") or {"scope_name": "source_name"}
    wanted |= repeated(where, "status", "type", "video_group_id", "access_type")
    return read(wire, SOURCES_LISTING, wanted, _item)


async def _facts(wire: Wire, item_id: str) -> Facts:
    """Return what the service tells of a source; its settings are read here, to mask the credentials in them."""
    found = {key: value for key, value in (await _ask(wire, item_id)).items() if key != _PICTURE}
    settings = source_settings.told(found.pop(RAW)) if RAW in found else None
    if isinstance(found.get("stream_path"), str):
        found["stream_path"] = source_settings.told_address(found["stream_path"])
    if state := text(entry(found.get("status")).get("status")):
        found["status"] = state  # Beside it are only a translation and the colour of an icon.
    told = tell(found, {"video_source_name": NAME, "video_group_name": NAME})
    return told if settings is None else replace(told, facts=(*told.facts, settings))


def _new(kind: str) -> Form:
    async def fields(_wire: Wire, _item_id: str) -> tuple[Field, ...]:
        return new_fields(kind)

    return fields


async def _changed(wire: Wire, item_id: str) -> tuple[Field, ...]:
    return changed_fields(await _ask(wire, item_id))


def _create(kind: str) -> Make:
    async def make(wire: Wire, values: Values) -> Done:
        about = {
            key: value for key, value in as_sent(values).items() if key in (*_ABOUT, "access_type", "video_group_ids")
        }
        is_of = kind if kind in KINDS else text(values.get("type"))
        body = {**about, "type": is_of, RAW: settings_of(is_of, values)}
        answer = await wire.ask_once(Family.VIAS, "POST", wire.path("v2", "source"), body=body)
        made = text(entry(answer).get("video_source_id"))
        return Done(made=(made,) if made else ())

    return make


async def _change(wire: Wire, item_id: str, values: Values) -> Done:
    """Change a source. Name and settings are needed each time: what was not changed is read again and sent back."""
    now = await _ask(wire, item_id)
    have = text(now.get(RAW))
    settings = settings_of(text(now.get("type")).lower(), values, have)
    if not have.strip() and RAW not in values:
        raise NotAskedFor(
            service=wire.service,
            reason="The service does not tell the settings of this source, and takes no change without them.",
        )
    if source_settings.withheld(settings) and not values.keys() & {PASSWORD, RAW}:
        raise NotAskedFor(
            service=wire.service,
            reason="The service does not tell the password of this source, and takes no change without it.",
        )
    kept = {key: now[key] for key in _ABOUT if isinstance(now.get(key), str | list)}
    body = kept | {key: value for key, value in as_sent(values).items() if key in _ABOUT} | {RAW: settings}
    await carry_out(wire, Family.VIAS, "PUT", wire.path("v2", "source", item_id), body=body)
    return Done()


async def _delete(wire: Wire, item_id: str, _values: Values) -> Done:
    answer = await delete(wire, "source", item_id)
    return Done(failures=(Failure(item_id, _NOT_DELETED),)) if answer is False else Done()


async def _ask(wire: Wire, item_id: str) -> Entry:
    path = wire.path("v2", "source", "sources", item_id)
    return answered(await wire.ask(Family.VIAS, "GET", path), wire, "source/sources")


def _item(found: Entry) -> Item:
    """Return a row without addresses and settings: they have credentials in them."""
    source_id = text(found.get("video_source_id"))
    name = text(found.get("video_source_name")) or source_id
    packages = found.get("video_packages")
    groups = [text(entry(each).get("video_group_name")) for each in (packages if isinstance(packages, list) else [])]
    status = entry(found.get("status"))
    return Item(
        SOURCES,
        source_id,
        name,
        {
            "name": name,
            "state": text(status.get("status")) or text(status.get("name")),
            "kind": text(found.get("type")),
            "connected": text(found.get("access_type")),
            "groups": tuple(each for each in groups if each),
            "jobs": count(found.get("num_tasks")),
            "tags": words(found.get("tag")),
            "quality": words(found.get("video_source_quality")),
            "created": time_of(found.get("create_at")),
        },
    )


_MADE = (*KINDS, _OTHER)
KEPT: Kept[Wire] = Kept(
    items=_items,
    facts=_facts,
    forms={**{f"create-{kind}": _new(kind) for kind in _MADE}, "change": _changed},
    makes={f"create-{kind}": _create(kind) for kind in _MADE},
    changes={"change": _change, "delete": _delete},
)
