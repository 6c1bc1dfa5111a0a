"""The forms of batches, and what is sent of them (contract §3.5)."""

from collections.abc import Sequence
from dataclasses import replace

from batchdock.core.errors import NotAskedFor
from batchdock.core.inventory import Field, FieldKind
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import Entry, entry, text
from batchdock.services.huawei.inventory.algorithms import called
from batchdock.services.huawei.inventory.calls import texts_of
from batchdock.services.huawei.inventory.describing import ALGORITHMS, GROUPS, SOURCES
from batchdock.services.huawei.inventory.lists import SOURCES_LISTING, walk
from batchdock.services.huawei.jobs.bodies import free_of, output_of
from batchdock.services.huawei.jobs.fields import output_fields, schedule_and_settings
from batchdock.services.huawei.jobs.fitting import look_over
from batchdock.services.huawei.jobs.tasks import Tasks
from batchdock.services.huawei.wire import Family, Wire
from batchdock.services.kept import Values

_ALGORITHM, _VERSION = "algorithm", "service_version"
_GROUPS, _SOURCES, _REGION = "video_groups", "video_sources", "target_roi"
_PART = 100
"""So many sources of a group are taken at once; a group with more is named again."""
_PLAIN = ("name", "description", "is_saved_as_template", "resource_order_id")

_NAME = Field(
    key="name",
    title=QT_TRANSLATE_NOOP("service", "Name"),
    required=True,
    least=1,
    most=100,
    pattern="[\\u4e00-\\u9fa5a-zA-Z0-9_-]+",
    hint=QT_TRANSLATE_NOOP("service", "Letters, digits, hyphens and underscores."),
)
_WITH = (
    Field(
        key=_ALGORITHM,
        title=QT_TRANSLATE_NOOP("service", "Algorithm"),
        kind=FieldKind.CHOICE,
        required=True,
        choices_of=ALGORITHMS,
    ),
    Field(
        key=_VERSION,
        title=QT_TRANSLATE_NOOP("service", "Version"),
        least=3,
        most=32,
        pattern="[a-z0-9.]+",
        hint=QT_TRANSLATE_NOOP("service", "Left empty, it is the one that the algorithm has now."),
    ),
)
_OVER = (
    Field(
        key=_GROUPS,
        title=QT_TRANSLATE_NOOP("service", "Video groups"),
        kind=FieldKind.SEVERAL,
        most=100,
        choices_of=GROUPS,
        hint=QT_TRANSLATE_NOOP("service", "All their video sources, unless some are chosen below."),
    ),
    Field(
        key=_SOURCES,
        title=QT_TRANSLATE_NOOP("service", "Only these video sources"),
        kind=FieldKind.SEVERAL,
        choices_of=SOURCES,
        hint=QT_TRANSLATE_NOOP("service", "Each must be in a group: batches take sources by their groups."),
    ),
    Field(
        key=_REGION,
        title=QT_TRANSLATE_NOOP("service", "Region to look at"),
        kind=FieldKind.LONG_TEXT,
        most=2048,
        hint=QT_TRANSLATE_NOOP(
            "service", "For each of the sources, as the algorithm takes it. The whole picture if empty."
        ),
    ),
)
_ABOUT = (
    Field(
        key="description",
        title=QT_TRANSLATE_NOOP("service", "Description"),
        kind=FieldKind.LONG_TEXT,
        most=500,
    ),
    Field(
        key="resource_order_id",
        title=QT_TRANSLATE_NOOP("service", "Order"),
        least=4,
        most=36,
        pattern="[a-z0-9_-]+",
        hint=QT_TRANSLATE_NOOP("service", "The id of the order that pays for it. Only paid algorithms need one."),
    ),
    Field(
        key="is_saved_as_template",
        title=QT_TRANSLATE_NOOP("service", "Keep it as a template"),
        kind=FieldKind.SWITCH,
    ),
)


_KEEP = QT_TRANSLATE_NOOP("service", "Left empty, it runs over what it runs over now.")
_TASKS = Tasks(Family.VIAS, "v2")
"""Results, schedule and settings of a batch are those of its jobs (contract §3.5)."""


