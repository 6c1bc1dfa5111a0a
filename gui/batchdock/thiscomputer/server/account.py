"""Who am I, and which workflows are there (contract §2)."""

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from batchdock.thiscomputer.refusal import not_found
from batchdock.thiscomputer.server.answers import WORKSPACE, answering, ok
from batchdock.thiscomputer.workflows.catalogue import built_in, catalogue


def account_routes() -> list[Route]:
    """Return the routes of the account endpoints."""
    return [
        Route("/", answering(_welcome), methods=["GET", "POST"]),
        Route("/{workspace}/workflows", answering(_workflows)),
        Route("/{workspace}/workflows/{workflow_id}", answering(_workflow)),
    ]


def _welcome(_: Request) -> Response:
    return ok(welcome="Welcome to this computer.", instructions="You are authenticated.", workspace=WORKSPACE)


def _workflows(_: Request) -> Response:
    listed = [
        {
            "id": each.workflow_id,
            "name": each.name,
            "url": each.workflow_id,
            "description": each.description,
            "createdAt": each.created,
        }
        for each in catalogue()
    ]
    return ok(workflows=listed)


def _workflow(request: Request) -> Response:
    workflow_id = request.path_params["workflow_id"]
    found = built_in(workflow_id)
    if found is None:
        raise not_found(f"There is no workflow “{workflow_id}” on this computer.")
    return ok(
        workflow={
            "id": found.workflow_id,
            "name": found.name,
            "url": found.workflow_id,
            "description": found.description,
            "createdAt": found.created,
            "config": json.dumps({"specification": found.definition}),
        }
    )
