"""Faults of a service, switched on by a test: the request is matched, and the answer goes wrong."""

import asyncio
import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fakes.weather import Link, Weather


class Kind(Enum):
    """How a request goes wrong. A body is the request's where it has one, else the answer's."""

    INSTEAD = auto()
    """The request is read to its end and not carried out; the answer is the given one."""
    EARLY = auto()
    """The given answer comes before the body of the request was read, then the connection closes."""
    AFTERWARDS = auto()
    """The request is carried out; the answer is the given one all the same."""
    DROPPED = auto()
    """The request is carried out, then the connection closes without an answer."""
    CUT = auto()
    """The connection is reset in the middle of the body; a request is not carried out."""
    TORN = auto()
    """The answer ends in the middle of its body, before its Content-Length."""
    SHORT = auto()
    """The answer has no Content-Length and ends in the middle of its body, as if that were all."""
    PAUSED = auto()
    """Nothing moves for `seconds` in the middle of the body; then all goes well."""
    STALLED = auto()
    """The request is carried out, and the answer never comes."""
    DEAF = auto()
    """The body of the request is never read, and no answer comes."""


@dataclass
class Fault:
    """What happens to the next `times` requests whose `METHOD /path` matches.

    The middle of a body is after `keep` bytes; with `part`, after that part of it. The first `skip` come through.
    """

    pattern: str
    kind: Kind = Kind.INSTEAD
    times: int = 1
    skip: int = 0
    status: int = 500
    body: bytes = b'{"error":"Internal server error"}'
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    keep: int = 10
    part: float | None = None
    seconds: float = 90.0

    def middle(self, length: int) -> int:
        """Return where the middle of a body of `length` bytes is."""
        return min(self.keep, length) if self.part is None else int(self.part * length)


class Faulty:
    """An ASGI app around another, in which faults can be switched on. Later faults are looked at first."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner
        self.faults: list[Fault] = []
        self.weather = Weather(seed=0)
        self.link = Link()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._inner(scope, receive, send)
        line: Any = receive.__self__  # type: ignore[attr-defined]  # ASGI has no word for cutting a line; uvicorn has.
        if self.link.slows:
            await asyncio.sleep(self.link.latency)
            receive, send = self.link.receiving(receive), self.link.sending(send)
        request = Request(scope)
        fault = self._take(f"{scope['method']} {scope['path']}") or _of_weather(self.weather, request)
        if fault is None:
            return await self._inner(scope, receive, send)
        sent = int(request.headers.get("Content-Length") or 0)
        match fault.kind:
            case Kind.INSTEAD:
                await _drain(receive)
                await _answer(send, fault)
            case Kind.EARLY:
                await _answer(send, fault, {"Connection": "close"})
                line.transport.close()
            case Kind.AFTERWARDS:
                await self._inner(scope, receive, _swallow)
                await _answer(send, fault)
            case Kind.DROPPED:
                await self._inner(scope, receive, _swallow)
                line.transport.abort()
            case Kind.STALLED:
                await self._inner(scope, receive, _swallow)
                while (await receive())["type"] != "http.disconnect":
                    pass
            case Kind.DEAF:
                while not line.disconnected:
                    await asyncio.sleep(0.02)
            case Kind.CUT if sent:
                await _read_to_the_middle(receive, fault.middle(sent))
                line.transport.abort()
            case Kind.PAUSED if sent:
                await self._inner(scope, _Pausing(receive, fault, sent), send)
            case _:
                await self._inner(scope, receive, _Breaking(send, fault, line))
        return None

    def _take(self, request: str) -> Fault | None:
        for fault in reversed(self.faults):
            if fault.times > 0 and re.search(fault.pattern, request):
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None


def _of_weather(weather: Weather, request: Request) -> Fault | None:
    """Return what the weather does to this request; each of its words is the name of a kind."""
    found = weather.roll(request)
    return None if found is None else Fault("", Kind[found.kind], **found.details)


class _Torn(Exception):
    """Ends the request so that the server closes the connection."""


class _Breaking:
    """A `send` whose answer goes wrong in the middle of its body."""

    def __init__(self, send: Send, fault: Fault, line: Any) -> None:
        self._send, self._fault, self._line = send, fault, line
        self._left = fault.keep
        self._over = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: list[tuple[bytes, bytes]] = list(message["headers"])
            length = next((int(value) for name, value in headers if name.lower() == b"content-length"), 0)
            self._left = self._fault.middle(length)
            if self._fault.kind is Kind.SHORT:
                message = {**message, "headers": [each for each in headers if each[0].lower() != b"content-length"]}
            return await self._send(message)
        body: bytes = message.get("body", b"")
        if self._over or (len(body) < self._left and message.get("more_body")):
            self._left -= len(body)
            return None if self._over and self._fault.kind is Kind.SHORT else await self._send(message)
        self._over = True
        if self._fault.kind is Kind.SHORT:
            return await self._send({"type": "http.response.body", "body": body[: self._left]})
        await self._send({"type": "http.response.body", "body": body[: self._left], "more_body": True})
        if self._fault.kind is Kind.PAUSED:
            await asyncio.sleep(self._fault.seconds)
            return await self._send({**message, "body": body[self._left :]})
        if self._fault.kind is Kind.CUT:
            self._line.transport.abort()
        raise _Torn


class _Pausing:
    """A `receive` that reads nothing for a while in the middle of the body."""

    def __init__(self, receive: Receive, fault: Fault, length: int) -> None:
        self._receive, self._left, self._seconds = receive, fault.middle(length), fault.seconds

    async def __call__(self) -> Message:
        if self._left <= 0 and self._seconds:
            seconds, self._seconds = self._seconds, 0.0
            await asyncio.sleep(seconds)
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        return message


async def _answer(send: Send, fault: Fault, more: dict[str, str] | None = None) -> None:
    headers = [(k.lower().encode(), v.encode()) for k, v in {**fault.headers, **(more or {})}.items()]
    headers.append((b"content-length", str(len(fault.body)).encode()))
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": fault.body})


async def _drain(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass


async def _read_to_the_middle(receive: Receive, left: int) -> None:
    while left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        if not message.get("more_body"):
            return


async def _swallow(message: Message) -> Any:
    return None
