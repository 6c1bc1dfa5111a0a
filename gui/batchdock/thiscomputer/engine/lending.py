"""Lends the files of batches in flight to the workers of a cluster.

A small server of its own, beside that of the wire: there as long as a cluster is used, on the one address by which
the scheduler is reached. It knows `GET /<token>` and nothing else. A token is good for one file, until its batch is
over. With tls:// it listens only to who has a certificate of the cluster's authority.
"""

import asyncio
import os
import re
import secrets
import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from batchdock.thiscomputer.engine.opening import open_file, read_picture_bytes
from batchdock.thiscomputer.engine.own.form import OwnModel
from batchdock.thiscomputer.engine.picture import NotProcessable
from batchdock.thiscomputer.engine.remote import REFUSED, Desk, Lent
from batchdock.thiscomputer.engine.rows import Input

_REQUEST = re.compile(rb"GET /([\w-]{43}) HTTP/1\.1\r\n")
_HEAD_LIMIT = 8192
_GUESTS = 256
"""Connections at a time; a worker has one."""

_HEAD_PATIENCE, _PATIENCE = 10.0, 60.0
"""Seconds for a request to come, and for each piece of a file to be taken."""

_PIECE = 1 << 20


class Lender:
    """Serves what is lent. All methods belong to the loop that opened it."""

    def __init__(self) -> None:
        self._lent: dict[str, Input | Path] = {}
        self._guests: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._encrypted = False

    async def open(self, address: str, context: ssl.SSLContext | None) -> None:
        """Listen at any free port of one address of this computer. Raises OSError."""
        self._encrypted = context is not None
        self._server = await asyncio.start_server(self._welcome, address, 0, ssl=context, limit=_HEAD_LIMIT)

    async def close(self) -> None:
        """Lend nothing any more, and end all connections."""
        if self._server is not None:
            self._server.close()
        for each in self._guests:
            each.cancel()
        await asyncio.gather(*self._guests, return_exceptions=True)
        self._lent.clear()

    @property
    def desk(self) -> Desk:
        """Where files are to be fetched."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        return Desk(host, port, self._encrypted)

    def lend(self, items: Iterable[Input]) -> tuple[Lent, ...]:
        """Let each of these files be fetched by who has its token."""
        return tuple(Lent(replace(each, path=None, data=None), self._token(each)) for each in items)

    def lend_models(self, models: Iterable[OwnModel]) -> tuple[Lent, ...]:
        """Let the files of these models be fetched."""
        return tuple(Lent(Input(each.model_id), self._token(each.path)) for each in models)

    def take_back(self, lent: Iterable[Lent]) -> None:
        """Let them be fetched no more."""
        for each in lent:
            self._lent.pop(each.token, None)

    def _token(self, lent: Input | Path) -> str:
        token = secrets.token_urlsafe(32)
        self._lent[token] = lent
        return token

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guest = asyncio.current_task()
        assert guest is not None
        self._guests.add(guest)
        try:
            # Cancelled by `close`, it ends like any other: asyncio would report it as an error.
            with suppress(OSError, EOFError, TimeoutError, asyncio.LimitOverrunError, asyncio.CancelledError):
                while len(self._guests) <= _GUESTS:
                    await self._answer(reader, writer)
        finally:
            self._guests.discard(guest)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HEAD_PATIENCE):
            head = await reader.readuntil(b"\r\n\r\n")
        asked = _REQUEST.match(head)
        item = None if asked is None else self._lent.get(asked[1].decode())
        if item is None:
            await _send(writer, b"404 Not Found", b"")
        elif isinstance(item, Path):
            await self._send_file(writer, item)
        elif item.content == "videos" and item.path is not None:
            await self._send_file(writer, item.path)
        else:
            try:
                data = await asyncio.to_thread(read_picture_bytes, item)
            except NotProcessable as problem:
                await _send(writer, _REFUSED, str(problem).encode())
            else:
                await _send(writer, _OK, data)

    async def _send_file(self, writer: asyncio.StreamWriter, path: Path) -> None:
        """Send a file of any length, piece by piece."""
        try:
            file = await asyncio.to_thread(open_file, path)
        except NotProcessable as problem:
            await _send(writer, _REFUSED, str(problem).encode())
            return
        with file:
            left = os.fstat(file.fileno()).st_size
            await _push(writer, _head(_OK, left))
            while left:
                piece = await asyncio.to_thread(file.read, min(_PIECE, left))
                if not piece:
                    raise EOFError  # it became shorter; the worker asks again
                left -= len(piece)
                await _push(writer, piece)


_OK, _REFUSED = b"200 OK", f"{REFUSED} Unprocessable Content".encode()


def _head(status: bytes, length: int) -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % (status, length)


async def _send(writer: asyncio.StreamWriter, status: bytes, body: bytes) -> None:
    await _push(writer, _head(status, len(body)))
    for start in range(0, len(body), _PIECE):
        await _push(writer, body[start : start + _PIECE])


async def _push(writer: asyncio.StreamWriter, piece: bytes) -> None:
    writer.write(piece)
    async with asyncio.timeout(_PATIENCE):
        await writer.drain()
