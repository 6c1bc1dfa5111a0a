"""What this computer holds, and what earlier runs measured. This computer's own."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from batchdock.thiscomputer.server.answers import answering, batch_id_of, ok
from batchdock.thiscomputer.server.parts import Parts
from batchdock.thiscomputer.server.staging import PREFIX


class StorageRoutes:
    """The routes about room, and the one that removes a batch."""

    def __init__(self, parts: Parts) -> None:
        self._storage = parts.storage
        self._rates = parts.rates
        self._computing = parts.computing

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/{workspace}/storage", answering(self._show), methods=["GET"]),
            Route("/{workspace}/storage/clean-up", answering(self._clean_up), methods=["POST"]),
            Route("/{workspace}/rates", answering(self._show_rates), methods=["GET"]),
            Route(f"{PREFIX}/{{batch_id}}", answering(self._remove), methods=["DELETE"]),
        ]

    def _show(self, _: Request) -> Response:
        return ok(storage=asdict(self._storage.usage()))

    def _clean_up(self, _: Request) -> Response:
        self._storage.clean_up()
        return ok(storage=asdict(self._storage.usage()))

    def _show_rates(self, _: Request) -> Response:
        listed = [
            {
                "workflowId": each.workflow_id,
                "content": each.content,
                "megapixels": each.megapixels,
                "itemsPerSecond": float(f"{each.items_per_second:.3g}"),
                "items": each.items,
            }
            for each in self._rates.all(self._computing.device)
        ]
        return ok(rates=listed)

    def _remove(self, request: Request) -> Response:
        self._storage.remove(batch_id_of(request))
        return ok()
