"""Bytes on their way in: to a temporary file, never more than allowed, off the loop."""

from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from batchdock.thiscomputer.refusal import Refusal, bad_request
from batchdock.thiscomputer.store.files import FileStore

_PIECE = 1024 * 1024


class Incoming:
    """A temporary file that is filled from a request and then kept, or thrown away by leaving the context."""

    def __init__(self, files: FileStore, limit: int, too_large: Refusal) -> None:
        self._files = files
        self._limit = limit
        self._too_large = too_large
        self._path: Path
        self._file: BinaryIO
        self._waiting = bytearray()
        self._kept = False
        self.size = 0

    async def __aenter__(self) -> "Incoming":
        """Open the file."""
        self._path, self._file = await run_in_threadpool(self._files.open_incoming)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was not kept."""
        try:
            self._file.close()
        finally:  # closing writes what is left, which a full disk refuses
            if not self._kept:
                self._path.unlink(missing_ok=True)

    async def add(self, data: bytes) -> None:
        """Take more bytes. Raise `Refusal` when they are too many, OSError when the disk refuses."""
        self.size += len(data)
        if self.size > self._limit:
            raise self._too_large
        self._waiting += data
        if len(self._waiting) >= _PIECE:
            await self._flush()

    async def keep(self) -> str:
        """Make the file durable and return its id."""
        await self._flush()
        file_id = await run_in_threadpool(self._keep)
        self._kept = True
        return file_id

    async def _flush(self) -> None:
        data, self._waiting = self._waiting, bytearray()
        await run_in_threadpool(self._file.write, data)

    def _keep(self) -> str:
        self._file.close()
        return self._files.keep(self._path)


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
            raise bad_request(f"The request is larger than {limit // 1024 // 1024} MiB. Send it in pieces.")
    return bytes(body)


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
