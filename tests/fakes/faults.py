"""Faults of a service, switched on by a test: the request is matched, and the answer goes wrong."""

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Kind(Enum):
    """How an answer goes wrong."""

    INSTEAD = auto()
    """The request is not carried out; the answer is the given one."""
    AFTERWARDS = auto()
    """The request is carried out; the answer is the given one all the same."""
    TORN = auto()
    """The answer breaks off after `keep` bytes of its body."""
    DROPPED = auto()
    """The request is carried out, then the connection closes without an answer."""
    STALLED = auto()
    """The request is carried out, and the answer never comes."""


@dataclass
class Fault:
    """What happens to the next `times` requests whose `METHOD /path` matches."""

    pattern: str
    kind: Kind = Kind.INSTEAD
    times: int = 1
    status: int = 500
    body: bytes = b'{"error":"Internal server error"}'
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    keep: int = 10


class Faulty:
    """An ASGI app around another, in which faults can be switched on. Later faults are looked at first."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner
        self.faults: list[Fault] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._inner(scope, receive, send)
        fault = self._take(f"{scope['method']} {scope['path']}")
        if fault is None:
            return await self._inner(scope, receive, send)
        if fault.kind is Kind.TORN:
            return await self._inner(scope, receive, _Tearing(send, fault.keep))
        if fault.kind is Kind.INSTEAD:
            await _drain(receive)
        else:
            await self._inner(scope, receive, _swallow)
        if fault.kind is Kind.STALLED:
            while (await receive())["type"] != "http.disconnect":
                pass
            return None
        if fault.kind is Kind.DROPPED:
            # ASGI has no word for it: an app that says nothing makes uvicorn answer 500.
            receive.__self__.transport.abort()  # type: ignore[attr-defined]
            return None
        return await _answer(send, fault)

    def _take(self, request: str) -> Fault | None:
        for fault in reversed(self.faults):
            if fault.times > 0 and re.search(fault.pattern, request):
                fault.times -= 1
                return fault
        return None


class _Torn(Exception):
    """Ends the request so that the server closes the connection."""


class _Tearing:
    def __init__(self, send: Send, keep: int) -> None:
        self._send = send
        self._left = keep

    async def __call__(self, message: Message) -> None:
        if message["type"] != "http.response.body":
            return await self._send(message)
        body: bytes = message.get("body", b"")
        await self._send({"type": "http.response.body", "body": body[: self._left], "more_body": True})
        self._left -= len(body)
        if self._left <= 0:
            raise _Torn
        return None


async def _answer(send: Send, fault: Fault) -> None:
    headers: list[tuple[bytes, bytes]] = [(k.lower().encode(), v.encode()) for k, v in fault.headers.items()]
    headers.append((b"content-length", str(len(fault.body)).encode()))
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": fault.body})


async def _drain(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass


async def _swallow(message: Message) -> Any:
    return None
