"""The application: all routes behind the guard."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from batchdock.thiscomputer.server.account import account_routes
from batchdock.thiscomputer.server.answers import refused
from batchdock.thiscomputer.server.downloads import Downloads
from batchdock.thiscomputer.server.jobs import JobRoutes
from batchdock.thiscomputer.server.parts import Parts
from batchdock.thiscomputer.server.security import Guard
from batchdock.thiscomputer.server.staging import Staging
from batchdock.thiscomputer.server.uploads import Uploads


def build_app(parts: Parts, *, key: str, port: Callable[[], int]) -> ASGIApp:
    """Return the ASGI application (contract §12 is its checklist)."""
    routes = [
        *Uploads(parts).routes(),
        *Downloads(parts).routes(),
        *Staging(parts).routes(),
        *JobRoutes(parts).routes(),
        *account_routes(),
    ]
    handlers = {404: _not_found, 405: _not_allowed}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), key=key, port=port)


async def _not_found(_: Request, __: Exception) -> Response:
    return refused(404, "There is nothing at this address.")


async def _not_allowed(_: Request, __: Exception) -> Response:
    return refused(405, "This address does not take such requests.")
