"""What the routes of the fake cloud share: pages, and refusals in the platform's style."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_Entry = TypeVar("_Entry")


def refusal(status: int, message: str, **more: object) -> Response:
    """Return an error in the platform's style (contract §1.4)."""
    error = {"message": message, "status": status, "type": "OAuthException", **more}
    return JSONResponse({"error": error}, status_code=status)


def no_batch() -> Response:
    """Return the answer to an unknown batch."""
    return refusal(404, "Batch not found")


def paged(
    request: Request,
    name: str,
    entries: Sequence[_Entry],
    page: int,
    shown: Callable[[_Entry], object] = lambda entry: entry,
) -> Response:
    """Return one page of entries as they are `shown`; the token is the index of the next entry."""
    start = int(request.query_params.get("nextPageToken") or 0)
    end = start + min(page, int(request.query_params.get("pageSize") or page))
    following = str(end) if end < len(entries) else None
    return JSONResponse(
        {"status": "ok", name: [shown(each) for each in entries[start:end]], "nextPageToken": following}
    )
