"""The receiver: takes POSTs of those who prove who they are. Services hint at what happened to a job (contract §6), and
jobs send what they see.

404 another path, 405 another method, 401 no good key, 413 and 408 too large or too slow, 400 nothing that can be read;
200 taken, 503 and 507 not now: no room in the memory, or on the disk. What is in a body is never logged, and none is
read before its key was seen to be good.
"""

import asyncio
import errno
import hmac
import logging
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from batchdock.core.errors import AddressNotHere, BatchdockError, NotListening, PortTaken
from batchdock.core.hint import Hint
from batchdock.services.hooks.caught import Caught, read_caught
from batchdock.services.hooks.payloads import read_payload

if TYPE_CHECKING:
    from aiohttp import web

PATH = "/events"
PATH_CAUGHT = "/caught"
CAUGHT_HEADER = "X-Batchdock-Key"
"""Holds the secret of whoever sends to `PATH_CAUGHT`."""

_READ_AT_ONCE = 2
"""Bodies of jobs, in threads: more at a time would only share one processor."""

_silent = logging.getLogger(f"{__name__}.silent")
_silent.addFilter(lambda record: False)  # aiohttp would log the first line of whatever is no HTTP.


@dataclass(frozen=True, slots=True)
class ReceiverLimits:
    """Bytes of a body, seconds for a whole connection, and connections at a time."""

    body_bytes: int = 1024 * 1024
    seconds: float = 15.0
    connections: int = 32
    caught_bytes: int = 32 * 1024 * 1024
    """Of what a job sends: there are pictures in it."""
    held_bytes: int = 160 * 1024 * 1024
    """Of everything that jobs have sent and that has no place on the disk yet."""


class Catches(Protocol):
    """Who may send what jobs see, and where it goes."""

    def whose(self, secret: str) -> tuple[str, str] | None:
        """Return account and id of the job whose secret this is. Every secret takes as long."""
        ...

    async def take(self, job: tuple[str, str], caught: Caught) -> None:
        """Keep what a job has sent. Raise `StorageProblem`."""
        ...


