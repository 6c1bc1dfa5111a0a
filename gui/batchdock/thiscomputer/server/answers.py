"""Answers in the shapes of the contract: envelopes, times, pages, errors (contract §1.3–§1.6)."""

import asyncio
import base64
import json
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from batchdock.core.errors import BadIdentifier, DiskFull, StorageProblem
from batchdock.core.ids import check_batch_id, check_job_id
from batchdock.thiscomputer.refusal import Refusal, bad_request, not_found
from batchdock.thiscomputer.store.trouble import storage_problem

_log = logging.getLogger(__name__)

WORKSPACE = "this-computer"
"""The slug of the only workspace."""

T = TypeVar("T")
_DRAIN = 64 * 1024 * 1024
"""How much of a refused body is read and thrown away, so that a client that is still sending gets to read why."""

_NUMBER = re.compile(r"[0-9]{1,18}")
"""What SQLite holds as an integer."""

_DRAIN_SECONDS = 10.0
"""For how long that is done: it is done for anybody, also for who has no key and dribbles."""

Handler = Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]


class Answer(JSONResponse):
    """JSON in ASCII: text from outside may hold half a surrogate pair, which has no UTF-8."""

    def render(self, content: object) -> bytes:
        """Return the body."""
        return json.dumps(content, separators=(",", ":")).encode("ascii")


def ok(**payload: object) -> Answer:
    """Return 200 with `status: ok` beside the payload."""
    return Answer({"status": "ok", **payload})


def refused(status: int, message: str, kind: str = "", reasons: Sequence[str] = ()) -> Answer:
    """Return an error in the platform's own shape; the key is never in it. `reasons` are this computer's own."""
    error: dict[str, object] = {"message": message, "status": status}
    if kind:
        error["type"] = kind
    if reasons:
        error["reasons"] = list(reasons)
    return Answer({"error": error}, status)


def time_text(seconds: float) -> str:
    """Return a time with milliseconds and Z; clients crash on times without a zone (contract §3.1)."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def answering(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Wrap a route: plain functions run in a thread, and everything that goes wrong becomes an answer."""

    async def answer(request: Request) -> Response:
        try:
            return await _answer(handler, request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except Exception as error:
            await _drain(request)
            return _refused_for(error)

    return answer


def batch_id_of(request: Request) -> str:
    """Return the batch id of the path. Raise `BadIdentifier` unless it is one."""
    return check_batch_id(str(request.path_params["batch_id"]))


def job_id_of(request: Request) -> str:
    """Return the job id of the path. Raise `BadIdentifier` unless it is one."""
    return check_job_id(str(request.path_params["job_id"]))


class Paging:
    """`pageSize` and `nextPageToken` of a request. One entry more than the page is read, to know whether it ends."""

    def __init__(self, request: Request, *, default: int, most: int) -> None:
        size = request.query_params.get("pageSize")
        if size is None:
            self.size = default
        elif _NUMBER.fullmatch(size) and int(size) > 0:
            self.size = min(int(size), most)
        else:
            raise bad_request("pageSize has to be a whole number, 1 or more.")
        token = request.query_params.get("nextPageToken")
        self.after = _decode(token) if token else None
        self.limit = self.size + 1

    def page(self, found: Sequence[T], sequence: Callable[[T], int]) -> tuple[Sequence[T], str | None]:
        """Return the entries of this page and the token of the next, None at the end (contract §1.6)."""
        if len(found) <= self.size:
            return found, None
        page = found[: self.size]
        return page, _encode(sequence(page[-1]))


def _encode(number: int) -> str:
    return base64.urlsafe_b64encode(f"after:{number}".encode()).decode().rstrip("=")


def _decode(token: str) -> int:
    try:
        text = base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4)).decode()
        word, _, number = text.partition(":")
        if word != "after" or not _NUMBER.fullmatch(number):
            raise ValueError
        return int(number)
    except ValueError:
        raise bad_request("This nextPageToken was not given by this computer.") from None


async def _answer(handler: Any, request: Request) -> Response:
    workspace = request.path_params.get("workspace", WORKSPACE)
    if workspace != WORKSPACE:
        raise not_found(f"There is no workspace “{workspace}” here. This computer has only “{WORKSPACE}”.")
    answer: Response
    if iscoroutinefunction(handler):
        answer = await handler(request)
    else:
        answer = await run_in_threadpool(handler, request)
    return answer


def _refused_for(error: Exception) -> Answer:
    if isinstance(error, Refusal):
        return refused(error.status, error.message, error.kind, error.reasons)
    if isinstance(error, BadIdentifier):
        return refused(400, error.sentence())
    if isinstance(error, OSError):
        error = storage_problem(error, Path("its data folder")) or error
    if isinstance(error, StorageProblem):
        return refused(507, error.sentence(), "disk-full" if isinstance(error, DiskFull) else "")
    _log.error("A request could not be answered", exc_info=error)
    return refused(500, "Something unexpected happened on this computer. Nothing was changed.")


async def _drain(request: Request) -> None:
    left = _DRAIN
    # RuntimeError: it was read to the end already.
    with suppress(ClientDisconnect, RuntimeError, TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for data in request.stream():
                left -= len(data)
                if left < 0:
                    return
