"""Whatever a server says: a value of the right type or a `BatchdockError`, soon, and the key goes nowhere else.

Every method of the service meets a real server that gives good answers with a thing or two in them gone wrong, JSON of
any shape, or any bytes at all, under any status and with nonsense in the headers: the same ones at each run.
"""

import asyncio
import copy
import dataclasses
import json
import types
import typing
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchdock.core.batch import Content, StagedFile
from batchdock.core.errors import BatchdockError
from batchdock.core.job import JobDefinition
from batchdock.core.ports import Version
from batchdock.services.http.limits import Limits
from batchdock.services.http.patience import Patience
from batchdock.services.roboflow.service import RoboflowService
from fakes.raw_server import RawRequest, RawServer, raw_server
from making.bodies import Held
from making.clients import account_of

KEY = "aB3secretkey9"
ELSEWHERE = "http://localhost:{prt}"
"""Another host than the API's 127.0.0.1; `{prt}` becomes its port, of as many digits, so that lengths stay right."""
SOON = 10.0
EXAMPLES = 25
"""For each method. A longer run, with other answers each time, is a matter of this number and of `derandomize`."""
LIMITS = Limits(connect=1.0, silence=0.5, answer=1.0, answer_bytes=100_000, values=20_000, pages=20, pages_in_vain=3)

# --- every method, and what it gets on a good day -----------------------------------------------------------------

Call = Callable[[RoboflowService], Awaitable[object]]

_BATCH = {"batchId": "b", "displayName": "B", "batchType": "simple-batch", "batchContentType": "images"}
_BATCH |= {"createdDate": "2026-10-01T12:00:00.000Z", "expiryDate": "2026-10-08T12:00:00Z"}
_SHARD = {"shardId": "s", "statusName": "indexing", "statusType": "info", "shardObjectsCount": 3}
_SHARD |= {"eventTimestamp": "2026-10-01T12:00:00.000Z"}
_PART = {"partName": "p", "partType": "simple-batch", "contentType": "archives", "nestedContentType": "metadata"}
_FILE = {"downloadURL": f"{ELSEWHERE}/get?sig", "fileName": "a.tar.gz", "contentType": "archives", "shardId": None}
_JOB = {
    "jobId": "j",
    "name": "J",
    "jobDefinition": {"type": "simple-image-processing-v1", "jobInput": {"batchId": "b"}},
    "currentStage": "processing",
    "error": False,
    "isTerminal": True,
    "lastNotification": {"message": "Done", "resultsBatches": ["r"], "failed": 1, "total": 3, "processed": 2},
    "createdAt": "2026-10-01T12:00:00.000Z",
    "lastUpdate": "2026-10-01T12:00:00.000Z",
    "progress": 0.5,
    "status": "running",
}
_STAGE = {"processingStageId": "p", "processingStageName": "processing", "tasksNumber": 2, "outputBatches": ["r"]}
_STAGE |= {"statusType": "info", "notification": {"message": "m"}, "startTimestamp": "2026-10-01T12:00:00.000Z"}
_TASK = {"taskId": "t", "statusType": "info", "progress": 0.5, "notification": {"done": 1, "total": 2, "failed": 0}}
_LOG = {"createdAt": "2026-10-01T12:00:00.000Z", "severity": "warning", "logType": "l", "payload": {"file": "a"}}
_CONFIG = {"specification": {"inputs": [{"type": "WorkflowImage", "name": "i"}], "outputs": [{"name": "o"}]}}
_WORKFLOW = {"url": "w", "id": "1", "name": "W", "createdAt": "2026-10-01T12:00:00.000Z"}
_SIGNED = {
    "uploadURL": f"{ELSEWHERE}/put?sig",
    "method": "PUT",
    "extensionHeaders": {"x-goog-content-length-range": "0,10"},
    "maxFileSize": 1000,
    "maxFilesNumber": 10,
}
_JOB_ASKED_FOR = JobDefinition(content=Content.IMAGES, batch_id="b", workflow_id="w")


def listing(found: AsyncIterator[object]) -> Awaitable[object]:
    async def listed() -> list[object]:
        return [each async for each in found]

    return listed()


async def receive(service: RoboflowService, start: int) -> object:
    address = ELSEWHERE.replace("{prt}", str(_PORTS["elsewhere"]))
    file = StagedFile(name="a.tar.gz", content=Content.ARCHIVES, url=f"{address}/get?sig")
    async with service.receive(file, start=start, version=Version("e", 5)) as incoming:
        return incoming.start, incoming.version, [piece async for piece in incoming.pieces()]


_PORTS = {"elsewhere": 0}

