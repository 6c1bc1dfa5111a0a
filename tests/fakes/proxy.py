"""A small proxy, as companies have one: it asks for a password, opens tunnels, and passes plain requests on.

    async with proxy(upstream.url, password="open sesame") as running:
        running.url, running.lines

Whatever host is asked for, the way leads to `upstream`: so any name may be used without anybody knowing it.
"""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from fakes.raw_server import RawRequest, raw_server

USER = "jörg"


@dataclass
class Proxy:
    """Where it is, with and without name and password, and the first line of each request."""

    place: str
    url: str
    lines: list[str] = field(default_factory=list)


@contextlib.asynccontextmanager
async def proxy(upstream: str, *, password: str = "", refuses: str = "") -> AsyncIterator[Proxy]:
    """Serve until the block ends. `refuses`: the status line it answers everything with."""
    target = urlsplit(upstream)
    expected = base64.b64encode(f"{USER}:{password}".encode()).decode()
    running = Proxy("", "")

    async def handle(request: RawRequest) -> bool:
        running.lines.append(request.line)
        if refuses:
            await request.answer(refuses, b"Blocked by policy.")
            return False
        if password and request.header("Proxy-Authorization") != f"Basic {expected}":
            await request.answer("407 Proxy Authentication Required", b"", 'Proxy-Authenticate: Basic realm="x"')
            return False
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        if request.line.startswith("CONNECT "):
            await request.say(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            plain = [each for each in request.head.split(b"\r\n") if not each.lower().startswith(b"proxy-")]
            method, url, version = plain[0].split(b" ")
            parts = urlsplit(url.decode())
            plain[0] = b" ".join((method, f"{parts.path or '/'}?{parts.query}".encode(), version))
            writer.write(b"\r\n".join(plain))
        try:
            await asyncio.gather(_pump(request.reader, writer), _pump(reader, request.writer))
        finally:
            writer.close()
        return False

    async with raw_server(handle) as server:
        running.place = server.url.removeprefix("http://")
        credentials = f"{quote(USER)}:{quote(password, safe='')}@" if password else ""
        running.url = f"http://{credentials}{running.place}"
        yield running


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(1 << 16):
            sink.write(piece)
            await sink.drain()
        sink.close()
