"""Whatever Huawei Cloud says: a value of the right type or a `BatchdockError`, soon, and no secret goes elsewhere.

As `test_any_answer` does it, with every method of the service, and with signing in.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchdock.core.account import Account, ServiceKind
from batchdock.core.credentials import Password, Token, written
from batchdock.core.errors import BatchdockError, SettingsUnreadable
from batchdock.core.inventory import JOBS
from batchdock.services.huawei.service import HuaweiService
from making.nonsense import LIMITS, PATIENCE, Hosts, answers, good_answer, must_hold, well_typed

SECRET = "aB3secrettoken9"
EXAMPLES = 25
"""For each method. A longer run, with other answers each time, is a matter of this number and of `derandomize`."""
PROJECT = "0123456789abcdef0123456789abcdef"
FACES = "c-face-edge"
VIAS_ID, IVA_ID = "a" * 32, f"{FACES}/{'b' * 32}"

_ROI = json.dumps({"polygons": [{"data": [[1, 2], [3, 4], [5, 6]]}], "lines": [{"data": [[0.1, 0.2], [0.3, 0.4]]}]})
_ROW = {
    "id": VIAS_ID,
    "name": "gate",
    "created_at": "1795330773024",
    "state": "RUNNING",
    "video_source_name": "gate-north",
    "title": "Intrusion detection",
    "company": "VIAS",
    "type": "0",
    "group_name": "north,perimeter",
}
_TASK = _ROW | {
    "created_at": "2026-11-22T06:59:33.024Z",
    "updated_at": "2026-11-22T07:00:01Z",
    "error": {"code": "ALG.00001", "message": "cannot open stream"},
    "input": {"type": "url", "data": [{"url": "rtsp://ops:pass@10.0.0.1/1"}], "vcn": {"ip": "10.0.0.1", "port": 1}},
    "output": {"webhook": {"url": "https://hooks.test/x", "headers": {"X-Key": "v"}, "data_category": ["A"]}},
    "schedule": {"type": "weekly", "periods": [[{"begin_at": "08:00:00", "end_at": "09:00:00"}]]},
    "config": {"common": {"target_roi": _ROI, "threshold": 0.5}},
    "service_config": {"common": {"target_roi": _ROI}},
    "service_title": {"zh": "人脸", "en": "Faces"},
    "service_name": FACES,
    "edge_pool_id": "edgestreampool3f7a91c2",
}
_PAGE = {"count": 1, "page": 1, "page_size": 50, "tasks": [_ROW]}
_WHOLE = {"count": 1, "tasks": [_TASK]}
_MADE = {"tasks": [{"id": "c" * 32}]}
_NEW = {
    "name": "gate",
    "service_version": "1.0.0",
    "input_type": "url",
    "input": "rtsp://camera.test/1",
    "webhook_url": "https://hooks.test/x",
    "webhook_headers": "X-Key: v",
}
_NEW_V2 = _NEW | {"where": "vias", "algorithm": "0d47bbf5-2962-414b-b7ae-27fb6ea24230"}
_NEW_IVA = _NEW | {"where": FACES, "edge_pool_id": "edgestreampool3f7a91c2", "service_version": "3.0"}
_SERVICE = {"api": "c-intrusion", "function_version": "1.0.0", "service_id": "s", "alg_id": "a"}
_TOKEN = {"token": {"expires_at": "2099-11-23T01:00:00.000000Z", "project": {"id": PROJECT, "name": "cn-north-4"}}}
_BATCHES = {"count": 1, "batch_task_list": [{"id": "b" * 32, "batch_task_name": "n", "num_task": 3}]}

Call = Callable[[HuaweiService], Awaitable[object]]


def listing(found: AsyncIterator[object]) -> Awaitable[object]:
    async def listed() -> list[object]:
        return [each async for each in found]

    return listed()


METHODS: dict[str, tuple[Call, Sequence[object]]] = {
    "check_key": (lambda s: s.check_key(), [_PAGE, _WHOLE]),
    "jobs": (lambda s: listing(s.jobs()), [_PAGE, _WHOLE]),
    "find_jobs": (lambda s: listing(s.find_jobs({"task_state": ("RUNNING",)})), [_PAGE]),
    "find_jobs in one page": (lambda s: listing(s.find_jobs({"page": ("2",)})), [_PAGE]),
    "find_jobs of IVA": (lambda s: listing(s.find_jobs({"name_like": ("gate",)})), [_WHOLE]),
    "job": (lambda s: s.job(VIAS_ID), [_TASK]),
    "job of IVA": (lambda s: s.job(IVA_ID), [{"task": _TASK}]),
    "facts": (lambda s: s.facts(JOBS, VIAS_ID), [_TASK]),
    "facts of a batch": (lambda s: s.facts("batches", "b" * 32), [_BATCHES, _PAGE]),
    "items": (lambda s: listing(s.items("batches", {})), [_BATCHES]),
    "form": (lambda s: s.form(JOBS, "change", VIAS_ID), [_TASK]),
    "form of IVA": (lambda s: s.form(JOBS, "change", IVA_ID), [_TASK]),
    "form of a batch": (lambda s: s.form("batches", "change", "b" * 32), [_BATCHES]),
    "act: create": (lambda s: s.act(JOBS, "create", [], _NEW_V2), [_SERVICE, _PAGE, _MADE]),
    "act: create at IVA": (lambda s: s.act(JOBS, "create", [], _NEW_IVA), [_WHOLE, _MADE["tasks"]]),
    "act: change": (
        lambda s: s.act(JOBS, "change", [VIAS_ID], {"name": "x", "input": "•••", "obs_bucket": "b"}),
        [_TASK, {}],
    ),
    "act: change at IVA": (lambda s: s.act(JOBS, "change", [IVA_ID], {"dis_stream": "x"}), [_TASK, _TASK]),
    "act: delete": (lambda s: s.act(JOBS, "delete", [VIAS_ID, IVA_ID], {}), [{}, {}]),
    "act: delete a batch": (lambda s: s.act("batches", "delete", ["b" * 32], {}), [{"failed_count": 0}]),
    "answers": (lambda s: s.answers(IVA_ID), [_TASK]),
    "abort": (lambda s: s.abort(VIAS_ID), [{"id": VIAS_ID}]),
    "restart": (lambda s: s.restart(IVA_ID), [None]),
}


def account_at(address: str, project_id: str = PROJECT) -> Account:
    """Return an account all of whose hosts are one."""
    settings = {
        "region": "cn-north-4",
        "project_id": project_id,
        "vias": "v2",
        "iva": FACES,
        **{f"{host}_endpoint": address for host in ("iam", "vias", "iva")},
    }
    return Account("a", ServiceKind.HUAWEI, "n", project_id, address, settings=tuple(settings.items()))


def with_token(address: str) -> HuaweiService:
    return HuaweiService(account_at(address), written(Token(SECRET)), patience=PATIENCE, limits=LIMITS)


def with_password(address: str) -> HuaweiService:
    """Return a client that has to sign in, and to find its project."""
    key = written(Password("ops", SECRET, "Acme"))
    return HuaweiService(account_at(address, ""), key, patience=PATIENCE, limits=LIMITS)


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with asyncio.Runner() as runner:
        running = Hosts(runner, with_token)
        yield running
        running.close()


@pytest.fixture
def hosts_to_sign_in_at() -> Iterator[Hosts]:
    with asyncio.Runner() as runner:
        running = Hosts(runner, with_password)
        yield running
        running.close()


def test_every_method_is_here() -> None:
    public = {name for name in vars(HuaweiService) if not name.startswith("_")}
    assert public - {"close", "name"} == {name.partition(" ")[0].rstrip(":") for name in METHODS}


@pytest.mark.parametrize("name", METHODS)
@settings(
    max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_any_answer_is_a_value_or_an_error_of_ours(hosts: Hosts, name: str, data: st.DataObject) -> None:
    call, good = METHODS[name]
    before = data.draw(st.integers(0, len(good) - 1))  # So many requests go well first.
    script = [good_answer(each) for each in good[:before]]
    script += data.draw(st.lists(answers(good[before]), min_size=1, max_size=3))
    found = hosts.met(call, script)
    assert hosts.api.requests
    must_hold(hosts, found, SECRET)


@settings(
    max_examples=EXAMPLES * 2, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_any_answer_to_a_sign_in(hosts_to_sign_in_at: Hosts, data: st.DataObject) -> None:
    script = data.draw(st.lists(answers(_TOKEN), min_size=1, max_size=3))
    must_hold(hosts_to_sign_in_at, hosts_to_sign_in_at.met(lambda s: s.job(VIAS_ID), script), SECRET)


@pytest.mark.parametrize("name", METHODS)
def test_the_good_answer_is_understood(hosts: Hosts, name: str) -> None:
    """Or the answers above would be nonsense through and through."""
    call, good = METHODS[name]
    found = hosts.met(call, [good_answer(each) for each in good])
    assert not isinstance(found, BatchdockError), found
    well_typed(found)


def test_settings_that_are_no_json_are_said_to_be(hosts: Hosts) -> None:
    body = b'{"id": "a", "service_config": {"common": {"target_roi": "{"polygons":[]}"}}}'
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    assert isinstance(hosts.met(lambda s: s.facts(JOBS, IVA_ID), [head + body]), SettingsUnreadable)