METHODS: dict[str, tuple[Call, object]] = {
    "check_key": (lambda s: s.check_key(), {"workspace": "acme-ws"}),
    "workflows": (lambda s: s.workflows(), {"workflows": [_WORKFLOW]}),
    "workflow": (lambda s: s.workflow("w"), {"workflow": {**_WORKFLOW, "config": json.dumps(_CONFIG)}}),
    "batches": (lambda s: listing(s.batches()), {"batches": [_BATCH], "nextPageToken": "2"}),
    "batch": (lambda s: s.batch("b"), {"batch": _BATCH}),
    "count": (lambda s: s.count("b"), {"count": 3}),
    "shards": (lambda s: listing(s.shards("b")), {"shards": [_SHARD], "nextPageToken": "2"}),
    "parts": (lambda s: s.parts("b"), {"batchParts": [_PART]}),
    "files": (lambda s: listing(s.files("b")), {"filesMetadata": [_FILE], "nextPageToken": None}),
    "upload_image": (lambda s: s.upload_image("b", "a.jpg", Held("a", b"jpg"), batch_name="B"), {"status": "ok"}),
    "upload_video": (
        lambda s: s.upload_video("b", "a.mp4", Held("a", b"mp4"), batch_name="B"),
        {"signedURLDetails": _SIGNED},
    ),
    "upload_shard": (
        lambda s: s.upload_shard("b", Held("2 files", b"tar"), files=2, batch_name="B"),
        {"signedURLDetails": _SIGNED},
    ),
    "add_references": (
        lambda s: s.add_references("b", Content.IMAGES, [("a", "file:///a")], batch_name="B", ingest_id="i"),
        {"ingestId": "i", "shardIds": ["s"], "duplicated": False},
    ),
    "create_job": (lambda s: s.create_job("j", "J", _JOB_ASKED_FOR), {"status": "ok", "job": _JOB}),
    "jobs": (lambda s: listing(s.jobs()), {"jobs": [_JOB], "nextPageToken": "2"}),
    "job": (lambda s: s.job("j"), {"job": _JOB}),
    "stages": (lambda s: s.stages("j"), {"stages": [_STAGE]}),
    "tasks": (lambda s: listing(s.tasks("j", "p")), {"tasks": [_TASK], "nextPageToken": None}),
    "logs": (lambda s: listing(s.logs("j")), {"logs": [_LOG], "nextPageToken": None}),
    "abort": (lambda s: s.abort("j"), {"status": "ok"}),
    "restart": (lambda s: s.restart("j"), {"status": "ok", "job": _JOB}),
    "receive": (lambda s: receive(s, 0), "bytes"),
    "receive the rest": (lambda s: receive(s, 3), "bytes"),
}


def test_every_method_is_here() -> None:
    public = {name for name in vars(RoboflowService) if not name.startswith("_")}
    assert public - {"close"} == {name.partition(" ")[0] for name in METHODS}


# --- answers ------------------------------------------------------------------------------------------------------

_ODD_TEXTS = (
    *("", "ok", "-1", "1e999", "nan", "\ud800", "\0", "success", "job", "x" * 5000, "../../etc", "HEAD"),
    *("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z"),
    *("file:///etc/passwd", f"{ELSEWHERE}/put", "http://[::1", "http://a\r\nb"),
)
_texts = st.text(st.characters(), max_size=8) | st.sampled_from(_ODD_TEXTS)
_leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | _texts
    | st.sampled_from([10**400, -1, 2**63, 0, []])
)
_json = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3), max_leaves=6
)


@st.composite
def changed(draw: st.DrawFn, good: object) -> object:
    """A good answer with up to two things in it replaced by anything, or left out."""
    answer = copy.deepcopy(good)
    for _ in range(draw(st.integers(0, 2))):
        places = list(_places(answer))
        if not places:
            return draw(_json)
        holder, key = draw(st.sampled_from(places))
        if isinstance(holder, dict) and draw(st.booleans()):
            holder.pop(key, None)
        else:
            holder[key] = draw(_json)
    return answer


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys: list[Any] = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    for key in keys:
        yield value, key
        yield from _places(value[key])


_headers = st.lists(
    st.sampled_from(
        [
            "Content-Length: 3",
            "Content-Length: -1",
            "Content-Length: nonsense",
            "Content-Length: 99999999999999999999",
            "Transfer-Encoding: chunked",
            "Content-Encoding: gzip",
            "Content-Type: text/html",
            "Content-Type: application/json; charset=klingon",
            "Retry-After: 99999999999999999999999",
            "Retry-After: Wed, 99 Foo 2026",
            "Retry-After: Mon, 01 Jan 0001 00:00:00 +2359",
            "Retry-After: ٣",
            "Location: file:///etc/passwd",
            f"Location: {ELSEWHERE}/elsewhere",
            "Location: http://[::1",
            "Location: \x00",
            "ETag: ",
            "Content-Range: bytes 3-4/5",
            "Content-Range: bytes 99999999999999999999999-/-1",
            "Set-Cookie: a=b; Domain=localhost",
            "Connection: upgrade",
            "Upgrade: h2c",
            "no colon",
            "X: " + "x" * 70_000,
        ]
    ),
    max_size=3,
)
_statuses = st.sampled_from(
    [200] * 6 + [206, 201, 204, 301, 302, 303, 307, 308, 304, 400, 401, 403, 404, 408, 409, 410]
)
_statuses |= st.sampled_from([416, 423, 429, 500, 502, 503, 504, 511, 407, 299, 600, 999])


