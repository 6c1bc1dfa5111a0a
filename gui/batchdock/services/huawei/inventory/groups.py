"""Groups of video sources (contract §3.6)."""

from collections.abc import AsyncIterator
from dataclasses import replace

from batchdock.core.facts import Fact, Facts
from batchdock.core.inventory import Done, Field, FieldKind, Item, Where
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import Entry, answered, count, entry, text
from batchdock.services.http.times import time_of
from batchdock.services.huawei.inventory.calls import as_sent
from batchdock.services.huawei.inventory.describing import ACCESS, GROUPS, SOURCES
from batchdock.services.huawei.inventory.doing import carry_out, delete
from batchdock.services.huawei.inventory.lists import GROUPS_LISTING, SOURCES_LISTING, one, read, repeated, walk
from batchdock.services.huawei.inventory.telling import NAME, tell
from batchdock.services.huawei.wire import Family, Wire
from batchdock.services.kept import Kept, Values

_MOST_SOURCES = 50
_NAME = Field(
    key="video_group_name",
    title=QT_TRANSLATE_NOOP("service", "Name"),
    required=True,
    least=1,
    most=20,
    pattern=r"[\u4e00-\u9fa5a-zA-Z0-9_-]+",
    hint=QT_TRANSLATE_NOOP("service", "Letters, digits, hyphens and underscores; at most 20."),
)
_DESCRIPTION = Field(
    key="description",
    title=QT_TRANSLATE_NOOP("service", "Description"),
    kind=FieldKind.LONG_TEXT,
    most=100,
)
_SOURCES = Field(
    key="video_source_ids",
    title=QT_TRANSLATE_NOOP("service", "Video sources"),
    kind=FieldKind.SEVERAL,
    choices_of=SOURCES,
)
_ACCESS = Field(
    key="access_type",
    title=QT_TRANSLATE_NOOP("service", "Connected at"),
    kind=FieldKind.CHOICE,
    required=True,
    choices=ACCESS,
    value="cloud",
)


def _items(wire: Wire, where: Where) -> AsyncIterator[Item]:
    wanted = one(where, "name", "status", "has_task") | repeated(where, "access_type", "type")
    return read(wire, GROUPS_LISTING, wanted, _item)


async def _facts(wire: Wire, item_id: str) -> Facts:
    """Return what the service tells of a group, and of its sources their names and states."""
    told = tell(await _ask(wire, item_id), {"video_group_name": NAME})
    sources = tuple(
        [
            Fact(text(each.get("video_source_name")), text(entry(each.get("status")).get("status")))
            async for each in _sources(wire, item_id)
        ]
    )
    found = Fact("video_sources", below=sources, title=QT_TRANSLATE_NOOP("service", "Video sources"))
    return replace(told, facts=(*told.facts, found)) if sources else told


async def _new(_wire: Wire, _item_id: str) -> tuple[Field, ...]:
    return _NAME, _ACCESS, replace(_SOURCES, most=_MOST_SOURCES), _DESCRIPTION


async def _changed(wire: Wire, item_id: str) -> tuple[Field, ...]:
    now = await _ask(wire, item_id)
    ids = await _source_ids(wire, item_id)
    return (
        replace(_NAME, value=text(now.get("video_group_name"))),
        # The service takes no group without sources, and says itself what it thinks of one that has too many already.
        replace(_SOURCES, value=ids, required=True, least=1, most=max(_MOST_SOURCES, len(ids))),
        replace(_DESCRIPTION, value=text(now.get("description"))),
    )


async def _create(wire: Wire, values: Values) -> Done:
    answer = await wire.ask_once(Family.VIAS, "POST", wire.path("v2", "video-group"), body=as_sent(values))
    made = text(entry(answer).get("video_group_id"))
    return Done(made=(made,) if made else ())


async def _change(wire: Wire, item_id: str, values: Values) -> Done:
    """Change a group. It takes all sources each time: where they were not chosen anew they are read again."""
    body = as_sent(values)
    if "video_source_ids" not in body:
        body["video_source_ids"] = list(await _source_ids(wire, item_id))
    await carry_out(wire, Family.VIAS, "PUT", wire.path("v2", "video-group", item_id), body=body)
    return Done()


async def _delete(wire: Wire, item_id: str, _values: Values) -> Done:
    await delete(wire, "video-group", item_id)
    return Done()


async def _ask(wire: Wire, item_id: str) -> Entry:
    path = wire.path("v2", "video-group", item_id)
    return answered(await wire.ask(Family.VIAS, "GET", path), wire, "video-group")


def _sources(wire: Wire, group_id: str) -> AsyncIterator[Entry]:
    return walk(wire, SOURCES_LISTING, {"video_group_id": (group_id,)})


async def _source_ids(wire: Wire, group_id: str) -> tuple[str, ...]:
    return tuple([text(each.get(SOURCES_LISTING.key)) async for each in _sources(wire, group_id)])


def _item(found: Entry) -> Item:
    group_id = text(found.get("video_group_id"))
    name = text(found.get("video_group_name")) or group_id
    status = entry(found.get("group_status"))
    counted = ((count(status.get(f"num_{key}")), word) for key, word in _STATES)
    return Item(
        GROUPS,
        group_id,
        name,
        {
            "name": name,
            "sources": count(found.get("num_video_source")),
            "states": tuple(f"{number:,} {word}" for number, word in counted if number),
            "batches": count(found.get("num_batch_task")),
            "connected": text(found.get("access_type")),
            "kind": text(found.get("type")),
            "changed": time_of(found.get("modify_at")),
            "created": time_of(found.get("create_at")),
        },
    )


_STATES = (("exception", "abnormal"), ("offline", "offline"), ("online", "online"))

KEPT: Kept[Wire] = Kept(
    items=_items,
    facts=_facts,
    forms={"create": _new, "change": _changed},
    makes={"create": _create},
    changes={"change": _change, "delete": _delete},
)
