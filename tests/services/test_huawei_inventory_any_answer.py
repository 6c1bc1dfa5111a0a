"""Whatever is answered about what the service keeps: a value, or a `BatchdockError`, and no endless walk."""

import asyncio
import copy
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchdock.core.account import Account, KeyKept, ServiceKind
from batchdock.core.credentials import Token, written
from batchdock.core.errors import BatchdockError
from batchdock.core.facts import Facts
from batchdock.core.inventory import Done, Field, Item
from batchdock.services.http.limits import Limits
from batchdock.services.http.patience import Patience
from batchdock.services.huawei.inventory.describing import COLLECTIONS
from batchdock.services.huawei.service import HuaweiService
from fakes.raw_server import RawRequest, raw_server

LIMITS = Limits(connect=5.0, silence=5.0, answer=5.0, answer_bytes=100_000, values=20_000, pages=20, pages_in_vain=3)
SECRET = "pa55-w0rd-of-a-camera"

_STATUS = {"status": "Online", "name": "Online", "level": "1"}
_CONFIG = f"<type_config><ip>10.0.0.7</ip><user_name>u</user_name><password>{SECRET}</password></type_config>"
_GROUP: dict[str, Any] = {
    "video_group_id": "group-1",
    "video_group_name": "g",
    "group_status": {"num_online": 2},
    "create_at": 1,
}
_GROUP |= {"num_video_source": 2, "num_batch_task": 1, "access_type": "cloud", "type": "url", "description": "d"}
_SOURCE: dict[str, Any] = {
    "video_source_id": "source-1",
    "video_source_name": "s",
    "type": "vcn",
    "type_config": _CONFIG,
    "tag": ["a"],
}
_SOURCE |= {"status": _STATUS, "video_packages": [_GROUP], "create_at": 1680772763191, "num_tasks": 3}
_SOURCE |= {"stream_path": f"rtsp://u:{SECRET}@10.0.0.7/1", "latitude": "", "longitude": "1"}
_BATCH: dict[str, Any] = {
    "id": "batch-1",
    "batch_task_name": "b",
    "batch_task_status_info": {"running": 1},
    "created_at": 1685667905165,
}
_BATCH |= {"num_task": 1, "video_group_name": "a,b", "type": "0", "company": "VIAS", "alg_name": "x"}
_SERVICE: dict[str, Any] = {
    "service_id": "service-1",
    "alg_id": "alg-1",
    "service_name": "n",
    "alg_status": "not_deployed",
    "api": "c-a",
}
_SERVICE |= {"function_version": "1.0", "created_at": 1, "tags": ["t"], "can_update": True}
_POOL: dict[str, Any] = {
    "id": "pool-1",
    "name": "p",
    "state": "Running",
    "created_at": 1,
    "updated_at": 2,
    "nodes": [{"id": "n"}],
}
_TASK = {"id": "task-1", "name": "t", "state": "RUNNING"}
GOOD: dict[str, Any] = {
    "/batch-tasks": {"count": 1, "batch_task_list": [_BATCH]},
    "/tasks": {"count": 1, "tasks": [_TASK]},
    "/video-group/groups": {"video_group_number": 1, "total_number": 1, "video_group_list": [_GROUP]},
    "/source/sources": {"video_source_number": 1, "total_number": 1, "video_source_list": [_SOURCE]},
    "/algorithm/services/user": {"count": 1, "total": 1, "service_list": [_SERVICE]},
    "/edge-pools": {"count": 1, "edge_pools": [_POOL]},
    "/video-group/group-1": _GROUP,
    "/source/sources/source-1": _SOURCE,
    "/algorithm/services/service-1": _SERVICE,
    "/edge-pools/pool-1": _POOL,
}
DONE = {"id": "batch-1", "total_count": 3, "succeed_count": 2, "failed_count": 1, "error_list": ["no"]}
DONE |= {"video_group_id": "group-2", "video_source_id": "source-2", "alg_name": "n", "alg_id": "alg-1"}

IDS = {
    "batches": "batch-1",
    "video-groups": "group-1",
    "video-sources": "source-1",
    "algorithms": "service-1",
    "edge-pools": "pool-1",
}
VALUES: dict[str, dict[str, object]] = {
    "batches": {
        "name": "n",
        "video_groups": ("group-1",),
        "video_sources": ("source-1",),
        "webhook_url": "https://h/x",
    },
    "video-groups": {"video_group_name": "n"},
    "video-sources": {"video_source_name": "n", "type": "obs", "type_config": "<a>1</a>"},
    "algorithms": {"stream_count": 1},
    "edge-pools": {"name": "pool-two", "nodes": ("n",)},
}