@st.composite
def answers(draw: st.DrawFn, good: object) -> bytes:
    """The bytes of one answer."""
    form = draw(st.sampled_from(["changed"] * 5 + ["json", "nested", "page", "bytes", "nothing", "no http"]))
    if form == "no http":
        return draw(st.binary(max_size=50))
    bodies = {
        "changed": changed(good).map(_as_bytes),
        "json": _json.map(_as_bytes),
        "nested": st.sampled_from([b"[" * 60_000, b'{"a":' * 15_000, b"[{}," * 10_000, b"[" + b"9" * 5000 + b"]"]),
        "page": st.just(b"<!DOCTYPE html><title>Sign in</title>"),
        "bytes": st.binary(max_size=50),
        "nothing": st.just(b""),
    }
    body = draw(bodies[form])
    headers = draw(_headers)
    if not any(each.startswith(("Content-Length", "Transfer")) for each in headers):
        headers.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([f"HTTP/1.1 {draw(_statuses)} Says so", *headers, "", ""])
    return head.encode("utf-8") + body


def _as_bytes(value: object) -> bytes:
    return json.dumps(value).encode()


# --- the two hosts ------------------------------------------------------------------------------------------------


class Hosts:
    """The API, and another host, both of which say what the script has for them, in its order."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._script: list[bytes] = []
        self._turn = 0
        self._stack = AsyncExitStack()
        self.api, self.elsewhere = runner.run(self._open())

    async def _open(self) -> tuple[RawServer, RawServer]:
        return (
            await self._stack.enter_async_context(raw_server(self._say)),
            await self._stack.enter_async_context(raw_server(self._say)),
        )

    def close(self) -> None:
        self._runner.run(self._stack.aclose())

    async def _say(self, request: RawRequest) -> bool:
        await request.body()
        said = self._script[min(self._turn, len(self._script) - 1)]
        self._turn += 1
        await request.say(said.replace(b"{prt}", str(_PORTS["elsewhere"]).encode()))
        return False

    def met(self, call: Call, script: list[bytes]) -> object:
        """Return what the call comes to against hosts that keep to the script."""
        self._script, self._turn = script, 0
        self.api.requests.clear()
        self.elsewhere.requests.clear()
        _PORTS["elsewhere"] = int(self.elsewhere.url.rpartition(":")[2])
        return self._runner.run(self._meet(call))

    async def _meet(self, call: Call) -> object:
        patience = Patience(tries=2, base=0.0, ceiling=0.0, longest_request=0.0)
        service = RoboflowService(account_of(self.api.url), KEY, patience=patience, limits=LIMITS)
        try:
            async with asyncio.timeout(SOON):
                return await call(service)
        except BatchdockError as error:
            return error
        finally:
            await service.close()


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with asyncio.Runner() as runner:
        running = Hosts(runner)
        yield running
        running.close()


# --- what must hold -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", METHODS)
@settings(
    max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_any_answer_is_a_value_or_an_error_of_ours(hosts: Hosts, name: str, data: st.DataObject) -> None:
    call, good = METHODS[name]
    script = data.draw(st.lists(answers(good), min_size=1, max_size=3))
    found = hosts.met(call, script)
    assert hosts.api.requests or name.startswith("receive")
    assert all(KEY not in each for each in hosts.elsewhere.requests)
    if isinstance(found, BatchdockError):
        told = found.sentence() + found.details + repr(found.values) + repr(found)
        assert KEY not in told
        told.encode()
    else:
        well_typed(found)


@pytest.mark.parametrize("name", METHODS)
def test_the_good_answer_is_understood(hosts: Hosts, name: str) -> None:
    """Or the answers above would be nonsense through and through."""
    call, good = METHODS[name]
    body = _as_bytes(good)
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    found = hosts.met(call, [head + body])
    assert not isinstance(found, BatchdockError)
    well_typed(found)


def well_typed(value: Any) -> None:
    """Fail for a value that is not what its class says it is, or that can not be written down."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        hints = typing.get_type_hints(type(value))
        for each in dataclasses.fields(value):
            inner = getattr(value, each.name)
            assert _fits(inner, hints[each.name]), (type(value).__name__, each.name, inner)
            well_typed(inner)
    elif isinstance(value, datetime):
        assert value.utcoffset() is not None
        value.astimezone()
    elif isinstance(value, dict):
        for pair in value.items():
            well_typed(pair)
    elif isinstance(value, list | tuple):
        for inner in value:
            well_typed(inner)
    elif isinstance(value, str) and not isinstance(value, Enum):
        value.encode()
    else:
        assert isinstance(value, bool | bytes | int | float | Enum | None), value


def _fits(value: object, hint: Any) -> bool:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return any(_fits(value, each) for each in typing.get_args(hint))
    plain = typing.get_origin(hint) or hint
    if plain is type(None):
        return value is None
    return plain is object or (isinstance(value, plain) and not (plain is int and isinstance(value, bool)))
