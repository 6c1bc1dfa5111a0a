"""What the person decided about this computer. This computer's own: `GET` and `PATCH /{workspace}/settings`."""

from dataclasses import asdict

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from batchdock.thiscomputer.server.answers import answering, ok
from batchdock.thiscomputer.server.parts import Parts
from batchdock.thiscomputer.server.receiving import json_object, read_json
from batchdock.thiscomputer.store.settings import Settings

_BODY_LIMIT = 64 * 1024


class SettingsRoutes:
    """The routes of the settings."""

    def __init__(self, parts: Parts) -> None:
        self._settings = parts.settings
        self._computing = parts.computing

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/{workspace}/settings", answering(self._show), methods=["GET"]),
            Route("/{workspace}/settings", answering(self._change), methods=["PATCH"]),
        ]

    def _show(self, _: Request) -> Response:
        return self._answer(self._settings.current)

    async def _change(self, request: Request) -> Response:
        body = await read_json(request, _BODY_LIMIT)
        return await run_in_threadpool(self._take, body)

    def _take(self, body: bytes) -> Response:
        return self._answer(self._settings.change(json_object(body)))

    def _answer(self, settings: Settings) -> Response:
        now = self._computing
        computing = {"device": now.device, "workers": now.workers, "trouble": now.trouble}
        return ok(settings=asdict(settings), computing=computing)
