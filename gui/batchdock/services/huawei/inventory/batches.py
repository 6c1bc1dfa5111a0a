"""Batches: one algorithm over many video sources, with a job for each (contract §3.5).

There is no way to ask for one batch: what is told of it is its row in the list, and its jobs.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

from batchdock.core.errors import NotFound
from batchdock.core.facts import Fact, Facts
from batchdock.core.inventory import Done, Field, Item, Where
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import Entry, count, entries, entry, text
from batchdock.services.http.times import time_of
from batchdock.services.huawei.inventory.batch_fields import changed_body, changed_fields, new_body, new_fields
from batchdock.services.huawei.inventory.calls import Change
from batchdock.services.huawei.inventory.describing import BATCH_STATES, BATCHES
from batchdock.services.huawei.inventory.doing import carry_out, delete, partial
from batchdock.services.huawei.inventory.lists import BATCHES_LISTING, joined, one, read, walk, words
from batchdock.services.huawei.inventory.telling import NAME, tell
from batchdock.services.huawei.jobs.fitting import look_over
from batchdock.services.huawei.wire import Family, Params, Wire
from batchdock.services.kept import Kept, Values

_RUNS_ON = {"0": "cloud", "1": "edge"}
_MOST_JOBS = 200
_MORE_JOBS = QT_TRANSLATE_NOOP("service", "The batch has more jobs than are listed here. The job list has them all.")
_TITLES = {
    "batch_task_name": NAME,
    "type": QT_TRANSLATE_NOOP("service", "Runs on"),
    "video_source_name": QT_TRANSLATE_NOOP("service", "Video sources"),
    **dict(BATCH_STATES),
}


def _items(wire: Wire, where: Where) -> AsyncIterator[Item]:
    wanted = one(where, "task_state", "title", "manufacturer", "name_like") | joined(where, "video_group")
    if "name_like" in wanted:
        wanted |= one(where, "type_like") or {"type_like": "batch_task_name"}
    return read(wire, BATCHES_LISTING, wanted, _item)


async def _facts(wire: Wire, item_id: str) -> Facts:
    """Return the row of a batch, and the names and states of its jobs."""
    told = tell(await _row(wire, item_id), _TITLES)
    params: Params = {"batch_id": item_id, "page": 1, "page_size": _MOST_JOBS}
    answer = await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"), params=params)
    rows = list(entries(answer, "tasks", wire, frozenset({"count", "page", "page_size"})))
    jobs = tuple(Fact(name, text(each.get("state"))) for name, each in _named(rows))
    found = (Fact("tasks", below=jobs, title=QT_TRANSLATE_NOOP("service", "Jobs of the batch")),) if jobs else ()
    notices = (*told.notices, *((_MORE_JOBS,) if len(rows) >= _MOST_JOBS else ()))
    return replace(told, facts=(*told.facts, *found), notices=notices)


async def _row(wire: Wire, item_id: str) -> Entry:
    async for each in walk(wire, BATCHES_LISTING, {}):
        if text(each.get("id")) == item_id:
            return each
    raise NotFound(service=wire.service, reason=item_id)


def _named(rows: list[Entry]) -> Iterator[tuple[str, Entry]]:
    """Yield jobs by their names; one that has the name of another by its id."""
    seen: set[str] = set()
    for each in rows:
        name, job_id = text(each.get("name")), text(each.get("id"))
        yield (name if name and name not in seen else job_id or name), each
        seen.add(name)


def _ordered(action: str) -> Change:
    async def order(wire: Wire, item_id: str, _values: Values) -> Done:
        path = wire.path("v2", "batch-tasks", item_id, "action", action)
        return partial(await carry_out(wire, Family.VIAS, "PUT", path), item_id)

    return order


async def _create(wire: Wire, values: Values) -> Done:
    body = await new_body(wire, values)
    answer = await wire.ask_once(Family.VIAS, "POST", wire.path("v2", "batch-tasks"), body=body)
    made = text(entry(answer).get("id"))
    return replace(partial(answer, text(values.get("name"))), made=(made,) if made else ())


async def _change(wire: Wire, item_id: str, values: Values) -> Done:
    look_over(changed_fields({}), values, wire.service)
    body = await changed_body(wire, values)
    return partial(
        await carry_out(wire, Family.VIAS, "PUT", wire.path("v2", "batch-tasks", item_id), body=body), item_id
    )


async def _delete(wire: Wire, item_id: str, _values: Values) -> Done:
    return partial(await delete(wire, "batch-tasks", item_id), item_id)


async def _changed(wire: Wire, item_id: str) -> tuple[Field, ...]:
    return changed_fields(await _row(wire, item_id))


def _item(found: Entry) -> Item:
    batch_id = text(found.get("id"))
    name = text(found.get("batch_task_name")) or batch_id
    kind = text(found.get("type"))
    return Item(
        BATCHES,
        batch_id,
        name,
        {
            "name": name,
            "algorithm": text(found.get("alg_name")),
            "jobs": count(found.get("num_task")),
            "states": _states(entry(found.get("batch_task_status_info"))),
            "groups": words(found.get("video_group_name")),
            "sources": words(found.get("video_source_name")),
            "runs_on": _RUNS_ON.get(kind, kind),
            "vendor": text(found.get("company")),
            "created": time_of(found.get("created_at")),
        },
    )


def _states(told: Entry) -> tuple[str, ...]:
    """Return how many jobs are in each state, zeros left out, states that are not known here last."""
    order = {word: place for place, (word, _) in enumerate(BATCH_STATES)}
    counted = {word.strip(): number for word, each in told.items() if (number := count(each))}
    ordered = sorted(counted, key=lambda word: order.get(word.lower(), len(order)))
    return tuple(f"{counted[word]:,} {word.replace('_', ' ').lower()}" for word in ordered)


KEPT: Kept[Wire] = Kept(
    items=_items,
    facts=_facts,
    forms={"create": new_fields, "change": _changed},
    makes={"create": _create},
    changes={"change": _change, "start": _ordered("start"), "stop": _ordered("stop"), "delete": _delete},
)
