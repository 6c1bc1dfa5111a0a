"""The application: all routes behind the guard."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp

from batchdock.thiscomputer.server.account import account_routes
from batchdock.thiscomputer.server.answers import refused
from batchdock.thiscomputer.server.downloads import Downloads
from batchdock.thiscomputer.server.jobs import JobRoutes
from batchdock.thiscomputer.server.models import ModelRoutes
from batchdock.thiscomputer.server.openapi.document import openapi_routes
from batchdock.thiscomputer.server.parts import Parts
from batchdock.thiscomputer.server.security import Guard
from batchdock.thiscomputer.server.settings import SettingsRoutes
from batchdock.thiscomputer.server.staging import Staging
from batchdock.thiscomputer.server.storage import StorageRoutes
from batchdock.thiscomputer.server.uploads import Uploads
from batchdock.thiscomputer.server.workflows import WorkflowRoutes


def all_routes(parts: Parts) -> list[Route]:
    """Return every route (contract §12 is their checklist)."""
    return [
        *Uploads(parts).routes(),
        *Downloads(parts).routes(),
        *Staging(parts).routes(),
        *JobRoutes(parts).routes(),
        *WorkflowRoutes(parts).routes(),
        *ModelRoutes(parts).routes(),
        *SettingsRoutes(parts).routes(),
        *StorageRoutes(parts).routes(),
        *openapi_routes(),
        *account_routes(),
    ]


def build_app(parts: Parts, *, key: str, port: Callable[[], int]) -> ASGIApp:
    """Return the ASGI application."""
    handlers = {404: _not_found, 405: _not_allowed}
    app = Starlette(routes=all_routes(parts), exception_handlers=handlers)
    app.router.redirect_slashes = False  # an address is right or it is not; nobody is sent elsewhere
    return Guard(app, key=key, port=port)


async def _not_found(_: Request, __: Exception) -> Response:
    return refused(404, "There is nothing at this address.")


async def _not_allowed(request: Request, _: Exception) -> Response:
    answer = refused(405, "This address does not take such requests.")
    matching = (each for each in request.app.routes if each.matches(request.scope)[0] is not Match.NONE)
    answer.headers["allow"] = ", ".join(sorted({method for each in matching for method in each.methods}))
    return answer
