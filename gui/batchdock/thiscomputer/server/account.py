"""Who am I (contract §2.1), and the routes of the platform that mean nothing here, refused in words."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from batchdock.thiscomputer.refusal import bad_request, not_found
from batchdock.thiscomputer.server.answers import WORKSPACE, answering, ok

PUBLISHABLE_KEY = f"rf_{WORKSPACE}"
"""Stands where webhooks carry the workspace's publishable key (contract §6). It opens nothing."""


def account_routes() -> list[Route]:
    """Return the routes of the account endpoints. They come last: `/{workspace}` has the shape of many others."""
    asset_library = "/batch-processing/v1/external/{workspace}/asset-library/jobs"
    return [
        Route("/", answering(_welcome), methods=["GET", "POST"]),
        Route("/{workspace}", answering(_workspace), methods=["GET"]),
        Route("/{workspace}/api-keys/publishable", answering(_publishable), methods=["GET"]),
        Route(asset_library, answering(_asset_library), methods=["POST"]),
        Route("/{workspace}/asynctasks/{task_id}", answering(_asset_task), methods=["GET"]),
    ]


def _welcome(_: Request) -> Response:
    return ok(welcome="Welcome to this computer.", instructions="You are authenticated.", workspace=WORKSPACE)


def _workspace(_: Request) -> Response:
    return ok(workspace={"name": "This computer", "url": WORKSPACE, "projects": []})


def _publishable(_: Request) -> Response:
    return ok(publishableKey=PUBLISHABLE_KEY)


def _asset_library(_: Request) -> Response:
    raise bad_request("This computer has no asset library. Put the pictures into a batch and start a job over that.")


def _asset_task(_: Request) -> Response:
    raise not_found("There is no such task: this computer has no asset library.")
