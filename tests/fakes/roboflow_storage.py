"""The storage behind the signed addresses of the fake cloud (contract §3.6, §3.7, §3.13). It streams, both ways."""

import hashlib
import itertools
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import Enum, auto

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from fakes.roboflow_contents import Contents, Large, Repeated, Upload
from fakes.roboflow_state import State, signature
from fakes.weather import expired_answer

SIGNED_HEADERS = {"x-goog-content-length-range": "0,10737418240"}
_PIECE = 256 * 1024
_MEMORY = 32 * 1024 * 1024

Take = Callable[[Upload], None]
"""Takes in what has arrived; the file is open until it returns."""


class RangeLie(Enum):
    """How a storage that seems to know about ranges goes wrong."""

    ANY_VERSION = auto()
    """It does not look at `If-Range`."""
    WRONG_START = auto()
    """It says that it goes on from another byte, and does."""
    WRONG_SIZE = auto()
    """It names another size."""
    NO_CONTENT_RANGE = auto()
    """It does not say which part the answer is."""


@dataclass(frozen=True)
class _Signed:
    batch_id: str
    number: int
    take: Take | None = None
    contents: Contents = b""


class Storage:
    """Signed addresses, each with a number; those before `expire` are refused."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._signed: dict[str, _Signed] = {}
        self._numbers = itertools.count()
        self._expired_before, self._expired_status = 0, 403

    def sign_upload(self, batch_id: str, take: Take) -> str:
        """Return an address for one PUT."""
        return self._sign("put", _Signed(batch_id, next(self._numbers), take))

    def sign_download(self, batch_id: str, contents: Contents) -> str:
        """Return an address for any number of GETs."""
        return self._sign("get", _Signed(batch_id, next(self._numbers), contents=contents))

    def expire(self, status: int) -> None:
        """Refuse every address that was given out so far: 400 as Google does, 403 as Amazon does."""
        self._expired_before, self._expired_status = next(self._numbers), status

    async def put(self, request: Request) -> Response:
        """Take in a file, a piece at a time."""
        signed = all(request.headers.get(name) == value for name, value in SIGNED_HEADERS.items())
        if not signed or "content-type" in request.headers:
            text = "<Error><Code>SignatureDoesNotMatch</Code><Message>Access denied.</Message></Error>"
            return Response(text, status_code=403, media_type="application/xml")
        token = request.path_params["token"]
        found = self._signed.get(token)
        refusal = self._refusal(found)
        if refusal is not None or found is None or found.take is None:
            return refusal or Response("<Error><Message>No such object.</Message></Error>", status_code=404)
        digest, size = hashlib.sha256(), 0
        with tempfile.SpooledTemporaryFile(max_size=_MEMORY) as file:
            async for piece in request.stream():
                digest.update(piece)
                size += len(piece)
                file.write(piece)
            self._signed.pop(token, None)
            found.take(Upload(file, size, digest.hexdigest()))
        return Response(status_code=200)

    async def get(self, request: Request) -> Response:
        """Hand out a file, or a part of it."""
        found = self._signed.get(request.path_params["token"])
        refusal = self._refusal(found)
        if refusal is not None or found is None or isinstance(found.contents, Large):
            return refusal or Response("<Error><Message>No such object.</Message></Error>", status_code=404)
        contents, state = found.contents, self._state
        etag = f'"{_hash(contents)}"'
        size, headers = len(contents), {"ETag": etag, "Content-Type": "application/octet-stream"}
        if not state.says_sizes:
            return StreamingResponse(_pieces(contents, 0), headers=headers)
        wanted, _, last = request.headers.get("Range", "").removeprefix("bytes=").partition("-")
        current = request.headers.get("If-Range", etag) == etag or state.range_lie is RangeLie.ANY_VERSION
        if not wanted or not state.knows_ranges or not current:
            return _part(contents, 0, headers)
        start = int(wanted)
        if start >= size:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
        if state.range_lie is RangeLie.WRONG_START:
            start //= 2
        said = size + 7 if state.range_lie is RangeLie.WRONG_SIZE else size
        if state.range_lie is not RangeLie.NO_CONTENT_RANGE:
            headers["Content-Range"] = f"bytes {start}-{min(said - 1, int(last or said))}/{said}"
        return _part(contents, start, headers, status=206, end=int(last) + 1 if last else size)

    def _sign(self, way: str, signed: _Signed) -> str:
        token = f"{signed.batch_id}-{signed.number}"
        self._signed[token] = signed
        return f"{self._state.url}/storage/{way}/{token}?X-Goog-Signature={signature()}"

    def _refusal(self, found: _Signed | None) -> Response | None:
        if found is None:
            return Response("<Error><Message>No such object.</Message></Error>", status_code=404)
        if found.batch_id in self._state.gone:
            return Response("<Error><Message>No such object.</Message></Error>", status_code=404)
        if found.number < self._expired_before:
            expired = expired_answer(self._expired_status)
            return Response(expired["body"], status_code=expired["status"], headers=expired["headers"])
        return None


def _part(
    contents: bytes | Repeated, start: int, headers: dict[str, str], *, status: int = 200, end: int = sys.maxsize
) -> Response:
    end = min(end, len(contents))
    if end - start <= _PIECE:
        return Response(contents[start:end], status, headers)
    headers["Content-Length"] = str(end - start)
    return StreamingResponse(_pieces(contents, start, end), status, headers)


async def _pieces(contents: bytes | Repeated, start: int, end: int = sys.maxsize) -> AsyncIterator[bytes]:
    end = min(end, len(contents))
    for begin in range(start, end, _PIECE):
        yield contents[begin : min(end, begin + _PIECE)]


def _hash(contents: bytes | Repeated) -> str:
    return contents.sha256 if isinstance(contents, Repeated) else hashlib.sha256(contents).hexdigest()
