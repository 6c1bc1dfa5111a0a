"""Answers of any kind to meet a client with: good ones with a thing or two gone wrong, any JSON, any bytes."""

import asyncio
import copy
import dataclasses
import json
import types
import typing
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

from hypothesis import strategies as st

from batchdock.core.errors import BatchdockError
from batchdock.services.http.limits import Limits
from batchdock.services.http.patience import Patience
from fakes.raw_server import RawRequest, RawServer, raw_server

ELSEWHERE = "http://localhost:{prt}"
"""Another host than the API's 127.0.0.1; `{prt}` becomes its port, of as many digits, so that lengths stay right."""
SOON = 10.0
LIMITS = Limits(connect=1.0, silence=0.5, answer=1.0, answer_bytes=100_000, values=20_000, pages=20, pages_in_vain=3)
PATIENCE = Patience(tries=2, base=0.0, ceiling=0.0, longest_request=0.0)


class Closing(Protocol):
    """A client that can be closed."""

    async def close(self) -> None: ...


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


_DEEP = b'{"id":"a","input":' + b'{"a":' * 600 + b"1" + b"}" * 601
"""More than can be gone through, and less than what JSON is read up to."""


@st.composite
def answers(draw: st.DrawFn, good: object) -> bytes:
    """The bytes of one answer."""
    form = draw(st.sampled_from(["changed"] * 5 + ["json", "nested", "page", "bytes", "nothing", "no http"]))
    if form == "no http":
        return draw(st.binary(max_size=50))
    bodies = {
        "changed": changed(good).map(as_bytes),
        "json": _json.map(as_bytes),
        "nested": st.sampled_from(
            [b"[" * 60_000, b'{"a":' * 15_000, b"[{}," * 10_000, b"[" + b"9" * 5000 + b"]", _DEEP]
        ),
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


def as_bytes(value: object) -> bytes:
    """Return JSON."""
    return json.dumps(value).encode()


def good_answer(body: object, *headers: str) -> bytes:
    """Return the bytes of an answer with which nothing is wrong."""
    said = as_bytes(body)
    head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(said)}", *headers, "", ""])
    return head.encode() + said


# --- the two hosts ------------------------------------------------------------------------------------------------


class Hosts:
    """The API, and another host, both of which say what the script has for them, in its order.

    `connect` makes a client of the API's address.
    """

    def __init__(self, runner: asyncio.Runner, connect: Callable[[str], Closing]) -> None:
        self._runner = runner
        self._connect = connect
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
        """Be gone."""
        self._runner.run(self._stack.aclose())

    async def _say(self, request: RawRequest) -> bool:
        await request.body()
        said = self._script[min(self._turn, len(self._script) - 1)]
        self._turn += 1
        await request.say(said.replace(b"{prt}", self.elsewhere.url.rpartition(":")[2].encode()))
        return False

    def met(self, call: Callable[[Any], Awaitable[object]], script: list[bytes]) -> object:
        """Return what the call comes to against hosts that keep to the script."""
        self._script, self._turn = script, 0
        self.api.requests.clear()
        self.elsewhere.requests.clear()
        return self._runner.run(self._meet(call))

    async def _meet(self, call: Callable[[Any], Awaitable[object]]) -> object:
        service = self._connect(self.api.url)
        try:
            async with asyncio.timeout(SOON):
                return await call(service)
        except BatchdockError as error:
            return error
        finally:
            await service.close()


# --- what must hold -----------------------------------------------------------------------------------------------


def must_hold(hosts: Hosts, found: object, *secrets: str) -> None:
    """Fail for anything but a value of the right type or an error, or where a secret is told or goes elsewhere."""
    heard = list(hosts.elsewhere.requests)
    assert not any(secret in each for secret in secrets for each in heard)
    if isinstance(found, BatchdockError):
        told = found.sentence() + found.details + repr(found.values) + repr(found)
        assert not any(secret in told for secret in secrets)
        told.encode()
    else:
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
    if plain in (int, float) and isinstance(value, bool):
        return False
    return plain is object or isinstance(value, plain) or (plain is float and isinstance(value, int))