async def new_fields(_wire: Wire, _item_id: str) -> tuple[Field, ...]:
    """Return the form of a new batch."""
    return _NAME, *_WITH, *_OVER, *output_fields({Family.VIAS}), *schedule_and_settings(), *_ABOUT


def changed_fields(now: Entry) -> tuple[Field, ...]:
    """Return the form of a batch that is there. Of most of it the service does not tell how it is now."""
    over = tuple(replace(each, hint=_KEEP) if each.key == _GROUPS else each for each in _OVER)
    name = replace(_NAME, value=text(now.get("batch_task_name")))
    return name, *over, *output_fields({Family.VIAS}), *schedule_and_settings(), *_ABOUT


async def new_body(wire: Wire, values: Values) -> dict[str, object]:
    """Return what is sent for a new batch. Raise `NotAskedFor` for what can not be a batch."""
    look_over(await new_fields(wire, ""), values, wire.service)
    body = await changed_body(wire, values)
    if "batch_input" not in body:
        raise NotAskedFor(service=wire.service, reason="A batch runs over video groups. Choose one, or video sources.")
    if "output" not in body:
        raise NotAskedFor(service=wire.service, reason="The results of its jobs go nowhere.")
    algorithm = await called(wire, text(values.get(_ALGORITHM)))
    return body | {"service_name": algorithm.service_name, _VERSION: text(values.get(_VERSION)) or algorithm.version}


async def changed_body(wire: Wire, values: Values) -> dict[str, object]:
    """Return what is sent for a change: only what was filled in. Raise `NotAskedFor`."""
    body = {key: values[key] for key in _PLAIN if key in values}
    over = await _input(wire, values)
    if over:
        body["batch_input"] = {"video_source_group": over}
    output = output_of({}, values, _TASKS, wire.service)
    if output:
        body["output"] = output
    return body | free_of({}, values, _TASKS)


async def _input(wire: Wire, values: Values) -> list[dict[str, object]]:
    """Return groups with their sources (contract §3.5): all that they have, or those that were chosen."""
    chosen, groups = texts_of(values.get(_SOURCES)), texts_of(values.get(_GROUPS))
    region = text(values.get(_REGION))
    found: dict[str, list[str]] = {each: [] for each in groups}
    if chosen:
        left = set(chosen)
        async for each in walk(wire, SOURCES_LISTING, {"video_group_id": groups} if groups else {}):
            source_id = text(each.get(SOURCES_LISTING.key))
            group = _group_of(each, groups)
            if source_id in left and group:
                found.setdefault(group, []).append(source_id)
                left.discard(source_id)
        if left:
            raise NotAskedFor(service=wire.service, reason=_not_in_a_group(len(left), bool(groups)))
        found = {group: ids for group, ids in found.items() if ids}
    else:
        for group in groups:
            listed = walk(wire, SOURCES_LISTING, {"video_group_id": (group,)})
            found[group] = [text(each.get(SOURCES_LISTING.key)) async for each in listed]
    return [part for group, ids in found.items() for part in _parts(group, ids, region)]


def _parts(group: str, ids: Sequence[str], region: str) -> list[dict[str, object]]:
    with_region = {_REGION: region} if region else {}
    parts = [ids[start : start + _PART] for start in range(0, len(ids), _PART)] or [()]
    return [
        {
            "video_source_group_id": group,
            "video_source_list": [{"video_source_id": each, **with_region} for each in part],
        }
        for part in parts
    ]


def _group_of(source: Entry, groups: Sequence[str]) -> str:
    """Return a group of a source: one of `groups`, where some were chosen."""
    packages = source.get("video_packages")
    has = [text(entry(each).get("video_group_id")) for each in (packages if isinstance(packages, list) else [])]
    return next((each for each in has if each and (not groups or each in groups)), "")


def _not_in_a_group(number: int, narrowed: bool) -> str:
    some = "One video source is" if number == 1 else f"{number:,} video sources are"
    return f"{some} in none of the chosen video groups." if narrowed else f"{some} in no video group."