Call = Callable[[HuaweiService], Awaitable[object]]


def _calls() -> dict[str, Call]:
    calls: dict[str, Call] = {}
    for each in COLLECTIONS:
        key, item_id = each.key, IDS[each.key]
        calls[f"{key}: items"] = partial(_items, key)
        calls[f"{key}: facts"] = partial(_facts, key, item_id)
        for action in each.actions:
            values = VALUES[key] | ({"algorithm": "service-1"} if (key, action.key) == ("batches", "create") else {})
            calls[f"{key}: {action.key}"] = partial(_act, key, action.key, item_id, values if action.has_form else {})
            if action.has_form:
                calls[f"{key}: form of {action.key}"] = partial(_form, key, action.key, item_id)
    return calls


async def _items(key: str, service: HuaweiService) -> object:
    return [each async for each in service.items(key, {})]


async def _facts(key: str, item_id: str, service: HuaweiService) -> object:
    return await service.facts(key, item_id)


async def _form(key: str, action: str, item_id: str, service: HuaweiService) -> object:
    return await service.form(key, action, item_id)


async def _act(key: str, action: str, item_id: str, values: dict[str, object], service: HuaweiService) -> object:
    return await service.act(key, action, (item_id,), values)


CALLS = _calls()

_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 7, -1, 1e308, 2**70, "", "x", "�", "<b>", [], [[]], [None, 1], {}, {"a": {"b": []}}, "1" * 5000, "%"]
)
_JSON = st.recursive(
    _ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner), max_leaves=6
)


@st.composite
def _spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """Good answers with some fields of some of them gone wrong, missing, or added."""
    answers = copy.deepcopy({**GOOD, "": DONE})
    for name in draw(st.lists(st.sampled_from(sorted(answers)), min_size=1, max_size=4)):
        if draw(st.integers(0, 3)) == 0:
            answers[name] = copy.deepcopy(draw(_JSON))
            continue
        thing = answers[name]
        while isinstance(thing, dict | list) and thing:
            key = draw(st.sampled_from(sorted(thing))) if isinstance(thing, dict) else 0
            if not isinstance(thing[key], dict | list) or not thing[key] or draw(st.booleans()):
                thing[key] = copy.deepcopy(draw(_JSON))
                break
            thing = thing[key]
    return answers


async def _ask(answers: dict[str, Any], call: Call) -> object:
    async def handle(request: RawRequest) -> None:
        await request.body()
        method, target, _ = request.line.split(" ", 2)
        path = target.partition("?")[0].removeprefix("/v2/project")
        answer = answers.get(path, answers[""]) if method == "GET" else answers[""]
        await request.answer("200 OK", json.dumps(answer).encode(), "Content-Type: application/json")

    async with raw_server(handle) as server:
        told = {"region": "cn-north-4", "project_id": "project", "project": "cn-north-4", "vias": "v2"}
        told |= {"iam_endpoint": server.url, "vias_endpoint": server.url}
        account = Account("h", ServiceKind.HUAWEI, "H", "project", server.url, KeyKept.UNTIL_QUIT, tuple(told.items()))
        service = HuaweiService(account, written(Token("t0ken")), patience=Patience(tries=1), limits=LIMITS)
        try:
            return await call(service)
        finally:
            await service.close()


@pytest.mark.parametrize("name", CALLS)
def test_good_answers_are_taken(name: str) -> None:
    found = asyncio.run(_ask({**GOOD, "": DONE}, CALLS[name]))
    assert isinstance(found, list | Facts | Done | tuple)
    if isinstance(found, list):
        assert [each.item_id for each in found if isinstance(each, Item)] == [IDS[name.partition(":")[0]]]
    assert SECRET not in repr(found)


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(answers=_spoiled())
def test_any_answer_is_read_or_refused(name: str, answers: dict[str, Any]) -> None:
    found: object
    try:
        found = asyncio.run(_ask(answers, CALLS[name]))
    except BatchdockError as error:
        found = error
    match found:
        case list():
            assert all(each.item_id and each.name for each in found)
            hash(tuple(tuple(each.cells.values()) for each in found))
        case tuple():
            assert found
            assert all(isinstance(each, Field) for each in found)
        case Done():
            assert all(each.reason for each in found.failures)
            assert all(isinstance(each, str) for each in found.made)
        case BatchdockError():
            assert found.sentence()
        case _:
            assert isinstance(found, Facts)
