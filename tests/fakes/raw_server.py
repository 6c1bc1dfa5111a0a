"""A server that says what it is told to, byte by byte, in the loop of the test itself.

    async with raw_server(handle) as server:
        server.url, server.connections, server.requests

`handle` gets each request with its body unread, and says whether the connection may go on.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field


@dataclass
class RawRequest:
    """A request whose head has been read."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: bytes

    @property
    def line(self) -> str:
        """Method, target and version."""
        return self.head.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def target(self) -> str:
        """What is asked for."""
        return [*self.line.split(" "), ""][1]

    def header(self, name: str) -> str:
        """Return a header, empty where there is none."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            found, _, value = line.partition(":")
            if found.lower() == name.lower():
                return value.strip()
        return ""

    async def body(self) -> int:
        """Read the body to its end and return its length."""
        left = length = int(self.header("Content-Length") or 0)
        while left:
            piece = await self.reader.read(min(left, 1 << 20))
            if not piece:
                raise ConnectionResetError("half a body")
            left -= len(piece)
        return length

    async def say(self, *pieces: bytes) -> None:
        """Send bytes."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def answer(self, status: str, body: bytes = b"", *headers: str) -> None:
        """Send a whole answer."""
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        await self.say("\r\n".join(head).encode("latin-1") + body)


Handle = Callable[[RawRequest], Awaitable[bool | None]]
"""Answers one request; False closes the connection afterwards."""


@dataclass
class RawServer:
    """What came in so far."""

    url: str
    requests: list[str] = field(default_factory=list)
    """Every head, as text."""
    connections: int = 0


@contextlib.asynccontextmanager
async def raw_server(handle: Handle, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    """Serve until the block ends; then cut every line."""
    tasks: set[asyncio.Task[None]] = set()
    server = RawServer("")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        server.connections += 1
        try:
            while True:
                request = RawRequest(reader, writer, await reader.readuntil(b"\r\n\r\n"))
                server.requests.append(request.head.decode("latin-1"))
                if await handle(request) is False:
                    return
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls, limit=1 << 20)
    port = listening.sockets[0].getsockname()[1]
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield server
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listening.wait_closed()
