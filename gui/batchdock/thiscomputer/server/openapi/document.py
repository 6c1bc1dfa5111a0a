"""The whole document, and the route that shows it."""

from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from batchdock.thiscomputer.server.answers import Answer, answering
from batchdock.thiscomputer.server.openapi import account, computer, models, processing, staging
from batchdock.thiscomputer.server.openapi.elements import TEXT, WORD, Schema, closed, given, listed

_STAGING = "/data-staging/v1/external/{workspace}/batches"
_PROCESSING = "/batch-processing/v1/external/{workspace}"

_REFUSAL = closed({"error": given({"message": WORD, "status": {"type": "integer"}}, type=WORD, reasons=listed(TEXT))})


def openapi_routes() -> list[Route]:
    """Return the route of the document."""
    return [Route("/openapi.json", answering(_show), methods=["GET"])]


@cache
def document() -> Schema:
    """Return the wire as an OpenAPI 3.1 document."""
    paths = {
        **account.PATHS,
        **{f"{_STAGING}{path}": each for path, each in staging.PATHS.items()},
        **{f"{_PROCESSING}{path}": each for path, each in processing.PATHS.items()},
        "/signed/{token}": staging.SIGNED,
        **computer.PATHS,
        **models.PATHS,
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "This computer",
            "version": "1",
            "description": "Data staging and batch processing as Roboflow's API has them, and what only this computer "
            "can do. Every request needs the key, as `api_key` or as a bearer token.",
        },
        "security": [{"key": []}, {"bearer": []}],
        "paths": paths,
        "webhooks": processing.WEBHOOKS,
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "query", "name": "api_key"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
            "schemas": {"Refusal": _REFUSAL},
        },
    }


def _show(_: Request) -> Response:
    return Answer(document())
