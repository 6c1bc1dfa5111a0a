"""Bytes on their way in: to a temporary file, never more than allowed, off the loop."""

import json
import math
from asyncio import Task, create_task, gather
from types import TracebackType
from typing import Any

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from batchdock.thiscomputer.refusal import Refusal, bad_request
from batchdock.thiscomputer.store.files import Arriving, FileStore

_PIECE = 1024 * 1024

_DEPTH_LIMIT = 64
"""How deep a JSON body may be nested; SQLite and every later reader cope with that."""


class Incoming:
    """A temporary file that is filled from a request and then kept, or thrown away by leaving the context.

    What is kept needs its row before the context is left: from then on only rows keep a file.
    """

    def __init__(self, files: FileStore, limit: int, too_large: Refusal) -> None:
        self._files = files
        self._limit = limit
        self._too_large = too_large
        self._arriving: Arriving
        self._waiting = bytearray()
        self._writing: Task[None] | None = None
        self._kept: list[str] = []
        self.size = 0

    async def __aenter__(self) -> "Incoming":
        """Open the file."""
        self._arriving = await run_in_threadpool(self._files.open_incoming)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was not kept."""
        if self._writing is not None:
            await gather(self._writing, return_exceptions=True)  # the thread has to be done with the file
        self._arriving.discard()
        self._files.let_go(self._kept)

    async def add(self, data: bytes) -> None:
        """Take more bytes. Raise `Refusal` when they are too many, OSError or `DiskFull` when the disk refuses."""
        self.size += len(data)
        if self.size > self._limit:
            raise self._too_large
        self._waiting += data
        if len(self._waiting) >= _PIECE:
            await self._written()
            piece, self._waiting = self._waiting, bytearray()
            # The next piece comes in while this one is hashed and written.
            self._writing = create_task(run_in_threadpool(self._arriving.write, piece))

    async def keep(self) -> str:
        """Make the file durable and return its id."""
        await self._written()
        file_id = await run_in_threadpool(self._finish)
        self._kept.append(file_id)
        return file_id

    async def _written(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            await writing

    def _finish(self) -> str:
        self._arriving.write(self._waiting)
        return self._files.keep(self._arriving)


async def receive_body(request: Request, incoming: Incoming) -> None:
    """Read the whole body into `incoming`."""
    async for data in request.stream():
        await incoming.add(data)


async def receive_form_file(request: Request, incoming: Incoming) -> None:
    """Read the first file of a form into `incoming`, whatever its field is called (contract §3.5)."""
    form = _Form(request)
    async for data in request.stream():
        for piece in form.feed(data):
            await incoming.add(piece)
    if not form.complete:
        raise bad_request("The picture was not sent whole.")


async def read_json(request: Request, limit: int) -> bytes:
    """Return the body, at most `limit` bytes. Raise `Refusal`."""
    body = bytearray()
    async for data in request.stream():
        body += data
        if len(body) > limit:
            raise Refusal(413, f"The request is larger than {limit // 1024:,} KiB. Send it in pieces.")
    return bytes(body)


def json_object(body: bytes) -> dict[str, object]:
    """Return the JSON object that a body is. An empty body is an empty object (contract §12). Raise `Refusal`."""
    if not body:
        return {}
    try:
        read = json.loads(body, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        raise bad_request("The body of the request is not JSON.") from None
    if not isinstance(read, dict):
        raise bad_request("The body of the request is not a JSON object.")
    if _is_deep(read):
        raise bad_request(f"The body of the request is nested more than {_DEPTH_LIMIT} levels deep.")
    return read


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number


def _is_deep(read: object) -> bool:
    level = [read]
    for _ in range(_DEPTH_LIMIT):
        inner = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [each for values in inner for each in values]
    return bool(level)


class _Form:
    """Feeds a multipart parser and gives back the bytes of the first part."""

    def __init__(self, request: Request) -> None:
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise bad_request("A picture is sent as multipart/form-data with one file.")
        self._pieces: list[bytes] = []
        self._part = 0
        self.complete = False
        callbacks: Any = {
            "on_part_begin": self._on_begin,
            "on_part_data": self._on_data,
            "on_part_end": self._on_end,
        }
        self._parser = MultipartParser(boundary, callbacks)

    def feed(self, data: bytes) -> list[bytes]:
        """Return the bytes of the file that are in this piece of the body."""
        try:
            self._parser.write(data)
        except FormParserError:
            raise bad_request("The form with the picture can not be read.") from None
        pieces, self._pieces = self._pieces, []
        return pieces

    def _on_begin(self) -> None:
        self._part += 1

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._part == 1:
            self._pieces.append(data[start:end])

    def _on_end(self) -> None:
        self.complete = True
