"""HTTP/1.1 as small as it gets, so that many thousand requests cost little: one write an answer, lines stay open."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from http.client import responses

from fakes.tensorbay.asked import Asked

_STARTS_WITHIN = 60.0
_HEAD = 1 << 16


@dataclass(slots=True)
class Answer:
    """What goes back. `cut`: the line ends after so many bytes of the body; 0 is an answer without any."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    cut: int | None = None
    dropped: bool = False
    """The line ends without an answer."""

    def written(self, method: str) -> bytes:
        """Return the bytes of the whole answer."""
        lines = [f"HTTP/1.1 {self.status} {responses.get(self.status, 'Other')}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {len(self.body)}", f"Date: {formatdate(usegmt=True)}", "", ""]
        body = b"" if method == "HEAD" else self.body if self.cut is None else self.body[: self.cut]
        return "\r\n".join(lines).encode("latin-1") + body


Application = Callable[[Asked], Awaitable[Answer]]


class Lines:
    """Serves some sockets from a thread of its own, from the moment it is made until `stop`."""

    def __init__(self, served: Sequence[tuple[socket.socket, str, ssl.SSLContext | None]], app: Application) -> None:
        self._served, self._app = served, app
        self._started, self._loop = threading.Event(), asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._broken: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name="tensorbay", daemon=True)
        self._thread.start()
        assert self._started.wait(_STARTS_WITHIN), "The stand-in did not start."

    def stop(self) -> None:
        """Cut every line and close the sockets. What went wrong inside is raised."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_STARTS_WITHIN)
        assert not self._thread.is_alive(), "The stand-in did not stop."
        if self._broken:
            raise AssertionError("The stand-in is broken.") from self._broken[0]

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        servers = [await self._listening(*each) for each in self._served]
        self._started.set()
        await self._stop.wait()
        for server in servers:
            server.close()
        for _ in range(3):
            for talk, writer in list(self._talks.items()):
                writer.transport.abort()
                talk.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)
            await asyncio.sleep(0)

    async def _listening(self, bound: socket.socket, name: str, context: ssl.SSLContext | None) -> asyncio.Server:
        async def taken_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._talks[task] = writer
            try:
                await self._talk(reader, writer, name)
            except (OSError, EOFError, asyncio.CancelledError, asyncio.LimitOverrunError):
                pass
            except Exception as error:  # Told of by `stop`.
                self._broken.append(error)
            finally:
                writer.transport.abort()
                # A line that TLS has not said good-bye on is gone all the same.
                with contextlib.suppress(OSError, asyncio.CancelledError):
                    await writer.wait_closed()
                del self._talks[task]

        return await asyncio.start_server(taken_up, sock=bound, ssl=context, limit=_HEAD, backlog=512)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return
            asked = Asked(name, head)
            headers = asked.headers
            if headers.get("expect") == "100-continue":
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            asked.body = await _body(reader, headers)
            answer = await self._app(asked)
            if answer.dropped:
                return
            writer.write(answer.written(asked.method))
            await writer.drain()
            if answer.cut is not None or headers.get("connection", "").lower() == "close":
                writer.close()
                await writer.wait_closed()
                return


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "chunked" not in headers.get("transfer-encoding", ""):
        length = int(headers.get("content-length") or 0)
        return await reader.readexactly(length) if length else b""
    pieces = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        pieces.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return b"".join(pieces)