class Receiver:
    """A server on one address and port. `workspaces` asks which are connected; `hear` gets a workspace and a hint.
    `catches` gets what jobs send.
    """

    def __init__(
        self,
        workspaces: Callable[[], Collection[str]],
        hear: Callable[[str, Hint], None],
        catches: Catches,
        limits: ReceiverLimits | None = None,
    ) -> None:
        self._workspaces, self._hear, self._catches = workspaces, hear, catches
        self._limits = limits or ReceiverLimits()
        self._held = 0
        self._reading = asyncio.Semaphore(_READ_AT_ONCE)
        self._server: web.Server | None = None
        self._listening: asyncio.Server | None = None
        self.address = ""
        """Where services are to send their news, while it listens."""

    @property
    def caught_address(self) -> str:
        """Where jobs are to send what they see, while it listens."""
        return f"{self.address.removesuffix(PATH)}{PATH_CAUGHT}" if self.address else ""

    async def start(self, host: str, port: int) -> None:
        """Listen. Raise `NotListening`: `PortTaken`, `AddressNotHere`."""
        from aiohttp import web  # Late: most people never let services send them anything.

        loop = asyncio.get_running_loop()
        server = web.Server(
            self._answer,
            access_log=None,
            logger=_silent,
            auto_decompress=False,
            lingering_time=1.0,
            keepalive_timeout=0,  # A connection is for one request, and has an end of its own below.
        )

        def connected() -> asyncio.Protocol:
            if len(server.connections) >= self._limits.connections:
                return _Refused()
            connection = server()
            loop.call_later(self._limits.seconds, _cut, connection)
            return connection

        try:
            self._listening = await loop.create_server(connected, host, port)
        except OSError as error:
            raise _refusal(error, host, port) from None
        self._server = server
        found = self._listening.sockets[0].getsockname()
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{found[1]}{PATH}"

    async def stop(self) -> None:
        """Listen no more, and end what is under way. Never raises."""
        self.address = ""
        listening, self._listening = self._listening, None
        server, self._server = self._server, None
        if listening is not None:
            listening.close()
        if server is not None:
            await server.shutdown(0.5)

    async def _answer(self, request: "web.BaseRequest") -> "web.Response":
        if request.path not in (PATH, PATH_CAUGHT):
            return _said(404)
        if request.method != "POST":
            return _said(405, Allow="POST")
        try:
            return await (self._event(request) if request.path == PATH else self._caught(request))
        except TimeoutError:
            return _said(408)
        except ValueError:
            return _said(400)

    async def _event(self, request: "web.BaseRequest") -> "web.Response":
        workspace = self._whose(request.headers.getall("Authorization", []))
        if workspace is None:
            return _said(401)
        content = await self._body(request, self._limits.body_bytes)
        if content is None:
            return _said(413)
        self._hear(workspace, read_payload(content))
        return _said(200)

    async def _caught(self, request: "web.BaseRequest") -> "web.Response":
        given = request.headers.getall(CAUGHT_HEADER, [])
        job = self._catches.whose(given[0].strip()) if len(given) == 1 else None
        if job is None:
            return _said(401)
        told = request.content_length
        room = self._limits.caught_bytes if told is None else min(told, self._limits.caught_bytes)
        if self._held + room > self._limits.held_bytes:
            return _said(503, **{"Retry-After": "2"})
        self._held += room
        try:
            content = await self._body(request, self._limits.caught_bytes)
            if content is None:
                return _said(413)
            return await self._keep(job, content, request.headers.get("Content-Type", ""))
        finally:
            self._held -= room

    async def _keep(self, job: tuple[str, str], content: bytes, media_type: str) -> "web.Response":
        async with self._reading:
            caught = await asyncio.to_thread(read_caught, content, media_type, datetime.now(UTC))
        try:
            # All at once, to be written together. What was kept of them is known when all are sent again.
            await asyncio.gather(*[self._catches.take(job, each) for each in caught])
        except BatchdockError:
            return _said(507, **{"Retry-After": "60"})
        return _said(200)

    def _whose(self, given: list[str]) -> str | None:
        """Return the workspace whose publishable key was given, alone or after `Bearer`. Every key takes as long."""
        key = given[0].strip() if len(given) == 1 else ""
        key = key[len("Bearer ") :].strip() if key[: len("Bearer ")].lower() == "bearer " else key
        found = None
        for workspace in self._workspaces():
            if hmac.compare_digest(key.encode("utf-8", "replace"), f"rf_{workspace}".encode()):
                found = workspace
        return found

    async def _body(self, request: "web.BaseRequest", most: int) -> bytes | None:
        """Return the body, or None when it is longer than any can be. Raise `TimeoutError`."""
        if (request.content_length or 0) > most:
            return None
        content = bytearray()
        async with asyncio.timeout(self._limits.seconds):
            async for piece in request.content.iter_any():
                content += piece
                if len(content) > most:
                    return None
        return bytes(content)


class _Refused(asyncio.Protocol):
    """A connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it at once."""
        transport.close()


def _cut(connection: "web.RequestHandler") -> None:
    """End a connection that has had its time, whatever it does."""
    if connection.transport is not None:
        connection.transport.abort()


def _said(status: int, **headers: str) -> "web.Response":
    from aiohttp import web

    response = web.Response(status=status, headers=headers)
    response.force_close()
    return response


def _refusal(error: OSError, host: str, port: int) -> NotListening:
    kind = NotListening
    if error.errno == errno.EADDRINUSE:
        kind = PortTaken
    elif isinstance(error, socket.gaierror) or error.errno in (errno.EADDRNOTAVAIL, None):
        kind = AddressNotHere  # asyncio itself says it without a number, from Python 3.12 on.
    reason = error.strerror or type(error).__name__
    return kind(address=host, port=str(port), reason=reason, details=f"{type(error).__name__} {error.errno}")
